"""The source of lines that lost their coverage."""

from __future__ import annotations

from pathlib import Path

from builders import branch, module, snapshot
from covgate.judge.comparison import compare
from covgate.measurement.lost_lines import MOST, read_lost_lines
from covgate.model.comparison import Baseline, Comparison, LostLine
from covgate.model.record import recorded_modules
from covgate.model.settings import Settings
from covgate.model.snapshot import Snapshot
from records import record, recorded


def lose(now: Snapshot, *before: object) -> Comparison:
    return compare(Baseline(record(*before), "main", files=()), recorded_modules(now), Settings())  # type: ignore[arg-type]


def test_lines_are_read_as_python_counts_them(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_bytes("# coding: latin-1\r\nx = '\x0c'\r\ny = '\xe9'\rif z: w\n".encode("latin-1"))
    now = snapshot(
        module("a.py", statements=(2, 3, 4), missing=(2, 3), branches=(branch(4, 2, -1),)),
        module("gone.py", 0, 1),
        branches=True,
    )
    comparison = lose(now, recorded("a.py", (2, 3, 4), branches=(branch(4, 2),)), recorded("gone.py", (1,)))
    assert read_lost_lines(comparison, now, tmp_path) == (
        LostLine("a.py", 2, "x = '\x0c'"),
        LostLine("a.py", 3, "y = '\xe9'"),
        LostLine("a.py", 4, "if z: w", is_partial=True),
        LostLine("gone.py", 1, ""),
    )


def test_texts_that_are_there_are_not_read_again_and_there_is_an_end(tmp_path: Path) -> None:
    now = snapshot(module("a.py", 0, MOST + 9, source=("x = 1",)))
    lost = read_lost_lines(lose(now, recorded("a.py", range(1, MOST + 10))), now, tmp_path)
    assert (len(lost), lost[0].text, lost[1].text) == (MOST, "x = 1", "")
    assert read_lost_lines(None, now, tmp_path) == ()
