"""Reports are written aside and renamed."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from covgate.errors import ReportError, UsageError
from covgate.files import write_aside
from covgate.publish import parse_requests


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


def test_requests_are_relative_to_their_base(tmp_path: Path) -> None:
    (request, stdout) = parse_requests(["json:a/b.json", "json:-"], tmp_path, {})
    assert (request.name, request.path, stdout.path) == ("json", tmp_path / "a/b.json", None)


@pytest.mark.parametrize(
    "specs", [["json:a", "json:./a"], ["json:-", "json:-"], ["pdf:a"], ["json", "json"], ["json:"]]
)
def test_requests_that_cannot_be(tmp_path: Path, specs: list[str]) -> None:
    with pytest.raises(UsageError):
        parse_requests(specs, tmp_path, {})


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_without_permission_is_known_before(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(UsageError, match="no permission"):
        parse_requests(["json:a"], tmp_path, {})


@pytest.mark.parametrize("name", ["pyproject.toml", "shop/cart.py", "setup.cfg", "tox.ini", ".coverage", "data.json"])
def test_x4_a_report_replaces_no_file_of_the_project(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(b"SQLite format 3\0" if name in (".coverage", "data.json") else b"x = 1\n")
    (tmp_path / "link.json").symlink_to(path)
    for target in (name, "link.json"):
        with pytest.raises(UsageError, match="which is no report"):
            parse_requests([f"json:{target}"], tmp_path, {})


@pytest.mark.parametrize("name", ["covgate.json", "reports/covgate.json"])
def test_x4_a_link_that_leads_out_of_the_project_is_not_followed(tmp_path: Path, name: str) -> None:
    """Anybody can commit one; whoever means that place can name it."""
    root, outside = tmp_path / "project", tmp_path / "outside"
    root.mkdir()
    outside.mkdir()
    if "/" in name:
        (root / "reports").symlink_to(outside)
    else:
        (root / name).symlink_to(outside / ".bashrc")
    with pytest.raises(UsageError, match="leads out of the project"):
        parse_requests([f"json:{name}"], root, {})
    assert parse_requests(["json:../outside/covgate.json", f"markdown:{outside / 'a.md'}"], root, {})
