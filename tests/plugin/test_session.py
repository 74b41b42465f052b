"""`pytest --covgate` in a real process: measures, judges, prints, fails."""

from __future__ import annotations

import pytest

from conftest import Project

XDIST = pytest.param(("-n", "2"), id="xdist")
ALONE = pytest.param((), id="alone")


@pytest.mark.parametrize("dist", [ALONE, XDIST])
def test_a_missed_target_fails_the_run_and_names_what_to_cover(shop: Project, dist: tuple[str, ...]) -> None:
    shop.settings("[tool.covgate]\nmodule = 80\n")
    run = shop.pytest("--covgate", *dist)
    assert run.code == 1
    assert run.verdict == "FAILED coverage gate: 2 of 2 modules are below target"
    assert "1 passed" in run.out
    assert "shop/cart.py      50.0      80         2  low       never called: remove()" in run.out
    assert "never imported" in run.out


@pytest.mark.parametrize("dist", [ALONE, XDIST])
def test_targets_that_are_met_pass_in_one_line(shop: Project, dist: tuple[str, ...]) -> None:
    shop.settings('[tool.covgate]\nmodule = 50\n[tool.covgate.targets]\n"shop.unused" = 0\n')
    run = shop.pytest("--covgate", *dist)
    assert run.code == 0
    section = run.out[run.out.index("coverage gate") :].splitlines()
    assert section[1] == "PASSED coverage gate: total 37.5 %; change skipped; 2 modules at or above target"
    assert "=== 1 passed" in section[3 if not section[2] else 2]
    assert "tests coverage" not in run.out  # no report nobody asked for


def test_a_source_layout_works_without_configuration(project: Project) -> None:
    project.write(
        {
            "src/shop/__init__.py": "",
            "src/shop/cart.py": "def add(a, b):\n    return a + b\n",
            "src/shop/unused.py": "x = 1\n",
            "conftest.py": "import sys; sys.path.insert(0, 'src')\n",
            "tests/test_shop.py": "from shop.cart import add\n\ndef test_add():\n    assert add(1, 2) == 3\n",
        }
    )
    report = project.json()
    numbers = {"branches": False, "files": 3, "units": 3, "covered": 2, "percent": "66.6", "accepted": 0}
    assert report["measured"] == numbers
    assert [gap["path"] for gap in report["gaps"]] == ["src/shop/unused.py"]
    assert report["gaps"][0]["why"] == "never imported"


def test_s7_no_target_says_how_to_set_one_and_passes(shop: Project) -> None:
    run = shop.pytest("--covgate")
    assert run.code == 0
    assert "no target is set for modules or the total: covgate init writes settings that pass today" in run.out
    assert "top gaps" in run.out
    assert "PASSED coverage gate: total 37.5 %" in run.out


def test_s2_a_dead_rule_fails_a_full_run_unless_the_mode_is_warn(shop: Project) -> None:
    shop.settings('[tool.covgate]\nmodule = 0\n[tool.covgate.targets]\n"shop.crt" = 80\n')
    run = shop.pytest("--covgate")
    assert run.code == 1
    assert "matches no measured module; did you mean shop.cart?" in run.out
    assert run.verdict == "FAILED coverage gate: 1 pattern in the settings matches no module"
    assert shop.pytest("--covgate", "--covgate-mode=warn").code == 0


def test_s5_fail_under_is_adopted_said_and_judged_once(shop: Project) -> None:
    shop.settings("[tool.coverage.report]\nfail_under = 37\n")
    passing = shop.pytest("--covgate")
    assert passing.code == 0
    assert "total 37.5 % (target 37, coverage.py's fail_under)" in passing.out
    assert "Required test coverage" not in passing.out
    shop.settings("[tool.coverage.report]\nfail_under = 38\n")
    failing = shop.pytest("--covgate")
    assert failing.code == 1
    assert "total     37.5 %  target 38 % (coverage.py's fail_under)  FAILED  1 more statement needed" in failing.out
    assert "Coverage failure" not in failing.out


def test_s5_an_explicit_cov_fail_under_stays_pytest_covs(shop: Project) -> None:
    shop.settings("[tool.coverage.report]\nfail_under = 10\n")
    run = shop.pytest("--covgate", "--cov-fail-under=90")
    assert run.code == 1
    assert "Coverage failure: total of 38" in run.out
    assert "fail_under" not in run.verdict


def test_s5_a_total_of_ones_own_comes_before_fail_under(shop: Project) -> None:
    shop.settings("[tool.covgate]\ntotal = 30\n[tool.coverage.report]\nfail_under = 90\n")
    run = shop.pytest("--covgate", "-v")
    assert run.code == 0
    assert "note: coverage.py's fail_under (90) is not judged: tool.covgate.total is set" in run.out


@pytest.mark.parametrize("report", ["term", "html", "xml", "json", ""])
def test_pytest_covs_reports_stay_as_asked_for(shop: Project, report: str) -> None:
    """The total is not read as 0 % when only other reports are asked for."""
    shop.settings("[tool.covgate]\ntotal = 37\n")
    run = shop.pytest("--covgate", f"--cov-report={report}")
    assert run.code == 0, run.out
    assert "total 37.5 %" in run.verdict
    assert ("tests coverage" in run.out) is bool(report)


