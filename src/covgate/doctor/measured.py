"""Whether what is measured is the product, and all of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from covgate.doctor.facts import Surroundings
from covgate.doctor.finding import Finding
from covgate.doctor.gate_commands import gate_commands, given_sources
from covgate.judge.naming import TEST_FOLDERS, is_test, named
from covgate.model.percent import shown_percent
from covgate.model.rules import PytestSettings
from covgate.model.snapshot import Module
from covgate.model.words import counted

PATCHES_CHILDREN = 7
"""The first pytest-cov that leaves processes to coverage.py."""


def no_source(facts: Surroundings) -> Iterator[Finding]:
    if facts.settings.source or facts.measuring.source or given_sources(facts):
        return
    if facts.sources.discovered:
        shown = ", ".join(f'"{name}"' for name in facts.sources.discovered[:5])
        more = ", ..." if len(facts.sources.discovered) > 5 else ""
        yield Finding(
            severity="advice",
            what="nothing says what to measure: it is what is found in the tree",
            where="pyproject.toml: tool.covgate",
            mend=f"source = [{shown}{more}]",
        )
    elif facts.snapshot is None:
        yield Finding(
            severity="serious",
            what="nothing says what to measure, and no package is found in the tree",
            where="pyproject.toml: tool.covgate",
            mend='source = ["my_package"]',
        )


def absent_sources(facts: Surroundings) -> Iterator[Finding]:
    """Advice, as an environment of the tests may have what is not here."""
    if facts.sources.absent:
        yield Finding(
            severity="advice",
            what=f"source names {named(facts.sources.absent)}: neither in the tree nor installed here",
            where="pyproject.toml: tool.covgate.source" if facts.settings.source else facts.measuring.file,
            mend="name what is to be measured" + _for_example(facts),
        )


def _for_example(facts: Surroundings) -> str:
    return f": {named(facts.sources.discovered)}" if facts.sources.discovered else ""


def no_branches(facts: Surroundings) -> Iterator[Finding]:
    words = [*facts.pytest.addopts, *(word for command in gate_commands(facts) for word in command.words)]
    has_data = facts.snapshot is not None and facts.snapshot.has_branches
    if facts.measuring.branch or has_data or "--cov-branch" in words:
        return
    yield Finding(
        severity="advice",
        what="branches are not measured: an if without else counts as covered once it ran",
        where=facts.measuring.file,
        mend="[tool.coverage.run]\nbranch = true",
    )


def tests_as_source(facts: Surroundings) -> Iterator[Finding]:
    """Tests run almost whole: they lift every total they are part of. Who names their folder wants that."""
    wanted = tuple(f"{name}/" for name in _sources(facts) if name.rpartition("/")[2] in TEST_FOLDERS)
    modules = _source_modules(facts)
    if _is_tests_alone(facts):  # told as such
        return
    tests = [module for module in _tests(modules, facts.pytest) if not module.path.startswith(wanted)]
    share = ""
    if facts.snapshot is not None:
        units = sum(module.units for module in tests)
        share = f", {shown_percent(units, facts.snapshot.share.units)} % of the total"
    if tests:
        yield Finding(
            severity="advice",
            what=f"{counted(len(tests), 'test file')} counted as source{share}: {named([m.path for m in tests])}",
            where=facts.measuring.file,
            mend=f"[tool.coverage.run]\nomit = [{', '.join(_omitting(tests))}]",
        )


def tests_alone(facts: Surroundings) -> Iterator[Finding]:
    """Whoever names the tests' folder as source wants the product too."""
    if _is_tests_alone(facts):
        shown = ", ".join(f'"{name}"' for name in facts.sources.discovered)
        yield Finding(
            severity="serious",
            what=f"only tests are counted as source, {counted(len(_source_modules(facts)), 'file')} of them",
            where=facts.measuring.file,
            mend=f"source = [{shown}]",
        )


def _is_tests_alone(facts: Surroundings) -> bool:
    """Only where something else is there to measure: a product may have a test's name."""
    modules = _source_modules(facts)
    return bool(modules and facts.sources.discovered) and len(_tests(modules, facts.pytest)) == len(modules)


def _source_modules(facts: Surroundings) -> tuple[Module, ...]:
    """What was measured, else what would be."""
    return facts.sources.modules if facts.snapshot is None else facts.snapshot.modules


def _sources(facts: Surroundings) -> tuple[str, ...]:
    """As folders; a name with dots is an import name."""
    named_so = facts.settings.source or facts.measuring.source
    return tuple(name.rstrip("/").removeprefix("./").replace(".", "/") for name in named_so)


def _tests(modules: Iterable[Module], settings: PytestSettings) -> list[Module]:
    """Files that pytest would collect, their helpers, and what lies in a folder called tests."""
    patterns = [pattern for pattern in settings.python_files if pattern.strip("*") not in ("", ".py")]
    return [module for module in modules if is_test(module.path, patterns)]


def _omitting(tests: Iterable[Module]) -> list[str]:
    """The patterns of `omit` that name them; whoever has some already adds these."""
    found: dict[str, None] = {}
    for module in tests:
        *folders, name = module.path.split("/")
        folder = next((folder for folder in folders if folder in TEST_FOLDERS), None)
        found[f'"*/{folder}/*"' if folder else f'"*/{name}"' if name == "conftest.py" else f'"{module.path}"'] = None
    return [*list(found)[:5], *(["..."] if len(found) > 5 else [])]


def swallowed_modules(facts: Surroundings) -> Iterator[Finding]:
    if facts.snapshot is None:
        return
    empty = [module.path for module in facts.snapshot.modules if not module.units and module.excluded]
    if empty:
        yield Finding(
            severity="advice",
            what=f"{counted(len(empty), 'module')} with nothing left to cover, all excluded: {named(empty)}",
            mend="make pragma: no cover or exclude_also narrower, or omit them",
        )


def unmeasured_processes(facts: Surroundings) -> Iterator[Finding]:
    started = facts.processes
    if started.started_by_hand or _pytest_cov_does_it(facts) or "subprocess" in facts.measuring.patch:
        return
    if started.children:
        yield Finding(
            severity="advice",
            what=f"Python programs are started and not measured, in {named(started.children)}",
            where=facts.measuring.file,
            mend='[tool.coverage.run]\npatch = ["subprocess"]',
        )
    if started.workers and "multiprocessing" not in facts.measuring.concurrency:
        yield Finding(
            severity="advice",
            what=f"processes of multiprocessing are not measured, in {named(started.workers)}",
            where=facts.measuring.file,
            mend='[tool.coverage.run]\nconcurrency = ["multiprocessing", "thread"]',
        )


def _pytest_cov_does_it(facts: Surroundings) -> bool:
    for version in facts.versions:
        if version.name == "pytest-cov" and version.installed:
            major = version.installed.partition(".")[0]
            return major.isdigit() and int(major) < PATCHES_CHILDREN
    return False
