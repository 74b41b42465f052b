"""Data of another source than the one that the settings name: its percentages are those of something else."""

from __future__ import annotations

from collections.abc import Sequence

from covgate.judge.naming import named
from covgate.model.remedies import MEASURE_AGAIN
from covgate.model.snapshot import Snapshot

MEASURE_THE_SOURCE = f"set source in coverage.py's settings to the same, and {MEASURE_AGAIN}"


def describe_misfit(snapshot: Snapshot, source: Sequence[str]) -> str | None:
    """Return what is wrong with data that is not of `source`; None where it fits, or where a record says that it does.

    `pytest --covgate` measures what `[tool.covgate] source` names; `coverage run` does not know that table.
    """
    parts = []
    if snapshot.lacking:
        parts.append(f"lacks {named(snapshot.lacking)}")
    if snapshot.beyond:
        parts.append(f"holds {named(snapshot.beyond)}")
    if not parts:
        return None
    names = ", ".join(f'"{name}"' for name in source)
    return f"the data was not measured with source = [{names}]: it {', and '.join(parts)}"
