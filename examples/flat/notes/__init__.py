"""Notes that can be searched."""

from __future__ import annotations

from notes.store import Notes

__all__ = ["Notes"]
