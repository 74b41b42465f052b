"""Names in a sentence, not more than a line of them."""

from __future__ import annotations

from collections.abc import Sequence

MOST = 3


def named(names: Sequence[str]) -> str:
    """The first of them, and how many more there are."""
    if len(names) <= MOST:
        return ", ".join(names)
    return f"{', '.join(names[:MOST])} and {len(names) - MOST} more"
