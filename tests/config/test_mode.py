"""J10: the mode of a run, and what chose it."""

from __future__ import annotations

import pytest

from covgate.config.mode import RUN_MODES, choose_mode
from covgate.errors import UsageError
from covgate.model.settings import Settings


@pytest.mark.parametrize(
    ("option", "environment", "setting", "mode", "source"),
    [
        (None, {}, None, "fail", "default"),
        (None, {}, "warn", "warn", "tool.covgate.mode=warn"),
        (None, {"COVGATE_MODE": "off"}, "warn", "off", "COVGATE_MODE=off"),
        ("fail", {"COVGATE_MODE": "off"}, "warn", "fail", "--covgate-mode=fail"),
        (None, {"COVGATE_MODE": ""}, None, "fail", "default"),
    ],
)
def test_j10_precedence(
    option: str | None, environment: dict[str, str], setting: str | None, mode: str, source: str
) -> None:
    choice = choose_mode(option, environment, Settings(mode=setting))  # type: ignore[arg-type]
    assert (choice.mode, choice.source) == (mode, source)


def test_j10_another_word_is_a_usage_error() -> None:
    with pytest.raises(UsageError, match="COVGATE_MODE: found 'OFF'"):
        choose_mode(None, {"COVGATE_MODE": "OFF"}, Settings())


def test_j10_measure_is_a_mode_of_a_run_and_not_of_a_command() -> None:
    assert choose_mode("measure", {}, Settings(), allowed=RUN_MODES).mode == "measure"
    with pytest.raises(UsageError) as error:
        choose_mode("measure", {}, Settings(), "--mode")
    assert str(error.value) == (
        "--mode: found 'measure'  [option-value]\n"
        "  allowed: fail, warn, off; measure is a mode of pytest --covgate, a command measures nothing"
    )
