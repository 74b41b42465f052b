"""A parsed source joined with what ran gives what coverage.py's reporter gives, on the standard library."""

from __future__ import annotations

import random
import sysconfig
import warnings
from pathlib import Path
from typing import Any

import coverage
import pytest
from coverage.exceptions import CoverageException
from coverage.python import PythonFileReporter

from covgate.measurement.analysis import analyse, join, read_text
from covgate.measurement.parsing.parsed_source import (
    Arc,
    ParsedSource,
    from_record,
    is_known_parser,
    parse_source,
    to_record,
)
from covgate.measurement.tree import ModuleId
from covgate.model.lines import Lines

PLACE = ModuleId(path="a.py", name="a")
STDLIB = Path(sysconfig.get_paths()["stdlib"])
# Long and short, with nested `with`, `match`, loops that never end, decorators and long literals.
FILES = [
    "asyncio/tasks.py",
    "contextlib.py",
    "dataclasses.py",
    "ftplib.py",
    "importlib/_bootstrap.py",
    "keyword.py",
    "multiprocessing/resource_sharer.py",
    "subprocess.py",
    "tempfile.py",
    "test/test_contextlib.py",
    "test/test_patma.py",
    "test/test_with.py",
    "zipfile.py",
    "zipfile/__init__.py",
]
PRESENT = [name for name in FILES if (STDLIB / name).is_file()]


def reporter_of(name: str) -> PythonFileReporter:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        reporter = PythonFileReporter(str(STDLIB / name), coverage.Coverage(config_file=False, data_file=None))
        reporter.lines()
    return reporter


def recorded_arcs(reporter: PythonFileReporter, parsed: ParsedSource, chance: random.Random) -> set[Arc]:
    """Possible arcs, impossible ones, arcs within a line, into long statements, and out of `with`."""
    last = max(parsed.statements, default=1)
    possible = sorted(reporter.arcs())
    arcs = set(chance.sample(possible, chance.randint(0, len(possible))))
    arcs |= {(chance.randint(1, last), chance.randint(1, last)) for _ in range(last // 3)}
    arcs |= {(line, line) for line in chance.sample(range(1, last + 1), min(last, 20))}
    arcs |= {(start, -end) for start, end in sorted(arcs)[:10] if end > 0}
    arcs |= {jump for jump, _ in parsed.arc_corrections if chance.random() < 0.7}
    for _ in range(30 if parsed.extents else 0):
        arcs.add((chance.randint(*chance.choice(parsed.extents)), chance.randint(1, last)))
    return arcs


@pytest.mark.parametrize("name", PRESENT)
def test_j2_both_ways_to_analyse_a_file_agree(name: str) -> None:
    reporter = reporter_of(name)
    parsed = from_record(to_record(parse_source(reporter, branches=True)))
    chance = random.Random(name)
    for _ in range(5):
        arcs = recorded_arcs(reporter, parsed, chance)
        lines = Lines.of({line for jump in arcs for line in jump if line > 0})
        ours = join(PLACE, parsed, lines, arcs)
        theirs = analyse(PLACE, reporter, lines, arcs)
        assert (ours.statements, ours.missing, ours.excluded) == (theirs.statements, theirs.missing, theirs.excluded)
        assert ours.branches == theirs.branches
        assert_same_functions(set(ours.functions), set(theirs.functions))


def test_extents_are_the_same_whoever_is_asked() -> None:
    reporter = reporter_of("contextlib.py")
    parsed = parse_source(reporter, branches=False)
    plain = analyse(PLACE, reporter, Lines(), None)
    assert read_text(plain, reporter, None).extents == read_text(plain, reporter, parsed.extents).extents
    assert read_text(plain, reporter, None).extents


def assert_same_functions(ours: set[Any], theirs: set[Any]) -> None:
    """Older coverage.py overlooks functions below an `else`, and counts them to the one around."""
    if len(theirs) == len(ours):
        assert theirs == ours
    assert {function[:2] for function in theirs} <= {function[:2] for function in ours}
    assert coverage.version_info < (7, 17) or theirs == ours


def test_there_is_something_to_compare() -> None:
    assert is_known_parser()
    assert len(PRESENT) >= 10
    assert any(parse_source(reporter_of(name), branches=True).arc_corrections for name in PRESENT)


@pytest.mark.parametrize("branches", [False, True])
@pytest.mark.parametrize("name", PRESENT)
def test_a_source_is_equal_whether_parsed_or_read_from_its_record(name: str, branches: bool) -> None:
    parsed = parse_source(reporter_of(name), branches=branches)
    again = from_record(to_record(parsed))
    assert (again == parsed, parsed == again, again == from_record(to_record(parsed))) == (True, True, True)
    assert hash(again) == hash(parsed)
    assert to_record(again) == to_record(parsed)
    assert list(again.functions) == list(parsed.functions)
    assert (len(again.functions), again.functions[1:]) == (len(parsed.functions), parsed.functions[1:])
    assert (parsed.branches is not None) is branches


def test_other_functions_are_not_equal() -> None:
    parsed = parse_source(reporter_of("contextlib.py"), branches=False)
    again, other = from_record(to_record(parsed)), from_record(to_record(parsed._replace(functions=())))
    assert again.functions[0] == parsed.functions[0]
    assert again.functions != other.functions
    assert again.functions != parsed.functions[1:]
    assert repr(again.functions) == repr(parsed.functions)


def test_what_cannot_be_parsed_raises_as_the_reporter_does(tmp_path: Path) -> None:
    (tmp_path / "bad.py").write_text("def (:\n")
    cov = coverage.Coverage(config_file=False, data_file=None)
    with pytest.raises(CoverageException, match=r"bad\.py"):
        parse_source(PythonFileReporter(str(tmp_path / "bad.py"), cov), branches=True)
