"""Which change is asked for, and by whom."""

from __future__ import annotations
