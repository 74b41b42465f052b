"""The names that authors of hooks and reports import, and nothing that they do not need."""

from __future__ import annotations

import subprocess
import sys

import pytest

import covgate
from covgate.model.verdict import Verdict


def test_every_public_name_is_there() -> None:
    for name in covgate.__all__:
        assert getattr(covgate, name) is not None
    assert covgate.Verdict is Verdict


def test_another_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'Verdikt'"):
        getattr(covgate, "Verdikt")  # noqa: B009  type checkers know that it is not there


def test_the_package_alone_imports_nothing_of_its_rooms() -> None:
    code = "import sys, covgate; print([name for name in sys.modules if name.startswith('covgate.')])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
