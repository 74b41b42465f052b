"""Which tests run what, in words: for `covgate who`, `covgate explain` and the change in every report."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from covgate.model.known_tests import KnownTests, Reached, Subject
from covgate.model.lines import LineRange
from covgate.model.missing import lines_reason, range_in_words
from covgate.model.remedies import MEASURE_AGAIN
from covgate.model.test_map import Basis
from covgate.model.words import counted
from covgate.reports.text import Quote, labelled, printable

VERSION = 1
TESTS = 20
"""Tests that are listed where not all are asked for."""
NO_MAP = "no map of tests in the data"
WORDS: dict[Reached, str] = {
    "tests": "tests",
    "import": "no test: runs only at import",
    "unknown": "covered, but which test is not known",
    "never": "never ran",
    "nothing": "nothing to cover",
    "outdated": f"not known: edited since the tests ran; {MEASURE_AGAIN}",
}
BASIS_WORDS: dict[Basis, str] = {
    "functions": "the functions that each test calls",
    "contexts": "coverage.py's contexts: the lines that each test runs",
    "first": "the first test of each line; functions are recorded on Python 3.12 and later",
}
MORE: dict[Basis, str] = {
    "functions": "and perhaps more tests of these files",
    "contexts": "and perhaps more",
    "first": "and perhaps more: only the first test of each line is known",
}


def who_text(answer: KnownTests, width: int = 80, limit: int | None = TESTS) -> str:
    """Return the subject, the tests that run it, and what that is known from."""
    facts = [*facts_on_tests(answer, limit, has_never=True), ("known from", rests_on(answer))]
    if answer.partial is not None:
        facts.append(("partial", f"only a part of the tests ran: {answer.partial}"))
    lines = [subject_in_words(answer.subject), *labelled(facts, width)]
    return "".join(f"{printable(line).rstrip()}\n" for line in lines)


def rests_on(answer: KnownTests) -> str:
    """Return what the tests are known from, and where that says less than it may seem to."""
    if is_by_functions(answer):
        return f"{BASIS_WORDS[answer.basis]}; a test may take another way through a function, past these lines"
    return BASIS_WORDS[answer.basis]


def is_by_functions(answer: KnownTests) -> bool:
    """Whether a test is only known to run the function that holds the lines; where it is the only one, it ran them."""
    return bool(answer.subject.lines) and answer.basis == "functions" and len(answer.tests) > 1


def subject_in_words(subject: Subject) -> str:
    """`src/shop/cart.py:12-14`, `src/shop/cart.py Cart.total(), line 12`, or `src/shop/cart.py (shop.cart)`."""
    if subject.lines:
        return f"{subject.path}:{','.join(map(range_in_words, subject.lines))}"
    if subject.function is not None:
        line = "" if subject.line is None else f", line {subject.line}"
        return f"{subject.path} {subject.function}{'' if subject.is_class else '()'}{line}"
    return f"{subject.path} ({subject.module})" if subject.module else subject.path


def facts_on_tests(answer: KnownTests, limit: int | None, *, has_never: bool = False) -> Iterator[tuple[str, str]]:
    """Yield a label and a text for each test, and for each group of lines that no test is known to run."""
    shown = answer.tests if limit is None else answer.tests[:limit]
    for number, test in enumerate(shown):
        yield "" if number else "run by", f"{test}{_remark(test, answer)}"
    if not shown:
        yield "run by", WORDS[answer.reached]
    if len(shown) < len(answer.tests):
        yield "", f"... and {counted(len(answer.tests) - len(shown), 'more test')} (--all shows them)"
    if answer.may_be_more:
        yield "", MORE[answer.basis]
    if len(answer.tests) > 1 or not answer.subject.lines:
        for number, single in enumerate(answer.singles):
            name = f"{single.name}()" if single.name else _lines(single.lines)
            yield "" if number else "one test", f"{name}: only {single.test}"
    if answer.reached == "tests":
        if answer.import_only:
            yield "at import", f"{_lines(answer.import_only)}, in no test"
        if answer.unknown:
            yield "not known", f"{_lines(answer.unknown)}: {WORDS['unknown']}"
    if has_never and answer.never and answer.reached not in ("never", "outdated"):
        yield "never ran", _lines(answer.never)


def _remark(test: str, answer: KnownTests) -> str:
    if answer.is_single:
        return " (only this test runs it)"
    return " (the first to run it)" if test in answer.certain and answer.basis != "contexts" else ""


def change_sentences(answer: KnownTests, quote: Quote = printable) -> tuple[str, ...]:
    """Say, in a few words each, which tests run the covered changed lines of a file, and which lines none runs."""
    sentences = []
    if answer.tests:
        more = f" and {len(answer.tests) - 1} more" if len(answer.tests) > 1 else ""
        alone = " alone" if answer.is_single else ""
        sentences.append(f"covered by {quote(answer.tests[0])}{more}{alone}")
        for single in answer.singles if len(answer.tests) > 1 else ():
            sentences.append(f"{_lines(single.lines)} only by {quote(single.test)}")
    if answer.import_only:
        runs = "runs" if _is_one(answer.import_only) else "run"
        sentences.append(f"{_lines(answer.import_only)} {runs} only at import")
    if answer.unknown:
        sentences.append(f"{_lines(answer.unknown)} {WORDS['unknown']}")
    return tuple(sentences)


def who_json(answer: KnownTests) -> str:
    """Return one JSON object in ASCII, ended by a newline; see docs/json.md."""
    return json.dumps({"format": VERSION, **answer_document(answer)}, indent=2) + "\n"


def answer_document(answer: KnownTests) -> dict[str, Any]:
    """Return an answer as `covgate who --json` has it."""
    subject = answer.subject
    return {
        "path": subject.path,
        "module": subject.module,
        "function": subject.function,
        "line": subject.line,
        "lines": _pairs(subject.lines),
        "reached": answer.reached,
        "tests": list(answer.tests),
        "certain": sorted(answer.certain),
        "may_be_more": answer.may_be_more,
        "only_one": [
            {"test": one.test, "function": one.name or None, "lines": _pairs(one.lines)} for one in answer.singles
        ],
        "import_only": _pairs(answer.import_only),
        "unknown": _pairs(answer.unknown),
        "never_ran": _pairs(answer.never),
        "basis": answer.basis,
        "partial": answer.partial,
    }


def _pairs(ranges: Sequence[LineRange]) -> list[list[int]]:
    return [list(lines) for lines in ranges]


def _lines(ranges: Sequence[LineRange]) -> str:
    return str(lines_reason("", ranges))


def _is_one(ranges: Sequence[LineRange]) -> bool:
    return len(ranges) == 1 and ranges[0][0] == ranges[0][1]
