"""Finds the code that a change takes out of coverage, by coverage.py's own regular expressions and matching."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from coverage import config as coverage_config
from coverage.exceptions import CoverageException
from coverage.parser import PythonParser
from coverage.python import get_python_source

from covgate.files import why_not_ordinary
from covgate.model.change import ChangedFile
from covgate.model.rules import CoverageRules, Exclusion, ExclusionKind

DEFAULT_EXCLUDE = tuple(getattr(coverage_config, "DEFAULT_EXCLUDE", ()))
LONGEST = 60
# What Python raises for source that is nested too deeply, or declares an encoding it does not have.
UNPARSABLE = (SyntaxError, ValueError, RecursionError, MemoryError)


class Expressions(NamedTuple):
    """coverage.py's regular expressions: what they match is not counted, or a branch less of it is."""

    exclude: tuple[str, ...]
    partial: tuple[str, ...]

    @classmethod
    def of(cls, rules: CoverageRules) -> Expressions:
        lists = rules.lists
        return cls(
            exclude=lists["report.exclude_lines"] + lists["report.exclude_also"],
            partial=lists["report.partial_branches"] + lists["report.partial_also"],
        )

    def __iter__(self) -> Iterator[tuple[str, ExclusionKind]]:
        for regex in dict.fromkeys(self.exclude):
            yield regex, "comment"
        for regex in dict.fromkeys(self.partial):
            yield regex, "branch-comment"


def source_text(path: Path) -> str | None:
    """A source as coverage.py reads it; None where it cannot."""
    if why_not_ordinary(path) is not None:
        return None
    try:
        return get_python_source(str(path))
    except (CoverageException, OSError, *UNPARSABLE):
        return None


def holds_exclusions(text: str, expressions: Expressions) -> bool:
    return any(_matching(text, regex) for regex, _ in expressions)


def new_exclusions(file: ChangedFile, text: str, before: str | None, expressions: Expressions) -> Iterator[Exclusion]:
    """What `file` excludes in lines that the change adds or edits, or that it only now excludes.

    `text` is its content, `before` that of the base. The expressions are today's for both: other
    expressions are other settings. An unchanged line is excluded anew where an exclusion of several
    lines grows, as when the comment that ends it is deleted.
    """
    lines = text.split("\n")
    added = _added_lines(file, len(lines))
    line_map = file.line_map
    unchanged = () if before is None else (line for line in range(1, len(lines) + 1) if line not in added)
    old_lines = {line: old for line in unchanged if (old := line_map.old_line(line)) is not None}
    for regex, kind in expressions:
        matched = _matching(text, regex)
        known = _matching(before, regex) if before and matched else set()
        grown = {line for line in matched if line in old_lines and old_lines[line] not in known}
        for run in _runs(matched, lines, regex):
            is_older = any(old_lines.get(line) in known for line in run)
            new = [line for line in run if line in grown or (line in added and not (is_older and not grown & set(run)))]
            if new:
                line = next((number for number in new if number in added and "#" in lines[number - 1]), new[0])
                yield from _exclusion(file.path, line, "\n".join(lines[number - 1] for number in run), regex, kind)


def _exclusion(path: str, line: int, text: str, regex: str, kind: ExclusionKind) -> Iterator[Exclusion]:
    """One exclusion of the lines `text`; a pattern that matches code itself is no comment."""
    comment = re.search(regex, text[text.index("#") :], re.MULTILINE) if "#" in text else None
    if comment is not None:
        yield Exclusion(path=path, line=line, text=_shortened(comment[0]), kind=kind)
    elif kind == "comment" and regex not in DEFAULT_EXCLUDE:
        yield Exclusion(path=path, line=line, text=_shortened(text), kind="pattern")


def _matching(text: str, regex: str) -> set[int]:
    """The lines that coverage.py finds; without parsing, so that each counts as itself."""
    return PythonParser(text=text or "\n").lines_matching(regex)


def _runs(matched: set[int], lines: Sequence[str], regex: str) -> Iterator[list[int]]:
    """Each line that matches by itself, and neighbouring lines that only match together."""
    run: list[int] = []
    for line in sorted(matched):
        if line > len(lines):  # a match that ends with the file's last line break
            continue
        alone = re.search(regex, lines[line - 1], re.MULTILINE) is not None
        if run and (alone or line != run[-1] + 1):
            yield run
            run = []
        if alone:
            yield [line]
        else:
            run.append(line)
    if run:
        yield run


def _added_lines(file: ChangedFile, count: int) -> set[int]:
    return {line for first, last in file.lines for line in range(first, min(last, count) + 1)}


def _shortened(text: str) -> str:
    shown = " ".join(text.split())
    return shown if len(shown) <= LONGEST else f"{shown[: LONGEST - 3]}..."
