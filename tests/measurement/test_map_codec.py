"""A map comes back from its bytes as it was; other bytes are refused."""

from __future__ import annotations

import json
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from covgate.measurement import map_codec
from covgate.measurement.map_codec import EncodedMap, decode_map, encode_map
from covgate.model.lines import Lines
from covgate.model.test_map import FunctionTests, ModuleTests, TestMap

names = st.text(max_size=8)
lines = st.integers(0, 5000)


@st.composite
def maps(draw: st.DrawFn) -> TestMap:
    tests = draw(st.lists(names, max_size=300, unique=True).map(sorted))
    numbers = st.sets(st.integers(0, len(tests) - 1), max_size=9).map(sorted).map(tuple) if tests else st.just(())

    def function() -> FunctionTests:
        first, body, last = sorted(draw(st.tuples(lines, lines, lines)))
        return FunctionTests(draw(names), first, body, last, draw(numbers), draw(st.booleans()))

    modules = {
        path: ModuleTests(
            functions=tuple(function() for _ in range(draw(st.integers(0, 3)))),
            lines=draw(st.dictionaries(lines, numbers, max_size=5)),
            imported=Lines.of(draw(st.sets(lines, max_size=9))),
            digest=draw(names),
        )
        for path in draw(st.sets(names, max_size=3))
    }
    return TestMap("functions", tuple(tests), modules, draw(st.frozensets(names, max_size=2)))


@given(maps())
def test_a_map_comes_back_as_it_was(known: TestMap) -> None:
    assert decode_map(encode_map(known)) == known


KNOWN = TestMap("first", ("a", "b"), {"a.py": ModuleTests((FunctionTests("f", 1, 2, 300, (0, 1)),), {2: (1,)})})
ENCODED = encode_map(KNOWN)
NAMES = json.loads(zlib.decompress(ENCODED.names))


def packed(document: object) -> bytes:
    return zlib.compress(json.dumps(document).encode())


@pytest.mark.parametrize(
    "encoded",
    [
        pytest.param(ENCODED._replace(numbers=b"no zlib"), id="not compressed"),
        pytest.param(ENCODED._replace(numbers=ENCODED.numbers[:-6]), id="cut short"),
        pytest.param(ENCODED._replace(numbers=zlib.compress(b"\x01")), id="too few numbers"),
        pytest.param(
            ENCODED._replace(numbers=zlib.compress(zlib.decompress(ENCODED.numbers) + b"\x01")), id="too many"
        ),
        pytest.param(ENCODED._replace(numbers=zlib.compress(b"\xff" * 99)), id="a huge number"),
        pytest.param(
            ENCODED._replace(numbers=zlib.compress(b"\x01\x01\xff\xff\xff\x7f\x00\x00\x00")), id="a huge line"
        ),
        pytest.param(ENCODED._replace(names=packed({**NAMES, "tests": ["a"]})), id="a number without a test"),
        pytest.param(ENCODED._replace(names=packed({**NAMES, "tests": ["b", "a"]})), id="tests out of order"),
        pytest.param(ENCODED._replace(names=packed({**NAMES, "tests": [1, 2]})), id="no node ids"),
        pytest.param(ENCODED._replace(names=packed({**NAMES, "basis": "guess"})), id="an unknown basis"),
        pytest.param(ENCODED._replace(names=packed([])), id="not an object"),
    ],
)
def test_what_no_map_was_encoded_as_is_refused(encoded: EncodedMap) -> None:
    with pytest.raises((ValueError, KeyError, TypeError, IndexError)):
        decode_map(encoded)


def test_it_unpacks_only_so_much(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(map_codec, "MOST_BYTES", 10)
    with pytest.raises(ValueError, match="too long"):
        decode_map(ENCODED)


def test_it_is_small() -> None:
    """Twenty thousand tests and four thousand functions with twenty tests each."""
    tests = tuple(sorted(f"tests/test_{number % 200}.py::test_{number}" for number in range(20_000)))
    functions = tuple(
        FunctionTests(f"f{number}", number, number, number, tuple(range(number, number + 20)))
        for number in range(4_000)
    )
    assert encode_map(TestMap("functions", tests, {"a.py": ModuleTests(functions)})).size < 200_000


def test_a_map_that_was_made_to_cost_much_is_refused_at_once() -> None:
    """Anybody who may write notes may write such a map."""
    nested = EncodedMap(zlib.compress(b"[" * 200_000), zlib.compress(b""))
    with pytest.raises(ValueError, match="nested"):
        decode_map(nested)
    names = {"basis": "first", "tests": [], "skipped": [], "failed": [], "outdated": [], "modules": [["a.py", "", []]]}
    overlapping = map_codec._pack([0, 40_000, 4_000_000, *[0] * 39_999])
    with pytest.raises(ValueError, match="overlap"):
        decode_map(EncodedMap(zlib.compress(json.dumps(names).encode()), zlib.compress(overlapping)))
    many = {**names, "modules": [[f"{number}.py", "", []] for number in range(100)]}
    wide = map_codec._pack([0, 2, 1, 4_000_000] * 100)
    with pytest.raises(ValueError, match="too many lines"):
        decode_map(EncodedMap(zlib.compress(json.dumps(many).encode()), zlib.compress(wide)))
