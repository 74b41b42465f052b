"""A generated project: a real git repository with a base, a change, settings and tests, all from one seed."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

from .change import CLEAN
from .code import KIT, Author
from .edits import edit
from .patterns import module_of
from .settings import as_toml, random_settings

# What somebody may have in a git configuration of their own; the verdict must not depend on it.
CONFIGURATION = """
[user]
    name = Somebody
    email = somebody@example.invalid
[init]
    defaultBranch = main
[diff]
    noprefix = true
    mnemonicPrefix = true
    renames = false
    algorithm = patience
    interHunkContext = 4
[color]
    ui = always
"""
IGNORED = ".coverage\n.coverage.*\n.covgate/\n__pycache__/\n/*.json\n"
OUTSIDE = "def outside(x):\n    return x\n"
STEMS = ("cart", "cash", "items", "rates", "stock", "store", "taxes", "users", "views", "wares")


@dataclass(frozen=True)
class Generated:
    """Where a project stands, and how it is run."""

    seed: int
    top: Path
    root: Path
    home: Path
    folder: Path
    layout: str
    settings: dict[str, Any]
    branch: bool
    options: tuple[str, ...]
    base: str

    @property
    def tests_fail(self) -> bool:
        return "def test_failing" in (self.root / "tests/test_shop.py").read_text(encoding="utf-8")

    @property
    def below(self) -> str:
        """The project's folder as git shows it before a path: "" at the repository's top."""
        return "" if self.root == self.top else f"{self.root.relative_to(self.top).as_posix()}/"


@dataclass
class Workshop:
    """The files of a project while it is being made, and the git commands that make its history."""

    random: Random
    root: Path
    top: Path
    home: Path
    layout: str = "flat"
    crlf: set[str] = field(default_factory=set)

    def git(self, *args: str) -> None:
        kept = {name: value for name, value in CLEAN.items() if name != "GIT_CONFIG_GLOBAL"}
        environment = {**kept, "HOME": str(self.home), "XDG_CONFIG_HOME": str(self.home)}
        subprocess.run(["git", *args], cwd=self.top, env=environment, capture_output=True, check=True)

    def commit(self) -> None:
        self.git("add", "--all")
        self.git("commit", "-q", "--allow-empty", "-m", "change")

    def write(self, name: str, text: str) -> None:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\r\n" if name in self.crlf else "\n")

    def read(self, name: str) -> str:
        return (self.root / name).read_text(encoding="utf-8")

    def modules(self) -> list[str]:
        """The paths of the source files there are."""
        folders = ["src"] if self.layout == "src" else ["shop", "ware"]
        return sorted(path.relative_to(self.root).as_posix() for f in folders for path in (self.root / f).rglob("*.py"))

    def packages(self) -> list[str]:
        return sorted({name.rpartition("/")[0] for name in self.modules() if name.endswith("/__init__.py")})

    def new_module(self) -> str:
        """Write a module that is not there yet."""
        package = self.random.choice(self.packages())
        stem = self.random.choice(STEMS)
        name = f"{package}/{stem}{self.random.randint(1, 99)}.py"
        if self.random.random() < 0.08:
            self.crlf.add(name)
        self.write(name, Author(self.random).module())
        return name

    # The base

    def found(self) -> None:
        """The packages and modules that the base has."""
        prefix = "src/" if self.layout == "src" else ""
        folders = [
            "shop",
            *self.random.sample(("shop/deep", "shop/deep/er", "ware", "shop/far"), self.random.randint(0, 3)),
        ]
        parts = {part for f in folders for part in (f, f.rpartition("/")[0]) if part}
        for folder in sorted(parts):  # a set has another order in each process
            filled = self.random.random() < 0.3
            self.write(f"{prefix}{folder}/__init__.py", f"VERSION = {len(folder)}\n" if filled else "")
        for _ in range(self.random.randint(2, 5)):
            self.new_module()

    # The change

    def change(self) -> None:
        """One random change of the work tree."""
        plain = [name for name in self.modules() if not name.endswith("__init__.py")]
        kind = self.random.random()
        if not plain or kind < 0.15:
            self.new_module()
            return
        name = self.random.choice(plain)
        if kind < 0.70:
            self.edit(name)
        elif kind < 0.85:
            self.rename(name)
        elif kind < 0.90 and len(plain) > 2:
            (self.root / name).unlink()
            self.crlf.discard(name)
        elif kind < 0.93:
            self.crlf ^= {name}
            self.write(name, self.read(name))
        elif kind < 0.96:
            self.write(f"{self.random.choice(self.packages())}/__init__.py", f"VERSION = {self.random.randint(1, 9)}\n")
        else:
            self.write("setup_helper.py", f"NUMBER = {self.random.randint(1, 99)}\n")

    def edit(self, name: str) -> None:
        self.write(name, edit(self.random, self.read(name), self.random.randint(1, 5)))

    def rename(self, name: str) -> None:
        new = f"{self.random.choice(self.packages())}/{self.random.choice(STEMS)}{self.random.randint(100, 199)}.py"
        text = self.read(name)
        if name in self.crlf:
            self.crlf ^= {name, new}
        (self.root / name).unlink()
        self.write(new, edit(self.random, text, self.random.choice((0, 0, 1, 3))))

    def outside(self) -> None:
        """A change beside a project that stands below the repository's top."""
        if self.root != self.top:
            (self.top / "beside.py").write_text(OUTSIDE * self.random.randint(1, 3))

    def changes(self, count: int) -> None:
        for _ in range(count):
            self.change()

    def branch(self) -> None:
        """A branch with commits, then perhaps with something staged and something that is not."""
        self.git("switch", "-q", "-c", "feature")
        self.changes(self.random.randint(1, 3))
        self.outside()
        self.commit()
        if self.random.random() < 0.2:
            self.git("switch", "-q", "main")
            self.change()
            self.commit()
            self.git("switch", "-q", "feature")
        if self.random.random() < 0.5:
            self.changes(self.random.randint(0, 2))
            self.git("add", "--all")
            self.changes(self.random.randint(0, 2))

    # The settings

    def settings(self, branch: bool) -> tuple[dict[str, Any], list[str]]:
        """Write pyproject.toml. Return the settings of the gate, and options of pytest that say what to measure."""
        random = self.random
        settings = random_settings(random, [module_of(path, self.layout) for path in self.modules()], branch)
        run: dict[str, Any] = {"branch": branch}
        options = []
        kind = random.random()
        folder = "src" if self.layout == "src" else "shop"
        if kind < 0.15:
            settings["source"] = [folder]
        elif kind < 0.25:
            run["source"] = [folder]
        elif kind < 0.35:
            run["source_pkgs"] = ["shop"]
        elif kind < 0.45:
            options = ["--cov=shop"]
        if random.random() < 0.1:
            run["omit"] = ["*/s*.py"]
        report: dict[str, Any] = {}
        if random.random() < 0.3:
            report["exclude_also"] = ["raise NotImplementedError", "if DEBUG:", "case int"]
        fail_under = random.choice((10, 45, 62.5, 80, 100)) if random.random() < 0.15 else 0
        if fail_under:
            report["fail_under"] = fail_under
        tables = {"tool.covgate": settings, "tool.coverage.run": run, "tool.coverage.report": report}
        tables["tool.pytest.ini_options"] = {
            "pythonpath": ["src" if self.layout == "src" else "."],
            "testpaths": ["tests"],
        }
        self.write("pyproject.toml", "\n".join(as_toml(table, name) for name, table in tables.items()))
        return ({"total": fail_under} if fail_under else {}) | settings, options

    # The tests

    def tests(self, *, failing: bool = False) -> None:
        """Tests that call some of the functions of some of the modules."""
        self.write("tests/kit.py", KIT.lstrip("\n"))
        lines = ["from kit import drive", ""]
        for index, path in enumerate(self.modules()):
            if self.random.random() < 0.2:
                continue
            calls = list(self.calls(path))
            chosen = [call for call in calls if self.random.random() < 0.75] or ['drive("kit", "add", 1, 2)']
            lines += ["", f"def test_{index}():", *(f"    {call}" for call in chosen), ""]
        lines += ["", "def test_nothing():", '    drive("kit", "add", 1, 2)']
        lines += ["", "", "def test_failing():", "    assert False"] if failing else []
        self.write("tests/test_shop.py", "\n".join(lines) + "\n")

    def calls(self, path: str) -> list[str]:
        name = module_of(path, self.layout).name
        found = [f'drive("{name}", "__name__")']
        klass = ""
        for line in self.read(path).split("\n"):
            words = line.removeprefix("async ").split("(")[0].rstrip(":").split()
            if line.startswith("class "):
                klass = words[1]
            elif words[:1] == ["def"] and len(words) > 1:
                inside = line.startswith("    ")
                if inside and not klass:
                    continue
                klass = klass if inside else ""
                numbers = ", ".join(str(self.random.randint(0, 9)) for _ in range(2))
                found.append(f'drive("{name}", "{klass + "." if klass else ""}{words[1]}", {numbers})')
        return found


