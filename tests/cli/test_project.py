"""The options of the commands that read data, and what the record of the run says to them."""

from __future__ import annotations

import argparse
from pathlib import Path

import pytest

from covgate.cli.project import add_change_options, add_data_options, command_context, open_command_project
from covgate.errors import UsageError
from covgate.model.run_record import RunRecord
from covgate.project import Project, open_measured_project


def arguments(*words: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    add_data_options(parser)
    add_change_options(parser)
    return parser.parse_args(words)


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A root with a folder below it, in which the command runs."""
    (tmp_path / "pyproject.toml").write_text(
        "[tool.covgate]\nsource = ['below']\n[tool.covgate.changed]\nbase = 'next'\n"
    )
    (tmp_path / "below").mkdir()
    monkeypatch.chdir(tmp_path / "below")
    return tmp_path


def test_s8_the_root_is_above_and_names_are_those_of_the_folder_in_which_they_were_given(root: Path) -> None:
    (root / "below/own.ini").write_text("[report]\nfail_under = 12\n")
    project = open_command_project(arguments("--data", "one", "../two", "--rcfile", "own.ini"))
    assert project.root == root
    assert project.settings.total == 12
    assert project.measurement.data == (str(root / "below/one"), str(root / "two"))
    assert (project.change.base, project.change.setting, project.change.is_asked_for) == (None, "next", True)


def test_the_folder_of_another_project_can_be_named(root: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    other = tmp_path_factory.mktemp("other")
    (other / "pyproject.toml").write_text("[tool.covgate]\n")
    assert open_command_project(arguments("--root", str(other))).root == other
    with pytest.raises(UsageError, match="--root nowhere: no such folder"):
        open_command_project(arguments("--root", "nowhere"))
    with pytest.raises(UsageError, match="no such folder"):
        open_command_project(arguments("--root", str(root / "pyproject.toml")))


@pytest.mark.parametrize(
    "words", [("--base", "a", "--staged"), ("--base", "a", "--diff", "x"), ("--diff", "x", "--staged")]
)
def test_options_that_contradict_each_other_are_wrong_use(root: Path, words: tuple[str, ...]) -> None:
    assert root.is_dir()
    with pytest.raises(UsageError, match="contradict"):
        open_command_project(arguments(*words))


def test_what_cannot_be_compared_with_is_wrong_use_before_the_data_is_read(root: Path) -> None:
    assert not (root / "below/x.diff").exists()
    with pytest.raises(UsageError):
        open_command_project(arguments("--diff", "x.diff"))


def with_record(root: Path, record: RunRecord | None, **environment: str) -> Project:
    project = open_measured_project(root, environment)
    return project._replace(measurement=project.measurement._replace(record=record), notes=("a note",))


@pytest.mark.parametrize(
    ("option", "environment", "judges"),
    [
        (None, {}, False),
        (None, {"CI": "true"}, True),
        ("advisory", {"CI": "true"}, False),
        ("fail", {}, True),
    ],
)
def test_j8_a_part_is_judged_in_a_ci_or_on_demand(
    root: Path, option: str | None, environment: dict[str, str], judges: bool
) -> None:
    context = command_context(with_record(root, RunRecord(run="one", selection="-k x"), **environment), partial=option)
    assert (context.partial, context.judge_partial) == ("-k x", judges)


def test_the_record_says_what_is_incomplete_and_what_to_do(root: Path) -> None:
    record = RunRecord(run="one", incomplete="no data from gw1", remedy="look there")
    context = command_context(with_record(root, record), stale="error", mode="warn")
    assert (context.incomplete, context.remedy) == ("no data from gw1", "look there")
    assert (context.stale, context.mode, context.notes) == ("error", "warn", ("a note",))


def test_without_a_record_the_data_count_as_whole(root: Path) -> None:
    context = command_context(with_record(root, None))
    assert (context.partial, context.incomplete, context.remedy) == (None, None, "")
