"""pytest's own settings, from each file that may hold them."""

from __future__ import annotations

from pathlib import Path

import pytest

from covgate.config.pytest_settings import read_pytest_settings


@pytest.mark.parametrize(
    ("files", "file", "addopts"),
    [
        ({"pytest.ini": "[pytest]\naddopts = -q\n  --covgate\n", "tox.ini": "[pytest]\naddopts = -v"}, "pytest.ini", 2),
        ({"pytest.ini": "", "tox.ini": "[pytest]\naddopts = -v"}, "pytest.ini", 0),
        ({"pytest.toml": '[pytest]\naddopts = ["-q"]'}, "pytest.toml", 1),
        ({"pyproject.toml": "[tool.pytest.ini_options]\naddopts = \"-q -k 'a b'\""}, "pyproject.toml", 3),
        ({"pyproject.toml": '[tool.pytest]\naddopts = ["-q"]'}, "pyproject.toml", 1),
        ({"pyproject.toml": "[broken", "setup.cfg": "[tool:pytest]\naddopts = -v"}, "setup.cfg", 1),
        ({"tox.ini": "[pytest]\naddopts = -k 'unended"}, "tox.ini", 2),
        ({"tox.ini": "[tox]"}, "", 0),
    ],
)
def test_the_file_is_the_one_that_pytest_uses(tmp_path: Path, files: dict[str, str], file: str, addopts: int) -> None:
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    settings = read_pytest_settings(tmp_path)
    assert (settings.file, len(settings.addopts)) == (file, addopts)


def test_folders_and_file_names_of_tests(tmp_path: Path) -> None:
    (tmp_path / "setup.cfg").write_text("[tool:pytest]\ntestpaths = ./tests/ more\npython_files = check_*.py\n")
    settings = read_pytest_settings(tmp_path)
    assert (settings.testpaths, settings.python_files) == (("tests", "more"), ("check_*.py",))
