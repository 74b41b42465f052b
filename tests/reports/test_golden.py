"""Every report of the example shop with a change, whole. `GOLDEN=write pytest tests/reports/test_golden.py` renews them."""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from conftest import Project
from repositories import Repository

GOLDEN = Path(__file__).parent / "golden"
FORMATS = {
    "json": "shop.json",
    "markdown": "shop.md",
    "github": "shop.github.txt",
    "gitlab": "shop.gitlab.json",
    "sarif": "shop.sarif",
    "junit": "shop.junit.xml",
    "badge": "shop.svg",
}
NO_MAP = ("--no-covgate-map",)
"""What a run knows of its tests depends on the version of Python."""
REFUND = '''

def refund(
    bank: Bank,
    card: str,
    receipt: str,
) -> str:
    """Give it back."""
    if not receipt:
        raise ValueError("no receipt")
    payment = bank.charge(card, Decimal(-1))

    # whatever it says
    return payment if payment else receipt
'''
TEST = """
import pytest
from shop.payments import refund


def test_a_refund_needs_a_receipt():
    with pytest.raises(ValueError, match="receipt"):
        refund(None, "card", "")
"""
CI = {
    "CI": "true",
    "GITHUB_SERVER_URL": "https://github.com",
    "GITHUB_REPOSITORY": "shop/shop",
    "GITHUB_SHA": "0123456789abcdef0123456789abcdef01234567",
    "GITHUB_BASE_REF": "main",
}


@pytest.fixture
def changed(example: Callable[[str], Project]) -> Project:
    """The shop below its repository's top, with a new function that is half tested and an accepted gap."""
    shop = example("shop")
    top = shop.root.parent / "repository"
    repository = Repository(top)
    shop.root.rename(top / "shop")
    shop = Project(top / "shop")
    repository.commit()
    payments = shop.root / "src/shop/payments.py"
    payments.write_text(payments.read_text() + REFUND)
    shop.write({"tests/test_refund.py": TEST})
    settings = shop.root / "pyproject.toml"
    accepted = (
        '\n[[tool.covgate.accept]]\nmodule = "shop.discounts"\nfunction = "loyalty"\nreason = "leaves in spring"\n'
    )
    settings.write_text(settings.read_text().replace('mode = "warn"', 'mode = "fail"') + accepted)
    repository.commit()
    return shop


def test_every_report_is_the_one_that_it_was(changed: Project) -> None:
    reports = [f"--report={name}:out/{file}" for name, file in FORMATS.items()]
    assert (
        changed.pytest(
            "--covgate", *[f"--covgate-{r[2:]}" for r in reports], "--covgate-base=main~1", *NO_MAP, env=CI
        ).code
        == 1
    )
    doors = {file: (changed.root / "out" / file).read_text() for file in FORMATS.values()}
    assert changed.covgate("check", *reports, "--base=main~1", env=CI).code == 1
    base = json.loads(doors["shop.json"])["change"]["base"]
    for file, text in doors.items():
        assert (changed.root / "out" / file).read_text() == text, "the doors differ"
        text = without_record(without_base(text, base))
        if os.environ.get("GOLDEN") == "write":
            (GOLDEN / file).write_text(text)
        assert text == (GOLDEN / file).read_text()


def without_record(text: str) -> str:
    """The record in the JSON report holds commits and times."""
    return re.sub(r'"record": \{.*', '"record": "the record"\n}\n', text, flags=re.DOTALL)


def without_base(text: str, base: str) -> str:
    """A commit of the test's own repository is another one in each run."""
    return text.replace(base, "the base").replace(base[:7], "the base")


def test_the_summary_is_appended_where_github_says(changed: Project) -> None:
    summary = changed.root / "summary.md"
    summary.write_text("before\n")
    env = {**CI, "GITHUB_STEP_SUMMARY": str(summary), "LC_ALL": "C", "TZ": "Asia/Tokyo", "PYTHONIOENCODING": "cp1252"}
    assert (
        changed.pytest("--covgate", "--covgate-report=github-summary", "--covgate-base=main~1", *NO_MAP, env=env).code
        == 1
    )
    base = subprocess.run(["git", "rev-parse", "main~1"], cwd=changed.root, check=True, capture_output=True, text=True)
    assert without_base(summary.read_text(), base.stdout.strip()) == "before\n" + (GOLDEN / "shop.md").read_text()


@pytest.mark.parametrize(
    ("reports", "message"),
    [
        (["github-summary"], "GITHUB_STEP_SUMMARY says, which is not set"),
        (["pdf"], "known formats: json, markdown, github"),
        (["markdown:-", "github"], "two reports want standard output"),
        (["markdown:x", "json:./x"], "two reports want"),
        (["sarif:"], "has no path"),
        (["junit:shop"], "is a folder"),
    ],
)
def test_wrong_use_is_known_before_the_tests(shop: Project, reports: list[str], message: str) -> None:
    run = shop.pytest("--covgate", *(f"--covgate-report={report}" for report in reports))
    assert (run.code, "passed" in run.out) == (4, False)
    assert message in run.err
    check = shop.covgate("check", *(f"--report={report}" for report in reports))
    assert check.code == 2
    assert message in check.err


def test_gitlab_reads_the_total_from_the_last_line_and_from_the_table(changed: Project) -> None:
    """The expression that the documentation gives for `coverage:`."""
    expression = re.compile(r"total +(\d+\.\d+) %")
    failed = changed.pytest("--covgate")
    assert expression.search(failed.out)
    (changed.root / "pyproject.toml").write_text(
        "[tool.pytest.ini_options]\npythonpath = ['src']\n[tool.covgate]\ntotal = 5\n"
    )
    passed = changed.pytest("--covgate")
    assert passed.code == 0
    assert expression.search(passed.verdict)
