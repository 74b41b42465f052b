"""The texts of test files on a disk that may hold anything."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from covgate.measurement.test_files import read_texts


@pytest.mark.skipif(sys.platform == "win32", reason="links and pipes")
def test_what_is_no_python_file_below_the_root_has_no_text(tmp_path: Path) -> None:
    root, outside = tmp_path / "root", tmp_path / "outside.py"
    root.mkdir()
    outside.write_text("secret")
    (root / "a.py").write_bytes("# coding: latin-1\nx = 'ä'\n".encode("latin-1"))
    (root / "b.py").write_bytes(b"\xef\xbb\xbfimport os\n")
    (root / "bad.py").write_bytes(b"\xff\xfe")
    (root / "odd.py").write_bytes(b"# coding: nonsense\n")
    (root / "c.md").write_text("text")
    (root / "link.py").symlink_to(outside)
    (root / "loop.py").symlink_to(root / "loop.py")
    os.mkfifo(root / "pipe.py")
    paths = ["a.py", "b.py", "bad.py", "odd.py", "c.md", "link.py", "loop.py", "pipe.py", "gone.py", "../outside.py"]
    assert read_texts(root, [*paths, str(outside), "nul\0.py"]) == {
        "a.py": "# coding: latin-1\nx = 'ä'\n",
        "b.py": "import os\n",
    }
