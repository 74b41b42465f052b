"""The data file of one run: it takes the place of the usual one, wherever that lies."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import pytest

from covgate.plugin.measuring import RunData

SHARED_MEMORY = Path("/dev/shm")


def run_data(usual: Path, *, append: bool = False) -> RunData:
    data = RunData(usual)
    data.prepare(append=append)
    return data


def test_it_takes_the_place_of_the_usual_one(tmp_path: Path) -> None:
    usual = tmp_path / "folder/data"
    data = run_data(usual)
    assert data.path != usual
    data.publish()
    assert not usual.exists(), "nothing was measured"
    data.path.write_text("new")
    data.publish()
    assert usual.read_text() == "new"
    folder = data.path.parent
    data.discard()
    assert not folder.exists()
    assert data.path == usual


def test_it_goes_on_from_the_usual_one(tmp_path: Path) -> None:
    usual = tmp_path / "data"
    usual.write_text("before")
    data = run_data(usual, append=True)
    assert data.path.read_text() == "before"
    data.discard()


def test_it_crosses_file_systems() -> None:
    if not SHARED_MEMORY.is_dir() or SHARED_MEMORY.stat().st_dev == Path(tempfile.gettempdir()).stat().st_dev:
        pytest.skip("only one file system to write to")
    with tempfile.TemporaryDirectory(dir=SHARED_MEMORY) as folder:
        data = run_data(Path(folder, "data"))
        data.path.write_text("new")
        Path(folder, "data.child").write_text("of a child")
        combined: list[str] = []
        data.wrap_finish(lambda: combined.extend(path.name for path in data.path.parent.iterdir()))()
        assert sorted(combined) == ["data", "data.child"]
        data.publish()
        data.discard()
        assert {path.name: path.read_text() for path in Path(folder).iterdir()} == {"data": "new"}


def test_without_a_temporary_folder_the_usual_one_is_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "nowhere"))
    data = run_data(tmp_path / "data")
    assert data.path == tmp_path / "data"
    data.path.write_text("new")
    data.publish()
    data.discard()
    assert os.listdir(tmp_path) == ["data"]
