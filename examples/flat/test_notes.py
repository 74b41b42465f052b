from __future__ import annotations

from notes import Notes


def test_a_note_is_found() -> None:
    notes = Notes()
    assert notes.add("Buy milk") == 0
    assert notes.search("MILK") == ["Buy milk"]
