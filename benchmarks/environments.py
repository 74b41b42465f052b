"""The environments and projects that the rows run in, made once below `.work`."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

HERE = Path(__file__).parent
WORK = HERE / ".work"
COVERAGE = ["coverage==7.17.3", "pytest==9.2.0", "pytest-cov==7.1.0"]
PEERS = ["diff-cover==11.0.1", "coverage-threshold==0.6.2"]
PROJECTS = {"marshmallow": "4.4.0", "sqlglot": "30.30.0", "sympy": "1.14.0"}
TEST_NEEDS = [
    "simplejson==3.20.2",
    "mpmath==1.3.0",
    "pytz==2025.2",
    "hypothesis==6.170.15",
    "trio==0.32.0",
    "markupsafe==3.0.3",
]
IDENTITY = ["-c", "user.name=benchmark", "-c", "user.email=benchmark@localhost"]


def environment(name: str, *packages: str) -> Path:
    """The `bin` folder of an environment with these packages besides pytest, pytest-cov and coverage.py."""
    folder = WORK / name
    bin_folder = folder / ("Scripts" if sys.platform == "win32" else "bin")
    wanted = "\n".join([*COVERAGE, *TEST_NEEDS, *packages])
    made = folder / "made-of.txt"
    if not made.exists() or made.read_text() != wanted:
        shutil.rmtree(folder, ignore_errors=True)
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
        install = [str(bin_folder / "python"), "-m", "pip", "install", "-q", *COVERAGE, *TEST_NEEDS, *packages]
        subprocess.run(install, check=True)
        made.write_text(wanted)
    return bin_folder


def ours() -> Path:
    """An environment with the plugin as it stands in this checkout, installed as a wheel."""
    bin_folder = environment("ours")
    subprocess.run(
        [str(bin_folder / "python"), "-m", "pip", "install", "-q", "--force-reinstall", "--no-deps", str(HERE.parent)],
        check=True,
    )
    return bin_folder


def peers() -> Path:
    return environment("peers", *PEERS)


def project(name: str) -> Path:
    """The unpacked source distribution of a project, in a git repository with one commit."""
    version = PROJECTS[name]
    folder = WORK / f"{name}-{version}"
    if not (folder / ".git").exists():
        shutil.rmtree(folder, ignore_errors=True)
        pip = [str(environment("ours") / "python"), "-m", "pip"]
        download = ["download", "-q", "--no-deps", "--no-binary", ":all:", "-d", str(WORK), f"{name}=={version}"]
        subprocess.run([*pip, *download], check=True)
        with tarfile.open(WORK / f"{name}-{version}.tar.gz") as archive:
            archive.extractall(WORK, filter="data")
        with (folder / "pyproject.toml").open("a", encoding="utf-8") as settings:
            settings.write("\n[tool.covgate]\n")  # or it would be a part of this checkout, whose settings hold above it
        committed(folder, "the source distribution")
    return folder


def committed(folder: Path, message: str) -> None:
    if not (folder / ".git").exists():
        subprocess.run(["git", "init", "-q", "-b", "main", str(folder)], check=True)
    git = ["git", "-C", str(folder), *IDENTITY]
    subprocess.run([*git, "add", "-A", "-f"], check=True)
    subprocess.run([*git, "commit", "-q", "--no-verify", "-m", message], check=True)


def generated(modules: int) -> Path:
    """A project of that many modules of 40 statements, 100 to a package, with data for a quarter of them."""
    folder = WORK / f"generated-{modules}"
    if not (folder / ".coverage").exists():
        shutil.rmtree(folder, ignore_errors=True)
        subprocess.run([str(ours() / "python"), str(HERE / "generate.py"), str(folder), str(modules)], check=True)
    return folder


if __name__ == "__main__":
    print(ours(), peers(), *map(project, PROJECTS), sep="\n")
