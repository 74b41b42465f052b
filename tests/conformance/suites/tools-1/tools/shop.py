"""Functions that tests with other tools run."""

from __future__ import annotations

import datetime
import time


def add(a: int, b: int) -> int:
    return a + b


def today() -> datetime.date:
    return datetime.date.today()


def wait(seconds: float) -> float:
    time.sleep(seconds)
    return seconds


def profiled(n: int) -> int:
    total = 0
    for number in range(n):
        total = add(total, number)
    return total


def traced(n: int) -> int:
    return n * 2


def debugged(n: int) -> int:
    return n * 3


async def fetch(n: int) -> int:
    return await answer(n)


async def answer(n: int) -> int:
    return n + 1


async def stream(n: int):
    for number in range(n):
        yield await answer(number)


def only_hypothesis(text: str) -> str:
    return text[::-1]


def in_thread(n: int) -> int:
    return n + 5


class Ledger:
    def __init__(self) -> None:
        self.rows: list[int] = []

    def book(self, row: int) -> None:
        self.rows.append(row)

    @property
    def total(self) -> int:
        return sum(self.rows)
