"""Which lines of a past commit the fixes of the year after it touched."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date
from functools import cache
from pathlib import Path
from typing import NamedTuple

from past import Past, git

FIX = re.compile(
    r"\b(fix(e[sd])?|bug(fix)?s?|regression|crash(e[sd])?|(close[sd]?|resolve[sd]?) +(issue +)?#\d+)\b", re.I
)
NO_FIX = re.compile(r"\b(typos?|docs?|lint|flake8|mypy|ruff|typing|type hints?|changelog|pre-commit)\b", re.I)
MOST_FILES = 20
HUNK = re.compile(r"^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@")


class Hunk(NamedTuple):
    """Lines `old` to `old + old_count - 1` were replaced; with a count of 0 lines were added after line `old`."""

    old: int
    old_count: int
    new: int
    new_count: int


def touched_lines(past: Past) -> tuple[int, dict[str, set[int]]]:
    """Return how many fixes changed the package, and by path at `past.commit` the lines that they touched."""
    count, found = 0, defaultdict[str, set[int]](set)
    for fix in find_fixes(past.clone, past.commit, past.point):
        hunks = read_hunks(past.clone, f"{fix}^", fix)
        if not 0 < len(hunks) <= MOST_FILES:
            continue
        count += 1
        for path, changed in hunks.items():
            lines = {line for hunk in changed for line in range(hunk.old, hunk.old + max(1, hunk.old_count)) if line}
            for old_path, line in follow_back(past.clone, past.commit, f"{fix}^", path, lines):
                found[old_path].add(line)
    return count, found


def find_fixes(clone: Path, commit: str, point: date) -> list[str]:
    end = point.replace(year=point.year + 1)
    spans = [f"--since={point}", f"--until={end}", f"^{commit}", "HEAD"]
    fixes = {}
    for name, parents, message in read_log(clone, *spans):
        if not is_fix(message):
            continue
        if len(parents) == 1:
            fixes[name] = message
        elif parents:
            brought = read_log(clone, f"^{parents[0]}", f"^{commit}", *parents[1:])
            fixes.update({one: text for one, ups, text in brought if len(ups) == 1 and not NO_FIX.search(first(text))})
    return sorted(fixes)


def is_fix(message: str) -> bool:
    return bool(FIX.search(message)) and not NO_FIX.search(first(message))


def first(message: str) -> str:
    return message.strip().partition("\n")[0]


def read_log(clone: Path, *arguments: str) -> Iterator[tuple[str, list[str], str]]:
    for entry in git(clone, "log", "--format=%H%x1f%P%x1f%B%x1e", *arguments).split("\x1e"):
        if entry.strip():
            name, parents, message = entry.strip().split("\x1f", 2)
            yield name, parents.split(), message


def read_hunks(clone: Path, old: str, new: str) -> dict[str, list[Hunk]]:
    """Return what changed in the Python files that are no tests, by their old paths."""
    text = git(clone, "diff", "-w", "-U0", "-M", "--no-color", "--no-ext-diff", old, new, "--", "*.py")
    hunks = defaultdict[str, list[Hunk]](list)
    path: str | None = None
    for line in text.splitlines():
        if line.startswith("--- "):
            path = line[6:] if line.startswith("--- a/") else None
        elif path is not None and not is_test(path) and (match := HUNK.match(line)):
            numbers = [1 if number is None else int(number) for number in match.groups()]
            hunks[path].append(Hunk(*numbers))
    return dict(hunks)


def is_test(path: str) -> bool:
    *folders, name = path.split("/")
    return bool({"test", "tests", "t"} & {*folders}) or name.startswith("test_") or name == "conftest.py"


def follow_back(clone: Path, commit: str, start: str, path: str, lines: Iterable[int]) -> Iterator[tuple[str, int]]:
    """Yield path and line at `commit` of those lines of `start` that are no younger than it."""
    spans = [option for first, last in runs(lines) for option in ("-L", f"{first},{last}")]
    if not spans:
        return
    if git(clone, "rev-list", "-1", start, f"^{commit}") == "":  # blame would take an empty range for HEAD
        origin = git(clone, "rev-parse", start).strip()
        yield from (place for line in lines if (place := move(clone, origin, commit, path, line)) is not None)
        return
    text = git(clone, "blame", "-w", "-M", "-C", "--line-porcelain", *spans, f"{commit}..{start}", "--", path)
    origin, line, is_boundary = "", 0, False
    for row in text.splitlines():
        if match := re.match(r"^([0-9a-f]{40}) (\d+) \d+", row):
            origin, line, is_boundary = match[1], int(match[2]), False
        elif row == "boundary":
            is_boundary = True
        elif row.startswith("filename ") and is_boundary:
            place = move(clone, origin, commit, row.removeprefix("filename "), line)
            if place is not None:
                yield place


def move(clone: Path, old: str, new: str, path: str, line: int) -> tuple[str, int] | None:
    """Return where a line of `old` is in `new`; None where it was changed or removed."""
    if old == new:
        return path, line
    hunks, names = differences(clone, old, new)
    place = names.get(path, path)
    if place is None:
        return None
    shift = 0
    for hunk in hunks.get(path, ()):
        if hunk.old + max(hunk.old_count, 1) - 1 < line or (not hunk.old_count and hunk.old < line):
            shift += hunk.new_count - hunk.old_count
        elif hunk.old_count and hunk.old <= line:
            return None
    return place, line + shift


@cache
def differences(clone: Path, old: str, new: str) -> tuple[dict[str, list[Hunk]], dict[str, str | None]]:
    """Return the hunks by old path, and the new names of files that were renamed, None of those that were deleted."""
    names: dict[str, str | None] = {}
    for row in git(clone, "diff", "-M", "--name-status", old, new, "--", "*.py").splitlines():
        status, *paths = row.split("\t")
        if status.startswith("R"):
            names[paths[0]] = paths[1]
        elif status == "D":
            names[paths[0]] = None
    return read_hunks(clone, old, new), names


def runs(lines: Iterable[int]) -> Iterator[tuple[int, int]]:
    start = end = 0
    for line in sorted(lines):
        if line != end + 1 or not start:
            if start:
                yield start, end
            start = line
        end = line
    if start:
        yield start, end


def changes_before(past: Past) -> dict[str, int]:
    """Return by path how many commits of the 12 months before T changed the file."""
    start = past.point.replace(year=past.point.year - 1)
    names = git(past.clone, "log", "--no-merges", "--format=", "--name-only", f"--since={start}", past.commit)
    counts = defaultdict[str, int](int)
    for name in names.splitlines():
        counts[name] += 1
    return counts
