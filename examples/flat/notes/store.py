"""Keeping notes in memory."""

from __future__ import annotations


class Notes:
    def __init__(self) -> None:
        self._texts: list[str] = []

    def add(self, text: str) -> int:
        self._texts.append(text)
        return len(self._texts) - 1

    def search(self, word: str) -> list[str]:
        return [text for text in self._texts if word.casefold() in text.casefold()]

    def forget(self, number: int) -> None:
        try:
            del self._texts[number]
        except IndexError:
            raise LookupError(f"there is no note {number}") from None
