"""Writes a project of many small modules, and coverage data for a part of it. Run by `environments.py`."""

from __future__ import annotations

import sys
from pathlib import Path

from coverage import CoverageData

FUNCTION = """
def work_{n}(a, b):
    if a > b:
        c = a - b
    else:
        c = b
    try:
        d = int(c)
    except ValueError:
        d = {n}
    for e in range(d):
        c += e
    return c + d
"""
MODULE = '"""Generated."""\n' + "".join(FUNCTION.format(n=n) for n in range(3)) + "\n\nFIRST = 1\nLAST = {number}\n"
"""40 statements: three functions of 12 with their `def`, two assignments, and what importing runs."""


def main(folder: Path, modules: int) -> None:
    lines = {}
    for number in range(modules):
        package = folder / "big" / f"p{number // 100}"
        package.mkdir(parents=True, exist_ok=True)
        (package / "__init__.py").touch()
        file = package / f"m{number}.py"
        file.write_text(MODULE.replace("{number}", str(number)))
        lines[str(file.resolve())] = [3, 18, 33, 48, 49] + ([4, 5, 8, 9] if number % 4 == 0 else [])
    (folder / "big" / "__init__.py").touch()
    (folder / "pyproject.toml").write_text("[tool.covgate]\nmodule = 80\nmode = 'warn'\n")
    (folder / ".coveragerc").write_text("[run]\nsource = big\n")
    data = CoverageData(basename=str(folder / ".coverage"))
    data.add_lines(lines)
    data.write()
    data.close(force=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
