"""`covgate ratchet`: targets rise to what is reached, from complete passing runs only."""

from __future__ import annotations

from pathlib import Path

import pytest

from conftest import Project
from repositories import Repository

SETTINGS = """
[tool.covgate]
total  = 20    # of everything
module = 0

[tool.covgate.targets]
# the old ones
"shop.cart"   = 40     # grows
"shop.unused" = {target = 0, max_missing = 9}

[tool.other]
x = 1
"""
RAISED = SETTINGS.replace("20 ", "37 ").replace("40 ", "50 ").replace("9", "2")


def settings_of(project: Project) -> str:
    return (project.root / "pyproject.toml").read_bytes().decode()


@pytest.fixture
def measured(shop: Project) -> Project:
    shop.write({"pyproject.toml": SETTINGS})
    assert shop.pytest("--covgate").code == 0
    return shop


def test_targets_rise_to_what_is_reached_and_the_rest_stays(measured: Project) -> None:
    check = measured.covgate("ratchet", "--check")
    assert check.code == 1
    assert check.out.splitlines() == [
        "tool.covgate.total: 20 -> 37",
        'tool.covgate.targets."shop.cart".target: 40 -> 50',
        'tool.covgate.targets."shop.unused".max_missing: 9 -> 2',
    ]
    dry = measured.covgate("ratchet", "--dry-run")
    assert (dry.code, settings_of(measured)) == (0, SETTINGS.lstrip())
    assert '+"shop.cart"   = 50     # grows\n' in dry.out
    run = measured.covgate("ratchet")
    assert (run.code, run.out) == (0, check.out)
    assert settings_of(measured) == RAISED.lstrip()
    again = measured.covgate("ratchet", "--check")
    assert (again.code, again.out) == (0, "nothing to raise\n")
    assert measured.covgate("ratchet").out == "nothing to raise\n"
    assert measured.pytest("--covgate").code == 0


def test_by_leaves_what_is_near(measured: Project) -> None:
    check = measured.covgate("ratchet", "--check", "--by=10")
    assert (check.code, check.out) == (1, "tool.covgate.total: 20 -> 37\n")
    assert measured.covgate("ratchet", "--check", "--by=17").code == 0
    assert measured.covgate("ratchet", "--by=10").code == 0
    assert settings_of(measured) == SETTINGS.lstrip().replace("20 ", "37 ")


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (("-k", "test_add"), "the data is not of all tests: -k test_add"),
        (("tests/test_bad.py",), "tests failed in the run that measured"),
        (("-p", "no:cacheprovider", "--collect-only"), "no record of a complete run of pytest --covgate"),
        (("--cov=shop.cart",), "something else than the settings say: --cov  [other-options]\n"),
        (("--cov-append",), "something else than the settings say: --cov-append  [other-options]\n"),
    ],
)
def test_other_runs_raise_nothing(shop: Project, args: tuple[str, ...], message: str) -> None:
    shop.write({"pyproject.toml": SETTINGS, "tests/test_bad.py": "import shop.cart\ndef test_bad(): assert 0\n"})
    assert shop.python("-m", "coverage", "run", "-m", "shop.cart").code == 0
    shop.pytest("--covgate", *args)
    run = shop.covgate("ratchet")
    assert (run.code, settings_of(shop)) == (3, SETTINGS.lstrip())
    assert message in run.err


def test_the_record_is_found_wherever_the_data_lie(measured: Project) -> None:
    (measured.root / ".coverage").rename(measured.root / "moved")
    assert measured.covgate("ratchet", "--dry-run", "--data", "moved").code == 0


def test_data_that_changed_later_want_a_word(measured: Project) -> None:
    assert measured.python("-m", "coverage", "run", "--append", "-m", "shop.cart").code == 0
    unknown = measured.covgate("ratchet")
    assert unknown.code == 3
    assert "no record of a complete run" in unknown.err
    assert "add --complete if what measured, such as coverage run, ran them all" in unknown.err
    assert measured.covgate("ratchet", "--complete").code == 0


