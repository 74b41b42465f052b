"""GitLab's code quality report: an object a place, with a fingerprint that stays."""

from __future__ import annotations

import json
from typing import Any

from builders import TODAY, module, snapshot, verdict
from covgate.config.settings import parse_settings
from covgate.judge.verdict import judge
from covgate.model.change import Change, ChangedFile
from covgate.model.context import ReportContext
from covgate.model.run_context import RunContext
from covgate.reports.gitlab import code_quality


def issues(covered: int, *, folder: str = "", path: str = "a.py") -> list[dict[str, Any]]:
    """The report on a change of nine lines, of which the first ones ran."""
    one = module(path, covered, 9, source=("x",) * 9)
    change = Change(base=None, base_source="main", files=(ChangedFile(path=path, status="modified", lines=((1, 9),)),))
    outcome = judge(snapshot(one), parse_settings({"module": 80}), RunContext(today=TODAY), change)
    found: list[dict[str, Any]] = json.loads(code_quality(outcome, ReportContext(project="p", folder=folder)))
    return found


def test_a_place_has_what_gitlab_asks_for() -> None:
    check, lines, whole = issues(4)
    assert (check["check_name"], check["location"]["path"]) == ("covgate-failed-check", "pyproject.toml")
    assert (lines["check_name"], lines["severity"]) == ("covgate-uncovered-change", "major")
    assert lines["location"] == {"path": "a.py", "lines": {"begin": 5, "end": 9}}
    assert whole["check_name"] == "covgate-below-target"
    assert whole["location"] == {"path": "a.py", "lines": {"begin": 1, "end": 1}}
    assert lines.keys() == whole.keys() == {"description", "check_name", "fingerprint", "severity", "location"}


def test_a_fingerprint_stays_where_only_the_numbers_differ() -> None:
    few, many = issues(3)[-1], issues(4)[-1]
    assert few["fingerprint"] == many["fingerprint"]
    assert few["description"] != many["description"]


def test_places_have_fingerprints_of_their_own() -> None:
    places = [*issues(4), *issues(5)[1:2], *issues(4, path="b.py")[1:]]
    assert len({one["fingerprint"] for one in places}) == len(places) == 6


def test_paths_start_at_the_top_of_the_repository() -> None:
    assert {one["location"]["path"] for one in issues(4, folder="x/")} == {"x/a.py", "x/pyproject.toml"}


def test_x5_a_file_outside_the_project_has_no_place() -> None:
    assert {one["location"]["path"] for one in issues(4, path="/etc/a.py")} == {"pyproject.toml"}


def test_what_is_only_advice_is_minor() -> None:
    outcome = verdict(snapshot(module("a.py", 1, 9)), {"module": 80}, mode="warn", partial="-k x")
    (one,) = json.loads(code_quality(outcome, ReportContext(project="p")))
    assert one["severity"] == "info"
