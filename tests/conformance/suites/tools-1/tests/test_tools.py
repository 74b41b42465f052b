import cProfile
import io
import pdb
import sys
import threading
import unittest

import pytest
from freezegun import freeze_time
from hypothesis import given
from hypothesis import strategies as st
from tools import shop


@given(st.text())
def test_hypothesis(text):
    assert shop.only_hypothesis(shop.only_hypothesis(text)) == text


@freeze_time("2020-02-29")
def test_freezegun():
    assert shop.today().day == 29


@pytest.mark.timeout(5)
def test_timeout():
    assert shop.wait(0.01) == 0.01


@pytest.mark.timeout(5, method="thread")
def test_timeout_in_a_thread():
    assert shop.wait(0.01) == 0.01


def test_profile():
    profile = cProfile.Profile()
    assert profile.runcall(shop.profiled, 5) == 10


def test_trace():
    seen = []
    assert shop.traced(1) == 2
    before = sys.gettrace()
    sys.settrace(lambda frame, event, _: seen.append(event))
    try:
        shop.traced(2)
    finally:
        sys.settrace(before)
    assert shop.traced(3) == 6


def test_debugger():
    before = sys.gettrace()
    assert shop.debugged(1) == 3
    debugger = pdb.Pdb(stdin=io.StringIO("step\nstep\ncontinue\n"), stdout=io.StringIO(), nosigint=True, readrc=False)
    debugger.runcall(shop.debugged, 2)
    sys.settrace(before)
    assert shop.debugged(3) == 9


def test_thread():
    found = []
    thread = threading.Thread(target=lambda: found.append(shop.in_thread(1)))
    thread.start()
    thread.join()
    assert found == [6]


class LedgerTest(unittest.TestCase):
    def setUp(self):
        self.ledger = shop.Ledger()

    def test_rows(self):
        for number in range(3):
            with self.subTest(number=number):
                self.ledger.book(number)
        assert self.ledger.total == 3

    def test_nothing(self):
        assert self.ledger.total == 0
