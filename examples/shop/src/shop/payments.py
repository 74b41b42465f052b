"""Taking money."""

from __future__ import annotations

from decimal import Decimal
from typing import Protocol


class Declined(Exception):
    """The bank said no."""


class Bank(Protocol):
    def charge(self, card: str, amount: Decimal) -> str: ...


def pay(bank: Bank, card: str, amount: Decimal) -> str:
    """Charge `card`; returns the bank's receipt."""
    if amount <= 0:
        raise ValueError("nothing to pay")
    try:
        return bank.charge(card, amount)
    except ConnectionError as error:
        raise Declined("the bank does not answer") from error
