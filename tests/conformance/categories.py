"""The categories of `covgate compare` against those of genhtml (lcov 2), file by file, on commits of real repositories.

Prints a table; exit code 1 where anything differs. Run it with `tox -e conformance`. Where no genhtml of lcov 2 is on the
PATH it says so, and compares nothing.

What genhtml is given is git's usual diff, completed in two ways that its reader needs: `-1` in a hunk's header becomes `-1,1`,
and a renamed file without edits gets the two lines that name it. Two things cannot be compared, and are counted with their reason:
genhtml shows no row for a file that is gone, and git at times finds other changes without context lines, which covgate reads.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from itertools import combinations, pairwise
from pathlib import Path
from typing import NamedTuple

from covgate.git.repository import DIFF
from covgate.history.sides import Place, comparable_pair, files_of_pair, find_records
from covgate.judge.compared import compare_sides
from covgate.model.compared import Side
from covgate.model.comparison import ModuleMovement
from covgate.model.settings import Settings

from .edits import VERSIONS
from .run import download

REAL = ("marshmallow", ("4.1.0", "4.4.0"))
GIT = ("git", "-c", "user.name=conformance", "-c", "user.email=conformance@localhost", "-c", "core.autocrlf=false")
SETTINGS = '\n[tool.covgate]\nsource = ["src"]\nchanged.lines = false\n'
CATEGORIES = ("GNC", "UNC", "GBC", "LBC", "GIC", "UIC", "CBC", "UBC", "EUB", "ECB", "DUB", "DCB")
USUAL = ("--unified=3",)
SAVE = '#!/bin/sh\nprintf \'%s\\t%s\\t%s\\n\' "$2" "$1" "$3" >>"$0.txt"\n'
"""genhtml calls this with a name, a level (`file`, `directory`, `top`) and its counts as JSON."""
GONE = "gone now: genhtml has no row"
OTHER_DIFF = "git's diff without context differs"


class Found(NamedTuple):
    """What the files of a pair came to: equal, not comparable for a reason, or different, in a sentence each.

    `categories` are the counts of those that are equal.
    """

    equal: int
    explained: Counter[str]
    differences: list[str]
    categories: Counter[str]


class Clone:
    """A repository whose commits were measured. `tracefiles` are beside it, by the name of the commit's tag.

    They hold no functions: a `def` that ran while its body did not makes genhtml refuse the file.
    """

    def __init__(self, name: str, folder: Path) -> None:
        self.name, self.root, self.tracefiles = name, folder / name, folder
        self.tags: list[str] = []
        self.root.mkdir()
        self.git("init", "-q", "-b", "main")
        (self.root / ".git/info/exclude").write_text(".coverage*\n.covgate/\n__pycache__/\n", encoding="utf-8")

    def git(self, *args: str) -> str:
        return run([*GIT, *args], self.root)

    def diff(self, before: str, now: str, *options: str) -> str:
        return self.git(*DIFF, "--no-prefix", *options, before, now, "--")

    def measure(self, tag: str) -> None:
        """Commit what is there, run its tests, and keep the tracefile and the record."""
        self.git("add", "--all")
        self.git("commit", "-q", "-m", tag)
        self.git("tag", tag)
        run([sys.executable, "-m", "pytest", "-q", "--covgate", "-p", "no:cacheprovider", "tests"], self.root)
        run([sys.executable, "-m", "coverage", "lcov", "-q", "-o", str(self.tracefile(tag))], self.root)
        lines = self.tracefile(tag).read_text(encoding="utf-8").splitlines(keepends=True)
        self.tracefile(tag).write_text("".join(line for line in lines if not line.startswith("FN")), encoding="utf-8")
        self.tags.append(tag)

    def tracefile(self, tag: str) -> Path:
        return self.tracefiles / f"{self.name}-{tag}.info"


def main() -> int:
    genhtml = find_genhtml()
    if genhtml is None:
        print("skipped: the categories against genhtml's, as no genhtml of lcov 2 is on the PATH")
        return 0
    started = time.monotonic()
    print(f"{run([genhtml, '--version'], Path()).strip()}, Python {sys.version.split()[0]}")
    print(f"{'project':<14}{'before':<12}{'now':<12}{'files':>6}{'equal':>6}  differences, and what cannot be compared")
    with tempfile.TemporaryDirectory() as made, ThreadPoolExecutor(max_workers=2) as pool:
        folder = Path(made)
        found = list(pool.map(lambda make: compare_all(genhtml, make(folder)), (constructed, real)))
    count = sum(len(one.differences) for each in found for one in each)
    seen = sum((one.categories for each in found for one in each), Counter[str]())
    print("equal statements:", ", ".join(f"{name} {seen[name]}" for name in CATEGORIES))
    untried = [name for name in CATEGORIES if not seen[name]]
    if untried:
        print(f"no file has any {' and '.join(untried)}: the versions compared do not try them")
    print(f"{'FAILED' if count or untried else 'passed'}: {count} differences in {time.monotonic() - started:.0f} s")
    return 1 if count or untried else 0


def find_genhtml() -> str | None:
    found = shutil.which("genhtml")
    if found is None:
        return None
    version = subprocess.run([found, "--version"], capture_output=True, text=True, check=False).stdout
    return found if re.search(r"LCOV version [2-9]", version) else None


def constructed(folder: Path) -> Clone:
    clone = Clone("constructed", folder)
    for tag, files in VERSIONS.items():
        for name, text in files.items():
            path = clone.root / name
            if text is None:
                path.unlink()
                continue
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        clone.measure(tag)
    return clone


def real(folder: Path) -> Clone:
    name, versions = REAL
    clone = Clone(name, folder)
    for version in versions:
        source = folder / version
        source.mkdir()
        for entry in clone.root.iterdir():
            if entry.name not in (".git", ".covgate"):
                shutil.rmtree(entry) if entry.is_dir() else entry.unlink()
        shutil.copytree(download(f"{name}=={version}", source), clone.root, dirs_exist_ok=True)
        with (clone.root / "pyproject.toml").open("a", encoding="utf-8") as settings:
            settings.write(SETTINGS)
        clone.measure(version)
    return clone


def compare_all(genhtml: str, clone: Clone) -> list[Found]:
    """Compare each commit with all later ones and with the one before it; print a row for each pair."""
    found = []
    for before, now in (*combinations(clone.tags, 2), *pairwise(reversed(clone.tags))):
        found.append(compare(genhtml, clone, before, now))
        report(clone, before, now, found[-1])
    return found


def compare(genhtml: str, clone: Clone, before: str, now: str) -> Found:
    """Compare both calculations of one pair, file by file."""
    clone.git("checkout", "-q", now)
    theirs = categories_of_genhtml(genhtml, clone, before, now)
    diffs = [changed_lines(clone.diff(before, now, *options)) for options in ((), USUAL)]
    equal, explained, differences, categories = 0, Counter[str](), [], Counter[str]()
    for module in modules_of_covgate(clone, before, now):
        ours = {name: n for name, n in module.movement.categories._asdict().items() if n}
        expected = theirs.pop(module.path, None)
        if expected == ours or (expected is None and not ours):
            equal += 1
            categories.update(ours)
        elif expected is None and module.movement.now is None and ours.keys() <= {"DUB", "DCB"}:
            explained[GONE] += 1
        elif diffs[0].get(module.path) != diffs[1].get(module.path):
            explained[OTHER_DIFF] += 1
        else:
            differences.append(f"{module.path}: ours {ours}, genhtml's {expected}")
    differences += [f"{path}: not in covgate's comparison, genhtml's {counts}" for path, counts in theirs.items()]
    return Found(equal, explained, differences, categories)


def modules_of_covgate(clone: Clone, before: str, now: str) -> tuple[ModuleMovement, ...]:
    """The modules of `covgate compare BEFORE NOW`, also those that did not move."""
    place = Place(clone.root, environment())
    sides = find_records(place, before), find_records(place, now)
    old, new = comparable_pair(*sides)
    files = files_of_pair(place, (sides[0], old), (sides[1], new))
    return compare_sides(Side(before, old), Side(now, new), files, Settings()).comparison.modules


def categories_of_genhtml(genhtml: str, clone: Clone, before: str, now: str) -> dict[str, dict[str, int]]:
    """The counts of each file's lines that genhtml hands to a script for criteria."""
    with tempfile.TemporaryDirectory(dir=clone.tracefiles) as made:
        diff, save = Path(made, "diff"), Path(made, "save")
        diff.write_text(completed(clone.diff(before, now, *USUAL)), encoding="utf-8")
        save.write_text(SAVE, encoding="utf-8")
        save.chmod(0o700)
        options = ["--no-sourceview", "--criteria-script", str(save), "--ignore-errors", "empty,unused"]
        files = ["--baseline-file", str(clone.tracefile(before)), "--diff-file", str(diff), str(clone.tracefile(now))]
        run([genhtml, "-q", *options, "-o", str(Path(made, "html")), *files], clone.root)
        rows = (line.split("\t") for line in Path(made, "save.txt").read_text(encoding="utf-8").splitlines())
        counts = {name: json.loads(text)["line"] for level, name, text in rows if level == "file"}
    return {
        os.path.relpath(clone.root / name, clone.root): {key: n for key, n in each.items() if key.isupper()}
        for name, each in counts.items()
    }


