"""covgate's own hooks, for a conftest.py or another plugin."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from covgate.model.settings import Settings
    from covgate.model.verdict import Verdict


@pytest.hookspec
def pytest_covgate_targets(config: pytest.Config, settings: Settings) -> Mapping[str, object] | None:
    """Add or replace targets before the first test.

    Return a mapping like `[tool.covgate.targets]`: import name, path or pattern to a percentage,
    `False`, or a mapping of target, branches, max_missing and changed. An entry replaces the one
    with the same key. `settings` is what pyproject.toml says.
    """


@pytest.hookspec
def pytest_covgate_verdict(config: pytest.Config, verdict: Verdict) -> None:
    """Use the verdict once it stands, before it is printed. It cannot be changed."""
