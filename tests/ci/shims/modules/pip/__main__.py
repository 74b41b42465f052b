"""`python -m pip`, by the same stand-in."""

from __future__ import annotations

import runpy
from pathlib import Path

runpy.run_path(str(Path(__file__).parents[2] / "pip_shim.py"))
