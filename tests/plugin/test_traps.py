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
    try:
        out, _ = process.communicate(timeout=20)
    except subprocess.TimeoutExpired:  # Python drops an interrupt that comes while it runs a finalizer
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
