"""Rules that make a cart cheaper."""

from __future__ import annotations

from decimal import Decimal


def percentage(total: Decimal, percent: int) -> Decimal:
    if not 0 <= percent <= 100:
        raise ValueError("a percentage is between 0 and 100")
    return total * (100 - percent) / 100


def voucher(total: Decimal, code: str) -> Decimal:
    if code == "WELCOME":
        return percentage(total, 10)
    if code.startswith("MINUS"):
        amount = Decimal(code.removeprefix("MINUS"))
        return max(Decimal(0), total - amount)
    return total


def loyalty(total: Decimal, years: int) -> Decimal:
    if years >= 10:
        return percentage(total, 8)
    if years >= 5:
        return percentage(total, 4)
    return total
