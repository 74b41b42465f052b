"""Commands that write, killed at any moment: the file is as it was, or as it should be."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from conftest import Project

KILLS = 70
PLAIN = "[tool.other]  # kept\nx = 1\n"
TABLE = '\n[tool.covgate]\nmodule = 0\n\n[tool.covgate.targets]\n"shop.cart" = 10  # kept\n'

# Forked, so that a turn takes milliseconds; SIGALRM ends a process as it is, like SIGKILL.
TURNS = """
import json, os, random, signal, sys, time
from covgate.cli.main import main

before, arguments, kills = json.loads(sys.argv[1])
texts, killed = set(), 0

def turn(limit):
    with open("pyproject.toml", "w") as file:
        file.write(before)
    child = os.fork()
    if child == 0:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        if limit:
            signal.setitimer(signal.ITIMER_REAL, limit)
        os._exit(main(arguments))
    status = os.waitpid(child, 0)[1]
    with open("pyproject.toml", newline="") as file:
        return os.WIFSIGNALED(status), status, file.read()

started = time.perf_counter()
signalled, status, after = turn(0)
whole = time.perf_counter() - started
for _ in range(kills):
    signalled, _, text = turn(random.uniform(whole / 50, whole * 1.1))
    killed += signalled
    texts.add(text)
print(json.dumps({"status": status, "after": after, "texts": sorted(texts), "killed": killed}))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="there is no fork")
@pytest.mark.parametrize(
    ("before", "arguments"),
    [
        (PLAIN, ["init"]),
        (PLAIN + TABLE, ["accept", "shop.cart", "remove", "--reason", "r"]),
        (PLAIN + TABLE, ["ratchet"]),
    ],
)
def test_a_killed_command_leaves_the_file_as_it_was_or_as_it_should_be(
    shop: Project, before: str, arguments: list[str]
) -> None:
    shop.write({"pyproject.toml": before})
    assert shop.pytest("--covgate").code == 0
    (shop.root / "turns.py").write_text(TURNS)
    run = shop.python("turns.py", json.dumps([before, arguments, KILLS]))
    assert run.code == 0, run.err
    found = json.loads(run.out)
    assert found["status"] == 0
    assert found["after"] not in ("", before)
    assert found["killed"] > KILLS // 10
    assert set(found["texts"]) <= {before, found["after"]}
    left = [path.name for path in Path(shop.root).glob(".*pyproject*")]
    assert all(name.endswith(".tmp") for name in left)
