"""What the current branch still has to do, for `covgate init`."""

from __future__ import annotations

from covgate.model.change import PREVIOUS_COMMIT
from covgate.model.missing import lines_reason
from covgate.model.verdict import Verdict
from covgate.reports.text import printable
from covgate.reports.wording import check_in_words, compared_with

MOST = 8


def branch_to_do(verdict: Verdict) -> str:
    """Return lines that say what the change misses of its targets; empty where the change is not known or empty."""
    change = verdict.change
    if change is None or not change.files or change.base_source == PREVIOUS_COMMIT:
        return ""  # what the base branch got last is not this branch's to do
    base = compared_with(change)
    of_the_change = (check for check in verdict.checks if check.scope in ("change", "touched module"))
    failing = [check for check in of_the_change if check.status in ("failed", "error")]
    if not failing:
        return f"this branch, {base}, meets the targets of changed code\n"
    todo = [check_in_words(check, branches=verdict.measured.branches) for check in failing]
    todo += [
        f"{printable(file.path)}: {lines_reason('not covered: ', file.missing)}"
        for file in change.files
        if file.missing
    ]
    more = [f"and {len(todo) - MOST} more: covgate check --all lists them"] if len(todo) > MOST else []
    shown = "".join(f"  {line}\n" for line in [*todo[:MOST], *more])
    return f"this branch, {base}, does not pass yet:\n{shown}"
