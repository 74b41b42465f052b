"""Names of `pyproject` under their former place."""

from pathlib import Path

from covgate.config.pyproject import diff_of as shown_change
from covgate.config.pyproject import read_pyproject
from covgate.config.pyproject import write_pyproject as write_text

__all__ = ["read_text", "shown_change", "write_text"]


def read_text(path: Path) -> str:
    return read_pyproject(path.parent).require_valid().text
