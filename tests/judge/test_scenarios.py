"""What is untested in a function, in words of its source: a table of constructs, and properties over real sources.

`scenarios.txt` shows source after source: a heading with the calls that ran, the source with `>` at what ran and `!`
at what did not, the branches never taken, and the scenarios. `GOLDEN=write` runs the calls under coverage.py to mark
the lines, and writes the scenarios anew.
"""

from __future__ import annotations

import ast
import os
import random
import re
import sysconfig
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from covgate.judge.scenarios import find_scenarios
from covgate.judge.scenarios.code import Code, read_code
from covgate.measurement.parsing.outline import outline
from covgate.model.lines import Lines
from covgate.model.missing import range_in_words
from covgate.model.scenario import Scenario
from covgate.model.snapshot import Branch, Function

TABLE = Path(__file__).with_name("scenarios.txt")
RAN, MISSING, BRANCHES, SCENARIO = ">", "!", "never ", "= "


class Entry(NamedTuple):
    """One source of the table."""

    heading: str
    source: str
    statements: Lines
    missing: Lines
    arcs: tuple[tuple[int, int], ...]
    scenarios: tuple[str, ...]

    @property
    def parts(self) -> list[str]:
        """The title, the calls, and what is special."""
        return [*(part.strip() for part in self.heading.split("|")), ""]

    def function(self) -> Function:
        """The function that is meant: the one that is named, the first, or the code outside of functions."""
        special = self.parts[2]
        regions, _ = outline(ast.parse(self.source))
        if special == "module":
            return Function("", 1, 1, self.statements)
        name = special.removeprefix("of ") if special.startswith("of ") else regions[0].name
        region = next(region for region in regions if region.name == name)
        return Function(name, region.line, region.last, self.statements & region.lines)

    def find(self) -> tuple[str, ...]:
        branches: dict[int, tuple[int, ...]] = {}
        for line, at in self.arcs:
            branches[line] = (*branches.get(line, ()), at)
        never = [Branch(line, 2, ends) for line, ends in branches.items()]
        return tuple(map(shown, find_scenarios(Code(self.source), self.function(), self.missing, never)))


def shown(scenario: Scenario) -> str:
    lines = ", ".join(map(range_in_words, scenario.lines.ranges()))
    raises = f" [{scenario.raises}]" if scenario.raises else ""
    return f"{scenario.when} -> {scenario.then}{raises} ({lines or 'a branch'})"


def read_table() -> Iterator[Entry]:
    for block in TABLE.read_text(encoding="utf-8").removeprefix("== ").split("\n== "):
        heading, *rows = block.rstrip("\n").split("\n")
        source = [row for row in rows if not row.startswith((BRANCHES, SCENARIO))]
        arcs = [row.removeprefix(BRANCHES).split("->") for row in rows if row.startswith(BRANCHES)]
        marked = {mark: Lines.of(n for n, row in enumerate(source, 1) if row[:1] == mark) for mark in (RAN, MISSING)}
        yield Entry(
            heading=heading,
            source="\n".join(row[2:] for row in source),
            statements=marked[RAN] | marked[MISSING],
            missing=marked[MISSING],
            arcs=tuple((int(line), -1 if at == "exit" else int(at)) for line, at in arcs),
            scenarios=tuple(row.removeprefix(SCENARIO) for row in rows if row.startswith(SCENARIO)),
        )


def written(entry: Entry) -> str:
    marks = {**dict.fromkeys(entry.statements, RAN), **dict.fromkeys(entry.missing, MISSING)}
    rows = [f"{marks.get(n, ' ')} {row}".rstrip() for n, row in enumerate(entry.source.split("\n"), 1)]
    never = [f"{BRANCHES}{line}->{at if at > 0 else 'exit'}" for line, at in entry.arcs]
    return "\n".join([f"== {entry.heading}", *rows, *never, *(SCENARIO + one for one in entry.find())])


