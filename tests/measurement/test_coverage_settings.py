"""coverage.py's settings as coverage.py reads them, and a folder to read them in."""

from __future__ import annotations

import os
from decimal import Decimal
from pathlib import Path

import coverage
import pytest

from covgate.errors import UsageError
from covgate.measurement.coverage_settings import in_folder, read_coverage_settings, without_side_effects


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


def test_every_setting_that_matters_is_read(tmp_path: Path) -> None:
    lines = ["source = a", "source_pkgs = b", "source_dirs = c", "branch = true", "core = ctrace", "plugins = no_such_plugin",
             "dynamic_context = test_function", "concurrency = thread, multiprocessing", "patch = subprocess"]  # fmt: skip
    (tmp_path / "other.ini").write_text("[run]\n" + "\n".join(lines) + "\n")
    settings = read_coverage_settings("other.ini", tmp_path)
    assert settings.source == ("a", "b", "c")
    assert (settings.branch, settings.core, settings.has_plugins, settings.dynamic_context) == (
        True,
        "ctrace",
        True,
        True,
    )
    assert settings.concurrency == ("thread", "multiprocessing")
    assert settings.patch == ("subprocess",)
    assert settings.file == str(tmp_path / "other.ini")


def test_without_settings_nothing_is_chosen(tmp_path: Path) -> None:
    settings = read_coverage_settings(".coveragerc", tmp_path)
    assert settings.data_file == tmp_path / ".coverage"
    assert (settings.source, settings.include, settings.file) == ((), (), "")
    assert (settings.fail_under, settings.core, settings.branch, settings.has_plugins) == (None, None, False, False)


def test_timid_is_the_core_that_it_means(tmp_path: Path) -> None:
    (tmp_path / ".coveragerc").write_text("[run]\ntimid = true\n")
    assert read_coverage_settings(".coveragerc", tmp_path).core == "pytrace"


@pytest.mark.parametrize(
    ("level", "remedy"),
    [("101", "from 0 to 100"), ("-1", "from 0 to 100"), ("nan", "from 0 to 100"), ("0.8", "did you mean 80?")],
)
def test_s1_a_fail_under_that_cannot_be_meant_is_an_error_with_a_remedy(
    tmp_path: Path, level: str, remedy: str
) -> None:
    (tmp_path / ".coveragerc").write_text(f"[report]\nfail_under = {level}\n")
    with pytest.raises(UsageError) as raised:
        read_coverage_settings(".coveragerc", tmp_path)
    assert remedy in raised.value.remedy


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes with names here")
def test_x5_a_settings_file_that_is_a_pipe_is_refused_without_a_hang(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "setup.cfg")
    with pytest.raises(UsageError, match=r"setup\.cfg is a"):
        read_coverage_settings(".coveragerc", tmp_path)


def test_x1_only_the_plugins_that_measured_are_loaded_and_nothing_is_written(tmp_path: Path) -> None:
    (tmp_path / ".coveragerc").write_text("[run]\nplugins = evil, templates, temp\ndebug = trace\ndebug_file = out\n")
    with in_folder(tmp_path):
        cov = coverage.Coverage(data_file=None, config_file=".coveragerc")
    assert without_side_effects(cov, ["templates.Plugin"]) == ("evil", "temp")
    assert cov.config.plugins == ["templates"]
    assert (cov.config.debug, cov.config.debug_file) == ([], None)


def test_the_working_folder_is_given_back(tmp_path: Path) -> None:
    before = Path.cwd()
    with pytest.raises(KeyError), in_folder(tmp_path):
        raise KeyError
    assert Path.cwd() == before
