"""Reads the source of lines that lost their coverage: they are unchanged, so nobody has read their files yet."""

from __future__ import annotations

import io
import tokenize
from collections.abc import Iterator
from pathlib import Path

from covgate.files import read_ordinary
from covgate.model.comparison import Comparison, LostLine
from covgate.model.snapshot import Snapshot

MOST = 200
"""Lines that are read; a project that lost more reads these first."""


def read_lost_lines(comparison: Comparison | None, snapshot: Snapshot, root: Path) -> tuple[LostLine, ...]:
    """Return the first lost lines by path, with their text; empty text where a file cannot be read."""
    lost: list[LostLine] = []
    missing = {module.path: module.missing for module in snapshot.modules}
    for module in comparison.modules if comparison is not None else ():
        if len(lost) >= MOST:
            break
        if module.lost:
            text = snapshot.text_of(module.path).lines or tuple(_read_lines(root / module.path))
            for number in module.lost:
                line = text[number - 1] if number <= len(text) else ""
                lost.append(LostLine(module.path, number, line, is_partial=number not in missing[module.path]))
    return tuple(lost[:MOST])


def _read_lines(file: Path) -> Iterator[str]:
    """Yield the lines as Python counts them: at line ends of every kind, and no other character."""
    try:
        content = read_ordinary(file)
        encoding, _ = tokenize.detect_encoding(io.BytesIO(content).readline)
    except (OSError, SyntaxError):
        return
    text = content.decode(encoding, "replace").removeprefix("\ufeff")
    yield from text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
