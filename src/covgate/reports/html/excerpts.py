"""Source around what is missing, cut to a number of characters, the worst places first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Literal, NamedTuple, TypeAlias

from covgate.model.judged import JudgedModule
from covgate.model.lines import LineRange, Lines
from covgate.model.snapshot import SourceText
from covgate.reports.text import cut_right, printable

Mark: TypeAlias = Literal["covered", "missing", "partial", "accepted"]

AROUND = 2
LONGEST = 40
"""Lines of one place; a class that nothing ran tells enough with its first ones."""
WIDEST = 160
OVERHEAD = 8
"""Characters a line costs besides its own."""
JUMPS = 4


class SourceRow(NamedTuple):
    """One line of source, printable; `jumps` are the jumps never taken from it, in words."""

    number: int
    text: str
    mark: Mark
    is_changed: bool
    jumps: str = ""


Place: TypeAlias = tuple[SourceRow, ...]
"""Lines that follow one another."""


class Excerpt(NamedTuple):
    """Places in source order; `cut` counts the marked lines that are left out."""

    places: tuple[Place, ...]
    cut: int


class Marks:
    """Marks the lines of one module: missing, partial, accepted, changed."""

    def __init__(self, judged: JudgedModule, text: SourceText, changed: Lines) -> None:
        module = judged.module
        self._text = text
        self.changed = changed
        self.accepted = text.all_lines_of(judged.accepted_missing)
        self.missing = text.all_lines_of(judged.required_missing)
        self.branches = {
            branch.line: branch for branch in module.branches if branch.missing and branch.line not in module.missing
        }
        self.partial = text.all_lines_of(Lines.of(self.branches))

    @property
    def all(self) -> Lines:
        return self.missing | self.partial | self.accepted

    def show(self, number: int) -> SourceRow:
        mark: Mark = "covered"
        if number in self.missing:
            mark = "missing"
        elif number in self.accepted:
            mark = "accepted"
        elif number in self.partial:
            mark = "partial"
        text = printable(self._text.lines[number - 1].expandtabs(4).rstrip())
        return SourceRow(number, cut_right(text, WIDEST), mark, number in self.changed, self.jumps(number))

    def jumps(self, number: int) -> str:
        """Return the jumps never taken from a line that ran, in words."""
        branch = self.branches.get(number)
        if branch is None:
            return ""
        ends = ["exit" if end < 0 else str(end) for end in branch.missing]
        more = f" and {len(ends) - JUMPS} more" if len(ends) > JUMPS else ""
        return f"never jumped to {', '.join(ends[:JUMPS])}{more}"


def rank_places(marks: Marks, length: int) -> list[LineRange]:
    """Return the marked lines with some lines around them as ranges: most changed lines first, then the longest."""
    marked = marks.all
    near = Lines()
    for shift in range(-AROUND, AROUND + 1):
        near |= Lines(marked.bits << shift if shift >= 0 else marked.bits >> -shift)
    whole = Lines.between(1, length)
    return sorted(
        (near & whole).runs(whole),
        key=lambda place: (-_weight(place, marks, changed=True), -_weight(place, marks), place),
    )


def cost(place: LineRange, source: Sequence[str]) -> int:
    """Return the characters that a place takes in the page."""
    first, last = place
    last = min(last, first + LONGEST - 1)
    return sum(min(len(line), WIDEST) + OVERHEAD for line in source[first - 1 : last])


def fit_excerpt(source: Sequence[str], marks: Marks, ranked: Sequence[LineRange], room: int) -> Excerpt:
    """Return as many places, and of the last one as many lines, as fit into `room` characters."""
    shown: list[Place] = []
    shown_lines = Lines()
    for first, last in ranked:
        lines = []
        for number in range(first, min(last, first + LONGEST - 1) + 1):
            room -= min(len(source[number - 1]), WIDEST) + OVERHEAD
            if room < 0:
                break
            lines.append(marks.show(number))
        if any(line.mark != "covered" for line in lines):
            shown.append(tuple(lines))
            shown_lines |= Lines.of(line.number for line in lines)
        if room < 0:
            break
    return Excerpt(places=tuple(sorted(shown, key=lambda place: place[0].number)), cut=len(marks.all - shown_lines))


def fair_limit(needs: Iterable[int], total: int) -> int:
    """Return the highest limit under which the needs, each cut to it, add up to `total` at most."""
    ordered = sorted(needs)
    left = total
    for index, need in enumerate(ordered):
        share = left // (len(ordered) - index)
        if need > share:
            return share
        left -= need
    return ordered[-1] if ordered else 0


def split_into_places(lines: Iterable[SourceRow]) -> Iterator[Place]:
    """Yield the lines as places: each ends where a line number is left out."""
    place: list[SourceRow] = []
    for line in lines:
        if place and line.number != place[-1].number + 1:
            yield tuple(place)
            place = []
        place.append(line)
    if place:
        yield tuple(place)


def _weight(place: LineRange, marks: Marks, *, changed: bool = False) -> int:
    lines = Lines.between(*place) & (marks.missing | marks.partial)
    return len(lines & marks.changed if changed else lines)
