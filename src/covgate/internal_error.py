"""An error that is ours: told in one line, with how to report it; the whole of it on request."""

from __future__ import annotations

import traceback
from collections.abc import Mapping

VARIABLE = "COVGATE_DEBUG"
"""Set to anything, it shows where an internal error happened."""


def internal_error_text(error: BaseException, environment: Mapping[str, str]) -> str:
    """One line; where `COVGATE_DEBUG` is set, the traceback above it."""
    frames = traceback.extract_tb(error.__traceback__)
    where = f" at {frames[-1].filename}:{frames[-1].lineno}" if frames else ""
    what = " ".join(f"{type(error).__name__}: {error}".split())
    line = f"internal error, no verdict: {what[:500]}{where}; please report it"
    if environment.get(VARIABLE):
        return f"{''.join(traceback.format_exception(error))}{line}"
    return f"{line}, with what {VARIABLE}=1 shows"
