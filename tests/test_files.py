"""Files are written aside and renamed, and only ordinary files are read."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from covgate.errors import ReportError
from covgate.files import read_ordinary, why_not_ordinary, write_aside


def test_a_report_replaces_its_file_and_keeps_its_permissions(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "report.json"
    write_aside(path, "one\n")
    path.chmod(0o600)
    write_aside(path, "two\n")
    assert path.read_text() == "two\n"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert os.listdir(path.parent) == ["report.json"]


def test_a_link_keeps_pointing_at_its_file(tmp_path: Path) -> None:
    (tmp_path / "real.json").write_text("old")
    (tmp_path / "link.json").symlink_to("real.json")
    write_aside(tmp_path / "link.json", "new")
    assert (tmp_path / "link.json").is_symlink()
    assert (tmp_path / "real.json").read_text() == "new"


def test_a_device_is_written_to(tmp_path: Path) -> None:
    write_aside(Path("/dev/null"), "gone")
    assert not Path("/dev/null").is_file()
    assert os.listdir(tmp_path) == []


def test_a_full_disk_leaves_the_old_report_whole(tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    path.write_text("old")
    with pytest.raises(ReportError, match="No space left"):
        write_aside(Path("/dev/full"), "x" * 100_000)
    with pytest.raises(ReportError, match="could not be written"):
        write_aside(path / "below", "x")
    assert path.read_text() == "old"


def test_a_half_written_report_is_taken_away(tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    path.write_text("old")
    with pytest.raises(UnicodeEncodeError):
        write_aside(path, "\udcff")
    assert path.read_text() == "old"
    assert os.listdir(tmp_path) == ["report.json"]


def test_a_folder_a_pipe_and_a_file_of_the_kernel_are_not_read(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path, tmp_path / "pipe", Path("/proc/self/maps")):
        with pytest.raises(OSError, match="it is "):
            read_ordinary(path)
    assert why_not_ordinary(tmp_path / "nowhere") is None


def test_a_file_that_is_too_long_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "long"
    path.write_bytes(b"x" * 2**20)
    assert read_ordinary(path, 2**20) == b"x" * 2**20
    with pytest.raises(OSError, match="longer than 0 MB"):
        read_ordinary(path, 2**20 - 1)
