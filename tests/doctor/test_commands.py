"""Which commands run the gate."""

from __future__ import annotations

import pytest

from covgate.model.rules import PytestSettings
from doctor_facts import (
    GATE,
    TOX,
    command,
    findings,
    in_ci,
)


@pytest.mark.parametrize(
    ("text", "addopts", "is_gate"),
    [
        (GATE, (), True),
        ("make test ARGS=--covgate", (), True),
        ("covgate check --data d", (), True),
        ("uv run python -m covgate.cli check", (), True),
        ("covgate explain a", (), False),
        ("pytest --covgate-report=json:a", (), False),
        ("pytest --covgate --collect-only", (), False),
        ("echo pytest --covgate", (), False),
        ("ruff check", ("--covgate",), False),
        ("pytest", (), False),
        ("pytest tests", ("--covgate",), True),
        ("A=1 py.test", ("--covgate",), True),
        ("uv run --frozen pytest", ("--covgate",), True),
        (".venv/bin/python -X dev -m pytest", ("--covgate",), True),
        ("pip install pytest", ("--covgate",), False),
        ("uv pip install pytest", ("--covgate",), False),
        ("pytest", ("--covgate", "--no-cov"), False),
        ("tox", (), True),
        ("tox run -e gate,lint", (), True),
        ("python -m tox -e ${{ matrix.env }}", (), True),
        ("tox --env=lint", (), False),
        ("tox -e py312", (), False),
        ("tox -e py312-new", ("--covgate",), True),
        ("tox -e publish", ("--covgate",), False),
        ("tox run -f gate", (), True),
        ("tox run -f lint", ("--covgate",), False),
        ("pip install tox", (), False),
        ("", (), False),
    ],
)
def test_which_commands_run_the_gate(text: str, addopts: tuple[str, ...], is_gate: bool) -> None:
    settings = PytestSettings(file="pytest.ini", addopts=addopts)
    found = findings(ci=in_ci(command(text, "|| true")), pytest=settings, tox=TOX)
    hidden = [finding.severity for finding in found if "hides a failure of the gate" in finding.message]
    assert hidden == ["serious"] * is_gate
