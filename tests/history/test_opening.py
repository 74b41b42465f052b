"""The history is used unless it is switched off, or a change has committed it."""

from __future__ import annotations

from pathlib import Path

import pytest

from covgate.errors import CovgateError
from covgate.history.opening import open_history, require_history
from covgate.history.store import FILE
from repositories import Repository


def test_it_lies_in_the_project(tmp_path: Path) -> None:
    store, note = open_history(tmp_path, {})
    assert store is not None
    assert (store.file, note) == (tmp_path / FILE, None)
    assert require_history(tmp_path, {}).file == store.file


def test_it_can_be_switched_off(tmp_path: Path) -> None:
    off = {"COVGATE_HISTORY": "off"}
    assert open_history(tmp_path, off) == (None, None)
    with pytest.raises(CovgateError, match=r"switched off \(COVGATE_HISTORY=off\)") as error:
        require_history(tmp_path, off)
    assert error.value.remedy == "unset COVGATE_HISTORY"


def test_x3_what_git_tracks_is_not_used(tmp_path: Path) -> None:
    repository = Repository(tmp_path / "repo")
    repository.commit({str(FILE): "planted"})
    store, note = open_history(repository.root, repository.environment)
    assert store is None
    assert note is not None
    assert "committed to git, so not read" in note
    with pytest.raises(CovgateError, match="committed to git"):
        require_history(repository.root, repository.environment)
