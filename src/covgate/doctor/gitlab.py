"""Commands of GitLab's pipelines: https://docs.gitlab.com/ci/yaml. Its shell stops at failures, in pipes too."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from covgate.doctor.facts import Command, Loss, Place
from covgate.doctor.github import mode_word, shell_losses
from covgate.doctor.nodes import entries, is_true, items, line_of, scalar, text_lines
from covgate.doctor.shell import shell_commands

if TYPE_CHECKING:
    from covgate.doctor.nodes import Node

PARENTS = 5
"""How many `extends` are followed, one from the other."""
NESTED = 3
"""How deep lists in a script may be nested: anchors make them."""
NO_JOBS = frozenset(["default", "include", "stages", "variables", "workflow", "spec", "image", "services", "cache"])


def pipeline_commands(file: str, document: Node) -> Iterator[Command]:
    root = entries(document)
    for name, job in root.items():
        if name in NO_JOBS or name.startswith("."):
            continue
        keys = _with_parents(job, root)
        allowed = keys.get("allow_failure")
        losses: tuple[Loss, ...] = ()
        if allowed is not None and is_true(allowed):
            losses = (Loss(by="allow_failure: true", place=Place(file=file, line=line_of(allowed))),)
        mode = mode_word(file, keys.get("variables")) or mode_word(file, root.get("variables"))
        main = [*_scripts(keys.get("before_script")), *_scripts(keys.get("script"))]
        for command, place, more in _placed(file, main):
            yield Command(words=command, place=place, losses=(*more, *losses), mode=mode)


def _placed(file: str, scripts: Sequence[Node]) -> Iterator[tuple[tuple[str, ...], Place, tuple[Loss, ...]]]:
    """The entries of a script run one after the other in one shell."""
    text = "\n".join(node.value for node in scripts)
    numbers = [number for node in scripts for number in text_lines(node)]
    for command in shell_commands(text):
        place = Place(file=file, line=numbers[min(command.line, len(numbers)) - 1])
        yield command.words, place, shell_losses(command, place)


def _with_parents(job: Node, root: dict[str, Node], depth: int = PARENTS) -> dict[str, Node]:
    keys = entries(job)
    parents = keys.get("extends")
    inherited: dict[str, Node] = {}
    if depth:
        for name in [scalar(parents), *map(scalar, items(parents)[:PARENTS])]:
            if name is not None and name in root:
                inherited.update(_with_parents(root[name], root, depth - 1))
    return {**inherited, **keys}


def _scripts(node: Node | None, depth: int = NESTED) -> Iterator[Node]:
    if node is None:
        return
    if scalar(node) is not None:
        yield node
    elif depth and node.tag != "!reference":
        for entry in items(node):
            yield from _scripts(entry, depth - 1)
