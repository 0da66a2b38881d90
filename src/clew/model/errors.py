"""Errors that a user sees: one line that says what, where, and what to do next."""

from __future__ import annotations


class ClewError(Exception):
    """Anything that ends a command with a message instead of a traceback.

    Args:
        what: what went wrong and where, one sentence.
        todo: what the user can do next, one sentence; may be empty.
    """

    exit_code = 1

    def __init__(self, what: str, todo: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.todo = todo

    def __str__(self) -> str:
        return f"{self.what} {self.todo}".strip()


class InputError(ClewError):
    """A file, value or option of the user's that cannot be used."""

    exit_code = 2


class MissingError(InputError):
    """What is asked for is not in the workspace."""


class WorkspaceError(ClewError):
    """The workspace is missing, of another version, or busy."""

    exit_code = 3


class ReplayError(ClewError):
    """A replayed run did not give the digests that its manifest records."""

    exit_code = 4


class DeniedError(ClewError):
    """Somebody may not do that."""

    exit_code = 5


class SealError(ClewError):
    """Something sealed or signed is not what it was."""

    exit_code = 6