def generate(seed: int, folder: Path, *, subfolders: bool = False) -> Generated:
    """Make the project of a seed in an empty folder."""
    random = Random(seed)
    top = folder / "work"
    root = top / "apps" / "one" if random.random() < 0.2 else top
    shop = Workshop(random, root, top, folder / "home", random.choice(("src", "flat")))
    shop.home.mkdir()
    (shop.home / ".gitconfig").write_text(CONFIGURATION)
    root.mkdir(parents=True)
    shop.git("init", "-q")
    shop.found()
    branch = random.random() < 0.5
    base, settings, options = make_history(shop, branch)
    start = random.choice((root, root / "tests", root / shop.packages()[-1])) if subfolders else root
    return Generated(seed, top, root, shop.home, start, shop.layout, settings, branch, options, base)


def make_history(shop: Workshop, branch: bool) -> tuple[str, dict[str, Any], tuple[str, ...]]:
    """Base, branch and change. Return the base's name, the settings and pytest's options."""
    random = shop.random
    shop.write(".gitignore", IGNORED)
    shop.tests()
    shop.settings(branch)
    shop.commit()
    pushed = random.random() < 0.1
    base, options = "main", ["-n", "2"] if random.random() < 0.12 else []
    if pushed:
        shop.changes(random.randint(1, 4))
    else:
        shop.git("tag", "v1")
        shop.branch()
        if random.random() < 0.2:
            base = random.choice(("main", "v1"))
            options.append(f"--covgate-base={base}")
    shop.tests(failing=random.random() < 0.05)
    settings, measured = shop.settings(branch)
    if pushed:
        shop.commit()
    return base, settings, (*options, *measured)
