"""S1: every error in the settings, at once, each with what to do."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from covgate.config.settings import parse_settings, read_settings, with_fail_under, with_targets
from covgate.errors import SettingsError, UsageError
from covgate.measurement.coverage_settings import read_coverage_settings
from covgate.model.settings import Settings


def read(tmp_path: Path, text: str) -> Settings:
    (tmp_path / "pyproject.toml").write_bytes(text.encode())
    return read_settings(tmp_path)


def errors_in(tmp_path: Path, text: str) -> tuple[str, ...]:
    with pytest.raises(SettingsError) as caught:
        read(tmp_path, text)
    return caught.value.errors


def test_every_key_of_the_design_is_read(tmp_path: Path) -> None:
    settings = read(
        tmp_path,
        """
        [tool.covgate]
        source  = ["src"]
        total   = 85
        module  = 80.5
        goal    = 90
        by      = 2027-06-30
        exclude = ["src/shop/_generated/**"]
        mode    = "warn"
        [tool.covgate.targets]
        "shop.payments"    = 95
        "shop.legacy.**"   = false
        "src/shop/cli.py"  = { target = 70, branches = 50, max_missing = 12, changed = 75, goal = 72 }
        [tool.covgate.changed]
        lines      = 90
        module     = 90
        new_module = 95
        base       = "origin/main"
        [tool.covgate.components.checkout]
        modules = ["shop.cart", "shop.payments.**"]
        target  = 92
        goal    = 95
        by      = 2027-03-31
        """,
    )
    assert settings.source == ("src",)
    assert (settings.total, settings.module, settings.mode) == (85, Decimal("80.5"), "warn")
    assert [pattern.text for pattern in settings.exclude] == ["src/shop/_generated/**"]
    payments, legacy, cli = settings.targets
    assert (payments.pattern.text, payments.target, payments.source) == (
        "shop.payments",
        95,
        'tool.covgate.targets."shop.payments"',
    )
    assert legacy.target is False
    assert cli.demand == (70, 50, 12, 75, 72)
    assert (settings.goal, settings.by) == (90, date(2027, 6, 30))
    assert (settings.changed.lines, settings.changed.new_module, settings.changed.base) == (90, 95, "origin/main")
    (checkout,) = settings.components
    assert (checkout.name, checkout.target, len(checkout.modules)) == ("checkout", 92, 2)
    assert (checkout.goal, checkout.by) == (95, date(2027, 3, 31))
    assert settings.sets_a_target


def test_no_file_and_no_table_are_the_defaults(tmp_path: Path) -> None:
    assert read_settings(tmp_path) == Settings()
    assert read(tmp_path, "[project]\nname = 'x'\n") == Settings()
    assert read(tmp_path, "[tool.covgate]\n") == Settings()
    assert read(tmp_path, "tool = 3\n") == Settings()
    assert not Settings().sets_a_target


def test_a_byte_order_mark_is_no_error(tmp_path: Path) -> None:
    assert read(tmp_path, "\ufeff[tool.covgate]\ntotal = 80\n").total == 80


@pytest.mark.parametrize(
    ("line", "found", "allowed"),
    [
        ('total = "85"', 'the string "85"', "percentage from 0 to 100, or false"),
        ("total = true", "true", "percentage"),
        ("total = nan", "NaN", "percentage"),
        ("total = inf", "Infinity", "percentage"),
        ("total = 101", "101", "percentage"),
        ("total = -0.1", "-0.1", "percentage"),
        ("total = 100.0001", "100.0001", "percentage"),
        ("total = []", "an empty array", "percentage"),
        ("total = 2026-01-01", "a date", "percentage"),
        ("mode = 'strict'", 'the string "strict"', '"fail", "warn", "off"'),
        ("mode = 1", "1", '"fail"'),
        ("source = 'src'", 'the string "src"', "an array"),
        ("source = []", "an empty array", "at least one"),
        ("source = ['']", 'the string ""', "none of them empty"),
        ("exclude = [1]", "1", "none of them empty"),
        ("exclude = ['src\\gen']", 'the string "src\\gen"', "forward slashes: 'src/gen'"),
        ("targets = 3", "3", "a table"),
        ("targets = {'' = 80}", 'the string ""', "not empty"),
        ("targets = {'a' = {}}", "an empty table", "percentage"),
        ("targets = {'a' = {target = 80, max_missing = -1}}", "-1", "a whole number, 0 or more"),
        ("targets = {'a' = {max_missing = 1.5}}", "1.5", "a whole number, 0 or more"),
        ("targets = {'a' = {max_missing = true}}", "true", "a whole number, 0 or more"),
        ("targets = {'a' = {branches = 'x'}}", 'the string "x"', "percentage"),
        ("targets.shop.cart = 95", "a table", 'needs quotes: "shop.cart"'),
        ("changed = {base = ''}", 'the string ""', "no leading dash"),
        ("changed = {base = '--upload-pack=x'}", 'the string "--upload-pack=x"', "no leading dash"),
        ("changed = {lines = 200}", "200", "percentage"),
        ("components = {'' = {modules = ['a'], target = 1}}", 'the string ""', "component's name"),
        ("components = {a = 3}", "3", "a table of modules and target"),
        ("components = {a = {target = 80}}", "modules is missing", "modules and target"),
        ("components = {a = {modules = ['a']}}", "target is missing", "modules and target"),
    ],
)
def test_s1_an_error_names_its_key_what_was_found_and_what_is_allowed(
    tmp_path: Path, line: str, found: str, allowed: str
) -> None:
    (error,) = errors_in(tmp_path, f"[tool.covgate]\n{line}\n")
    assert error.startswith("tool.covgate.")
    assert found in error
    assert allowed in error


@pytest.mark.parametrize(
    ("line", "key"),
    [
        ("total = {}", "total"),
        ("module = {}", "module"),
        ("targets = {{a = {}}}", "targets.a"),
        ("targets = {{a = {{target = {}}}}}", "targets.a.target"),
        ("targets = {{a = {{branches = {}}}}}", "targets.a.branches"),
        ("targets = {{a = {{changed = {}}}}}", "targets.a.changed"),
        ("changed = {{lines = {}}}", "changed.lines"),
        ("changed = {{module = {}}}", "changed.module"),
        ("changed = {{new_module = {}}}", "changed.new_module"),
        ("components = {{a = {{modules = ['a'], target = {}}}}}", "components.a.target"),
    ],
)
def test_s1_a_fraction_of_one_asks_whether_per_cent_were_meant(tmp_path: Path, line: str, key: str) -> None:
    """Issue F, 12: `total = 0.72` passed with a coverage of 1 %."""
    (error,) = errors_in(tmp_path, "[tool.covgate]\n" + line.format("0.72"))
    assert error.startswith(f"tool.covgate.{key}: found 0.72;")
    assert error.endswith("did you mean 72?")
    (error,) = errors_in(tmp_path, "[tool.covgate]\n" + line.format("0.005"))
    assert error.endswith("did you mean 0.5?")
    for allowed in ("0", "0.0", "-0.0", "1", "1.0", "1.5"):
        read(tmp_path, "[tool.covgate]\n" + line.format(allowed))


def test_s1_a_hooks_target_may_be_no_fraction_of_one_either() -> None:
    with pytest.raises(SettingsError, match="did you mean 85"):
        with_targets(Settings(), {"a": 0.85}, "pytest_covgate_targets")


def test_s1_coverage_pys_fail_under_may_be_no_fraction_of_one_either(tmp_path: Path) -> None:
    (tmp_path / ".coveragerc").write_text("[report]\nprecision = 2\nfail_under = 0.72\n")
    with pytest.raises(UsageError, match=r"fail_under is 0\.72(?s:.*)did you mean 72\?"):
        read_coverage_settings(".coveragerc", tmp_path)


@pytest.mark.parametrize(
    ("line", "guess"),
    [
        ("totl = 80", "did you mean total?"),
        ("modules = 80", "did you mean module?"),
        ("targets = {'a' = {target = 80, branchs = 50}}", "did you mean branches?"),
        ("changed = {line = 90}", "did you mean lines?"),
        ("components = {a = {modules = ['a'], target = 1, targt = 2}}", "did you mean target?"),
        ("targets = {'a' = {targt = 80}}", "did you mean target?"),
        ("zzz = 1", "known keys: source, total, module, goal, by, exclude, mode, targets, components, changed"),
    ],
)
def test_s1_a_misspelt_key_is_an_error_that_names_the_nearest(tmp_path: Path, line: str, guess: str) -> None:
    (error,) = errors_in(tmp_path, f"[tool.covgate]\n{line}\n")
    assert "unknown key" in error
    assert guess in error


def test_s1_all_errors_at_once(tmp_path: Path) -> None:
    found = errors_in(
        tmp_path, "[tool.covgate]\ntotal = 101\nmodul = 80\nmode = 'x'\ntargets = {'a' = 'b', 'c' = true}\n"
    )
    assert len(found) == 5


def test_s1_the_message_says_how_many_errors_there_are_and_where(tmp_path: Path) -> None:
    text = "[tool.covgate]\ntotal = '85'\nmodul = 80\naccept = [{module = 'a.*', function = 'f', lines = 1, reason = 'r'}]\n"
    with pytest.raises(SettingsError) as error:
        read(tmp_path, text)
    known = "source, total, module, goal, by, exclude, mode, targets, components, changed, history, accept, advice, map"
    assert str(error.value).splitlines() == [
        f"{tmp_path / 'pyproject.toml'}: 4 errors in [tool.covgate]  [settings]",
        '  tool.covgate.total: found the string "85"; allowed: a percentage from 0 to 100, or false to switch the check off',
        '  tool.covgate.accept[0].module: found the string "a.*"; allowed: one module, without *',
        "  tool.covgate.accept[0]: found both function and lines; allowed: a table of module and reason, and of function or lines or neither",
        f"  tool.covgate.modul: unknown key; did you mean module? (known keys: {known})",
    ]


def test_minus_zero_is_zero(tmp_path: Path) -> None:
    assert str(read(tmp_path, "[tool.covgate]\ntotal = -0.0\n").total) == "0.0"


@pytest.mark.parametrize("text", ["[tool.covgate]\ntotal = 1\ntotal = 2\n", "[tool.covgate\n", "total = \n"])
def test_s1_unreadable_toml_is_a_usage_error(tmp_path: Path, text: str) -> None:
    with pytest.raises(UsageError, match="not valid TOML"):
        read(tmp_path, text)


def test_s1_a_file_that_is_no_text_is_a_usage_error(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_bytes(b"\xff\xfe[tool")
    with pytest.raises(UsageError, match="UTF-8"):
        read_settings(tmp_path)


def test_targets_of_a_hook_replace_those_with_the_same_key() -> None:
    settings = parse_settings({"targets": {"a": 50, "b": 60}})
    added = with_targets(settings, {"a": 70.5, "c": False}, "pytest_covgate_targets")
    assert {rule.pattern.text: rule.target for rule in added.targets} == {"a": Decimal("70.5"), "b": 60, "c": False}
    with pytest.raises(SettingsError, match="pytest_covgate_targets"):
        with_targets(settings, {"a": "much"}, "pytest_covgate_targets")


def test_s5_fail_under_is_the_total_only_where_none_is_set() -> None:
    assert with_fail_under(Settings(), Decimal(70)).total == 70
    assert with_fail_under(Settings(), Decimal(70)).total_source == "coverage.py's fail_under"
    assert with_fail_under(Settings(total=Decimal(80)), Decimal(70)).total == 80
    assert with_fail_under(Settings(total=False), Decimal(70)).total is False
    assert with_fail_under(Settings(), None).total is None


@pytest.mark.parametrize("table", ["covgat", "covgates", "pytest-covgate", "cov-gate"])
def test_a_misspelt_table_is_an_error(tmp_path: Path, table: str) -> None:
    (error,) = errors_in(tmp_path, f"[tool.{table}]\ntotal = 80\n[tool.coverage.run]\nbranch = true\n")
    assert "did you mean tool.covgate?" in error


def test_numbers_of_other_tables_do_no_harm(tmp_path: Path) -> None:
    assert read(tmp_path, "[tool.other]\nx = 1e99999999999999999999\n[tool.covgate]\ntotal = 80.25\n").total == Decimal(
        "80.25"
    )


def test_a_hooks_key_is_a_string() -> None:
    with pytest.raises(SettingsError) as error:
        with_targets(Settings(), {5: 80}, "a hook pytest_covgate_targets")
    assert str(error.value) == (
        "1 error in a hook pytest_covgate_targets  [settings]\n  a hook pytest_covgate_targets: found the key 5; allowed: a string"
    )


GOALS = """
[tool.covgate]
total = 75
module = 60.5
goal = 60
by = "soon"
[tool.covgate.targets]
"shop.legacy.**" = { target = 40, goal = 30 }
"shop.cart" = { goal = true }
"shop.bank" = { target = false, goal = 0.7 }
[tool.covgate.components.checkout]
modules = ["shop.cart"]
target = 92
goal = 91
[tool.covgate.components.late]
modules = ["shop.late"]
target = 50
by = 2027-06-30
"""


def test_s1_all_errors_of_goals_at_once_each_with_both_key_paths(tmp_path: Path) -> None:
    legacy, checkout = 'tool.covgate.targets."shop.legacy.**"', "tool.covgate.components.checkout"
    percentage = "a percentage from 0 to 100, or false to switch the check off"
    assert errors_in(tmp_path, GOALS) == (
        "tool.covgate.goal: found 60; allowed: a percentage not below tool.covgate.total (75)",
        "tool.covgate.goal: found 60; allowed: a percentage not below tool.covgate.module (60.5)",
        'tool.covgate.by: found the string "soon"; allowed: a date, such as 2027-01-31',
        f"{legacy}.goal: found 30; allowed: a percentage not below {legacy}.target (40)",
        f'tool.covgate.targets."shop.cart".goal: found true; allowed: {percentage}',
        f'tool.covgate.targets."shop.bank".goal: found 0.7; allowed: {percentage},'
        " where 1 is 1 %, not 100 %; did you mean 70?",
        f"{checkout}.goal: found 91; allowed: a percentage not below {checkout}.target (92)",
        "tool.covgate.components.late.by: found a date (2027-06-30); allowed: a date where"
        " tool.covgate.components.late.goal is a percentage",
    )


def test_a_goal_may_equal_its_target_and_is_no_target(tmp_path: Path) -> None:
    assert read(tmp_path, "[tool.covgate]\ngoal = 80\ntotal = 80\nmodule = false\n").goal == 80
    alone = read(tmp_path, "[tool.covgate]\ngoal = 80\n")
    assert (alone.sets_a_goal, alone.sets_a_target) == (True, False)
    assert not read(tmp_path, "[tool.covgate]\ngoal = false\n").sets_a_goal


def test_a_date_in_the_past_is_no_error_of_the_settings(tmp_path: Path) -> None:
    assert read(tmp_path, "[tool.covgate]\ngoal = 80\nby = 2001-01-01\n").by == date(2001, 1, 1)


def test_s1_a_goal_that_is_an_error_does_not_make_its_day_another(tmp_path: Path) -> None:
    (error,) = errors_in(tmp_path, "[tool.covgate]\ngoal = true\nby = 2027-06-30\n")
    assert error.startswith("tool.covgate.goal: found true")
