"""Notes as Markdown."""

from __future__ import annotations


def as_markdown(texts: list[str]) -> str:
    return "".join(f"- {text}\n" for text in texts)
