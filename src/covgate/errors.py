"""One root for what can go wrong; each error says what is wrong and what to do about it."""

from __future__ import annotations

import traceback
from collections.abc import Mapping, Sequence

DEBUG_VARIABLE = "COVGATE_DEBUG"
"""Set to anything, it shows where an internal error happened."""


class CovgateError(Exception):
    """Something that a user can correct.

    `message` says what is wrong, `remedy` what to do; `str()` gives both.
    """

    def __init__(self, message: str, remedy: str = "") -> None:
        super().__init__(message, remedy)
        self.message = message
        self.remedy = remedy

    def __str__(self) -> str:
        return f"{self.message}\n  {self.remedy}" if self.remedy else self.message


class UsageError(CovgateError):
    """Options, settings or paths that cannot be used: known before the first test."""


class SettingsError(UsageError):
    """All errors in the settings at once; `where` is the table or hook, `file` the file that holds it."""

    def __init__(self, errors: Sequence[str], where: str = "[tool.covgate]", *, file: str = "") -> None:
        self.errors = tuple(errors)
        count = "1 error" if len(self.errors) == 1 else f"{len(self.errors)} errors"
        lines = [f"{file}: {count} in {where}" if file else f"{count} in {where}", *self.errors]
        super().__init__("\n  ".join(lines))


class DataError(CovgateError):
    """Coverage data that is absent, unreadable or incomplete: no verdict is possible."""


class ReportError(CovgateError):
    """A report that could not be written."""


def internal_error_text(error: BaseException, environment: Mapping[str, str]) -> str:
    """One line; where `COVGATE_DEBUG` is set, the traceback above it."""
    frames = traceback.extract_tb(error.__traceback__)
    where = f" at {frames[-1].filename}:{frames[-1].lineno}" if frames else ""
    what = " ".join(f"{type(error).__name__}: {error}".split())
    line = f"internal error, no verdict: {what[:500]}{where}; please report it"
    if environment.get(DEBUG_VARIABLE):
        return f"{''.join(traceback.format_exception(error))}{line}"
    return f"{line}, with what {DEBUG_VARIABLE}=1 shows"
