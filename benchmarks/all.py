"""Measures all that README and docs say was measured: one command, a working day on two cores.

    python benchmarks/all.py              # everything
    python benchmarks/all.py sizes peers  # some steps

Needs what each step says in benchmarks/README.md. What the small steps print goes into measured.md; the large ones
write files of their own.
"""

from __future__ import annotations

import argparse
import platform
import re
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
MEASURED = HERE / "measured.md"
SMALL = {
    "sizes": ("sizes.py",),
    "history": ("history.py",),
    "history-size": ("history_size.py", "--commits", "60", "--modules", "20"),
    "map": ("test_map.py", "--instructions"),
}
"""Their output is kept in measured.md."""
LARGE = {
    "cost": ("run.py", "--repeat", "5"),
    "peers": ("peers.py",),
    "flaky": ("flaky.py",),
    "quotes": ("advice/quotes.py",),
    "skeletons": ("advice/skeletons.py",),
    "places": ("advice/places.py", "--again", "5"),
    "ranking": ("ranking/run.py",),
}
SECTION = re.compile(r"^## `(\S+)`\n(.*?)(?=^## |\Z)", re.MULTILINE | re.DOTALL)


def main() -> None:
    steps = {**SMALL, **LARGE}
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("steps", nargs="*", metavar="STEP", help=f"of {', '.join(steps)} (default: all)")
    asked = parser.parse_args().steps or list(steps)
    if unknown := {*asked} - {*steps}:
        parser.error(f"no such step: {', '.join(sorted(unknown))}")
    for step in asked:
        script, *options = steps[step]
        print(f"== {step}", flush=True)
        command = [sys.executable, str(HERE / script), *options]
        done = subprocess.run(command, stdout=subprocess.PIPE if step in SMALL else None, text=True, check=False)
        if done.returncode:
            raise SystemExit(f"{step}: exit code {done.returncode}")
        if step in SMALL:
            sys.stdout.write(done.stdout)
            keep(step, " ".join([f"python benchmarks/{script}", *options]), done.stdout)


def keep(step: str, command: str, printed: str) -> None:
    """Put what a step printed in its place in measured.md; the other steps stay."""
    text = MEASURED.read_text(encoding="utf-8") if MEASURED.exists() else ""
    sections = {name: body.strip("\n") for name, body in SECTION.findall(text)}
    machine = f"{platform.python_implementation()} {platform.python_version()}, {platform.system()}"
    sections[step] = f"\n`{command}`, {machine}:\n\n{printed.strip()}"
    body = "\n".join(f"## `{name}`\n{sections[name]}\n" for name in SMALL if name in sections)
    MEASURED.write_text(f"# What the small steps of `benchmarks/all.py` print\n\n{body}", encoding="utf-8")


if __name__ == "__main__":
    main()
