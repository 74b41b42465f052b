"""The one place that writes files, and the way in which files that a change may have planted are read."""

from __future__ import annotations

import contextlib
import errno
import os
import stat
import tempfile
from pathlib import Path

from covgate.errors import ReportError

MOST_BYTES = 2**25
"""No source or settings file is longer; the kernel shows files of any length."""
MARK = "Made by covgate"
"""What our folders and files say of themselves."""
KERNEL = ("/proc/", "/sys/")


def why_not_ordinary(path: str | Path, most: int = MOST_BYTES) -> str | None:
    """What keeps a file that is there from being read at once and to its end; None where nothing does.

    Says nothing of a file that is not there.
    """
    try:
        found = os.stat(path)
    except (OSError, ValueError):
        return None
    if not stat.S_ISREG(found.st_mode):
        return "a folder" if stat.S_ISDIR(found.st_mode) else "a device, a pipe or the like, not a file"
    if found.st_size > most:
        return f"longer than {most // 2**20} MB"
    if not found.st_size and os.path.realpath(path).startswith(KERNEL):
        return "a file of the kernel"
    return None


def read_ordinary(path: str | Path, most: int = MOST_BYTES) -> bytes:
    """The content of an ordinary file; raises `OSError`, for others too, and never waits for a writer."""
    reason = why_not_ordinary(path, most)
    if reason is not None:
        raise OSError(errno.EINVAL, f"it is {reason}", str(path))
    with open(path, "rb") as file:
        return file.read()


def shown_path(root: Path, filename: str) -> str:
    """Relative to `root` in POSIX style; files elsewhere keep their absolute path."""
    below = os.path.join(root, "")
    return filename.removeprefix(below).replace(os.sep, "/")


def make_own_folder(folder: Path, note: str) -> None:
    """Make a folder for files of ours, which git ignores without a line in the user's .gitignore; raises `OSError`."""
    if not folder.is_dir():
        folder.mkdir(parents=True, exist_ok=True)  # another run may make it too
        (folder / ".gitignore").write_text(f"# {MARK}; {note}.\n*\n", encoding="ascii")


def write_aside(path: Path, text: str) -> None:
    """Write `text` beside `path` and rename it into place; raises `ReportError`.

    A link keeps pointing at what it names; a device or pipe is written to as it is.
    """
    path = path.resolve()
    aside: str | None = None
    try:
        if path.exists() and not path.is_file():
            path.write_text(text, encoding="utf-8", newline="\n")
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, aside = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name[:40]}.", suffix=".tmp")
        with open(handle, "w", encoding="utf-8", newline="\n") as stream:
            stream.write(text)
        os.chmod(aside, _mode_for(path))
        os.replace(aside, path)
        aside = None
    except OSError as error:
        raise ReportError("file-not-written", f"{path} could not be written: {error.strerror or error}") from error
    finally:
        if aside is not None:
            with contextlib.suppress(OSError):
                os.unlink(aside)


def _mode_for(path: Path) -> int:
    """The permissions of the file replaced, or those a new file would get."""
    with contextlib.suppress(OSError):
        return path.stat().st_mode & 0o777
    umask = os.umask(0)
    os.umask(umask)
    return 0o666 & ~umask
