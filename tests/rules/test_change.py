"""J15: the base's rules are read with git, and nothing of them is executed."""

from __future__ import annotations

from pathlib import Path

import pytest

from covgate.judge.naming import is_test
from covgate.model.change import Change, ChangedFile
from covgate.model.rules import RulesChange
from covgate.rules.change import RulesRequest, read_rules_change
from repositories import Repository

EVIL = "from pathlib import Path\nPath('executed').touch()\n\n\ndef coverage_init(reg, options):\n    pass\n"


def read(repository: Repository, base: str, *files: ChangedFile) -> RulesChange:
    request = RulesRequest(
        root=repository.root,
        folder=repository.root,
        config_file=".coveragerc",
        source=[repository.root / "src"],
        environment=repository.environment,
        is_test=is_test,
    )
    found = read_rules_change(Change(base=base, base_source="x", files=files), [file.path for file in files], request)
    assert isinstance(found, RulesChange), found
    return found


def test_x1_plugins_of_the_base_and_of_the_change_are_not_loaded(tmp_path: Path) -> None:
    repository = Repository(tmp_path / "repo")
    base = repository.commit({"evil.py": EVIL, ".coveragerc": "[run]\nplugins = evil\nomit = a.py\n"})
    repository.commit({".coveragerc": "[run]\nplugins = evil\nomit = b.py\n"})
    found = read(repository, base)
    assert found.before.coverage is not None
    assert (found.before.coverage.lists["run.plugins"], found.before.coverage.lists["run.omit"]) == (
        ("evil",),
        ("a.py",),
    )
    assert not list(tmp_path.rglob("executed"))


@pytest.mark.parametrize("text", ["[tool.covgate\n", "[tool.covgate]\ntotal = 'x'\nmodule = 80\n", "tool = 1\n"])
def test_settings_of_the_base_that_are_wrong_count_as_not_set(tmp_path: Path, text: str) -> None:
    repository = Repository(tmp_path / "repo")
    base = repository.commit({"pyproject.toml": text})
    repository.commit({"pyproject.toml": "[tool.covgate]\ntotal = 1\n"})
    assert read(repository, base).before.settings.total is None


def test_a_link_in_the_base_is_followed_within_the_commit_only(tmp_path: Path) -> None:
    (tmp_path / "outside.toml").write_text("[tool.covgate]\ntotal = 99\n")
    repository = Repository(tmp_path / "repo")
    repository.write({"real.toml": "[tool.covgate]\ntotal = 50\n"})
    link = repository.root / "pyproject.toml"
    link.symlink_to("real.toml")
    inside = repository.commit()
    link.unlink()
    link.symlink_to(tmp_path / "outside.toml")
    outside = repository.commit()
    assert [read(repository, base).before.settings.total for base in (inside, outside)] == [50, None]
