"""What the history adds to a verdict: reading the baseline, comparing, and keeping the record.

`covgate check --complete` on generated modules (100 by default) with a record of the commit before, in turn with the
same where the history is switched off. Prints both medians, and the difference.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from functools import partial
from pathlib import Path

import generate
from timing import in_turn, run


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--modules", type=int, default=100, metavar="N")
    parser.add_argument("--repeat", type=int, default=15, metavar="N", help="counted rounds (default: 15)")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        generate.main(root, arguments.modules)
        settings = root / "pyproject.toml"
        settings.write_text(settings.read_text() + "\n[tool.covgate.history]\nmax_drop = 2\n")
        (root / ".gitignore").write_text(".coverage*\n.covgate/\n")
        commit(root, "one")
        check = [sys.executable, "-m", "covgate", "check", "--complete", "-q"]
        os.utime(root / ".coverage")
        run(check, root, (0, 1, 3))
        module = next(path for path in sorted(root.rglob("*.py")) if path.name != "__init__.py")
        module.write_text(module.read_text() + "\nMORE = 1\n")
        commit(root, "two")
        os.utime(root / ".coverage")
        run([*check, "--report=json:gate.json"], root, (0, 1, 3))
        if json.loads((root / "gate.json").read_text(encoding="ascii"))["comparison"] is None:
            raise SystemExit("nothing was compared")
        actions = {
            "with a history": partial(run, check, root, (0, 1, 3)),
            "without": partial(run, check, root, (0, 1, 3), COVGATE_HISTORY="off"),
        }
        times = in_turn(actions, arguments.repeat)
    on, off = times["with a history"], times["without"]
    print(f"{arguments.modules} modules: {on.shown()} with a history, {off.shown()} without")
    print(f"difference of the medians: {1000 * (on.median - off.median):.0f} ms")


def commit(root: Path, message: str) -> None:
    git = ["git", "-C", str(root), "-c", "user.name=benchmark", "-c", "user.email=benchmark@localhost"]
    for command in (["init", "-q", "-b", "main"], ["add", "-A"], ["commit", "-q", "-m", message]):
        subprocess.run([*git, *command], check=True)


if __name__ == "__main__":
    main()
