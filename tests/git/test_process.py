"""X1: how git is started, and what its failures mean; the traps themselves are sprung in test_repository.py."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from covgate.git.process import (
    SAFE_VARIABLES,
    SETTINGS,
    GitError,
    cleaned_environment,
    explain_failure,
    find_git,
    git_command,
    run_git,
)


def test_variables_of_a_hook_are_dropped_and_those_that_configure_the_connection_stay() -> None:
    hook = {"GIT_DIR": "x", "GIT_INDEX_FILE": "x", "GIT_WORK_TREE": "x", "GIT_EXTERNAL_DIFF": "x", "GIT_TRACE": "x"}
    kept = {"GIT_CONFIG_COUNT": "0", "GIT_EXEC_PATH": "/x", "HOME": "/h", "PATH": "/bin"}
    assert cleaned_environment({**hook, **kept}) == {**kept, **SAFE_VARIABLES}


def test_what_makes_git_safe_cannot_be_overridden() -> None:
    assert cleaned_environment({"GIT_ALLOW_PROTOCOL": "ext", "LC_ALL": "de_DE"}) == SAFE_VARIABLES


def program(folder: Path, mode: int = 0o755) -> Path:
    folder.mkdir()
    file = folder / ("git.exe" if os.name == "nt" else "git")
    file.touch(mode)
    return file


@pytest.mark.skipif(os.name == "nt", reason="every file can be run there")
def test_git_is_found_on_the_path_and_never_in_the_folder_where_it_is_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(program(tmp_path / "here").parent)
    program(tmp_path / "no program", 0o644)
    (tmp_path / "folder" / "git").mkdir(parents=True)
    first = program(tmp_path / "first")
    program(tmp_path / "second")
    names = [
        "",
        ".",
        "../here",
        *(str(tmp_path / name) for name in ("no program", "folder", "nowhere", "first", "second")),
    ]
    assert find_git({"PATH": os.pathsep.join(names)}) == str(first)


def test_without_git_the_change_cannot_be_expected() -> None:
    with pytest.raises(GitError, match="git is not installed") as raised:
        find_git({"PATH": ""})
    assert raised.value.is_expected


def test_every_setting_stands_before_the_command() -> None:
    _, *words = git_command(os.environ, ["a.b=c"], ["log", "-1"])
    options = [word for setting in (*SETTINGS, "a.b=c") for word in ("-c", setting)]
    assert words == ["--no-pager", *options, "log", "-1"]


@pytest.mark.parametrize(
    ("stderr", "message", "remedy", "is_expected"),
    [
        (b"fatal: detected dubious ownership in repository at '/p'", "git refuses /p: it belongs to another user", "safe.directory /p", False),
        (b"fatal: not a git repository (or any of the parent directories)", "/p is in no git repository", "", True),
        (b"fatal: this operation must be run in a work tree", "/p is in no git repository", "", True),
        (b"fatal: could not fetch abc from promisor remote", "this partial clone", "clone without --filter", False),
        (b"fatal: lazy fetching disabled; some objects may not be available", "this partial clone", "clone without", False),
        (b"\n  \nfatal: bad revision\nmore\n", "git failed: bad revision", "", False),
        (b"error: \xff", "git failed: error: \ufffd", "", False),
        (b"", "git failed: it gave no reason", "", False),
    ],
)  # fmt: skip
def test_a_failure_says_what_it_means_and_what_to_do(
    stderr: bytes, message: str, remedy: str, is_expected: bool
) -> None:
    error = explain_failure(stderr, Path("/p"))
    assert error.message.startswith(message)
    assert remedy in error.remedy
    assert error.is_expected is is_expected


def test_git_answers_in_bytes_and_fails_with_its_own_words(tmp_path: Path) -> None:
    environment = cleaned_environment(os.environ)
    assert run_git(["hash-object", "--stdin"], tmp_path, environment, stdin=b"x").strip() != b""
    with pytest.raises(GitError, match="git failed: "):
        run_git(["no-such-command"], tmp_path, environment)
    with pytest.raises(GitError, match="git cannot be run"):
        run_git(["version"], tmp_path / "nowhere", environment)
