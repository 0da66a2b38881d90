"""The command line: one module a noun; every heavy import waits until its command runs."""

from clew.cli.app import main

__all__ = ["main"]
