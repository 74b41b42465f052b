"""Which of coverage.py's measurement cores a run uses, where nobody has chosen one."""

from __future__ import annotations

import sys
from typing import Any

import coverage

from covgate.measurement.coverage_settings import CoverageSettings

UNSUPPORTED = frozenset(["greenlet", "eventlet", "gevent"])
"""Kinds of concurrency that the sysmon core does not measure."""
LAST_PLACE = 5
"""The highest number that a tool can have in `sys.monitoring`."""
TRIES_IN_TURN = (7, 15)
"""The version of coverage.py from which on it takes another place where the first one is taken."""


def chosen_core(settings: CoverageSettings, *, branch: bool, has_contexts: bool) -> str | None:
    """The core to ask for; None leaves it to coverage.py, and to who has chosen one.

    Python 3.12 and 3.13 can measure lines with `sysmon`. From 3.14 on it is coverage.py's own default,
    for branches too, and drops what it cannot do: there `ctrace` is asked for where that matters.
    """
    if settings.core:
        return None
    unsupported = has_contexts or settings.dynamic_context or bool(UNSUPPORTED.intersection(settings.concurrency))
    if sys.version_info >= (3, 14):
        loses = unsupported or not _is_free() or settings.has_plugins
        return "ctrace" if loses else None
    fits = not (unsupported or branch or settings.branch or settings.has_plugins)
    return "sysmon" if fits and _is_free() else None


def _is_free() -> bool:
    """Whether this Python has `sys.monitoring`, and coverage.py would find a place in it."""
    monitoring: Any = getattr(sys, "monitoring", None)
    if monitoring is None:
        return False
    first = monitoring.COVERAGE_ID
    tried = range(first, LAST_PLACE + 1) if coverage.version_info >= TRIES_IN_TURN else [first]
    return any(monitoring.get_tool(place) is None for place in tried)
