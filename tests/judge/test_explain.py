"""Why a module has the target it has, and what is known of a line."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from builders import TODAY, branch, function, judged, module, snapshot, text_of
from covgate.config.settings import parse_settings
from covgate.judge.explain import explain_component, explain_line, explain_module
from covgate.judge.verdict import judge
from covgate.model.explanation import Explanation
from covgate.model.run_context import RunContext
from covgate.model.share import Share

PAY = module("src/shop/pay.py", 6, 10, functions=(function("a", 1, 2, 3), function("b", 6, 7, 8)))


def explanation(settings: dict[str, Any]) -> Explanation:
    parsed = parse_settings(settings)
    return explain_module(PAY, parsed, judge(snapshot(PAY), parsed, RunContext(today=TODAY)))


def test_the_target_names_its_setting_and_those_that_are_overridden() -> None:
    found = explanation(
        {
            "module": 80,
            "targets": {"shop.pay": 95, "shop.*": 50, "src/**/pay.py": 60, "src/shop/pay.py": 95, "other.**": 10},
        }
    )
    (check,) = found.checks
    assert (str(check.target), check.to_reach, check.status) == ("95", 4, "failed")
    assert check.source in ('tool.covgate.targets."shop.pay"', 'tool.covgate.targets."src/shop/pay.py"')
    overridden = {source.rpartition(".targets.")[2]: why for source, why in found.overridden}
    assert len(overridden) == 4
    assert overridden['"shop.*" = 50'] == "a pattern; an exact name wins"
    assert overridden['"src/**/pay.py" = 60'] == "a pattern; an exact name wins"
    assert overridden["tool.covgate.module = 80"] == "default"
    assert "names the module too, and asks for the same" in overridden.values()


@pytest.mark.parametrize(
    ("winner", "loser", "why"),
    [
        ("src/shop/*.py", "src/**", "less specific: fewer literal segments"),
        ("shop.p*", "shop.*", "less specific: fewer literal characters"),
        ("shop.pa*", "shop.*ay", "as specific, and asks for the same"),
    ],
)
def test_why_a_pattern_is_overridden(winner: str, loser: str, why: str) -> None:
    found = explanation({"targets": {winner: 60, loser: 60 if "same" in why else 50}})
    assert why in [reason for _, reason in found.overridden]


def test_a_tie_has_no_winner() -> None:
    found = explanation({"targets": {"shop.pa*": 60, "shop.*ay": 50}})
    assert [check.rule for check in found.checks] == ["ambiguous-target"]
    assert found.overridden == ()


def test_components_exclusion_and_functions() -> None:
    money = {"money": {"modules": ["shop.pay"], "target": 90}}
    found = explanation({"exclude": ["src/shop/p*.py"], "components": money})
    assert found.excluded_by == "src/shop/p*.py"
    assert found.components == ()  # what is excluded counts in none
    assert [(part.gap.name, part.gap.units, part.gap.missing, *map(str, part.reasons)) for part in found.missing] == [
        ("", 6, 2, "lines 9-10"),
        ("b", 2, 2, "never called"),
    ]
    inside = explanation({"components": {**money, "other": {"modules": ["shop.no"], "target": 1}}})
    assert [(check.subject, check.status) for check in inside.components] == [("money", "failed")]


def test_a_component_has_its_modules_with_most_missing_first() -> None:
    modules = [module("cart.py", 9, 10), module("pay.py", 2, 10), module("old.py", 0, 10), module("x.py", 0, 5)]
    settings = parse_settings(
        {"components": {"money": {"modules": ["cart", "pay", "old"], "target": 60}}, "exclude": ["old"]}
    )
    verdict = judge(snapshot(*modules), settings, RunContext(today=TODAY))
    found = explain_component(settings.components[0], settings, verdict)
    assert found.check == verdict.check_of("component")
    assert [judged.path for judged in found.members] == ["pay.py", "cart.py"]
    assert found.share == Share(11, 20)
    off = parse_settings({"components": {"money": {"modules": ["cart"], "target": False}}})
    assert (
        explain_component(off.components[0], off, judge(snapshot(*modules), off, RunContext(today=TODAY))).check is None
    )


LINES = module(
    "a.py",
    statements=(1, 2, 6),
    missing=(6,),
    excluded=(8,),
    extents=((2, 4),),
    functions=(function("f", 1, 2, 6),),
    branches=(branch(2, 2, 6),),
    source=(
        "def f(x):",
        "    if (x and",
        "        x > 1",
        "    ):",
        "",
        "        pass",
        "# a comment",
        "x = 1  # pragma: no cover",
    ),
)


def test_a_line_belongs_to_its_statement() -> None:
    found = explain_line(judged(LINES), text_of(LINES), 3)
    assert (found.statement, found.ran, found.function) == ((2, 4), True, "f")
    assert found.branch == branch(2, 2, 6)
    assert found.text == "        x > 1"
    assert explain_line(judged(LINES), text_of(LINES), 6).ran is False
    assert explain_line(judged(LINES), text_of(LINES), 6).statement == (6, 6)


def test_lines_that_are_no_statement() -> None:
    assert explain_line(judged(LINES), text_of(LINES), 7).statement is None
    assert (
        explain_line(judged(LINES), text_of(LINES), 8).excluded,
        explain_line(judged(LINES), text_of(LINES), 8).statement,
    ) == (True, None)
    assert explain_line(judged(LINES), text_of(LINES), 99).text == ""


@pytest.mark.parametrize(
    ("entry", "shown"),
    [(50, 'targets."shop.*" = 50'), (False, 'targets."shop.*" = false'), ({"max_missing": 3}, 'targets."shop.*"')],
)
def test_what_is_overridden_is_shown_as_it_is_set(entry: object, shown: str) -> None:
    found = explanation({"targets": {"shop.pay": 95, "shop.*": entry}})
    assert [source for source, _ in found.overridden] == [f"tool.covgate.{shown}"]


def test_a_goal_is_told_of_a_module_and_of_a_component() -> None:
    settings = {"goal": 80, "components": {"pay": {"modules": ["shop.**"], "target": 50, "goal": 60}}}
    parsed = parse_settings(settings)
    of_module = explanation(settings)
    assert (of_module.goal, of_module.to_goal) == (Decimal(80), 2)
    outcome = judge(snapshot(PAY), parsed, RunContext(today=TODAY))
    of_component = explain_component(parsed.components[0], parsed, outcome)
    assert (of_component.goal, of_component.to_goal) == (Decimal(60), 0)
    assert explanation({}).goal is None
