"""Random Python modules with every kind of statement that a change can touch. All of their loops end."""

from __future__ import annotations

from random import Random

Lines = list[str]

# The code under test uses these helpers. They stand beside the tests, where nothing measures them.
KIT = '''
"""What generated modules and their tests use."""

import asyncio
import importlib
import inspect


def add(a, b):
    return a + b


def plain(function):
    return function


def marked(*values):
    return plain


async def pause():
    await asyncio.sleep(0)


async def ticks(count):
    for tick in range(count):
        yield tick


class Room:
    """A context that swallows exceptions where its number is odd."""

    def __init__(self, number):
        self.number = number

    def __enter__(self):
        return self

    def __exit__(self, *error):
        return self.number % 2 == 1

    async def __aenter__(self):
        return self

    async def __aexit__(self, *error):
        return self.number % 2 == 1


def drive(module, name, *args):
    """Call whatever bears the name, and let nothing it does fail the test."""
    try:
        thing = importlib.import_module(module)
        for part in name.split("."):
            thing = thing() if inspect.isclass(thing) else thing
            thing = getattr(thing, part)
        result = thing(*args) if callable(thing) else thing
        if inspect.iscoroutine(result):
            result = asyncio.run(result)
        if inspect.isgenerator(result):
            list(result)
    except Exception:
        pass
'''


def indent(lines: Lines) -> Lines:
    return [f"    {line}" if line else line for line in lines]


