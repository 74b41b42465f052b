"""What tripped other coverage plugins up inside pytest."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import pytest

from conftest import Project, clean_environment

GATED = '[tool.covgate]\nsource = ["shop"]\nmodule = 80\n'


def test_covgate_takes_no_value_and_swallows_no_path(shop: Project) -> None:
    shop.settings(GATED)
    run = shop.pytest("--covgate", "tests")
    assert "1 passed" in run.out
    assert run.code == 1


@pytest.mark.parametrize(
    "option", ["--collect-only", "--fixtures", "--version", "--help", "--setup-plan", "--markers", "--setup-only"]
)
def test_options_that_run_no_test_are_left_alone(shop: Project, option: str) -> None:
    shop.settings("[tool.covgate]\nmodule = 80\n[tool.pytest.ini_options]\naddopts = '--covgate'\n")
    run = shop.pytest(option)
    assert run.code == 0, run.out + run.err
    assert "coverage gate:" not in run.out
    assert not (shop.root / ".coverage").exists()


def test_without_the_option_nothing_happens(shop: Project) -> None:
    shop.settings("[tool.covgate]\nmodule = 'nonsense'\n")
    run = shop.pytest()
    assert run.code == 0
    assert "coverage" not in run.out.replace("covgate", "").replace("cov-", "")


@pytest.mark.parametrize("args", [("--covgate-all",), ("--covgate-mode=warn",), ("--covgate-report=json:x",)])
def test_an_option_without_covgate_is_an_error_not_a_silent_nothing(shop: Project, args: tuple[str, ...]) -> None:
    run = shop.pytest(*args)
    assert run.code == 4
    assert "does nothing without --covgate" in run.err
    assert shop.pytest(*args, "--no-covgate").code == 0


@pytest.mark.parametrize(
    ("args", "env", "remedy"),
    [
        (("-p", "no:cov"), {}, "drop that option, or --covgate"),
        (("-p", "no:pytest_cov"), {}, "drop that option, or --covgate"),
        (("-p", "covgate.plugin"), {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}, "-p pytest_cov"),
    ],
)
def test_pytest_cov_missing_or_off_is_a_usage_error(
    shop: Project, args: tuple[str, ...], env: dict[str, str], remedy: str
) -> None:
    run = shop.pytest("--covgate", *args, env=env)
    assert run.code == 4
    assert remedy in run.err


def test_plugins_loaded_by_hand_work(shop: Project) -> None:
    shop.settings(GATED)
    run = shop.pytest(
        "--covgate", "-p", "pytest_cov", "-p", "covgate.plugin", env={"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    )
    assert run.verdict.startswith("FAILED")


def test_tests_that_change_or_delete_the_working_folder(shop: Project) -> None:
    shop.settings(GATED).write(
        {
            "tests/test_folders.py": """
                import os, tempfile
                from shop.cart import remove

                def test_leaves(tmp_path):
                    os.chdir(tmp_path)

                def test_deletes():
                    folder = tempfile.mkdtemp()
                    os.chdir(folder)
                    os.rmdir(folder)
                    assert remove(2, 1) == 1
                """
        }
    )
    run = shop.pytest("--covgate", "--covgate-report=json:out/covgate.json")
    assert run.verdict == "FAILED coverage gate: 1 of 2 modules is below target"
    assert shop.report("out/covgate.json")["status"] == "failed"


def test_imports_by_conftest_count(shop: Project) -> None:
    shop.settings(GATED).write({"conftest.py": "import shop.unused\n"})
    report = shop.json()
    (unused,) = [gap for gap in report["gaps"] if gap["path"] == "shop/unused.py"]
    assert unused["covered"] == 1  # the def line ran at import


@pytest.mark.parametrize("verbosity", ["-q", "-qq"])
def test_quiet_runs_still_end_with_the_verdict(shop: Project, verbosity: str) -> None:
    shop.settings(GATED)
    run = shop.pytest("--covgate", verbosity)
    assert run.code == 1
    assert run.verdict == "FAILED coverage gate: 2 of 2 modules are below target"
    assert ("top gaps" in run.out) is (verbosity == "-q")
    shop.settings('[tool.covgate]\nsource = ["shop"]\ntotal = 10\n')
    passing = shop.pytest("--covgate", verbosity).out.splitlines()
    assert [line for line in passing if "coverage" in line] == [
        "PASSED coverage gate: total 37.5 % (target 10); change skipped"
    ]


def test_no_summary_hides_neither_failure_nor_verdict(shop: Project) -> None:
    shop.settings(GATED)
    run = shop.pytest("--covgate", "--no-summary")
    assert run.code == 1
    assert run.verdict.startswith("FAILED")


def test_without_a_terminal_reporter_the_verdict_goes_to_standard_error(shop: Project) -> None:
    shop.settings(GATED)
    run = shop.pytest("--covgate", "-p", "no:terminal")
    assert run.code == 1
    assert "FAILED coverage gate" in run.err


def test_colours_follow_pytest(shop: Project) -> None:
    shop.settings(GATED)
    assert "\x1b[" in shop.pytest("--covgate", "--color=yes").out
    assert "\x1b[" not in shop.pytest("--covgate", "--color=no").out


def test_a_terminal_without_the_glyph(shop: Project) -> None:
    """A path that cp1252 cannot write neither fails nor garbles the run."""
    shop.settings('[tool.covgate]\nsource = ["shop"]\nmodule = 80\n').write({"shop/日本.py": "x = 1\n"})
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "--covgate"],
        cwd=shop.root,
        env=clean_environment({"PYTHONIOENCODING": "cp1252", "PYTHONUTF8": "0"}),
        capture_output=True,
        check=False,
    )
    assert done.returncode == 1
    assert b"FAILED coverage gate" in done.stdout
    assert b"\\u65e5\\u672c" in done.stdout
    assert b"Traceback" not in done.stderr + done.stdout


@pytest.mark.parametrize("width", ["30", "60", "200"])
def test_narrow_and_wide_terminals(shop: Project, width: str) -> None:
    shop.settings(GATED)
    run = shop.pytest("--covgate", env={"COLUMNS": width})
    assert run.verdict == "FAILED coverage gate: 2 of 2 modules are below target"


def test_a_usage_error_elsewhere_shows_no_traceback_of_ours(shop: Project) -> None:
    assert shop.pytest("--covgate", "no_such_path").code == 4


def test_pytest_exit_leaves_one_line(shop: Project) -> None:
    shop.settings(GATED).write({"tests/test_a.py": "import pytest\n\ndef test_a(): pytest.exit('enough', 7)\n"})
    run = shop.pytest("--covgate")
    assert run.code == 7
    assert "INTERNALERROR" not in run.out


# Where this suite runs as a background job of a shell, Ctrl-C is ignored, and programs it starts inherit that.
AS_IN_A_TERMINAL = """
import signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)
sys.path.insert(0, "")
import pytest
raise SystemExit(pytest.main())
"""


def test_ctrl_c_leaves_one_line(shop: Project) -> None:
    shop.settings(GATED).write(
        {"tests/test_a.py": "import time\n\ndef test_a():\n    open('started', 'w').close()\n    time.sleep(60)\n"}
    )
    process = subprocess.Popen(
        [sys.executable, "-c", AS_IN_A_TERMINAL, "--covgate"],
        cwd=shop.root,
        env=clean_environment({}),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    deadline = time.monotonic() + 60
    while not (shop.root / "started").exists() and time.monotonic() < deadline:
        os.sched_yield()
    process.send_signal(signal.SIGINT)
    out, _ = process.communicate(timeout=60)
    assert process.returncode == 2
    assert "coverage gate: not judged, the run was interrupted" in out
    assert "top gaps" not in out


def test_an_internal_error_of_a_plugin_stays_the_only_one(shop: Project) -> None:
    shop.settings(GATED).write(
        {
            "conftest.py": "def pytest_runtest_setup(item): raise SystemError('broken plugin')\ndef pytest_runtest_protocol(item): raise SystemError('broken')\n"
        }
    )
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "--covgate"],
        cwd=shop.root,
        env=clean_environment({}),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 3
    assert done.stdout.count("SystemError: broken") == 1
    assert "covgate" not in done.stderr


def test_an_ide_debugger_switches_it_off_with_no_cov(shop: Project) -> None:
    """What PyCharm and VS Code add when they debug, with `--covgate` in addopts."""
    shop.settings(GATED + "[tool.pytest.ini_options]\naddopts = '--covgate'\n")
    run = shop.pytest("--no-cov")
    assert run.code == 0
    assert "coverage gate: off (--no-cov)" in run.out
    assert shop.pytest("--no-cov", "-p", "no:covgate", "-o", "addopts=").code == 0


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        ("xml:x", "known formats: "),
        ("json:", "write json, json:PATH"),
        ("json:tests", "is a folder"),
        ("json:pyproject.toml/x.json", "not a folder"),
    ],
)
def test_a_report_that_cannot_be_is_a_usage_error_before_the_tests(shop: Project, spec: str, message: str) -> None:
    shop.settings(GATED)
    run = shop.pytest("--covgate", f"--covgate-report={spec}")
    assert run.code == 4
    assert message in run.err
    assert "passed" not in run.out


def test_a_report_that_fails_at_the_end_is_told_and_fails_the_run(shop: Project) -> None:
    shop.settings('[tool.covgate]\nsource = ["shop"]\ntotal = 10\n').write(
        {"tests/test_b.py": "def test_b(): open('out', 'w').close()\n"}
    )
    run = shop.pytest("--covgate", "--covgate-report=json:out/x.json")
    assert run.code == 1
    assert "could not be written" in run.out


def test_the_json_report_goes_to_standard_output_too(shop: Project) -> None:
    shop.settings(GATED)
    run = shop.pytest("--covgate", "--covgate-report=json:-", "--covgate-report=json:a.json")
    assert (shop.root / "a.json").read_text() in run.out
    assert shop.pytest("--covgate", "--covgate-report=json:-", "--covgate-report=json:-").code == 4


def test_broken_coverage_settings_are_a_usage_error(shop: Project) -> None:
    shop.write({".coveragerc": "[run]\nbranch = maybe\n"})
    run = shop.pytest("--covgate")
    assert run.code == 4
    assert "coverage.py's settings cannot be used" in run.err


def test_hooks_adjust_targets_and_use_the_verdict(shop: Project) -> None:
    shop.settings('[tool.covgate]\nsource = ["shop"]\nmodule = 80\n').write(
        {
            "conftest.py": """
                def pytest_covgate_targets(config, settings):
                    assert settings.module == 80
                    return {"shop.unused": 0, "shop.cart": {"target": 40.5}}

                def pytest_covgate_verdict(config, verdict):
                    with open("verdict.txt", "w") as stream:
                        stream.write(verdict.status)
                """
        }
    )
    report = shop.json()
    assert report["status"] == "passed"
    assert {check["source"] for check in report["checks"] if check["rule"] == "module"} == {
        "tool.covgate.module",
        'pytest_covgate_targets."shop.unused"',
        'pytest_covgate_targets."shop.cart"',
    }
    assert (shop.root / "verdict.txt").read_text() == "passed"


def test_a_hook_that_answers_nonsense_is_a_usage_error(shop: Project) -> None:
    shop.settings(GATED).write({"conftest.py": "def pytest_covgate_targets(): return {'shop.cart': 'much'}\n"})
    run = shop.pytest("--covgate")
    assert run.code == 4
    assert 'pytest_covgate_targets."shop.cart": found the string "much"' in run.err


def test_j11_a_worker_that_died_makes_the_verdict_an_error(shop: Project) -> None:
    shop.settings('[tool.covgate]\nsource = ["shop"]\ntotal = 10\n').write(
        {"tests/test_a.py": "import os\n\ndef test_dies(): os._exit(3)\n\ndef test_lives(): pass\n"}
    )
    run = shop.pytest("--covgate", "-n", "2")
    assert run.code == 1
    assert run.verdict.startswith("ERROR coverage gate: no verdict, no coverage data came back from xdist worker gw")


def test_an_idle_door_imports_next_to_nothing(shop: Project) -> None:
    """What an installed but unused plugin adds to a run, against the same run without it."""
    shop.write(
        {
            "tests/test_idle.py": """
                import sys

                def test_idle():
                    with open("loaded.txt", "w") as stream:
                        stream.write("\\n".join(sys.modules))
                """
        }
    )

    def loaded(*args: str) -> set[str]:
        assert shop.pytest("tests/test_idle.py", *args).code == 0
        return set((shop.root / "loaded.txt").read_text().split())

    assert loaded() - loaded("-p", "no:covgate") <= {"covgate", "covgate.plugin", "covgate.plugin.hookspecs"}
