"""`covgate accept`: writes down that code needs no test, and why."""

from __future__ import annotations

import argparse
from datetime import date
from typing import Any, NamedTuple

from covgate.cli.completeness import warn_of_part
from covgate.cli.output import out
from covgate.cli.project import add_data_options, command_context, open_command_project
from covgate.cli.subject import named_module, names_of, parse_lines, split_lines
from covgate.config.edit import with_acceptance
from covgate.config.pyproject import diff_of, read_pyproject, write_pyproject
from covgate.errors import DataError, UsageError
from covgate.judge.accepted import place_of, same_lines, units_missing_at
from covgate.judge.adoption import keys_of
from covgate.model.lines import LineRange
from covgate.model.missing import range_in_words
from covgate.model.remedies import MEASURE_AGAIN
from covgate.model.settings import Acceptance, Settings
from covgate.model.snapshot import Module
from covgate.model.words import counted_units
from covgate.reports.text import printable
from covgate.run import read_modules, today

PASSED = 0


def add_parser(commands: Any) -> None:
    parser = commands.add_parser("accept", help="write down that code needs no test, and why")
    parser.add_argument("module", metavar="MODULE", help="an import name, a path, or a path and lines: src/a.py:12-15")
    parser.add_argument(
        "function", metavar="FUNCTION", nargs="?", help="its qualified name: Cart.merge (default: the whole module)"
    )
    parser.add_argument("--lines", metavar="LINES", help="in place of FUNCTION: 12, 12-15 or 12-15,20")
    parser.add_argument("--reason", metavar="TEXT", required=True, help="why it needs no test")
    parser.add_argument("--until", metavar="DATE", help="the day from which it is required again: 2027-01-31")
    parser.add_argument("--owner", metavar="NAME", help="who answers for it")
    parser.add_argument("--dry-run", action="store_true", help="show the change, write nothing")
    add_data_options(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    asked = _asked(arguments, today())
    project = open_command_project(arguments)
    path = project.root / "pyproject.toml"
    before = read_pyproject(project.root).require_valid().text
    names = names_of(asked.module, project.root)
    warn_of_part(project)
    snapshot = read_modules(project, command_context(project, stale="warn"), texts_of=names)
    module = named_module(asked.module, names, snapshot)
    if module.path in snapshot.stale:
        raise DataError("data-outdated", f"{module.path} was edited after the measurement", MEASURE_AGAIN)
    text = snapshot.text_of(module.path)
    if not text.lines:
        raise UsageError(
            "source-unreadable",
            f"{module.path} is outside the project, so its source is not read",
            "omit it in coverage.py's settings",
        )
    place = place_of(module, text, asked.function, asked.lines)
    units = units_missing_at(place, module)
    what = f"{module.path} {asked.part}"
    if not units:
        raise UsageError("cannot-accept", f"{what} has no uncovered code", "there is nothing to accept")
    if asked.lines and len(same_lines(module, text, place.lines, place.fingerprint)) > 1:
        raise UsageError(
            "cannot-accept", f"the same code as {what} stands in several places of it", "accept the function"
        )
    asked = asked._replace(lines=place.lines if asked.lines else ())
    known = _known_entry(module, asked, project.settings)
    asked = asked.with_terms_of(None if known is None else project.settings.accept[known])
    entry = asked.entry(keys_of([module], snapshot.modules)[module.path], place.fingerprint)
    after = with_acceptance(before, entry, path, place=known)
    if arguments.dry_run:
        out(diff_of(before, after))
        return PASSED
    write_pyproject(path, before, after)
    again = "accepted" if known is None else "accepted again"
    until = f", until {asked.until}" if asked.until else ""
    out(f"{again}: {printable(what)}, {counted_units(units, 'missing', branches=snapshot.has_branches)}{until}\n")
    return PASSED


class _Asked(NamedTuple):
    """What the arguments say: a function or lines of a module, with neither the whole module."""

    module: str
    function: str | None
    lines: tuple[LineRange, ...]
    reason: str
    until: date | None
    owner: str | None

    @property
    def part(self) -> str:
        if self.function is not None:
            return f"{self.function}()"
        return ", ".join(map(range_in_words, self.lines)) or "(the whole module)"

    def entry(self, module: str, code: str) -> dict[str, object]:
        """As it is written, without what was not said."""
        lines = ", ".join(map(range_in_words, self.lines)) or None
        values: dict[str, object | None] = {"module": module, "function": self.function, "lines": lines}
        values |= {"reason": self.reason, "until": self.until, "owner": self.owner, "fingerprint": code}
        return {key: value for key, value in values.items() if value is not None}

    def with_terms_of(self, known: Acceptance | None) -> _Asked:
        """Date and owner stay where an entry is accepted again and nothing is said of them."""
        if known is None:
            return self
        return self._replace(until=self.until or known.until, owner=self.owner or known.owner)


def _asked(arguments: argparse.Namespace, today: date) -> _Asked:
    """Raises `UsageError` for what cannot be meant."""
    reason = _words(arguments.reason, "--reason")
    assert reason is not None  # argparse asks for it
    module, lines = split_lines(arguments.module)
    if sum((bool(lines), arguments.function is not None, arguments.lines is not None)) > 1:
        raise UsageError(
            "option-conflict",
            "lines are named twice, or beside a function",
            "accept one of them: covgate accept MODULE FUNCTION, or covgate accept PATH:12-15",
        )
    return _Asked(
        module=module,
        function=arguments.function and arguments.function.removesuffix("()"),
        lines=lines if arguments.lines is None else parse_lines(arguments.lines, "--lines"),
        reason=reason,
        until=_until(arguments.until, today),
        owner=_words(arguments.owner, "--owner"),
    )


def _until(text: str | None, today: date) -> date | None:
    if text is None:
        return None
    try:
        day = date.fromisoformat(text if len(text) == len("2027-01-31") else "")
    except ValueError:
        raise UsageError("option-value", f"--until: found {text!r}", "allowed: a date, such as 2027-01-31") from None
    if day <= today:
        raise UsageError("option-value", f"--until: {day} is not in the future", "name a later day")
    return day


def _words(text: str | None, option: str) -> str | None:
    """On one line, and in characters that a file can hold."""
    if text is None:
        return None
    words = " ".join(text.encode("utf-8", "backslashreplace").decode().split())
    if not words:
        raise UsageError("option-value", f"{option} is empty", "write at least a word")
    return words


def _known_entry(module: Module, asked: _Asked, settings: Settings) -> int | None:
    """The entry that accepts the same already."""
    for at, entry in enumerate(settings.accept):
        same = (entry.function, entry.lines) == (asked.function, asked.lines)
        if same and entry.module.matches(module.path, module.name):
            return at
    return None
