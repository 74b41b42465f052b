"""What the shop sells."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True)
class Product:
    sku: str
    name: str
    price: Decimal


class UnknownProduct(LookupError):
    """No product has this number."""


class Catalogue:
    def __init__(self, products: list[Product]) -> None:
        self._products = {product.sku: product for product in products}

    def find(self, sku: str) -> Product:
        try:
            return self._products[sku]
        except KeyError:
            raise UnknownProduct(sku) from None

    def cheapest(self) -> Product:
        return min(self._products.values(), key=lambda product: product.price)
