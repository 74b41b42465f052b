"""The variables of CI systems."""

from __future__ import annotations

import pytest

from covgate.ci import TARGET_BRANCH_VARIABLES, browse_address, is_agent, is_ci, target_branch


@pytest.mark.parametrize(
    ("value", "expected"),
    [("true", True), ("1", True), ("True", True), ("yes", True), ("", False), ("0", False), ("False", False)],
)
def test_ci(value: str, expected: bool) -> None:
    assert is_ci({"CI": value}) is expected


def test_a_developers_machine_sets_no_variable() -> None:
    assert not is_ci({})
    assert target_branch({"CI": "1"}) is None
    assert browse_address({"CI": "1"}) == (None, None)


@pytest.mark.parametrize("variable", TARGET_BRANCH_VARIABLES)
def test_each_system_names_the_target_branch(variable: str) -> None:
    assert target_branch({variable: "release/1.x"}) == ("release/1.x", variable)
    assert target_branch({variable: "refs/heads/release/1.x"}) == ("release/1.x", variable)
    assert target_branch({variable: ""}) is None


def test_the_first_variable_that_says_something_counts() -> None:
    empty, *others = TARGET_BRANCH_VARIABLES
    assert target_branch({empty: "", others[1]: "b", others[0]: "a"}) == ("a", others[0])


GITHUB = {"GITHUB_REPOSITORY": "o/r", "GITHUB_SHA": "abc"}


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        (GITHUB, ("github", "https://github.com/o/r/blob/abc")),
        ({**GITHUB, "GITHUB_SERVER_URL": "https://git.example"}, ("github", "https://git.example/o/r/blob/abc")),
        ({**GITHUB, "GITHUB_SERVER_URL": ""}, ("github", "https://github.com/o/r/blob/abc")),
        ({"GITHUB_REPOSITORY": "o/r"}, (None, None)),
        (
            {"CI_PROJECT_URL": "https://gitlab.com/o/r", "CI_COMMIT_SHA": "abc"},
            ("gitlab", "https://gitlab.com/o/r/-/blob/abc"),
        ),
        ({"CI_COMMIT_SHA": "abc"}, (None, None)),
    ],
)
def test_where_the_files_of_a_commit_can_be_seen(environment: dict[str, str], expected: tuple[object, object]) -> None:
    assert browse_address(environment) == expected


@pytest.mark.parametrize(
    ("environment", "is_one"),
    [({}, False), ({"AI_AGENT": "x"}, True), ({"CLAUDECODE": "1"}, True), ({"GEMINI_CLI": "0"}, False)],
)
def test_a_coding_agent(environment: dict[str, str], is_one: bool) -> None:
    assert is_agent(environment) is is_one
