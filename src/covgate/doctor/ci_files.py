"""Read the commands of GitHub workflows and GitLab pipelines.

https://docs.github.com/actions/reference/workflows-and-actions and https://docs.gitlab.com/ci/yaml
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from covgate.doctor.facts import CiFiles, Command, FilePosition, IgnoredExit, ModeSetting, UnreadFile
from covgate.doctor.shell import shell_commands
from covgate.doctor.yaml_nodes import (
    YamlError,
    entries,
    is_true,
    items,
    line_of,
    read_documents,
    scalar,
    text_lines,
)
from covgate.files import read_ordinary
from covgate.model.settings import MODE_VARIABLE

if TYPE_CHECKING:
    from covgate.doctor.yaml_nodes import Node

WORKFLOWS = ".github/workflows"
GITLAB = ".gitlab-ci.yml"
MAX_COMMANDS = 10_000
"""Of one file: aliases could make any number."""
ACTION = re.compile(r"[\w.-]+/pytest-covgate(@|$)")
GIT_FETCH = re.compile(r"git\s+fetch\b")
UNIX = ("ubuntu", "macos")
NOT_JOBS = frozenset(["default", "include", "stages", "variables", "workflow", "spec", "image", "services", "cache"])
MAX_PARENTS = 5
"""How many `extends` are followed in a chain."""
MAX_NESTING = 3
"""How deep the lists of a script may be nested, which anchors do."""


def ci_file_names(root: Path) -> list[str]:
    try:
        paths = sorted((root / WORKFLOWS).iterdir())
    except OSError:
        paths = []
    names = [f"{WORKFLOWS}/{path.name}" for path in paths if path.suffix in (".yml", ".yaml")]
    return [*names, GITLAB] if (root / GITLAB).is_file() else names


def read_ci_files(root: Path) -> CiFiles:
    names = ci_file_names(root)
    read: list[str] = []
    commands: list[Command] = []
    unread: list[UnreadFile] = []
    for name in names:
        try:
            content = read_ordinary(root / name)
            documents = read_documents(content)
            if name == GITLAB:  # an earlier document declares the inputs of the pipeline
                found = _pipeline_commands(name, documents[-1]) if documents else iter(())
            else:
                text = content.decode("utf-8-sig")
                found = _workflow_commands(name, text, documents[0]) if documents else iter(())
            commands += islice(found, MAX_COMMANDS)
            read.append(name)
        except ImportError:
            return CiFiles(without_yaml=tuple(names))
        except OSError as error:
            unread.append(UnreadFile(position=FilePosition(file=name), reason=error.strerror or str(error)))
        except YamlError as error:
            unread.append(UnreadFile(position=FilePosition(file=name, line=error.line), reason=error.reason))
    return CiFiles(files=tuple(read), commands=tuple(commands), unread=tuple(unread))


class _Job(NamedTuple):
    """What a workflow and one of its jobs say about every step. `shell` is None for GitHub's default."""

    file: str
    text: str
    variables: tuple[Node | None, ...]
    shell: str | None
    machine: str
    ignored_exits: tuple[IgnoredExit, ...]
    shallow_checkout: FilePosition | None


def _workflow_commands(file: str, text: str, document: Node) -> Iterator[Command]:
    """`text` is that of the whole file."""
    root = entries(document)
    for keys in map(entries, entries(root.get("jobs")).values()):
        steps = items(keys.get("steps"))
        if _tests_another_project(steps):
            continue
        machines = map(scalar, [keys.get("runs-on"), *items(keys.get("runs-on"))])
        job = _Job(
            file=file,
            text=text,
            variables=(keys.get("env"), root.get("env")),
            shell=_default_shell(keys) or _default_shell(root),
            machine=" ".join(machine for machine in machines if machine is not None),
            ignored_exits=_allowed_failure(file, keys, "continue-on-error"),
            shallow_checkout=_shallow_checkout(file, steps),
        )
        for step in steps:
            yield from _step_commands(step, job)


def _step_commands(step: Node, job: _Job) -> Iterator[Command]:
    keys = entries(step)
    ignored = job.ignored_exits
    if not _outcome_is_used(keys, job.text):
        ignored = (*ignored, *_allowed_failure(job.file, keys, "continue-on-error"))
    for command in _own_commands(keys, job):
        yield command._replace(
            ignored_exits=(*command.ignored_exits, *ignored),
            mode=_mode_setting(job.file, keys.get("env"), *job.variables),
            shallow_checkout=job.shallow_checkout,
        )


def _own_commands(keys: dict[str, Node], job: _Job) -> Iterator[Command]:
    """The commands of a step, with what its script alone says of them."""
    uses, run = keys.get("uses"), keys.get("run")
    if uses is not None and ACTION.match(scalar(uses) or ""):
        yield Command(words=("covgate", "check"), position=FilePosition(file=job.file, line=line_of(uses)))
    script, shell = scalar(run), scalar(keys.get("shell")) or job.shell
    if run is None or script is None or (shell is not None and not re.match("(ba)?sh( |$)", shell)):
        return
    has_errexit = shell is None or shell in ("bash", "sh") or re.search(r" -[a-z]*e", shell) is not None
    keeps_pipes = shell == "bash" or re.search("pipefail|PIPESTATUS", f"{shell} {script}") is not None
    for command, is_piped in _script_commands(job.file, [run], errexit=has_errexit):
        pipe = IgnoredExit(
            by="a pipe without pipefail", position=command.position, is_certain=job.machine.startswith(UNIX)
        )
        hides = is_piped and not keeps_pipes
        yield command._replace(ignored_exits=(*command.ignored_exits, pipe)) if hides else command


