"""Where a measured file stands in the project: its path, its import name, its place in the tree."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path, PurePath
from typing import NamedTuple

from covgate.files import shown_path

INSTALLED = ("site-packages", "dist-packages")


class ModuleId(NamedTuple):  # a project has thousands: cheap to make
    """How a measured file is addressed; `differs` names the tree's file that an installed copy differs from."""

    path: str
    name: str | None
    differs: str | None = None


def place_of(root: Path, filename: str) -> ModuleId:
    """The place of a measured file (absolute) in the project at `root` (resolved).

    An installed copy whose contents equal the tree's file of the same import name is that file.
    """
    installed = _below_site_packages(filename)
    if installed is not None:
        name = _dotted(installed.with_suffix("").parts) if installed.suffix == ".py" else None
        twin = _twin(root, installed)
        if twin is not None and _same_contents(twin, Path(filename)):
            return ModuleId(path=shown_path(root, str(twin)), name=name)
        differs = None if twin is None else shown_path(root, str(twin))
        return ModuleId(path=shown_path(root, filename), name=name, differs=differs)
    return ModuleId(path=shown_path(root, filename), name=import_name(root, filename))


def import_name(root: Path, filename: str) -> str | None:
    """The dotted name under which a source file is imported, judged by the folders it lies in.

    Below a `src` folder the name starts there; else at the topmost package; else at `root`.
    None for what is not a `.py` file.
    """
    folder, name = os.path.split(filename)
    stem, suffix = os.path.splitext(name)
    if suffix != ".py":
        return None
    package = _import_prefix(str(root), folder)
    return package[:-1] if stem == "__init__" and package else package + stem


def real_path(filename: str) -> str:
    """`os.path.realpath` of a file; folders, of which there are fewer, are read and resolved once each."""
    folder, name = os.path.split(filename if os.path.isabs(filename) else os.path.abspath(filename))
    below, links = _real_folder(folder)
    if links is None or name in links or name in ("", ".", ".."):
        return os.path.realpath(filename)
    return below + name


def python_files(root: Path, places: Iterable[Path]) -> list[str]:
    """The `.py` files of folders and files below `root`, without environments and hidden folders."""
    found: dict[str, None] = {}
    for place in places:
        if root.is_relative_to(place):
            place = root  # what lies around the root is not the project's
        elif not place.is_relative_to(root):
            continue
        if place.is_file():
            found[str(place)] = None
        for folder, folders, names in os.walk(str(place)):
            folders[:] = sorted(name for name in folders if not _is_foreign(folder, name))
            below = os.path.join(folder, "")
            found.update((below + name, None) for name in sorted(names) if name.endswith(".py"))
    return list(found)


def forget_folders() -> None:
    """Read folders anew: the tests may have changed them."""
    for remembered in (_real_folder, _import_root, _import_prefix, import_roots):
        remembered.cache_clear()


def _is_foreign(folder: str, name: str) -> bool:
    names = ("__pycache__", "node_modules", "site-packages", "build", "dist")
    return name.startswith(".") or name in names or os.path.isfile(os.path.join(folder, name, "pyvenv.cfg"))


@lru_cache(maxsize=65536)
def _real_folder(folder: str) -> tuple[str, frozenset[str] | None]:
    """What stands before the names in a folder once it is resolved, and which of them are links; None: not known."""
    real = os.path.realpath(os.path.abspath(folder))
    links = None
    with contextlib.suppress(OSError), os.scandir(real) as entries:
        links = frozenset(entry.name for entry in entries if entry.is_symlink())
    return os.path.join(real, ""), links


@lru_cache(maxsize=65536)
def _import_prefix(root: str, folder: str) -> str:
    """What stands before a module's own name in its import name: the packages it lies in, each with a dot."""
    start = os.path.join(_import_root(root, folder), "")
    below = folder[len(start) :] if folder.startswith(start) else ""
    return f"{below.replace(os.sep, '.')}." if below else ""


@lru_cache(maxsize=65536)
def _import_root(root: str, folder: str) -> str:
    """The folder on which the import names of the modules in `folder` are based."""
    if os.path.isfile(os.path.join(folder, "__init__.py")):
        parent = os.path.dirname(folder)
        return parent if parent == folder else _import_root(root, parent)
    return _nearest_src(root, folder) or _after_packages(root, folder)


def _nearest_src(root: str, folder: str) -> str | None:
    while len(folder) > len(root) and folder.startswith(root + os.sep):
        if os.path.basename(folder) == "src":
            return folder
        folder = os.path.dirname(folder)
    return None


def _after_packages(root: str, folder: str) -> str:
    for base in map(str, import_roots(Path(root))):
        if folder == base or (base != root and folder.startswith(base + os.sep)):
            return base
    return root if folder.startswith(root + os.sep) else folder


def _below_site_packages(filename: str) -> PurePath | None:
    if "-packages" not in filename:
        return None
    parts = PurePath(filename).parts
    for at in range(len(parts) - 2, -1, -1):
        if parts[at] in INSTALLED:
            return PurePath(*parts[at + 1 :])
    return None


def _twin(root: Path, installed: PurePath) -> Path | None:
    """The file of the tree that is imported by the same name as an installed one."""
    for base in import_roots(root):
        candidate = base / installed
        if candidate.is_file():
            return candidate
    return None


@lru_cache(maxsize=16)
def import_roots(root: Path) -> tuple[Path, ...]:
    """The folders of a tree in which packages usually stand."""
    usual = [root / "src", root, root / "lib", root / "python"]
    return tuple(folder for folder in usual if folder.is_dir())


def _same_contents(one: Path, other: Path) -> bool:
    """Equal apart from line ends, which version control may convert."""
    try:
        return _normalised(one.read_bytes()) == _normalised(other.read_bytes())
    except OSError:
        return False


def _normalised(content: bytes) -> bytes:
    return content.replace(b"\r\n", b"\n")


def _dotted(parts: tuple[str, ...]) -> str:
    if len(parts) > 1 and parts[-1] == "__init__":
        parts = parts[:-1]
    return ".".join(parts)