def test_j9_failed_tests_keep_their_exit_code_and_the_table_is_printed(shop: Project) -> None:
    shop.settings("[tool.covgate]\nmodule = 80\n").write({"tests/test_bad.py": "def test_bad(): assert 0\n"})
    run = shop.pytest("--covgate")
    assert run.code == 1
    assert "1 failed, 1 passed" in run.out
    assert "top gaps" in run.out


def test_j9_failed_tests_and_a_passing_gate_still_fail(shop: Project) -> None:
    shop.settings("[tool.covgate]\ntotal = 1\n").write({"tests/test_bad.py": "def test_bad(): assert 0\n"})
    run = shop.pytest("--covgate")
    assert run.code == 1
    assert run.verdict.startswith("PASSED")


def test_j6_no_tests_keep_exit_code_5_and_never_pass(shop: Project) -> None:
    shop.settings("[tool.covgate]\nmodule = 80\n")
    (shop.root / "tests/test_shop.py").write_text("")
    run = shop.pytest("--covgate")
    assert run.code == 5
    assert not run.verdict.startswith("PASSED")


def test_j6_nothing_measured_is_an_error(shop: Project) -> None:
    shop.settings(
        '[tool.covgate]\nsource = ["no_such_package"]\n[tool.pytest.ini_options]\nfilterwarnings = ["ignore"]\n'
    )
    run = shop.pytest("--covgate", "-p", "no:warnings")
    assert run.code == 1
    assert run.verdict.startswith("ERROR coverage gate: no verdict, no module was measured")


@pytest.mark.parametrize(
    ("args", "env", "code"),
    [
        ((), {}, 1),
        (("--covgate-mode=warn",), {}, 0),
        ((), {"COVGATE_MODE": "warn"}, 0),
        (("--covgate-mode=fail",), {"COVGATE_MODE": "warn"}, 1),
        ((), {"COVGATE_MODE": "off"}, 0),
        (("--no-covgate",), {}, 0),
        (("--no-cov",), {}, 0),
    ],
)
def test_j10_precedence_of_the_modes(shop: Project, args: tuple[str, ...], env: dict[str, str], code: int) -> None:
    shop.settings('[tool.covgate]\nmodule = 80\nmode = "fail"\n')
    assert shop.pytest("--covgate", *args, env=env).code == code


@pytest.mark.parametrize("args", [("--no-covgate",), ("--no-cov",), ("--covgate-mode=off",)])
def test_j10_off_says_so_in_one_line_and_does_nothing_else(shop: Project, args: tuple[str, ...]) -> None:
    shop.settings("[tool.covgate]\nmodule = 80\n")
    run = shop.pytest("--covgate", *args)
    assert run.code == 0
    assert [line for line in run.out.splitlines() if "coverage" in line] == [f"coverage gate: off ({args[0]})"]
    assert not (shop.root / ".coverage").exists()


def test_the_settings_mode_is_the_last_word_of_none_other(shop: Project) -> None:
    shop.settings('[tool.covgate]\nmodule = 80\nmode = "warn"\n')
    run = shop.pytest("--covgate")
    assert run.code == 0
    assert run.verdict == (
        "FAILED coverage gate (mode warn: the exit code is left alone): 2 of 2 modules are below target"
    )


def test_settings_of_rootdir_count_wherever_pytest_is_started(shop: Project) -> None:
    shop.settings('[tool.covgate]\nsource = ["shop"]\nmodule = 80\n[tool.pytest.ini_options]\npythonpath = ["."]\n')
    report = shop.pytest("--covgate", "--covgate-report=json:out.json", cwd="tests")
    assert report.code == 1
    document = shop.report("tests/out.json")
    assert document["status"] == "failed"
    assert {check["subject"] for check in document["checks"] if check["rule"] == "module"} == {
        "shop/__init__.py",
        "shop/cart.py",
        "shop/unused.py",
    }


def test_j12_tox_like_installed_copy_is_judged_as_the_source(
    project: Project, tmp_path_factory: pytest.TempPathFactory
) -> None:
    site = tmp_path_factory.mktemp("env") / "site-packages"
    source = "def add(a, b):\n    return a + b\n\ndef sub(a, b):\n    return a - b\n"
    project.write(
        {
            "src/shopx/__init__.py": "",
            "src/shopx/cart.py": source,
            "tests/test_shop.py": "from shopx.cart import add\n\ndef test_add():\n    assert add(1, 2) == 3\n",
            "pyproject.toml": '[tool.covgate.targets]\n"src/shopx/cart.py" = 80\n',
        }
    )
    Project(site).write({"shopx/__init__.py": "", "shopx/cart.py": source})
    report = project.json(env={"PYTHONPATH": str(site)})
    assert [gap["path"] for gap in report["gaps"]] == ["src/shopx/cart.py"]
    assert report["notes"] == []
    (site / "shopx/cart.py").write_text(source + "x = 1\n")
    assert "differs from src/shopx/cart.py" in project.json(env={"PYTHONPATH": str(site)})["notes"][0]