def _pipeline_commands(file: str, document: Node) -> Iterator[Command]:
    """GitLab's shell stops at failures, in pipes too."""
    root = entries(document)
    for name, job in root.items():
        if name in NOT_JOBS or name.startswith("."):
            continue
        keys = _with_parents(job, root)
        ignored = _allowed_failure(file, keys, "allow_failure")
        mode = _mode_setting(file, keys.get("variables"), root.get("variables"))
        # All entries run one after the other in one shell.
        scripts = [*_script_entries(keys.get("before_script")), *_script_entries(keys.get("script"))]
        for command, _ in _script_commands(file, scripts):
            yield command._replace(ignored_exits=(*command.ignored_exits, *ignored), mode=mode)


def _script_commands(file: str, scripts: Sequence[Node], *, errexit: bool = True) -> Iterator[tuple[Command, bool]]:
    """The commands of a script, and whether the exit code of each is that of a later one in a pipe."""
    numbers = [number for node in scripts for number in text_lines(node)]
    for command in shell_commands("\n".join(node.value for node in scripts), errexit=errexit):
        position = FilePosition(file=file, line=numbers[min(command.line, len(numbers)) - 1])
        ignored: tuple[IgnoredExit, ...] = ()
        if command.ignored_by is not None:
            ignored = (IgnoredExit(by=command.ignored_by, position=position, is_certain=command.is_certain),)
        yield Command(words=command.words, position=position, ignored_exits=ignored), command.is_piped


def _mode_setting(file: str, *variables: Node | None) -> ModeSetting | None:
    """The gate's mode in the first mapping that sets it; GitLab also allows a table with the `value`."""
    node = next((keys[MODE_VARIABLE] for keys in map(entries, variables) if MODE_VARIABLE in keys), None)
    value = scalar(node) or scalar(entries(node).get("value"))
    if node is None or not value:
        return None
    return ModeSetting(value=value, position=FilePosition(file=file, line=line_of(node)))


def _allowed_failure(file: str, keys: dict[str, Node], key: str) -> tuple[IgnoredExit, ...]:
    node = keys.get(key)
    if node is None or not is_true(node):
        return ()
    return (IgnoredExit(by=f"{key}: true", position=FilePosition(file=file, line=line_of(node))),)


def _outcome_is_used(keys: dict[str, Node], text: str) -> bool:
    """Whether the workflow refers to the outcome of the step."""
    name = scalar(keys.get("id"))
    return name is not None and re.search(rf"steps\.{re.escape(name)}\.(outcome|conclusion|outputs)", text) is not None


def _default_shell(keys: dict[str, Node]) -> str | None:
    return scalar(entries(entries(keys.get("defaults")).get("run")).get("shell"))


def _shallow_checkout(file: str, steps: Sequence[Node]) -> FilePosition | None:
    """The checkout of the project itself, where no step of the job fetches the history."""
    shallow: FilePosition | None = None
    for keys in map(entries, steps):
        uses = keys.get("uses")
        options = entries(keys.get("with"))
        if GIT_FETCH.search(scalar(keys.get("run")) or ""):
            return None
        if uses is None or not _is_checkout(keys) or "repository" in options or "path" in options:
            continue
        depth = scalar(options.get("fetch-depth")) if "fetch-depth" in options else "1"
        if depth is None or not depth.isdigit() or int(depth) == 0:
            return None
        shallow = shallow or FilePosition(file=file, line=line_of(uses))
    return shallow


def _tests_another_project(steps: Sequence[Node]) -> bool:
    """Whether a job checks out another repository in place of the project."""
    for keys in filter(_is_checkout, map(entries, steps)):
        options = entries(keys.get("with"))
        repository = scalar(options.get("repository"))
        if repository and not repository.startswith("${{") and "path" not in options:
            return True
    return False


def _is_checkout(keys: dict[str, Node]) -> bool:
    return (scalar(keys.get("uses")) or "").partition("@")[0] == "actions/checkout"


def _with_parents(job: Node, root: dict[str, Node], depth: int = MAX_PARENTS) -> dict[str, Node]:
    """The keys of a GitLab job, including those of the jobs that it `extends`."""
    keys = entries(job)
    parents = keys.get("extends")
    inherited: dict[str, Node] = {}
    if depth:
        for name in [scalar(parents), *map(scalar, items(parents)[:MAX_PARENTS])]:
            if name is not None and name in root:
                inherited.update(_with_parents(root[name], root, depth - 1))
    return {**inherited, **keys}


def _script_entries(node: Node | None, depth: int = MAX_NESTING) -> Iterator[Node]:
    if node is None:
        return
    if scalar(node) is not None:
        yield node
    elif depth and node.tag != "!reference":
        for entry in items(node):
            yield from _script_entries(entry, depth - 1)
