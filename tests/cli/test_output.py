"""What commands print, and where in colour."""

from __future__ import annotations

import io
import itertools
import os
import subprocess
import sys

import pytest
from _pytest._io.terminalwriter import should_do_markup

from conftest import Project, clean_environment
from covgate.cli.output import wants_colour


class Terminal(io.StringIO):
    """A stream that says it is one, or is not."""

    def __init__(self, *, is_terminal: bool) -> None:
        super().__init__()
        self._is_terminal = is_terminal

    def isatty(self) -> bool:
        return self._is_terminal


SETTINGS = [
    ("PY_COLORS", (None, "0", "1", "yes")),
    ("NO_COLOR", (None, "", "1")),
    ("FORCE_COLOR", (None, "", "1")),
    ("TERM", (None, "xterm", "dumb")),
]


@pytest.mark.parametrize("is_terminal", [False, True])
def test_colour_is_where_pytest_has_it(is_terminal: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    stream = Terminal(is_terminal=is_terminal)
    for values in itertools.product(*(values for _, values in SETTINGS)):
        environment = {name: value for (name, _), value in zip(SETTINGS, values, strict=True) if value is not None}
        for name, _ in SETTINGS:
            monkeypatch.delenv(name, raising=False)
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        assert wants_colour(stream, environment) == should_do_markup(stream), environment


def test_check_has_colour_where_it_is_wanted_and_none_in_a_pipe(shop: Project) -> None:
    shop.settings("[tool.covgate]\nmodule = 80\n")
    assert shop.pytest("--covgate").code == 1
    assert "\x1b" not in shop.covgate("check").out
    assert "\x1b[31m\x1b[1mFAILED coverage gate" in shop.covgate("check", env={"FORCE_COLOR": "1"}).out


@pytest.mark.skipif(sys.platform == "win32", reason="a terminal of POSIX")
def test_check_has_colour_in_a_terminal(shop: Project) -> None:
    import pty

    shop.settings("[tool.covgate]\nmodule = 80\n")
    assert shop.pytest("--covgate").code == 1
    ours, theirs = pty.openpty()
    environment = {name: value for name, value in clean_environment({"TERM": "xterm"}).items() if "COLOR" not in name}
    command = [sys.executable, "-m", "covgate.cli", "check"]
    with subprocess.Popen(command, cwd=shop.root, env=environment, stdout=theirs, stderr=theirs) as process:
        os.close(theirs)
        shown = b""
        while True:
            try:
                piece = os.read(ours, 65536)
            except OSError:  # the other end is closed
                break
            if not piece:
                break
            shown += piece
        assert process.wait() == 1
    os.close(ours)
    assert b"\x1b[31m\x1b[1mFAILED coverage gate" in shown
