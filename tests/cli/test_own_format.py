"""Formats of other packages, by their entry point."""

from __future__ import annotations

import pytest

from conftest import Project

CODE = """
    from covgate.reports.format import Format

    def plain(verdict, context):
        return f"{context.project} {verdict.status} {verdict.measured.covered}\\n"

    to_stdout = Format(render=plain, path="-")

    def broken(verdict, context):
        raise KeyError("no")

    def silent(verdict, context):
        return None

    number = 3
    """
POINTS = """
    [covgate.reports]
    plain = extra_formats:plain
    stdout = extra_formats:to_stdout
    broken = extra_formats:broken
    silent = extra_formats:silent
    number = extra_formats:number
    absent = extra_formats:nothing
    """


@pytest.fixture
def extended(shop: Project) -> Project:
    """The shop, and a package beside it that names formats."""
    shop.write(
        {
            "lib/extra_formats.py": CODE,
            "lib/extra_formats-1.0.dist-info/METADATA": "Metadata-Version: 2.1\nName: extra-formats\nVersion: 1.0\n",
            "lib/extra_formats-1.0.dist-info/entry_points.txt": POINTS,
        }
    ).settings("[project]\nname = 'the-shop'\n[tool.covgate]\nsource = ['shop']\n")
    assert shop.pytest("--covgate").code == 0
    return shop


def test_a_function_and_a_format(extended: Project) -> None:
    env = {"PYTHONPATH": "lib"}
    run = extended.pytest("--covgate", "--covgate-report=plain", "--covgate-report=stdout", env=env)
    assert run.code == 0
    assert (extended.root / "covgate.plain").read_text() == "the-shop passed 3\n"
    assert run.out.count("the-shop passed 3\n") == 1
    check = extended.covgate("check", "--report=stdout", "--report=plain:x", env=env)
    assert (check.code, check.out) == (0, "the-shop passed 3\n")
    assert (extended.root / "x").read_text() == "the-shop passed 3\n"


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("broken", "the report format broken failed: KeyError: 'no'"),
        ("silent", "gave no text, but a NoneType"),
        ("number", "is not a function"),
        ("absent", "cannot be loaded"),
        ("other", "badge, html, absent, broken, number, plain, silent, stdout"),
    ],
)
def test_what_others_get_wrong_is_told(extended: Project, name: str, message: str) -> None:
    run = extended.covgate("check", f"--report={name}", env={"PYTHONPATH": "lib"})
    assert run.code == 2
    assert message in run.err
    assert not (extended.root / f"covgate.{name}").exists()
