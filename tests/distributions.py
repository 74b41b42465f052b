"""Builds the distributions, checks them, and uses the wheel from outside of the tree, as a stranger would.

    python -m tests.distributions

Needs build and twine; the wheel gets an environment of its own.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
STEERING = ("PYTEST_", "COV", "PYTHONPATH", "CI", "GITHUB_", "TOX_")


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        dist = work / "dist"
        run(sys.executable, "-m", "build", "--outdir", str(dist), str(ROOT), cwd=work)
        (wheel,), (source,) = dist.glob("*.whl"), dist.glob("*.tar.gz")
        run(sys.executable, "-m", "twine", "check", "--strict", str(wheel), str(source), cwd=work)
        run(sys.executable, "-m", "venv", str(work / "venv"), cwd=work)
        bin_folder = work / "venv" / ("Scripts" if os.name == "nt" else "bin")
        python = str(bin_folder / "python")
        run(python, "-m", "pip", "install", "-q", str(wheel), cwd=work)
        project = work / "flat"
        shutil.copytree(ROOT / "examples" / "flat", project)
        shown = run(str(bin_folder / "pytest"), "--covgate", "--covgate-report=json:gate.json", cwd=project)
        assert "PASSED coverage gate" in shown, shown
        assert json.loads((project / "gate.json").read_text(encoding="ascii"))["status"] == "passed"
        assert "total" in run(str(bin_folder / "covgate"), "report", cwd=project)
        place = run(python, "-c", "import covgate; print(covgate.__file__)", cwd=work).strip()
        assert Path(place).is_relative_to(work / "venv"), place
        run(
            python,
            "-c",
            "import importlib.resources as r; r.files('covgate').joinpath('py.typed').read_text()",
            cwd=work,
        )
        print(f"{wheel.name} and {source.name}: built, checked, used")


def run(*command: str, cwd: Path) -> str:
    environment = {name: value for name, value in os.environ.items() if not name.startswith(STEERING)}
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False, env=environment)
    if done.returncode:
        raise SystemExit(f"{' '.join(command)}\n{done.stdout}{done.stderr}")
    return done.stdout


if __name__ == "__main__":
    main()