def test_a_gate_that_does_not_pass_raises_nothing(measured: Project) -> None:
    measured.write({"pyproject.toml": SETTINGS.replace("module = 0", "module = 0\nmode = 'warn'").replace("40", "60")})
    before = settings_of(measured)
    run = measured.covgate("ratchet")
    assert run.code == 1
    assert (
        "FAILED coverage gate: 1 of 2 modules is below target\nthe gate does not pass, so no target was raised"
        in run.out
    )
    assert settings_of(measured) == before


def test_stale_data_raise_nothing(measured: Project) -> None:
    measured.write({"shop/cart.py": "def add(a, b):\n    return a + b\n"})
    run = measured.covgate("ratchet")
    assert run.code == 3
    assert "edited or deleted after the measurement" in run.err


def test_entries_follow_renames_and_go_with_their_modules(shop: Project) -> None:
    shop.write(
        {
            "shop/old.py": "def old():\n    return 'a rather long line, to be found again'\n\nA = 1\nB = 2\n",
            "shop/first.py": "def first():\n    return 'another long line, with a name of its own'\n\nC = 1\nD = 2\n",
            "shop/gone.py": "Z = 26\n",
            "pyproject.toml": """
                [tool.covgate]
                module = 0
                [tool.covgate.changed]
                lines = false
                [tool.covgate.targets]
                "shop.old" = 30  # moved later
                'shop/first.py' = 70 # moved twice
                "shop.gone" = 10
                """,
        }
    )
    repository = Repository(shop.root)
    repository.commit(message="one")
    (shop.root / "shop/first.py").rename(shop.root / "shop/second.py")
    repository.commit(message="two")
    (shop.root / "shop/second.py").rename(shop.root / "shop/third.py")
    (shop.root / "shop/gone.py").unlink()
    repository.commit(message="three")
    (shop.root / "shop/old.py").rename(shop.root / "shop/new.py")
    shop.write({"tests/test_more.py": "import shop.new, shop.third\n\ndef test_new(): assert shop.new.old()\n"})
    assert shop.pytest("--covgate").code == 1  # dead rules
    run = shop.covgate("ratchet")
    assert (run.code, run.err) == (0, "")
    assert run.out.splitlines() == [
        'tool.covgate.targets."shop.new".target: 30 -> 100',
        'tool.covgate.targets."shop/third.py".target: 70 -> 75',
        "shop.old: renamed to shop.new",
        "shop/first.py: renamed to shop/third.py",
        "shop.gone: its module was deleted, so the entry is removed",
    ]
    assert settings_of(shop).endswith(
        '[tool.covgate.targets]\n"shop.new" = 100  # moved later\n"shop/third.py" = 75 # moved twice\n'
    )
    assert shop.pytest("--covgate").code == 0


def test_a_slip_of_the_pen_is_a_dead_rule_and_not_dropped(measured: Project) -> None:
    Repository(measured.root).commit({".gitignore": ".coverage\n.covgate/\n"})
    measured.write({"pyproject.toml": SETTINGS.replace("shop.cart", "shop.crat")})
    run = measured.covgate("ratchet", "--complete")
    assert run.code == 1
    assert "1 pattern in the settings matches no module" in run.out
    assert '"shop.crat"' in settings_of(measured)


def test_source_that_came_after_the_data_raises_nothing(measured: Project) -> None:
    measured.write({"shop/new.py": "def new():\n    return 1\n"})
    run = measured.covgate("ratchet")
    assert run.code == 3
    assert "added, edited or deleted after the measurement: shop/new.py" in run.err


def test_a_module_that_is_there_and_not_measured_keeps_its_entry(measured: Project) -> None:
    measured.write(
        {"other/x.py": "x = 1\n", "pyproject.toml": SETTINGS.replace('"shop.cart"   = 40', '"other/x.py" = 40')}
    )
    run = measured.covgate("ratchet", "--complete")
    assert run.code == 1
    assert "the gate does not pass, so no target was raised" in run.out


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (("--by=much",), "not a number of points"),
        (("--by=101",), "not within 0 and 100"),
        (("--by=nan",), "not within 0 and 100"),
        (("--check", "--dry-run"), "contradict"),
        (("--root", "nowhere"), "no such folder"),
    ],
)
def test_wrong_use_of_ratchet(shop: Project, args: tuple[str, ...], message: str) -> None:
    run = shop.covgate("ratchet", *args)
    assert run.code == 2
    assert message in run.err
    assert not Path(shop.root, "pyproject.toml").exists()
