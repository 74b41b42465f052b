"""Settings with which a project adopts the gate."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from builders import module, snapshot, verdict
from covgate.judge.adoption import plan_adoption

COUNTS = st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), max_size=8)


@given(COUNTS, st.integers(0, 100))
def test_the_gate_is_green_today_and_no_entry_is_too_low(counts: list[tuple[int, int]], target: int) -> None:
    modules = [module(f"shop/m{number}.py", min(counted), max(counted)) for number, counted in enumerate(counts)]
    found = plan_adoption(modules, target)
    settings = {"module": found.module, "targets": dict(found.targets)}
    outcome = verdict(snapshot(*modules), settings)
    assert all(check.status == "passed" for check in outcome.checks if check.rule.startswith("module"))
    for key, percent in found.targets:
        (one,) = [m for m in modules if m.name == key]
        assert percent < target
        assert percent <= 100 * one.covered / one.units < percent + 1
    assert len(found.targets) == sum(100 * m.covered < target * m.units for m in modules)


def test_a_name_that_is_not_one_modules_alone_is_a_path() -> None:
    found = plan_adoption(
        [module("a/x.py", 0, 2, name="p.x"), module("b/x.py", 1, 2, name="p.x"), module("solo.py", 1, 4)], 80
    )
    assert found.targets == (("a/x.py", 0), ("b/x.py", 50), ("solo.py", 25))
    assert json.dumps(found.targets)
