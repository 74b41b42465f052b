"""Facts about a healthy project, and short calls that change one of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from builders import module
from covgate.config.settings import parse_settings
from covgate.doctor.diagnosis import diagnose
from covgate.doctor.facts import (
    CiFiles,
    Command,
    CoverageFacts,
    Facts,
    FilePosition,
    Finding,
    IgnoredExit,
    SourceTree,
    ToxEnvironment,
)

CART = module("src/shop/cart.py", 1, 2)
PAY = module("src/shop/pay.py", 1, 2)
HEALTHY = Facts(
    settings=parse_settings({"source": ["src/shop"]}),
    coverage=CoverageFacts(branch=True),
    tree=SourceTree(modules=(CART, PAY), discovered=("src/shop",)),
)
HERE = FilePosition(file="ci.yml", line=7)


def findings(**facts: Any) -> tuple[Finding, ...]:
    return diagnose(HEALTHY._replace(**facts)).findings


def with_settings(table: Mapping[str, object], **facts: Any) -> tuple[Finding, ...]:
    return findings(settings=parse_settings({"source": ["src/shop"], **table}), **facts)


def command(text: str, *losses: str, **parts: Any) -> Command:
    lost = tuple(IgnoredExit(by=by, position=HERE) for by in losses)
    return Command(words=tuple(text.split()), position=HERE, ignored_exits=parts.pop("lost", lost), **parts)


def in_ci(*commands: Command) -> CiFiles:
    return CiFiles(files=("ci.yml",), commands=commands)


def severities_and_messages(found: tuple[Finding, ...]) -> list[tuple[str, str]]:
    return [(finding.severity, finding.message) for finding in found]


def only(found: tuple[Finding, ...]) -> Finding:
    (finding,) = found
    return finding


GATE = "python -m pytest -n 2 --covgate"
TOX = (
    ToxEnvironment(name="", commands=(command("pytest"),)),
    ToxEnvironment(name="gate", commands=(command(GATE),)),
    ToxEnvironment(name="lint", commands=(command("ruff check"),)),
)
