"""The projects of docs/plans.md: what their teams have before a plan is put into settings."""

from __future__ import annotations

from collections.abc import Mapping


def module(*functions: str) -> str:
    """Return a module of functions with a branch each."""
    return "".join(
        f"def {name}(amount):\n    if amount < 0:\n        raise ValueError(amount)\n    return amount + {number}\n\n\n"
        for number, name in enumerate(functions)
    )


def suite_of(package: str, *functions: str, errors: bool = True) -> str:
    """Return tests that call these functions, with or without the error that each raises."""
    lines = ["import pytest", f"from {package.rpartition('.')[0]} import {package.rpartition('.')[2]} as tested", ""]
    for name in functions:
        lines += ["", f"def test_{name}():", f"    assert tested.{name}(2) >= 2"]
        if errors:
            lines += ["    with pytest.raises(ValueError):", f"        tested.{name}(-1)"]
        lines.append("")
    return "\n".join(lines)


COMPONENTS = {
    "src/bank/__init__.py": "",
    "src/bank/auth.py": module("login", "logout", "renew", "lock"),
    "src/bank/billing.py": module("invoice", "refund", "remind", "book", "close"),
    "src/bank/cli.py": module("main", "show", "export"),
    "tests/test_auth.py": suite_of("bank.auth", "login", "logout", "renew", "lock"),
    "tests/test_billing.py": suite_of("bank.billing", "invoice", "refund", "remind", "book", errors=False),
    "tests/test_cli.py": suite_of("bank.cli", "main"),
}
PROVISIONER = {
    "src/infra/__init__.py": "",
    "src/infra/provisioner.py": """\
def create(cloud, name):
    machine = cloud.create(name)
    try:
        cloud.wait(machine)
    except TimeoutError:
        clean_up(cloud, machine)
        raise
    return machine


def clean_up(cloud, machine):
    try:
        cloud.delete(machine)
    except OSError:
        cloud.report(machine)
""",
    "tests/test_provisioner.py": """\
from unittest.mock import Mock

import pytest
from infra.provisioner import create


def test_create():
    assert create(Mock(), "a")


def test_a_machine_that_does_not_start_is_deleted():
    cloud = Mock()
    cloud.wait.side_effect = TimeoutError
    with pytest.raises(TimeoutError):
        create(cloud, "a")
    cloud.delete.assert_called_once()
""",
}
DJANGO = {
    "manage.py": """\
import os
import sys
import unittest

if sys.argv[1:] == ["test"]:
    suite = unittest.defaultTestLoader.discover(".", top_level_dir=".")
    runner = unittest.TextTestRunner(stream=open(os.devnull, "w"))
    sys.exit(not runner.run(suite).wasSuccessful())
""",
    "orders/__init__.py": "",
    "orders/models.py": module("total", "ship", "cancel"),
    "orders/management/__init__.py": "",
    "orders/management/commands/__init__.py": "",
    "orders/management/commands/sync.py": module("handle", "fetch"),
    "orders/test_models.py": """\
import unittest

from orders import models
from orders.management.commands import sync


class ModelTest(unittest.TestCase):
    def test_orders(self):
        for function in (models.total, models.ship, models.cancel):
            function(1)
            self.assertRaises(ValueError, function, -1)

    def test_sync(self):
        sync.handle(1)
""",
}
SERVICES = {
    "services/orders/api.py": module("place", "change", "drop"),
    "services/orders/__init__.py": "",
    "services/stock/api.py": module("count", "move"),
    "services/stock/__init__.py": "",
    "tests/test_orders.py": suite_of("services.orders.api", "place", "change", "drop"),
    "tests/test_stock.py": suite_of("services.stock.api", "count", errors=False),
}
FROM_57 = {
    "src/shop/__init__.py": "",
    "src/shop/cart.py": module("add", "remove", "total", "clear", "merge", "split"),
    "src/shop/mail.py": module("send", "retry", "queue", "drop"),
    "src/shop/report.py": module("daily", "weekly", "yearly"),
    "tests/test_cart.py": suite_of("shop.cart", "add", "remove", "total", "clear", "merge", "split"),
    "tests/test_mail.py": suite_of("shop.mail", "send", errors=False),
}
PROJECTS: Mapping[str, Mapping[str, str]] = {
    "1": COMPONENTS,
    "2": PROVISIONER,
    "3": DJANGO,
    "4": SERVICES,
    "5": FROM_57,
}
