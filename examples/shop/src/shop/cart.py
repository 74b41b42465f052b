"""What a customer is about to buy."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal

from shop.catalogue import Catalogue


class Cart:
    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._counts: Counter[str] = Counter()

    def add(self, sku: str, count: int = 1) -> None:
        if count < 1:
            raise ValueError("count must be 1 or more")
        self._catalogue.find(sku)
        self._counts[sku] += count

    def remove(self, sku: str) -> None:
        del self._counts[sku]

    def total(self) -> Decimal:
        prices = (self._catalogue.find(sku).price * count for sku, count in self._counts.items())
        return sum(prices, Decimal(0))

    def merge(self, other: Cart) -> None:
        for sku, count in other._counts.items():
            self.add(sku, count)
