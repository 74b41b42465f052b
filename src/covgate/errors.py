"""One root for what can go wrong; each error says what is wrong and what to do about it."""

from __future__ import annotations

import traceback
from collections.abc import Mapping, Sequence
from typing import Literal, TypeAlias

DEBUG_VARIABLE = "COVGATE_DEBUG"
"""Set to anything, it shows where an internal error happened."""


ErrorName: TypeAlias = Literal[
    # the data
    "no-data",
    "data-not-combined",
    "data-unreadable",
    "data-incomplete",
    "data-committed",
    "nothing-measured",
    "branches-not-measured",
    "source-unreadable",
    "coverage-plugin",
    "no-test-map",
    # the data is of something else
    "data-outdated",
    "part-of-the-tests",
    "tests-failed",
    "other-options",
    "other-source",
    # settings
    "settings",
    "settings-root",
    "settings-not-edited",
    "coverage-settings",
    "no-source",
    "dead-pattern",
    "ambiguous-target",
    "accepted-gap",
    # options and arguments
    "option-value",
    "option-conflict",
    "missing-package",
    "unknown-module",
    "ambiguous-name",
    "cannot-accept",
    # the change
    "no-base",
    "shallow-clone",
    "no-repository",
    "git-failed",
    "repository-refused",
    "diff-unusable",
    # the history
    "no-record",
    "not-comparable",
    "unknown-revision",
    "record-unreadable",
    "record-commit",
    "history-off",
    "history-refused",
    "history-locked",
    "history-damaged",
    "remote-failed",
    # reports and other files
    "report-format",
    "report-path",
    "file-not-written",
    # covgate itself
    "internal-error",
]
"""The name of a problem and of what to do about it: docs/errors.md has a section on each, in this order."""


class CovgateError(Exception):
    """Something that a user can correct.

    `name` is that of a section of docs/errors.md, `message` says what is wrong, `remedy` what to do; `str()` gives all.
    """

    def __init__(self, name: ErrorName, message: str, remedy: str = "") -> None:
        super().__init__(name, message, remedy)
        self.name: ErrorName = name
        self.message = message
        self.remedy = remedy

    def __str__(self) -> str:
        message = with_name(self.message, self.name)
        return f"{message}\n  {self.remedy}" if self.remedy else message


class UsageError(CovgateError):
    """Options, settings or paths that cannot be used: known before the first test."""


class SettingsError(UsageError):
    """All errors in the settings at once; `where` is the table or hook, `file` the file that holds it."""

    def __init__(self, errors: Sequence[str], where: str = "[tool.covgate]", *, file: str = "") -> None:
        self.errors = tuple(errors)
        count = "1 error" if len(self.errors) == 1 else f"{len(self.errors)} errors"
        lines = [f"{file}: {count} in {where}" if file else f"{count} in {where}", *self.errors]
        super().__init__("settings", "\n  ".join(lines))


class DataError(CovgateError):
    """Coverage data that is absent, unreadable or incomplete: no verdict is possible."""


class ReportError(CovgateError):
    """A report that could not be written."""


def with_name(text: str, name: ErrorName | None) -> str:
    """Put the name of an error at the end of the first line of what is printed of it; None leaves the text alone."""
    if name is None:
        return text
    first, newline, rest = text.partition("\n")
    return f"{first}  [{name}]{newline}{rest}"


def internal_error_text(error: BaseException, environment: Mapping[str, str]) -> str:
    """One line; where `COVGATE_DEBUG` is set, the traceback above it."""
    frames = traceback.extract_tb(error.__traceback__)
    where = f" at {frames[-1].filename}:{frames[-1].lineno}" if frames else ""
    what = " ".join(f"{type(error).__name__}: {error}".split())
    line = f"internal error, no verdict: {what[:500]}{where}; please report it"
    if environment.get(DEBUG_VARIABLE):
        return f"{''.join(traceback.format_exception(error))}{with_name(line, 'internal-error')}"
    return with_name(f"{line}, with what {DEBUG_VARIABLE}=1 shows", "internal-error")
