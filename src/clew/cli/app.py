"""Puts the commands together and turns errors into one line."""

from __future__ import annotations

import copy
import gc
import sys

import typer

from clew.cli import (
    accounts,
    backup,
    capture,
    case,
    evidence,
    exhibits,
    export,
    keys,
    labels,
    leads,
    ledger,
    links,
    money,
    people,
    prices,
    retention,
    serve,
    simulate,
    thinking,
    trace,
    workspace,
)
from clew.cli.common import clean
from clew.model.errors import ClewError

app = typer.Typer(
    name="clew",
    help="From online traces of human trafficking to the few operations to look at first, with the evidence.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for module in (
    workspace,
    leads,
    links,
    labels,
    prices,
    money,
    trace,
    case,
    exhibits,
    evidence,
    thinking,
    people,
    capture,
    serve,
    export,
    simulate,
    keys,
    ledger,
    accounts,
    retention,
    backup,
):
    module.add_to(app)


def _asked_for(name: str) -> typer.Typer:
    """The program with that command alone: to put all of them together takes a tenth of a second.

    Without a second command or a group Typer would not ask for a name, so ``init`` stays.
    """
    some = copy.copy(app)
    some.registered_commands = [
        c for c in app.registered_commands if c.callback and c.callback.__name__ in (name, "init")
    ]
    some.registered_groups = [g for g in app.registered_groups if g.name == name]
    return some if len(some.registered_commands) + len(some.registered_groups) == 2 else app


def main() -> None:
    """Run a command; an error that a user can mend is one line on standard error and an exit code of its own."""
    gc.set_threshold(50_000)  # what commands import stays: to look through it every few moments took a tenth of a start
    try:
        _asked_for(sys.argv[1] if len(sys.argv) > 1 else "")()
    except ClewError as error:
        # It may quote a name of a file or what somebody pasted, which must not steer the terminal.
        print("clew:", "\n".join(clean(line, 2_000) for line in str(error).split("\n")), file=sys.stderr)
        sys.exit(error.exit_code)
    except BrokenPipeError:  # the reader of our output (head, less) has seen enough
        sys.stderr.close()
        sys.exit(0)
    except KeyboardInterrupt:
        print("\nclew: stopped; the workspace is as it was, the same command goes on.", file=sys.stderr)
        sys.exit(130)
    finally:
        gc.freeze()  # the process ends: to look once more for what can be freed takes half a second
