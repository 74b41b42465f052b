"""coverage.py's settings as coverage.py reads them, and a folder to read them in."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from covgate.errors import UsageError
from covgate.measurement.coverage_settings import in_folder, read_coverage_settings


def test_coverage_settings_are_read_where_coverage_py_would_read_them(tmp_path: Path) -> None:
    (tmp_path / ".coveragerc").write_text("[run]\ndata_file = d/data\nsource = a\n[report]\nfail_under = 80.5\n")
    settings = read_coverage_settings(".coveragerc", tmp_path)
    assert settings.data_file == tmp_path / "d/data"
    assert settings.fail_under == Decimal("80.5")
    assert settings.source == ("a",)


@pytest.mark.parametrize("text", ["[report]\nfail_under = 101\n", "[run]\nbranch = perhaps\n"])
def test_coverage_settings_that_cannot_be_used(tmp_path: Path, text: str) -> None:
    (tmp_path / ".coveragerc").write_text(text)
    with pytest.raises(UsageError, match=r"coverage\.py's"):
        read_coverage_settings(".coveragerc", tmp_path)


def test_a_working_folder_that_is_gone_is_no_trouble(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    with in_folder(tmp_path):
        assert Path.cwd() == tmp_path
