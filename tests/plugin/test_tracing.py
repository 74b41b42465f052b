"""A test that takes coverage.py's trace function away: what ran after it is missing, and the run says so."""

from __future__ import annotations

import pytest

from conftest import Project

REASON = "nothing was measured: tests/test_a.py::test_debugger switched coverage.py's tracing off"
CTRACE = {"COVERAGE_CORE": "ctrace"}


@pytest.fixture
def traced(project: Project) -> Project:
    return project.write(
        {
            "pyproject.toml": '[tool.covgate]\nsource = ["shop"]\nmodule = 60\n',
            "shop/__init__.py": "",
            "shop/cart.py": "def add(a, b):\n    return a + b\n\n\ndef pay(a):\n    return a\n",
            "tests/test_a.py": "import sys\n\n\ndef test_debugger():\n    sys.settrace(None)\n",
            "tests/test_b.py": "from shop.cart import add\n\n\ndef test_add():\n    assert add(1, 2) == 3\n",
        }
    )


def test_what_ran_untraced_makes_the_run_a_part(traced: Project) -> None:
    run = traced.pytest("--covgate", env=CTRACE)
    assert run.verdict.startswith(
        f"ADVISORY coverage gate: not judged, only a part of the tests ran (of 1 test {REASON})"
    )
    assert f"of 1 test {REASON}" in traced.covgate("init", "--force").err
    assert f"of 1 test {REASON}" in traced.pytest("--covgate", env={**CTRACE, "CI": "1"}).out


def test_workers_tell_it_too(traced: Project) -> None:
    pytest.importorskip("xdist")
    run = traced.pytest("--covgate", "-n", "1", env=CTRACE)
    assert REASON in run.verdict


def test_a_test_that_puts_the_function_back_is_no_matter(traced: Project) -> None:
    text = "import sys\n\n\ndef test_debugger():\n    was = sys.gettrace()\n    sys.settrace(None)\n    sys.settrace(was)\n"
    traced.write({"tests/test_a.py": text})
    assert traced.pytest("--covgate", env=CTRACE).verdict.startswith("PASSED")


def test_the_last_test_takes_nothing_from_others(traced: Project) -> None:
    (traced.root / "tests/test_a.py").rename(traced.root / "tests/test_z.py")
    assert traced.pytest("--covgate", env=CTRACE).verdict.startswith("PASSED")
