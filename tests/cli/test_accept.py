"""`covgate accept`: a gap accepted in writing, until the code changes or the day comes."""

from __future__ import annotations

import subprocess
import sys
from datetime import date, timedelta

import pytest

from conftest import Project

SHOP = {
    "shop/__init__.py": "",
    "shop/pay.py": """
        def pay(order):
            try:
                return order.total()
            except OSError:
                print("the bank is down")
                raise

        class Bank:
            def ask(self):
                return 1
        """,
    "tests/test_pay.py": """
        import shop.pay

        class Order:
            def total(self):
                return 3

        def test_pay():
            assert shop.pay.pay(Order()) == 3
        """,
    "pyproject.toml": """
        [tool.covgate]
        module = 100   # all of it

        [tool.covgate.changed]
        lines = false

        # the rest
        [tool.other]
        x = 1
        """,
}


@pytest.fixture
def measured(project: Project) -> Project:
    project.write(SHOP)
    assert project.pytest("--covgate").code == 1
    return project


@pytest.fixture(scope="module")
def measured_once(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """For what writes nothing."""
    project = Project(tmp_path_factory.mktemp("once")).write(SHOP)
    assert project.pytest("--covgate").code == 1
    return project


def test_accepted_gaps_make_the_gate_green_and_stay_visible(measured: Project) -> None:
    later = date.today() + timedelta(days=400)  # noqa: TID251
    first = measured.covgate(
        "accept", "shop.pay", "Bank.ask", "--reason", "the  bank's\nsandbox is gone", f"--until={later}", "--owner=anna"
    )
    assert (first.code, first.out) == (0, f"accepted: shop/pay.py Bank.ask(), 1 missing statement, until {later}\n")
    assert measured.covgate("accept", "shop/pay.py", "--lines=4-6", "--reason", "an error in an error").code == 0
    text = (measured.root / "pyproject.toml").read_text()
    assert text.startswith("[tool.covgate]\nmodule = 100   # all of it\n")
    assert text.endswith("\n\n# the rest\n[tool.other]\nx = 1\n")
    entry = f'[[tool.covgate.accept]]\nmodule = "shop.pay"\nfunction = "Bank.ask"\nreason = "the bank\'s sandbox is gone"\nuntil = {later}\nowner = "anna"\nfingerprint = "'
    assert entry in text
    run = measured.pytest("--covgate")
    assert run.code == 0
    assert run.verdict.endswith("1 module at or above target; 4 missing statements accepted")
    shown = measured.covgate("check", "--all")
    assert shown.code == 0
    assert "accepted: 4 missing statements, not required\n" in shown.out
    assert f"shop/pay.py Bank.ask(), 1: the bank's sandbox is gone (until {later}, anna)\n" in shown.out
    document = measured.json()
    assert (document["measured"]["covered"], document["measured"]["units"]) == (5, 9)
    why = measured.covgate("explain", "shop.pay").out
    assert "accepted   Bank.ask(), 1 statement; the bank's sandbox is gone" in why
    assert "1 of 1  " not in why
    assert "never ran, accepted" in measured.covgate("explain", "shop/pay.py:5").out


def test_it_ends_when_the_code_changes_and_not_when_it_moves(measured: Project) -> None:
    assert measured.covgate("accept", "shop.pay", "Bank.ask", "--reason", "r").code == 0
    assert measured.covgate("accept", "shop.pay", "--lines=4-6", "--reason", "r").code == 0
    before = (measured.root / "shop/pay.py").read_text()
    measured.write({"shop/pay.py": f"# moved\n\n{before}"})
    assert measured.pytest("--covgate").code == 0
    measured.write({"shop/pay.py": before.replace("return 1", "return 2")})
    changed = measured.pytest("--covgate")
    assert changed.code == 1
    assert "(shop/pay.py Bank.ask()): the code changed since it was accepted, and is required again" in changed.out
    anew = measured.covgate("accept", "shop.pay", "Bank.ask", "--reason", "still")
    assert (anew.code, anew.out) == (0, "accepted again: shop/pay.py Bank.ask(), 1 missing statement\n")
    assert (measured.root / "pyproject.toml").read_text().count("Bank.ask") == 1
    assert measured.covgate("check").code == 0


def test_a_path_with_lines_is_accepted_as_explain_shows_it(measured: Project) -> None:
    run = measured.covgate("accept", "shop/pay.py:4-6", "--reason", "r")
    assert (run.code, run.out) == (0, "accepted: shop/pay.py 4-6, 3 missing statements\n")
    assert 'lines = "4-6"' in (measured.root / "pyproject.toml").read_text()


def test_a_whole_module_is_accepted_until_its_code_changes(measured: Project) -> None:
    before = (measured.root / "shop/pay.py").read_text()
    run = measured.covgate("accept", "shop.pay", "--reason", "goes in spring")
    assert (run.code, run.out) == (0, "accepted: shop/pay.py (the whole module), 4 missing statements\n")
    entry = '[[tool.covgate.accept]]\nmodule = "shop.pay"\nreason = "goes in spring"\nfingerprint = "'
    assert entry in (measured.root / "pyproject.toml").read_text()
    measured.write({"shop/pay.py": f"# a comment\n\n{before}"})
    assert measured.pytest("--covgate").code == 0
    assert "shop/pay.py (the whole module), 4: goes in spring\n" in measured.covgate("check", "--all").out
    assert "accepted   the whole module, 4 statements; goes in spring" in measured.covgate("explain", "shop.pay").out
    assert measured.json()["accepted"][0]["state"] == "accepted"
    measured.write({"shop/pay.py": f"{before}x = 1\n"})
    changed = measured.pytest("--covgate")
    assert changed.code == 1
    assert "(shop/pay.py (the whole module)): the code changed since it was accepted" in changed.out
    anew = measured.covgate("accept", "shop.pay", "--reason", "goes in summer")
    assert (anew.code, anew.out.split(":")[0]) == (0, "accepted again")
    assert measured.covgate("check").code == 0


def test_what_accepts_nothing_is_a_note_and_fails_a_strict_run(measured: Project) -> None:
    with (measured.root / "pyproject.toml").open("a") as file:
        file.write('[[tool.covgate.accept]]\nmodule = "shop.gone"\nfunction = "f"\nreason = "r"\n')
        file.write('[[tool.covgate.accept]]\nmodule = "shop.pay"\nlines = "4-10"\nreason = "r"\n')
    mild, strict = measured.covgate("check", "--all"), measured.covgate("check", "--strict")
    assert (mild.code, strict.code) == (0, 1)
    assert "note: tool.covgate.accept[0] (shop.gone f()): no measured module has this name" in mild.out
    assert strict.verdict.endswith("1 accepted entry matches no uncovered code")
    assert "accepts nothing: tool.covgate.accept[0] (shop.gone): no measured module has this name" in strict.out
    assert "note:" not in strict.out
    assert measured.pytest("--covgate", "--covgate-strict").code == 1


def test_a_dry_run_writes_nothing(measured: Project) -> None:
    before = (measured.root / "pyproject.toml").read_bytes()
    run = measured.covgate("accept", "shop.pay", "Bank.ask", "--reason", "r", "--dry-run")
    assert run.code == 0
    assert "+[[tool.covgate.accept]]\n" in run.out
    assert (measured.root / "pyproject.toml").read_bytes() == before


@pytest.mark.parametrize(
    ("args", "code", "message"),
    [
        (("shop.pay", "Bank.ask"), 2, "required: --reason"),
        (("shop.pay", "Bank.ask", "--reason="), 2, "--reason is empty"),
        (("shop.pay", "Bank.ask", "--lines=4", "--reason=r"), 2, "named twice, or beside a function"),
        (("shop/pay.py:4", "Bank.ask", "--reason=r"), 2, "named twice, or beside a function"),
        (("shop/pay.py:4", "--lines=4", "--reason=r"), 2, "named twice, or beside a function"),
        (("shop/pay.py:6-4", "--reason=r"), 2, "first line comes first"),
        (("shop.pay", "--lines=x", "--reason=r"), 2, "allowed: lines such as 12"),
        (("shop.pay", "--lines=6-4", "--reason=r"), 2, "first line comes first"),
        (("shop.pay", "--lines=99", "--reason=r"), 2, "has no line 99"),
        (("shop.pay", "Bank.asks", "--reason=r"), 2, "did you mean Bank.ask"),
        (("shop.pay", "ask", "--reason=r"), 2, "did you mean Bank.ask"),
        (("shop.pya", "pay", "--reason=r"), 2, "did you mean"),
        (("shop.pay", "--lines=1", "--reason=r"), 2, "shop/pay.py 1 has no uncovered code"),
        (("shop.pay", "Bank.ask", "--reason=r", "--until=soon"), 2, "allowed: a date"),
        (("shop.pay", "Bank.ask", "--reason=r", "--until=2020-01-01"), 2, "not in the future"),
        (("shop.pay", "Bank.ask", "--reason=r", "--owner= "), 2, "--owner is empty"),
        (("shop.pay", "Bank.ask", "--reason=r", "--data", "nowhere"), 3, "measure first"),
    ],
)
def test_wrong_use_writes_nothing(measured_once: Project, args: tuple[str, ...], code: int, message: str) -> None:
    before = (measured_once.root / "pyproject.toml").read_bytes()
    run = measured_once.covgate("accept", *args)
    assert (run.code, run.out) == (code, "")
    assert message in run.err
    assert (measured_once.root / "pyproject.toml").read_bytes() == before


def test_source_edited_after_the_measurement_is_not_accepted(measured: Project) -> None:
    measured.write({"shop/pay.py": "def pay(order):\n    return 1\n"})
    run = measured.covgate("accept", "shop.pay", "pay", "--reason", "r")
    assert run.code == 3
    assert "edited after the measurement" in run.err


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX permissions")
def test_a_read_only_file_is_left_alone(measured: Project) -> None:
    own = measured.root / "pyproject.toml"
    own.chmod(0o444)
    command = [sys.executable, "-m", "covgate.cli", "accept", "shop.pay", "Bank.ask", "--reason", "r"]
    unprivileged = ["setpriv", "--bounding-set=-all", "--inh-caps=-all", *command]
    run = subprocess.run(unprivileged, cwd=measured.root, capture_output=True, text=True, check=False)
    if "setpriv" in run.stderr:
        pytest.skip("root may write everything, and cannot be made to not")
    assert run.returncode == 2
    assert "no permission" in run.stderr
