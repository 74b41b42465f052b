"""Generated texts of pyproject.toml: one document in the many forms that TOML has for it."""

from __future__ import annotations

import json
import random
from typing import Any, TypeVar

from hypothesis import strategies as st

T = TypeVar("T")
NAMES = ["a", "a.b", "src/x.py", "shop.**", 'q"uote', "it's", "ü", "total", "target"]
DECOYS = ["plain", "[tool.covgate]\ntotal = 1\n", "# no comment", 'say "a.b" = 1', "back\\slash", ""]

numbers = st.integers(0, 100) | st.sampled_from([57.5, 0.5, 99.9])
targets = (
    numbers | st.just(False) | st.fixed_dictionaries({"target": numbers}, optional={"max_missing": st.integers(0, 9)})
)
entries = st.fixed_dictionaries(
    {"module": st.sampled_from(NAMES), "reason": st.sampled_from(DECOYS)}, optional={"lines": st.integers(1, 9)}
)
settings = st.fixed_dictionaries(
    {"total": numbers},
    optional={
        "source": st.lists(st.sampled_from(NAMES), min_size=1, max_size=3),
        "targets": st.dictionaries(st.sampled_from(NAMES), targets, min_size=1, max_size=3),
        "components": st.dictionaries(
            st.sampled_from(NAMES),
            st.fixed_dictionaries({"modules": st.lists(st.sampled_from(NAMES), max_size=2), "target": numbers}),
            min_size=1,
            max_size=2,
        ),
        "accept": st.lists(entries, min_size=1, max_size=2),
    },
)
others = st.dictionaries(
    st.sampled_from(["x", "total", "a b", "covgates"]),
    st.sampled_from([1, *DECOYS, [1, [2]], {"total": 3}, [{"y": 1}]]),
    max_size=2,
)


@st.composite
def texts(draw: st.DrawFn) -> str:
    """A pyproject.toml with `[tool.covgate]`; every comment in it is `#` with a number of its own."""
    tool = {"covgate": draw(settings), "other": draw(others)}
    writer = _Writer(random.Random(draw(st.integers(0, 2**32))))  # drawing every choice takes ten times as long
    text = writer.write({"project": draw(others), "tool": tool, "z": draw(others)})
    if draw(st.booleans()):
        text = text.replace("\n", "\r\n")
    return ("\ufeff" if draw(st.booleans()) else "") + text


class _Writer:
    def __init__(self, choice: random.Random) -> None:
        self.choice = choice
        self.comments = 0

    def one_of(self, *choices: T) -> T:
        return self.choice.choice(choices)

    def write(self, document: dict[str, Any]) -> str:
        blocks: list[str] = []
        top = "".join(self.lines((), document, blocks))
        self.choice.shuffle(blocks)
        return (top + "".join(blocks)).removesuffix(self.one_of("", "\n"))

    def lines(self, path: tuple[str, ...], table: dict[str, Any], blocks: list[str]) -> list[str]:
        """What stands below a header; tables with a header of their own go to `blocks`."""
        lines = []
        for key, value in self.choice.sample(list(table.items()), len(table)):
            form = self.one_of("header", "inline", "dotted")
            if isinstance(value, dict) and form == "header":
                self.section((*path, key), value, blocks)
            elif isinstance(value, list) and value and isinstance(value[0], dict) and form == "header":
                header = self.header((*path, key), "[[", "]]")
                inner: list[str] = []
                block = "".join(header + "".join(self.lines((*path, key), item, inner)) for item in value)
                blocks.append(block)
                assert not inner, "the items of arrays hold no tables"
            else:
                lines += self.dotted((key,), value, is_dotted=form == "dotted")
        return lines

    def section(self, path: tuple[str, ...], table: dict[str, Any], blocks: list[str]) -> None:
        before = len(blocks)
        lines = self.lines(path, table, blocks)
        if lines or len(blocks) == before or self.one_of(True, False):
            blocks.append(self.header(path, "[", "]") + "".join(lines))

    def header(self, path: tuple[str, ...], opening: str, closing: str) -> str:
        space = self.one_of("", " ")
        return f"{self.above()}{space}{opening}{space}{self.key(path)}{space}{closing}{self.behind()}\n"

    def dotted(self, path: tuple[str, ...], value: Any, *, is_dotted: bool) -> list[str]:
        if isinstance(value, dict) and value and is_dotted:
            deeper = self.one_of(True, False)
            return [line for key, one in value.items() for line in self.dotted((*path, key), one, is_dotted=deeper)]
        indent, space = self.one_of("", "  "), self.one_of("", " ")
        return [f"{self.above()}{indent}{self.key(path)}{space}={space}{self.value(value)}{self.behind()}\n"]

    def above(self) -> str:
        return self.one_of("", "", "\n", f"{self.comment()}\n", f"\n{self.comment()}\n\n")

    def behind(self) -> str:
        return self.one_of("", "", f" {self.comment()}")

    def comment(self) -> str:
        self.comments += 1
        return f"#{self.comments} [tool.covgate] total = 1"

    def key(self, path: tuple[str, ...]) -> str:
        return self.one_of(".", ".", " . ").join(map(self.segment, path))

    def segment(self, name: str) -> str:
        forms = [json.dumps(name), json.dumps(name, ensure_ascii=False)]
        forms += [f"'{name}'"] if "'" not in name else []
        forms += [f'"\\u{ord(name[0]):04x}{json.dumps(name, ensure_ascii=False)[2:]}'] if name[0] not in '"\\' else []
        forms += [name] * 4 if name.isascii() and name.isalnum() else []
        return self.one_of(*forms)

    def value(self, value: Any) -> str:
        if isinstance(value, bool):
            return "true" if value else "false"
        if isinstance(value, int):
            return self.one_of(str(value), str(value), hex(value), f"+{value}", "_".join(str(value)), f"{value}.0")
        if isinstance(value, float):
            return self.one_of(str(value), f"{value}0", f"{value * 10}e-1", f"+{value}")
        if isinstance(value, str):
            return self.string(value)
        if isinstance(value, dict):
            return self.inline_table(value)
        return self.array(value)

    def string(self, value: str) -> str:
        forms = [json.dumps(value), '"""\n' + json.dumps(value)[1:-1].replace("\\n", "\n") + '"""']
        if "'" not in value:
            forms += [f"'''\n{value}'''"] + ([f"'{value}'"] if "\n" not in value else [])
        return self.one_of(*forms)

    def inline_table(self, value: dict[str, Any]) -> str:
        pairs = []
        for key, inner in value.items():
            if isinstance(inner, dict) and inner and self.one_of(True, False):
                pairs += [f"{self.key((key, below))}={self.value(one)}" for below, one in inner.items()]
            else:
                pairs.append(f"{self.key((key,))} = {self.value(inner)}")
        space = self.one_of("", " ")
        return "{" + space + self.one_of(",", ", ").join(pairs) + space + "}"

    def array(self, value: list[Any]) -> str:
        items = [self.value(item) for item in value]
        if not self.one_of(True, False):
            return f"[{', '.join(items)}{self.one_of('', ',') if items else ''}]"
        lines = [f"  {item},{self.behind()}\n" for item in items[:-1]]
        lines += [f"  {item}{self.one_of('', ',')}{self.behind()}\n" for item in items[-1:]]
        return f"[{self.behind()}\n{''.join(lines)}{self.one_of('', ' ')}]"
