"""pyproject.toml is read with every error named, and written only over what was read."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from covgate.config.pyproject import Pyproject, diff_of, read_pyproject, write_pyproject
from covgate.errors import UsageError


def test_text_and_document_are_those_of_the_file(tmp_path: Path) -> None:
    file = tmp_path / "pyproject.toml"
    assert read_pyproject(tmp_path) == Pyproject(file)
    assert Pyproject(file).require_valid() == Pyproject(file)
    text = "\ufeff[tool.covgate]\r\ntotal = 80.10\r\n"
    file.write_bytes(text.encode())
    pyproject = read_pyproject(tmp_path)
    assert pyproject == Pyproject(file, text, {"tool": {"covgate": {"total": Decimal("80.10")}}})
    assert pyproject.table("tool", "covgate") == {"total": Decimal("80.1")}
    assert pyproject.table("tool", "covgate", "total") == pyproject.table("project") == {}


def test_the_same_text_is_parsed_once(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[tool.covgate]\ntotal = 57\n")
    first = read_pyproject(tmp_path)
    assert read_pyproject(tmp_path).document is first.document
    (tmp_path / "pyproject.toml").write_text("[tool.covgate]\ntotal = 58\n")
    assert read_pyproject(tmp_path).table("tool", "covgate") == {"total": 58}


@pytest.mark.parametrize(
    ("content", "message", "remedy"),
    [
        (b"\xff[tool.covgate]", "cannot be read: ", "make it a readable UTF-8 file"),
        (b"[tool.covgate\n", "is not valid TOML: ", "fix that line; the gate did not run"),
        (b"x = " + b"[" * 20_000 + b"]" * 20_000, "is not valid TOML: ", "fix that line; the gate did not run"),
        (b"x = " + b"9" * 20_000, "is not valid TOML: ", "fix that line; the gate did not run"),
        (None, "cannot be read: ", "make it a readable UTF-8 file"),
    ],
)
def test_what_cannot_be_read_is_an_error_with_its_remedy(
    tmp_path: Path, content: bytes | None, message: str, remedy: str
) -> None:
    file = tmp_path / "pyproject.toml"
    if content is None:
        file.mkdir()
    else:
        file.write_bytes(content)
    pyproject = read_pyproject(tmp_path)
    assert pyproject.document == {}
    with pytest.raises(UsageError) as error:
        pyproject.require_valid()
    assert error.value.message.startswith(f"{file} {message}")
    assert error.value.remedy == remedy


def test_only_the_text_that_was_read_is_replaced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "pyproject.toml"
    write_pyproject(file, "", "a = 1\n")
    with pytest.raises(UsageError, match="changed by another program"):
        write_pyproject(file, "", "b = 1\n")
    write_pyproject(file, "a = 1\n", "b = 1\n")
    monkeypatch.setattr("os.access", lambda *_: False)
    with pytest.raises(UsageError, match="no permission"):
        write_pyproject(file, "b = 1\n", "c = 1\n")
    assert file.read_text() == "b = 1\n"


def test_a_change_is_shown_as_a_diff() -> None:
    assert diff_of("a = 1\r\nb = 1", "a = 1\r\nb = 2") == (
        "--- pyproject.toml\n+++ pyproject.toml\n@@ -1,2 +1,2 @@\n a = 1\n"
        "-b = 1\n\\ No newline at end of file\n+b = 2\n\\ No newline at end of file\n"
    )
