"""`covgate check --change-only`: before a commit, nothing but the change is judged."""

from __future__ import annotations

from pathlib import Path

import pytest

from conftest import SHOP, Project, Run
from repositories import Repository

SETTINGS = '[tool.covgate]\nsource = ["shop"]\ntotal = 100\nmodule = 100\ntargets = {"shop.gone" = 5}\n'
CART = Path("shop/cart.py")


class Committing:
    """A shop in git: its total is missed, and what is staged is about to be committed."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self.repository = Repository(project.root)
        project.settings(SETTINGS).write({**SHOP, ".gitignore": ".coverage\n.covgate/\n__pycache__/\n"})
        self.repository.commit(message="shop")

    def measure(self) -> None:
        assert self.project.pytest("--covgate", "-q", env=self.repository.environment).code == 1

    def append(self, text: str) -> None:
        path = self.project.root / CART
        path.write_text(path.read_text() + text)

    def check(self, *args: str) -> Run:
        return self.project.covgate("check", "--staged", "--change-only", *args, env=self.repository.environment)


@pytest.fixture
def committing(project: Project) -> Committing:
    return Committing(project)


def test_what_the_change_does_not_touch_is_not_judged(committing: Committing) -> None:
    committing.append("\nLIMIT = 5\n")
    committing.repository.git("add", "--all")
    committing.measure()
    run = committing.check("--report=json:covgate.json")
    assert run.code == 0
    assert run.out.startswith("PASSED coverage gate: change 100.0 % (target 80), compared with HEAD")
    assert run.out.endswith("; nothing else was judged\n")
    report = committing.project.report()
    assert report["change_only"]
    assert [check["rule"] for check in report["checks"]] == ["changed-lines"]
    assert report["gaps"] == []


def test_the_option_that_shows_the_notes_is_one_of_the_command(committing: Committing) -> None:
    committing.append("\nLIMIT = 5\n\n\ndef nobody():  # pragma: no cover\n    return 1\n")
    committing.repository.git("add", "--all")
    committing.measure()
    assert committing.check().verdict.endswith("; this change loosens 1 rule (--all shows it)")
    assert "exclusion comment  new: # pragma: no cover  shop/cart.py:" in committing.check("--all").out


def test_a_gap_in_the_change_fails(committing: Committing) -> None:
    committing.append("\ndef half(a):\n    return a / 2\n")
    committing.repository.git("add", "--all")
    committing.measure()
    run = committing.check()
    assert run.code == 1
    assert run.verdict == "FAILED coverage gate: the change is below target"
    assert "1 of 2 changed statements missing, line 10" in run.out
    assert "unused.py" not in run.out
    assert "dead rule" not in run.out


def test_only_files_of_the_change_can_be_stale(committing: Committing) -> None:
    committing.append("\nLIMIT = 5\n")
    committing.measure()
    committing.repository.git("add", "--all")
    with (committing.project.root / "shop/unused.py").open("a") as file:
        file.write("# edited\n")
    assert committing.check().code == 0
    committing.append("# edited\n")
    run = committing.check()
    assert run.code == 3
    assert (
        "deleted after the measurement: shop/cart.py; measure again, with pytest --covgate or coverage run" in run.out
    )


def test_a_module_made_after_the_measurement_has_not_been_measured(committing: Committing) -> None:
    committing.measure()
    committing.project.write({"shop/new.py": "LIMIT = 5\n"})
    committing.repository.git("add", "--all")
    run = committing.check()
    assert run.code == 3
    assert "deleted after the measurement: shop/new.py; measure again, with pytest --covgate or coverage run" in run.out


def test_no_data_are_no_pass(committing: Committing) -> None:
    run = committing.check()
    assert run.code == 3
    assert "no coverage data at" in run.out
    assert "measure first, with pytest --covgate or coverage run" in run.out


def test_a_change_that_is_not_known_is_no_pass(committing: Committing) -> None:
    committing.measure()
    (committing.project.root / ".git").rename(committing.project.root / "not-git")
    run = committing.check()
    assert run.code == 3
    assert "is in no git repository" in run.verdict


def test_a_change_held_to_nothing_is_wrong_use(committing: Committing) -> None:
    committing.project.settings("[tool.covgate]\nchanged.lines = false\n")
    run = committing.check()
    assert run.code == 2
    assert "set tool.covgate.changed.lines" in run.err


def test_without_any_target_nothing_but_the_change_is_shown(committing: Committing) -> None:
    committing.project.settings("[tool.covgate]\nmodule = 100\n")
    committing.append("\ndef half(a):\n    return a / 2\n")
    committing.repository.git("add", "--all")
    committing.measure()
    committing.project.settings("[tool.covgate]\n")
    run = committing.check()
    assert run.code == 1
    assert "unused.py" not in run.out
    assert "no target is set" not in run.out
