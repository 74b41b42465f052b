"""Which tests run what, in words."""

from __future__ import annotations

import json
from typing import Any

import pytest

from covgate.model.known_tests import KnownTests, SingleTest, Subject
from covgate.reports.known_tests import change_sentences, facts_on_tests, subject_in_words, who_json, who_text

LINES, FUNCTION, MODULE = (
    Subject("a.py", "a", lines=((3, 4), (9, 9))),
    Subject("a.py", "a", function="Cart.total", line=3),
    Subject("a.py", "a"),
)
TWO = ("t.py::one", "t.py::two")


def answer(subject: Subject = LINES, **parts: Any) -> KnownTests:
    return KnownTests(**{"subject": subject, "reached": "tests", "basis": "functions", "tests": TWO, **parts})


@pytest.mark.parametrize(
    ("known", "facts"),
    [
        pytest.param(answer(), [("run by", "t.py::one"), ("", "t.py::two")], id="tests"),
        pytest.param(answer(tests=TWO[:1]), [("run by", "t.py::one (only this test runs it)")], id="one test"),
        pytest.param(
            answer(certain=frozenset(TWO[:1])),
            [("run by", "t.py::one (the first to run it)"), ("", "t.py::two")],
            id="a test that is certain",
        ),
        pytest.param(
            answer(tests=TWO[:1], may_be_more=True),
            [("run by", "t.py::one"), ("", "and perhaps more tests of these files")],
            id="capped",
        ),
        pytest.param(
            answer(tests=TWO[:1], may_be_more=True, basis="first"),
            [("run by", "t.py::one"), ("", "and perhaps more: only the first test of each line is known")],
            id="first tests",
        ),
        pytest.param(
            answer(tests=tuple("abc")), [("run by", "a"), ("", "b"), ("", "... and 1 more test (--all shows them)")]
        ),
        pytest.param(
            answer(singles=(SingleTest("t.py::one", lines=((3, 4),)),), import_only=((1, 1),), unknown=((9, 9),)),
            [
                ("run by", "t.py::one"),
                ("", "t.py::two"),
                ("one test", "lines 3-4: only t.py::one"),
                ("at import", "line 1, in no test"),
                ("not known", "line 9: covered, but which test is not known"),
            ],
            id="lines",
        ),
        pytest.param(
            answer(MODULE, singles=(SingleTest("t", name="f"), SingleTest("u", name="g"))),
            [("run by", "t.py::one"), ("", "t.py::two"), ("one test", "f(): only t"), ("", "g(): only u")],
            id="a module",
        ),
        pytest.param(answer(reached="import", tests=()), [("run by", "no test: runs only at import")], id="import"),
        pytest.param(
            answer(reached="unknown", tests=()), [("run by", "covered, but which test is not known")], id="unknown"
        ),
        pytest.param(answer(reached="never", tests=(), never=((3, 3),)), [("run by", "never ran")], id="never"),
        pytest.param(
            answer(never=((3, 3),)), [("run by", "t.py::one"), ("", "t.py::two"), ("never ran", "line 3")], id="partly"
        ),
        pytest.param(
            answer(reached="outdated", tests=()),
            [("run by", "not known: edited since the tests ran; measure again, with pytest --covgate or coverage run")],
            id="outdated",
        ),
    ],
)
def test_facts(known: KnownTests, facts: list[tuple[str, str]]) -> None:
    assert list(facts_on_tests(known, 2, has_never=True)) == facts


def test_the_text_says_what_it_rests_on_and_that_tests_did_not_run() -> None:
    assert who_text(answer(FUNCTION, partial="-k x"), 200).splitlines() == [
        "a.py Cart.total(), line 3",
        "run by     t.py::one",
        "           t.py::two",
        "known from the functions that each test calls",
        "partial    only a part of the tests ran: -k x",
    ]
    assert "a test may take another way" in who_text(answer(), 200)
    assert "known from the first test of each line" in who_text(answer(basis="first"), 200)
    assert "\x1b" not in who_text(answer(tests=("t.py::\x1b",)))


@pytest.mark.parametrize(
    ("subject", "words"),
    [
        (LINES, "a.py:3-4,9"),
        (FUNCTION, "a.py Cart.total(), line 3"),
        (FUNCTION._replace(line=None), "a.py Cart.total()"),
        (MODULE, "a.py (a)"),
        (Subject("a.html"), "a.html"),
    ],
)
def test_subjects(subject: Subject, words: str) -> None:
    assert subject_in_words(subject) == words


@pytest.mark.parametrize(
    ("known", "sentences"),
    [
        (answer(), ("covered by t.py::one and 1 more",)),
        (answer(tests=TWO[:1]), ("covered by t.py::one alone",)),
        (
            answer(singles=(SingleTest("t.py::two", lines=((3, 3),)),), import_only=((1, 1),), unknown=((8, 9),)),
            (
                "covered by t.py::one and 1 more",
                "line 3 only by t.py::two",
                "line 1 runs only at import",
                "lines 8-9 covered, but which test is not known",
            ),
        ),
        (answer(reached="import", tests=(), import_only=((1, 1), (3, 9))), ("lines 1, 3-9 run only at import",)),
    ],
)
def test_the_change_in_a_few_words(known: KnownTests, sentences: tuple[str, ...]) -> None:
    assert change_sentences(known) == sentences


def test_json() -> None:
    known = answer(FUNCTION, singles=(SingleTest("t", name="f"),), never=((5, 6),), certain=frozenset(TWO))
    document = json.loads(who_json(known))
    assert document == {
        "format": 1,
        "path": "a.py",
        "module": "a",
        "function": "Cart.total",
        "line": 3,
        "lines": [],
        "reached": "tests",
        "tests": list(TWO),
        "certain": list(TWO),
        "may_be_more": False,
        "only_one": [{"test": "t", "function": "f", "lines": []}],
        "import_only": [],
        "unknown": [],
        "never_ran": [[5, 6]],
        "basis": "functions",
        "partial": None,
    }
