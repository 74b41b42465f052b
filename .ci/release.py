"""Exits with what is wrong where a tag is not that of the version in the source, or the changelog does not date it.

python .ci/release.py v0.2.0
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]


def problem(tag: str, source: str, changelog: str) -> str | None:
    """Return what is wrong; None where the tag can be published."""
    found = re.search('^__version__ = "(.+)"$', source, re.MULTILINE)
    version = found[1] if found else ""
    if tag != f"v{version}":
        return f"the tag is {tag}, and the version in src/covgate/__init__.py {version}"
    if not re.search(rf"^## {re.escape(version)} \(\d{{4}}-\d\d-\d\d\)$", changelog, re.MULTILINE):
        return f"CHANGELOG.md has no heading '## {version} (date)'"
    return None


if __name__ == "__main__":
    source = (ROOT / "src/covgate/__init__.py").read_text(encoding="utf-8")
    sys.exit(problem(sys.argv[1], source, (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")))
