"""Orders in the old system's fixed-width format."""

from __future__ import annotations


def encode(number: int, sku: str, count: int) -> str:
    return f"{number:08d}{sku:<12}{count:04d}"


def decode(line: str) -> tuple[int, str, int]:
    if len(line) != 24:
        raise ValueError("a line has 24 characters")
    return int(line[:8]), line[8:20].rstrip(), int(line[20:])