def measure(entry: Entry, folder: Path) -> Entry:
    """Mark a source by what its calls run under coverage.py."""
    import asyncio

    import coverage

    file = folder / "source.py"
    file.write_text(entry.source, encoding="utf-8")
    cov = coverage.Coverage(branch=True, data_file=None, config_file=False, messages=False)
    space: dict[str, object] = {"asyncio": asyncio, "print": lambda *_: None}
    with cov.collect():
        for text in (entry.source, *entry.parts[1].split("; ")):
            try:
                exec(compile(text, file if text == entry.source else "<call>", "exec"), space)
            except Exception:
                continue
    analysis = cov._analyze(str(file))
    arcs = () if entry.parts[2] == "lines" else sorted(analysis.missing_branch_arcs().items())
    return entry._replace(
        statements=Lines.of(analysis.statements),
        missing=Lines.of(analysis.missing),
        arcs=tuple((line, max(at, -1)) for line, ends in arcs for at in sorted(ends) if line not in analysis.missing),
    )


def test_the_table_is_up_to_date(tmp_path: Path) -> None:
    if os.environ.get("GOLDEN") == "write":
        TABLE.write_text("\n\n".join(written(measure(one, tmp_path)) for one in read_table()) + "\n", encoding="utf-8")
    assert len(list(read_table())) >= 60


@pytest.mark.parametrize("entry", list(read_table()), ids=lambda entry: entry.parts[0])
def test_a_construct(entry: Entry) -> None:
    assert entry.find() == entry.scenarios


def functions_of(file: Path) -> tuple[str, Code, list[Function]] | None:
    """A source with its functions; every line with a statement counts as one."""
    source = file.read_text(encoding="utf-8", errors="surrogateescape")
    code = read_code(source)
    if code is None:
        return None
    at = Lines.of(node.lineno for node in ast.walk(code.tree) if isinstance(node, ast.stmt | ast.ExceptHandler))
    regions, _ = outline(code.tree)
    return source, code, [Function(one.name, one.line, one.last, at & one.lines) for one in regions]


def some_of(lines: Lines, chance: random.Random) -> Lines:
    """All lines, a stretch of them, or any."""
    numbers = list(lines)
    kind = chance.randrange(3)
    if not numbers or kind == 0:
        return lines
    if kind == 1:
        first, last = sorted(chance.choices(range(len(numbers) + 1), k=2))
        return Lines.of(numbers[first:last])
    return Lines.of(line for line in numbers if chance.random() < 0.4)


def without_space(text: str) -> str:
    return "".join(text.split())


def quotes(scenario: Scenario) -> list[str]:
    texts = re.findall(r"`([^`]*)`", f"{scenario.when} {scenario.then}")
    return [text.removesuffix("…") for text in texts if text != "None"]


def check_function(code: Code, function: Function, text: str, chance: random.Random) -> int:
    """Check one function with some missing lines and branches; returns how many scenarios it has."""
    missing = some_of(function.statements, chance)
    ran = list(function.statements - missing)
    ends = [-1, *function.statements]
    never = [Branch(line, 2, (chance.choice(ends),)) for line in ran if chance.random() < 0.2]
    scenarios = find_scenarios(code, function, missing, never)
    told = [line for scenario in scenarios for line in scenario.lines]
    assert sorted(told) == list(missing), f"{function.name}: each missing line is in one scenario"
    for scenario in scenarios:
        assert len(scenario.when) < 200
        assert "\n" not in scenario.when + scenario.then
        if "`" not in text:
            assert all(without_space(quote) in text for quote in quotes(scenario)), (function.name, scenario)
    return len(scenarios)


def test_what_is_quoted_stands_in_the_source() -> None:
    """In functions of the standard library, by chance."""
    chance = random.Random(17)
    library = Path(sysconfig.get_paths()["stdlib"])
    checked = 0
    for file in chance.sample(sorted(library.glob("*.py")), 12):
        parsed = functions_of(file)
        assert parsed is not None
        source, code, functions = parsed
        for function in chance.sample(functions, min(25, len(functions))):
            rows = source.split("\n")[function.line - 1 : function.last]
            text = without_space("\n".join(re.sub(r"\\$|\s+#.*", "", row) for row in rows))
            check_function(code, function, text, chance)
            checked += 1
    assert checked > 100
