"""Findings about what is measured: whether it is the product, and all of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from covgate.doctor.commands import all_commands, gate_commands
from covgate.doctor.facts import Facts, Finding
from covgate.judge.naming import TEST_FOLDERS, is_test, named
from covgate.model.percent import shown_percent
from covgate.model.snapshot import Module
from covgate.model.words import counted

FIRST_WITHOUT_SUBPROCESSES = 7
"""The first major version of pytest-cov that leaves other processes to coverage.py."""
MAX_SHOWN = 5
SHARED_FILES = ("setup.cfg", "tox.ini")
"""Files without TOML that hold settings of other tools too."""


def no_source(facts: Facts) -> Iterator[Finding]:
    words = [*facts.pytest.addopts, *(word for command in all_commands(facts) for word in command.words)]
    if facts.settings.source or facts.coverage.source or any(w == "--cov" or w.startswith("--cov=") for w in words):
        return
    if facts.tree.discovered:
        yield Finding(
            severity="advice",
            message="no setting names the source, so covgate measures the packages that it finds",
            where="pyproject.toml: tool.covgate",
            remedy=f"source = [{_shown_list(map(_quote, facts.tree.discovered))}]",
        )
    elif facts.snapshot is None:
        yield Finding(
            severity="serious",
            message="no setting names the source, and there is no package to measure",
            where="pyproject.toml: tool.covgate",
            remedy='source = ["my_package"]',
        )


def missing_sources(facts: Facts) -> Iterator[Finding]:
    """Only advice, because the environment of the tests may have what is missing here."""
    if facts.tree.missing:
        example = f", for example {named(facts.tree.discovered)}" if facts.tree.discovered else ""
        yield Finding(
            severity="advice",
            message=f"source names {named(facts.tree.missing)}, which is neither in the tree nor installed",
            where="pyproject.toml: tool.covgate.source" if facts.settings.source else facts.coverage.file,
            remedy=f"name what you want to measure{example}",
        )


def no_branches(facts: Facts) -> Iterator[Finding]:
    words = [*facts.pytest.addopts, *(word for command in gate_commands(facts) for word in command.words)]
    has_branch_data = facts.snapshot is not None and facts.snapshot.has_branches
    if facts.coverage.branch or has_branch_data or "--cov-branch" in words:
        return
    yield Finding(
        severity="advice",
        message="branches are not measured: an if without else counts as covered even if its condition was never false",
        where=facts.coverage.file,
        remedy=_run_setting(facts, "branch", True),
        cost="before Python 3.14, tests run three to four times slower in branch mode than in line mode with the "
        "sysmon core; set all targets anew, because percentages then count branches too",
    )


def tests_in_source(facts: Facts) -> Iterator[Finding]:
    """Test files run almost completely, so they raise the total. A source that names their folder asks for it."""
    names = facts.settings.source or facts.coverage.source
    folders = (name.rstrip("/").removeprefix("./").replace(".", "/") for name in names)
    wanted = tuple(f"{folder}/" for folder in folders if folder.rpartition("/")[2] in TEST_FOLDERS)
    modules = facts.tree.modules if facts.snapshot is None else facts.snapshot.modules
    tests = _tests(modules, facts.pytest.python_files)
    if tests and len(tests) == len(modules) and facts.tree.discovered:  # a product may be named like a test
        yield Finding(
            severity="serious",
            message=f"only tests are measured ({counted(len(modules), 'file')}), not the product",
            where=facts.coverage.file,
            remedy=_source_setting(facts),
        )
        return
    tests = [module for module in tests if not module.path.startswith(wanted)]
    share = ""
    if facts.snapshot is not None:
        units = sum(module.units for module in tests)
        share = f", {shown_percent(units, facts.snapshot.share.units)} % of the total"
    if tests:
        yield Finding(
            severity="advice",
            message=f"{counted(len(tests), 'test file')} counted as source{share}: {named([m.path for m in tests])}",
            where=facts.coverage.file,
            remedy=_run_setting(facts, "omit", list(dict.fromkeys(map(_omit_pattern, tests)))),
        )


def _tests(modules: Iterable[Module], python_files: Iterable[str]) -> list[Module]:
    """Files that pytest would collect, their helpers, and files in a folder called tests."""
    patterns = [pattern for pattern in python_files if pattern.strip("*") not in ("", ".py")]
    return [module for module in modules if is_test(module.path, patterns)]


def _source_setting(facts: Facts) -> str:
    """The packages that were found as a source, where the source is set now."""
    if facts.coverage.source and not facts.settings.source:
        return _run_setting(facts, "source", facts.tree.discovered)
    return f"source = [{', '.join(map(_quote, facts.tree.discovered))}]"


def _run_setting(facts: Facts, name: str, values: bool | Sequence[str]) -> str:
    """A setting of coverage.py's section `run`, in the form of the file that holds its settings."""
    file = facts.coverage.file
    is_toml = not file or file.endswith(".toml")
    if isinstance(values, bool):
        value = str(values).lower()
    else:
        value = f"[{_shown_list(map(_quote, values))}]" if is_toml else _shown_list(values)
    section = "tool.coverage.run" if is_toml else "coverage:run" if file.rpartition("/")[2] in SHARED_FILES else "run"
    return f"[{section}]\n{name} = {value}"


def _omit_pattern(test: Module) -> str:
    *folders, name = test.path.split("/")
    folder = next((folder for folder in folders if folder in TEST_FOLDERS), None)
    if folder is not None:
        return f"*/{folder}/*"
    return f"*/{name}" if name == "conftest.py" else test.path


def _quote(name: str) -> str:
    return f'"{name}"'


def _shown_list(texts: Iterable[str]) -> str:
    """The first of them as items of a list."""
    shown = list(texts)
    return ", ".join([*shown[:MAX_SHOWN], *(["..."] if len(shown) > MAX_SHOWN else [])])


def excluded_modules(facts: Facts) -> Iterator[Finding]:
    modules = () if facts.snapshot is None else facts.snapshot.modules
    paths = [module.path for module in modules if not module.units and module.excluded]
    if paths:
        yield Finding(
            severity="advice",
            message=f"all code is excluded in {counted(len(paths), 'module')}: {named(paths)}",
            remedy='narrow "pragma: no cover" or exclude_also, or omit the files',
        )


def unmeasured_processes(facts: Facts) -> Iterator[Finding]:
    started = facts.processes
    if started.are_measured or _pytest_cov_measures_them(facts) or "subprocess" in facts.coverage.patch:
        return
    if started.subprocess:
        yield Finding(
            severity="advice",
            message=f"Python programs started in {named(started.subprocess)} are not measured",
            where=facts.coverage.file,
            remedy=_run_setting(facts, "patch", ["subprocess"]),
        )
    if started.multiprocessing and "multiprocessing" not in facts.coverage.concurrency:
        yield Finding(
            severity="advice",
            message=f"multiprocessing workers started in {named(started.multiprocessing)} are not measured",
            where=facts.coverage.file,
            remedy=_run_setting(facts, "concurrency", ["multiprocessing", "thread"]),
        )


def _pytest_cov_measures_them(facts: Facts) -> bool:
    for requirement in facts.requirements:
        if requirement.name == "pytest-cov" and requirement.installed:
            major = requirement.installed.partition(".")[0]
            return major.isdigit() and int(major) < FIRST_WITHOUT_SUBPROCESSES
    return False
