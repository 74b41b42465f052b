"""`covgate`: picks the command and turns its outcome into an exit code."""

from __future__ import annotations

import argparse
import io
import os
import sys
from collections.abc import Sequence
from importlib import import_module

import covgate
from covgate.cli.output import err
from covgate.cli.waiting import told_while_waiting
from covgate.errors import CovgateError, DataError, internal_error_text
from covgate.git.repository import share_repositories

COMMANDS = (
    "check",
    "report",
    "next",
    "explain",
    "who",
    "compare",
    "trend",
    "init",
    "accept",
    "ratchet",
    "history",
    "doctor",
)
USAGE_ERROR = 2
NO_VERDICT = 3
INTERRUPTED = 130
START = """\
to begin, in a project with tests:
  pytest --covgate       measure coverage and show what is missing
  covgate init           write settings that pass today
  covgate doctor         find out whether the gate can fail at all

COMMAND --help has the options; exit codes: 0 passed, 1 failed, 2 wrong use, 3 no verdict possible
docs/errors.md explains the name in brackets behind an error, such as [no-data]"""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; the exit code is the process's."""
    parser = argparse.ArgumentParser(
        prog="covgate",
        description="The coverage gate of pytest --covgate, for coverage data that was measured before.",
        epilog=START,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"covgate {covgate.__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    given = sys.argv[1:] if argv is None else argv
    for name in given[:1] if given and given[0] in COMMANDS else COMMANDS:  # one of them is imported, or all are listed
        import_module(f"covgate.cli.{name}").add_parser(commands)
    for command in commands.choices.values():
        command.set_defaults(parser=command)
    arguments, unknown = parser.parse_known_args(argv)
    if unknown:
        arguments.parser.error(_not_understood(arguments.command, unknown))
    for stream in (sys.stdout, sys.stderr):  # a name or a source line may hold what the encoding has not
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    try:
        with told_while_waiting(), share_repositories():
            exit_code: int = arguments.run(arguments)
    except CovgateError as error:
        err(f"covgate: {error}\n")
        return NO_VERDICT if isinstance(error, DataError) else USAGE_ERROR
    except KeyboardInterrupt:
        err("covgate: interrupted\n")
        return INTERRUPTED
    except Exception as error:  # ours: no reader wants a traceback, and 1 would say that a target is missed
        err(f"covgate: {internal_error_text(error, os.environ)}\n")
        return NO_VERDICT
    return exit_code


def _not_understood(command: str, unknown: Sequence[str]) -> str:
    """Say which arguments a command does not have, and for a module given to `check`, which command takes it."""
    text = f"unrecognized arguments: {' '.join(unknown)}"
    first = unknown[0]
    if command == "check" and not first.startswith("-"):
        return f"{text}\ncovgate check judges all measured modules; for one of them: covgate explain {first}"
    return text