class Author:
    """Writes code. What it writes depends on the numbers of `random` alone."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.names = 0

    def name(self, stem: str) -> str:
        self.names += 1
        return f"{stem}{self.names}"

    def number(self) -> int:
        return self.random.randint(1, 9)

    def chance(self, share: float) -> bool:
        return self.random.random() < share

    def condition(self) -> str:
        n, m = self.number(), self.number()
        return self.random.choice(
            (f"x > {n}", f"x % {n} == 0", "y", f"not (x - {n})", f"x > {n} and y", f"{n} < x < {m + 3}", f"x == {n}")
        )

    # Statements on their own

    def simple(self) -> Lines:
        """A statement on one line that does not leave the function."""
        n, m = self.number(), self.number()
        return [
            self.random.choice(
                (
                    f"y = x + {n}",
                    f"y += {n}",
                    f"x, y = y, {n}",
                    f"assert x != {n}, 'not {m}'",
                    f"z = [i * {n} for i in range(4) if i != {m}]",
                    f"z = {{i: {n} for i in range(3)}}",
                    f"text = '# {n} is no comment'",
                    f"y = x; z = {n}",
                    f"step = lambda v: v + {n}",
                    f"y = (lambda v: v - {n})(x)",
                    f"y = x - {n}  # for {m} reasons",
                    f"y = {n} if x > {m} else x",
                    f"y = {n}  # pragma: no cover",
                    "import math",
                    "pass",
                )
            )
        ]

    def long(self) -> Lines:
        """A statement on several lines."""
        n, m = self.number(), self.number()
        return self.random.choice(
            (
                ["y = add(", "    x,", f"    {n},", ")"],
                ["y = add(", f"    add(x, {n}),", "    # a comment within", f"    b={m},", ")"],
                ["y = (", "    x", f"    + {n}", ")"],
                ["z = [", "    i", f"    for i in range({n})", f"    if i % {m}", "]"],
                ['text = """first', f"# {n} is no comment", "", '"""'],
                ["z = {", f"    'a': {n},", "    'b': [", f"        {m},", "    ],", "}"],
                ["step = lambda v: (", f"    v + {n}", ")"],
                ["y = x + \\", f"    {n}"],
                [f"assert add(x, {n}), (", f"    'not {m}'", ")"],
            )
        )

    def ending(self, loop: bool) -> Lines:
        """A statement that leaves the block."""
        n = self.number()
        choices = [["return y"], ["return (", "    y,", f"    {n},", ")"], [f"raise ValueError({n})"]]
        choices.append(["raise NotImplementedError"])
        if loop:
            choices += [["break"], ["continue"]] * 2
        return self.random.choice(choices)

    # Blocks

    def block(self, depth: int, *, loop: bool = False, ends: bool = True, waits: bool = False) -> Lines:
        """The body of a compound statement, not indented: a simple statement first, then anything."""
        lines = [*self.remark(), *self.simple()]
        for _ in range(self.random.randint(0, 2)):
            lines += self.remark()
            kind = self.random.random()
            if kind < 0.45 and depth > 0:
                lines += self.compound(depth - 1, loop=loop, ends=ends, waits=waits)
            else:
                lines += self.long() if kind > 0.75 else self.simple()
        if ends and self.chance(0.25):
            lines += self.ending(loop)
        return lines

    def remark(self) -> Lines:
        """Now and then a comment or a blank line."""
        return self.random.choices(([], [""], [f"# remark {self.number()}"]), (8, 1, 1))[0]

    def compound(self, depth: int, *, loop: bool, ends: bool, waits: bool) -> Lines:
        makers = [self.choice, self.choice, self.counting, self.waiting, self.attempt, self.context, self.matching]
        if self.chance(0.15):
            return self.function(depth, nested=True)
        return self.random.choice(makers)(depth, loop=loop, ends=ends, waits=waits)

    def choice(self, depth: int, **where: bool) -> Lines:
        if self.chance(0.1):
            return [f"if {self.condition()}: y = {self.number()}"]
        header = [f"if {self.condition()}:"]
        if self.chance(0.25):
            header = ["if (", f"    x > {self.number()}", f"    or {self.condition()}", "):"]
        pragma = self.random.choices(("", "  # pragma: no cover", "  # pragma: no branch"), (10, 1, 1))[0]
        header[-1] += pragma
        lines = [*header, *indent(self.block(depth, **where))]
        for _ in range(self.random.choice((0, 0, 1, 2))):
            lines += [f"elif {self.condition()}:", *indent(self.block(depth, **where))]
        if self.chance(0.4):
            lines += ["else:", *self.remark(), *indent(self.block(depth, **where))]
        return lines

    def counting(self, depth: int, *, loop: bool, ends: bool, waits: bool) -> Lines:
        del loop
        head = f"async for i in ticks({self.number() % 4}):" if waits and self.chance(0.5) else "for i in range(3):"
        if head.startswith("for") and self.chance(0.3):
            head = f"for i in range(x % {self.number()}):"
        lines = [head, *indent(self.block(depth, loop=True, ends=ends, waits=waits))]
        if self.chance(0.3):
            lines += ["else:", *indent(self.block(depth, ends=ends, waits=waits))]
        return lines

    def waiting(self, depth: int, *, loop: bool, ends: bool, waits: bool) -> Lines:
        """A `while` that ends: whatever its body does, its own counter falls first."""
        del loop
        left = self.name("left")
        body = [f"{left} -= 1", *self.block(depth, loop=True, ends=ends, waits=waits)]
        lines = [f"{left} = {self.number() % 4}", f"while {left} > 0:", *indent(body)]
        if self.chance(0.3):
            lines += ["else:", *indent(self.block(depth, ends=ends, waits=waits))]
        return lines

    def attempt(self, depth: int, **where: bool) -> Lines:
        lines = ["try:", *indent(self.block(depth, **where))]
        handlers = self.random.choice(
            (["ValueError"], ["(TypeError, AssertionError) as error"], ["ValueError", "Exception"], [])
        )
        for caught in handlers:
            lines += [f"except {caught}:", *indent(self.block(depth, **where))]
        if handlers and self.chance(0.3):
            lines += ["else:", *indent(self.block(depth, **where))]
        if not handlers or self.chance(0.3):
            lines += ["finally:", *indent(self.block(0, ends=False))]
        return lines

    def context(self, depth: int, **where: bool) -> Lines:
        n = self.number()
        header = [f"with Room({n}):"]
        if self.chance(0.3):
            header = ["with (", f"    Room({n}) as a,", f"    Room({self.number()}),", "):"]
        if where["waits"] and self.chance(0.5):
            header = [f"async with Room({n}) as a:"]
        return [*header, *indent(self.block(depth, **where))]

    def matching(self, depth: int, **where: bool) -> Lines:
        lines = [f"match x % {self.number()}:"]
        heads = [
            ["case 0:"],
            [f"case 1 | 2 if y > {self.number()}:"],
            ["case (", "    3", "    | 4", "):"],
            ["case int():"],
        ]
        for head in self.random.sample(heads[:3], self.random.randint(1, 3)) + heads[3:] * self.chance(0.2):
            lines += indent([*head, *indent(self.block(depth, **where))])
        if self.chance(0.4):
            lines += indent(["case _:", *indent(self.block(depth, **where))])
        return lines

    # Definitions

    def signature(self, name: str, first: Lines) -> Lines:
        parameters = [*first, "x=1", f"y={self.number()}"]
        if self.chance(0.3):
            return [f"def {name}(", *(f"    {parameter}," for parameter in parameters), "):"]
        return [f"def {name}({', '.join(parameters)}):"]

    def decorators(self) -> Lines:
        marked = ["@marked(", f"    {self.number()},", ")"]
        return self.random.choices(([], ["@plain"], marked, ["@plain", *marked]), (8, 2, 1, 1))[0]

    def docstring(self) -> Lines:
        n = self.number()
        return self.random.choices(([], [f'"""Say {n}."""'], ['"""Say', "", f"# {n} things.", '"""']), (4, 2, 2))[0]

    def function(self, depth: int, *, method: bool = False, nested: bool = False, name: str = "") -> Lines:
        """A function, perhaps async, a generator or excluded."""
        waits = self.chance(0.15)
        header = self.signature(name or self.name("inner" if nested else "f"), ["self"] if method else [])
        if waits:
            header[0] = f"async {header[0]}"
        if self.chance(0.05):
            header[-1] += "  # pragma: no cover"
        body = self.docstring()
        if not nested and not method and self.chance(0.15):
            body += ["global COUNT", f"COUNT += {self.number()}"]
        if self.chance(0.1):
            body += ["note: int"]
        body += self.block(depth, waits=waits)
        for _ in range(self.random.randint(0, 2)):
            body += self.compound(depth, loop=False, ends=True, waits=waits)
        if self.chance(0.2):
            body += ["await pause()"] if waits else ["yield x", f"yield {self.number()}"]
        return [*self.decorators(), *header, *indent(body)]

    def a_class(self, depth: int) -> Lines:
        bases = self.random.choice(("", "(object)", "(\n    object,\n)"))
        lines = [*self.decorators(), *f"class {self.name('C')}{bases}:".split("\n"), *indent(self.docstring())]
        lines += indent([f"limit = {self.number()}", *(["note: int"] if self.chance(0.3) else [])])
        for _ in range(self.random.randint(1, 3)):
            lines += ["", *indent(self.function(depth, method=True, name=self.name("m")))]
        if self.chance(0.3):
            lines += ["", *indent(["@property", f"def {self.name('m')}(self):", f"    return {self.number()}"])]
        return lines

    def module(self) -> str:
        """The text of a module with one to four definitions."""
        lines = [*self.docstring(), "from kit import Room, add, marked, pause, plain, ticks", ""]
        lines += [f"COUNT = {self.number()}", "DEBUG = False"]
        for _ in range(self.random.randint(1, 4)):
            lines += ["", "", *self.remark()]
            lines += self.a_class(1) if self.chance(0.25) else self.function(self.random.randint(0, 2))
            if self.chance(0.15):
                lines += ["", "", *self.at_the_top()]
        return "\n".join(lines) + "\n"

    def at_the_top(self) -> Lines:
        """Statements of a module outside of functions."""
        n = self.number()
        return self.random.choice(
            (
                ["if DEBUG:", f"    COUNT = {n}", f"    LEVEL = {n}"],
                ["try:", "    import missing_library", "except ImportError:", "    missing_library = None"],
                ["for index in (", "    1,", f"    {n},", "):", "    COUNT += index"],
                ['if __name__ == "__main__":', f"    print({n})"],
                ["TABLE = {", f"    'a': {n},", f"    'b': lambda v: v + {n},", "}"],
                [f"LEVEL = {n}", f"if COUNT > {n}:", "    LEVEL = 0", "else:", "    LEVEL = 1"],
            )
        )
