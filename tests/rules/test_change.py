"""J15: the base's rules are read with git, and nothing of them is executed."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from covgate.judge.naming import is_test
from covgate.model.change import Change, ChangedFile, ChangeUnavailable
from covgate.model.line_map import Hunk
from covgate.model.rules import RulesChange, UnknownRules
from covgate.rules.change import RulesRequest, read_rules_change
from repositories import Repository

EVIL = "from pathlib import Path\nPath('executed').touch()\n\n\ndef coverage_init(reg, options):\n    pass\n"


def request_for(repository: Repository, environment: Mapping[str, str] | None = None) -> RulesRequest:
    return RulesRequest(
        root=repository.root,
        folder=repository.root,
        config_file=".coveragerc",
        source=[repository.root / "src"],
        environment={**repository.environment, **(environment or {})},
        is_test=is_test,
    )


def read_change_of(
    repository: Repository, base: str | None, *files: ChangedFile, environment: Mapping[str, str] | None = None
) -> RulesChange | UnknownRules:
    """Of a change whose files are all measured."""
    change = Change(base=base, base_source="x", files=files)
    return read_rules_change(change, [file.path for file in files], request_for(repository, environment))


def read(repository: Repository, base: str, *files: ChangedFile) -> RulesChange:
    found = read_change_of(repository, base, *files)
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


def test_without_a_base_what_the_change_excludes_is_known_all_the_same(tmp_path: Path) -> None:
    repository = Repository(tmp_path / "repo").write({"a.py": "x = 1  # pragma: no cover\n"})
    file = ChangedFile(path="a.py", status="modified", lines=((1, 1),), hunks=(Hunk(1, 1, 1, 1),))
    for environment, is_error in (({}, False), ({"CI": "true"}, True)):
        found = read_change_of(repository, None, file, environment=environment)
        assert isinstance(found, UnknownRules)
        assert [(one.path, one.line, one.kind) for one in found.exclusions] == [("a.py", 1, "comment")]
        assert (found.why.is_error, "a diff file names no base" in found.why.reason) == (is_error, True)


def test_a_change_that_is_not_known_says_why(tmp_path: Path) -> None:
    why = ChangeUnavailable("no base")
    request = request_for(Repository(tmp_path / "repo"))
    assert read_rules_change(why, [], request) == UnknownRules(why)


def test_a_base_that_cannot_be_read_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "plain").mkdir()
    repository = Repository(tmp_path / "repo")
    request = request_for(repository)._replace(root=tmp_path / "plain", folder=tmp_path / "plain")
    found = read_rules_change(Change(base="HEAD", base_source="x", files=()), [], request)
    assert isinstance(found, UnknownRules)
    assert (found.why.is_error, found.why.is_asked_for) == (True, True)


def test_what_is_loosened_and_what_the_change_excludes_is_read_with_its_lines(tmp_path: Path) -> None:
    repository = Repository(tmp_path / "repo")
    old = "a = 1\nb = 2  # pragma: no cover\n"
    base = repository.commit({"src/a.py": old, "src/b.py": "b = 1\n", ".coveragerc": "[run]\nsource = src\n"})
    repository.commit(
        {"src/a.py": f"{old}c = 3  # pragma: no cover\n", ".coveragerc": "[run]\nsource = src\nomit =\n  */b.py\n"}
    )
    file = ChangedFile(path="src/a.py", status="modified", lines=((3, 3),), hunks=(Hunk(2, 0, 3, 1),))
    found = read(repository, base, file)
    assert [(one.path, one.line) for one in found.exclusions] == [("src/a.py", 3)]
    assert found.lost_files == ("src/b.py",)
    assert found.after.line_of(".coveragerc", ("run", "omit"), "*/b.py") == 4


def test_settings_that_are_those_of_the_base_are_not_read_again(tmp_path: Path) -> None:
    repository = Repository(tmp_path / "repo")
    base = repository.commit({"pyproject.toml": "[tool.covgate]\ntotal = 1\n"})
    repository.commit({"other.txt": "x"})
    found = read(repository, base)
    assert found.before is found.after


def test_the_settings_file_that_the_environment_names_is_one_of_the_base_too(tmp_path: Path) -> None:
    repository = Repository(tmp_path / "repo")
    base = repository.commit({"conf/own.ini": "[run]\nomit = a.py\n"})
    repository.commit({"conf/own.ini": "[run]\nomit = b.py\n"})
    found = read_change_of(repository, base, environment={"COVERAGE_RCFILE": "conf/own.ini"})
    assert isinstance(found, RulesChange)
    lists = [one.coverage.lists["run.omit"] for one in (found.before, found.after) if one.coverage]
    assert lists == [("a.py",), ("b.py",)]


CODE = "x = 1\n"


@pytest.mark.parametrize(
    ("path", "text", "is_told"),
    [
        ("src/tests/app.py", CODE, True),  # below the source
        ("tests/app.py", CODE, True),  # imported by a.py
        ("tests/unknown.py", CODE, False),
        ("src/tests/test_app.py", CODE, False),  # pytest collects it
        ("src/tests/empty.py", "# nothing\n\n", False),
        ("src/app.py", CODE, False),  # no test at all
    ],
)
def test_code_that_is_a_test_by_its_folder_alone(tmp_path: Path, path: str, text: str, is_told: bool) -> None:
    repository = Repository(tmp_path / "repo")
    base = repository.commit({"src/a.py": "from tests.app import x\n"})
    repository.commit({path: text})
    file = ChangedFile(path=path, status="added", lines=((1, 1),), hunks=(Hunk(0, 0, 1, 1),))
    change = Change(base=base, base_source="x", files=(file,))
    found = read_rules_change(change, ["src/a.py"], request_for(repository))
    assert isinstance(found, RulesChange)
    assert found.test_folder_code == ((path,) if is_told else ())
