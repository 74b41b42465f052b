"""S8: the root is found from every folder, as pytest would find it where no settings say more."""

from __future__ import annotations

from pathlib import Path

import pytest

from conftest import Project
from covgate.config.root import find_root, require_settings_at
from covgate.errors import UsageError

TABLE = "[tool.covgate]\ntotal = 80\n"


def test_s8_the_nearest_folder_with_the_table_is_the_root(tmp_path: Path) -> None:
    project = Project(tmp_path).write(
        {
            "pyproject.toml": TABLE,
            "packages/pyproject.toml": "[project]\nname = 'other'\n",
            "packages/inner/pyproject.toml": TABLE,
            "packages/inner/tests/pytest.ini": "[pytest]\n",
            "tests/unit/x.py": "",
        }
    )
    assert find_root(project.root) == project.root
    assert find_root(project.root / "tests/unit") == project.root
    assert find_root(project.root / "packages") == project.root
    assert find_root(project.root / "packages/inner/tests") == project.root / "packages/inner"


@pytest.mark.parametrize(
    "text",
    [
        "[tool.pytest-covgate]\ntotal = 80\n",
        "[tool.covgte]\ntotal = 80\n",
        "[tool.covgate\ntotal = 80\n",
        "[tool]\ncovgate = { total = 80 }\n",
        "\ufeff[tool.covgate]\n",
    ],
)
def test_s8_a_table_with_an_error_still_marks_the_root(tmp_path: Path, text: str) -> None:
    Project(tmp_path).write({"pyproject.toml": text, "tests/x.py": ""})
    (tmp_path / "tests/setup.cfg").write_text("[tool:pytest]\n")
    assert find_root(tmp_path / "tests") == tmp_path


LAYOUTS: list[dict[str, str]] = [
    {"pytest.ini": ""},
    {".pytest.ini": "[pytest]\n"},
    {"tox.ini": "[pytest]\n"},
    {"tox.ini": "[tox]\n", "setup.cfg": "[tool:pytest]\n"},
    {"setup.cfg": "[metadata]\n"},
    {"pyproject.toml": "[tool.pytest.ini_options]\n"},
    {"pyproject.toml": "[project]\nname = 'x'\n"},
    {"pyproject.toml": "[project]\nname = 'x'\n", "a/tox.ini": "[pytest]\n"},
    {"pyproject.toml": "[tool.pytest.ini_options]\n", "a/pyproject.toml": "[project]\nname = 'x'\n"},
    {"pytest.ini": "[pytest]\n", "a/pyproject.toml": "[project]\nname = 'x'\n"},
    {"setup.py": ""},
    {"setup.py": "", "a/setup.py": ""},
]


@pytest.mark.parametrize("layout", LAYOUTS)
def test_s8_without_the_table_the_root_is_pytests_rootdir(tmp_path: Path, layout: dict[str, str]) -> None:
    """Asked of pytest itself, in every folder of the layout."""
    project = Project(tmp_path / "top").write({**layout, "a/b/x.txt": ""})
    for folder in ("a/b", "."):
        told = project.python(
            "-c",
            "import pytest\n"
            "class Tell:\n"
            "    def pytest_configure(self, config): print(f'ROOT={config.rootpath}')\n"
            "pytest.main(['-q', '-p', 'no:cov', '-p', 'no:covgate'], plugins=[Tell()])",
            cwd=folder,
        )
        rootdir = next(line[5:] for line in told.out.splitlines() if line.startswith("ROOT="))
        assert str(find_root(project.root / folder)) == rootdir


def test_s8_settings_above_the_rootdir_are_an_error(tmp_path: Path) -> None:
    Project(tmp_path).write({"pyproject.toml": TABLE, "tests/pytest.ini": ""})
    require_settings_at(tmp_path)
    with pytest.raises(UsageError, match="pytest's rootdir is") as error:
        require_settings_at(tmp_path / "tests")
    assert f"--rootdir={tmp_path}" in error.value.remedy
    Project(tmp_path / "tests").write({"pyproject.toml": "[tool.covgate]\n"})
    require_settings_at(tmp_path / "tests")
