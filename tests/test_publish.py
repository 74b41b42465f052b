"""Reports are asked for, rendered and written."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from covgate.errors import UsageError
from covgate.publish import parse_requests


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
        with pytest.raises(UsageError, match="which is not a report"):
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