def completed(diff: str) -> str:
    """Git's diff with both counts in every header of a hunk, and with names for files that were only renamed."""
    diff = re.sub(r"^@@ -(\d+)(,\d+)? \+(\d+)(,\d+)? @@", one_count, diff, flags=re.MULTILINE)
    return re.sub(r"^rename from (.+)\nrename to (.+)\n(?!index)", r"\g<0>--- \1\n+++ \2\n", diff, flags=re.MULTILINE)


def one_count(header: re.Match[str]) -> str:
    return f"@@ -{header[1]}{header[2] or ',1'} +{header[3]}{header[4] or ',1'} @@"


def changed_lines(diff: str) -> dict[str, tuple[set[int], set[int]]]:
    """The deleted and the added lines of each file that has both."""
    found: dict[str, tuple[set[int], set[int]]] = {}
    gone: set[int] = set()
    come: set[int] = set()
    old = new = 0
    for line in diff.splitlines():
        if header := re.match(r"@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@", line):
            old = int(header[1]) + (header[2] == "0")
            new = int(header[3]) + (header[4] == "0")
        elif line.startswith("+++ "):
            gone, come = found.setdefault(line.removeprefix("+++ "), (set(), set()))
        elif line.startswith("+"):
            come.add(new)
            new += 1
        elif line.startswith("-") and not line.startswith("--- "):
            gone.add(old)
            old += 1
        elif line.startswith(" "):
            old, new = old + 1, new + 1
    return found


def report(clone: Clone, before: str, now: str, found: Found) -> None:
    files = found.equal + found.explained.total() + len(found.differences)
    reasons = "; ".join(f"{count} {reason}" for reason, count in found.explained.items())
    print(
        f"{clone.name:<14}{before:<12}{now:<12}{files:>6}{found.equal:>6}  {len(found.differences) or 'none'}"
        f"{f'; {reasons}' if reasons else ''}",
        *found.differences,
        sep="\n  ",
        flush=True,
    )


def run(command: list[str] | tuple[str, ...], folder: Path) -> str:
    done = subprocess.run(
        list(command),
        cwd=folder,
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    if done.returncode:
        sys.exit(f"{' '.join(command)} ended with {done.returncode}:\n{(done.stdout + done.stderr)[-3000:]}")
    return done.stdout


def environment() -> Mapping[str, str]:
    """This process's, without what would steer a run; no compiled files, as commits follow each other within a second."""
    steering = ("PYTEST_", "COVGATE_", "COV_CORE_", "GIT_", "GITHUB_", "CI")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(steering)}
    return {**kept, "PYTHONDONTWRITEBYTECODE": "1", "PYTHONPATH": "src"}


if __name__ == "__main__":
    sys.exit(main())
