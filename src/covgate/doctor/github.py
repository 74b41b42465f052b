"""Commands of GitHub's workflows: https://docs.github.com/actions/reference/workflows-and-actions."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from covgate.doctor.facts import Command, Loss, ModeWord, Place
from covgate.doctor.nodes import entries, is_true, items, line_of, scalar, text_lines
from covgate.doctor.shell import ShellCommand, shell_commands
from covgate.model.settings import MODE_VARIABLE

if TYPE_CHECKING:
    from covgate.doctor.nodes import Node

CHECKOUT = "actions/checkout"
UNIX = ("ubuntu", "macos")
FETCHES = re.compile(r"git\s+fetch\b")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Around:
    """What the workflow and the job say of a step. `shell` is None for GitHub's default."""

    file: str
    text: str
    env: Node | None
    shell: str | None
    machine: str
    losses: tuple[Loss, ...]
    shallow_checkout: Place | None


def workflow_commands(file: str, text: str, document: Node) -> Iterator[Command]:
    """The commands of all jobs. `text` is the file's own."""
    root = entries(document)
    for job in entries(root.get("jobs")).values():
        keys = entries(job)
        steps = items(keys.get("steps"))
        if _is_about_another_project(steps):
            continue
        around = _Around(
            file=file,
            text=text,
            env=_last_with_mode(root.get("env"), keys.get("env")),
            shell=_default_shell(keys) or _default_shell(root),
            machine=" ".join(_texts(keys.get("runs-on"))),
            losses=_continued(file, keys),
            shallow_checkout=_shallow_checkout(file, steps),
        )
        for step in steps:
            yield from _step_commands(step, around)


def _step_commands(step: Node, around: _Around) -> Iterator[Command]:
    keys = entries(step)
    run = keys.get("run")
    script = scalar(run)
    shell = scalar(keys.get("shell")) or around.shell
    if run is None or script is None or (shell is not None and not re.match("(ba)?sh( |$)", shell)):
        return
    losses = around.losses if _is_asked_for(keys, around.text) else (*around.losses, *_continued(around.file, keys))
    numbers = list(text_lines(run))
    has_errexit = shell is None or shell in ("bash", "sh") or re.search(r" -[a-z]*e", shell) is not None
    for command in shell_commands(script, errexit=has_errexit):
        place = Place(file=around.file, line=numbers[min(command.line, len(numbers)) - 1])
        yield Command(
            words=command.words,
            place=place,
            losses=(*shell_losses(command, place), *_pipe(command, place, script, shell, around.machine), *losses),
            mode=mode_word(around.file, _last_with_mode(around.env, keys.get("env"))),
            shallow_checkout=around.shallow_checkout,
        )


def shell_losses(command: ShellCommand, place: Place) -> tuple[Loss, ...]:
    if command.loss is not None:
        return (Loss(by=command.loss, place=place),)
    if command.before is not None:
        return (Loss(by=f"; {command.before}", place=place, is_certain=False),)
    return ()


def mode_word(file: str, env: Node | None) -> ModeWord | None:
    """What a mapping of variables sets the gate's mode to; GitLab allows a table with its value."""
    node = entries(env).get(MODE_VARIABLE)
    word = scalar(node) or scalar(entries(node).get("value"))
    return None if node is None or not word else ModeWord(word=word, place=Place(file=file, line=line_of(node)))


def _last_with_mode(*envs: Node | None) -> Node | None:
    return next((env for env in reversed(envs) if MODE_VARIABLE in entries(env)), None)


def _pipe(command: ShellCommand, place: Place, script: str, shell: str | None, machine: str) -> tuple[Loss, ...]:
    """GitHub's default shell has no `pipefail`; the one that is called bash has."""
    has_pipefail = shell is not None and (shell == "bash" or "pipefail" in shell)
    if not command.in_pipe or has_pipefail or "pipefail" in script or "PIPESTATUS" in script:
        return ()
    return (Loss(by="a pipe without pipefail", place=place, is_certain=machine.startswith(UNIX)),)


def _continued(file: str, keys: dict[str, Node]) -> tuple[Loss, ...]:
    node = keys.get("continue-on-error")
    if node is None or not is_true(node):
        return ()
    return (Loss(by="continue-on-error: true", place=Place(file=file, line=line_of(node))),)


def _is_asked_for(keys: dict[str, Node], text: str) -> bool:
    """Whether something later asks for the step's outcome."""
    name = scalar(keys.get("id"))
    return name is not None and re.search(rf"steps\.{re.escape(name)}\.(outcome|conclusion|outputs)", text) is not None


def _default_shell(keys: dict[str, Node]) -> str | None:
    return scalar(entries(entries(keys.get("defaults")).get("run")).get("shell"))


def _shallow_checkout(file: str, steps: Sequence[Node]) -> Place | None:
    """The checkout of the project itself, where no step of the job brings the history."""
    shallow: Place | None = None
    for keys in map(entries, steps):
        uses = keys.get("uses")
        options = entries(keys.get("with"))
        if FETCHES.search(scalar(keys.get("run")) or ""):
            return None
        if uses is None or not _checks_out(keys) or "repository" in options or "path" in options:
            continue
        depth = scalar(options.get("fetch-depth")) if "fetch-depth" in options else "1"
        if depth is None or not depth.isdigit() or int(depth) == 0:
            return None
        shallow = shallow or Place(file=file, line=line_of(uses))
    return shallow


def _is_about_another_project(steps: Sequence[Node]) -> bool:
    """Whether a job tests somebody else's code: its checkout stands where the project's would."""
    for keys in filter(_checks_out, map(entries, steps)):
        options = entries(keys.get("with"))
        repository = scalar(options.get("repository"))
        if repository and not repository.startswith("${{") and "path" not in options:
            return True
    return False


def _checks_out(keys: dict[str, Node]) -> bool:
    return (scalar(keys.get("uses")) or "").partition("@")[0] == CHECKOUT


def _texts(node: Node | None) -> list[str]:
    return [text for text in map(scalar, [node, *items(node)]) if text is not None]
