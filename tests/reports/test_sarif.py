"""SARIF: a result a place, each of a rule that the log describes."""

from __future__ import annotations

import json
from typing import Any

from builders import TODAY, branch, module, snapshot
from covgate.config.settings import parse_settings
from covgate.judge.verdict import judge
from covgate.model.change import Change, ChangedFile
from covgate.model.context import ReportContext
from covgate.model.run_context import RunContext
from covgate.reports.remarks import KINDS
from covgate.reports.sarif import sarif_log


def run(covered: int = 4, *, path: str = "a.py", folder: str = "") -> dict[str, Any]:
    """The log of a change of nine lines, of which the first ones ran and one took only one of its branches."""
    one = module(path, covered, 9, branches=(branch(1, 2, -1),), source=("x",) * 9)
    change = Change(base=None, base_source="main", files=(ChangedFile(path=path, status="modified", lines=((1, 9),)),))
    outcome = judge(snapshot(one, branches=True), parse_settings({"total": 80}), RunContext(today=TODAY), change)
    (found,) = json.loads(sarif_log(outcome, ReportContext(project="p", folder=folder)))["runs"]
    assert isinstance(found, dict)
    return found


def place(result: dict[str, Any]) -> tuple[str, int, int]:
    where = result["locations"][0]["physicalLocation"]
    return where["artifactLocation"]["uri"], where["region"]["startLine"], where["region"]["endLine"]


def test_every_result_is_of_a_rule_that_is_described() -> None:
    log = run()
    rules = {rule["id"] for rule in log["tool"]["driver"]["rules"]}
    assert rules == set(KINDS)
    assert {result["ruleId"] for result in log["results"]} <= rules


def test_results_have_their_place_and_level() -> None:
    found = [(result["ruleId"], result["level"], *place(result)) for result in run()["results"]]
    assert ("failed-check", "error", "pyproject.toml", 1, 1) in found
    assert ("uncovered-change", "error", "a.py", 5, 9) in found
    assert ("partial-change", "warning", "a.py", 1, 1) in found


def test_paths_start_at_the_top_and_are_encoded() -> None:
    uris = {place(result)[0] for result in run(path="a b%\u00fc.py", folder="x/")["results"]}
    assert "x/a%20b%25%C3%BC.py" in uris


def test_x5_a_file_outside_the_project_has_no_result() -> None:
    assert {place(result)[0] for result in run(path="/etc/a.py")["results"]} == {"pyproject.toml"}


def test_fingerprints_stay_where_only_the_numbers_differ() -> None:
    def prints(covered: int) -> dict[str, str]:
        return {one["ruleId"]: one["partialFingerprints"]["covgatePlace/v1"] for one in run(covered)["results"]}

    few, many = prints(3), prints(4)
    assert few["failed-check"] == many["failed-check"]
    assert few["partial-change"] == many["partial-change"]
    assert few["uncovered-change"] != many["uncovered-change"]  # of other lines
