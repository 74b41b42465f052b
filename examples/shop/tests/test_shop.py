from __future__ import annotations

from decimal import Decimal

import pytest
from shop.cart import Cart
from shop.catalogue import Catalogue, Product, UnknownProduct
from shop.discounts import percentage, voucher
from shop.legacy.orders import encode
from shop.payments import Declined, pay


class RecordingBank:
    def charge(self, card: str, amount: Decimal) -> str:
        return f"{card}: {amount}"


class DeadBank:
    def charge(self, card: str, amount: Decimal) -> str:
        raise ConnectionError


@pytest.fixture
def catalogue() -> Catalogue:
    return Catalogue([Product("A1", "Apple", Decimal("0.50")), Product("B2", "Bread", Decimal("2.80"))])


def test_a_cart_adds_up(catalogue: Catalogue) -> None:
    cart = Cart(catalogue)
    cart.add("A1", 4)
    cart.add("B2")
    assert cart.total() == Decimal("4.80")
    cart.remove("B2")
    assert cart.total() == Decimal("2.00")


def test_a_cart_refuses_what_is_not_there(catalogue: Catalogue) -> None:
    with pytest.raises(UnknownProduct):
        Cart(catalogue).add("Z9")
    with pytest.raises(ValueError, match="1 or more"):
        Cart(catalogue).add("A1", 0)


def test_two_carts_become_one(catalogue: Catalogue) -> None:
    one, other = Cart(catalogue), Cart(catalogue)
    other.add("A1", 2)
    one.merge(other)
    assert one.total() == Decimal("1.00")


def test_the_cheapest_product(catalogue: Catalogue) -> None:
    assert catalogue.cheapest().sku == "A1"


def test_the_bank_is_charged() -> None:
    assert pay(RecordingBank(), "4711", Decimal(5)) == "4711: 5"


def test_nothing_to_pay() -> None:
    with pytest.raises(ValueError, match="nothing"):
        pay(RecordingBank(), "4711", Decimal(0))


def test_a_dead_bank_declines() -> None:
    with pytest.raises(Declined):
        pay(DeadBank(), "4711", Decimal(5))


def test_a_percentage_is_taken_off() -> None:
    assert percentage(Decimal(200), 10) == 180


def test_the_welcome_voucher() -> None:
    assert voucher(Decimal(200), "WELCOME") == 180


def test_an_old_order() -> None:
    assert encode(7, "A1", 2) == "00000007A1          0002"
