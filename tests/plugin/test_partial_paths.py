"""Paths that hold every test, judged without a run of their own."""

from __future__ import annotations

from pathlib import Path

import pytest

from covgate.plugin.partial import _resolved, _test_files


def test_installed_packages_are_resolved_without_importing_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "pkgx").mkdir()
    (tmp_path / "pkgx/__init__.py").write_text("raise RuntimeError\n")
    (tmp_path / "modx.py").write_text("")
    monkeypatch.syspath_prepend(tmp_path)
    elsewhere = tmp_path / "pkgx"
    assert _resolved("pkgx", elsewhere, pyargs=True) == tmp_path.resolve() / "pkgx"
    assert _resolved("modx", elsewhere, pyargs=True) == tmp_path.resolve() / "modx.py"
    assert _resolved("no_such_package", elsewhere, pyargs=True) is None
    assert _resolved("no_such.package", elsewhere, pyargs=True) is None


def test_environments_and_unlisted_folders_hold_no_tests(tmp_path: Path, pytestconfig: pytest.Config) -> None:
    for name in ("tests/test_a.py", "env/test_b.py", "build/test_c.py", ".git/test_d.py", "tests/helper.py"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("")
    (tmp_path / "env/pyvenv.cfg").write_text("")
    found = [path.relative_to(tmp_path).as_posix() for path in _test_files(tmp_path, pytestconfig)]
    assert found == ["tests/test_a.py"]
