"""What a change loosens in the settings of coverage.py and pytest."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from covgate.judge.naming import is_test, named
from covgate.model.percent import shown_target
from covgate.model.rules import CoverageRules, KeyPath, Loosened, Rules, RulesChange

# Lists of coverage.py: a new item takes code out, or an item that is gone does.
TAKING_OUT = (
    "run.omit",
    "report.omit",
    "report.exclude_lines",
    "report.exclude_also",
    "report.partial_branches",
    "report.partial_also",
    "report.partial_branches_always",
)
TAKING_IN = ("run.source", "run.source_pkgs", "run.source_dirs", "run.include", "report.include")
ALTERNATIVES = (TAKING_OUT[2:4], TAKING_OUT[4:])
"""Lists that coverage.py joins: an item that moves from one to another changes nothing."""
LOOSE_WHEN = {"run.branch": False, "report.ignore_errors": True, "report.include_namespace_packages": False}

# fmt: off
SELECTING_WITH_VALUE = frozenset([
    "-k", "-m", "-c", "-o", "--deselect", "--ignore", "--ignore-glob", "--maxfail", "--rootdir", "--override-ini",
    "--config-file", "--confcutdir", "--cov-config", "--splits", "--group", "--num-shards", "--shard-id",
])
SELECTING = SELECTING_WITH_VALUE | frozenset([
    "-x", "--exitfirst", "--lf", "--last-failed", "--ff", "--failed-first", "--sw", "--stepwise", "--noconftest",
    "--collect-only", "--co", "--setup-plan", "--setup-only", "--testmon", "--testmon-forceselect", "--picked",
    "--cov", "--no-cov", "--no-covgate", "--cov-append", "--no-cov-on-fail", "--pyargs",
])
"""Options that leave out tests, or measure or judge something else."""
# fmt: on
WITH_VALUE = SELECTING_WITH_VALUE | frozenset(["-p", "-n", "-r", "-W", "--cov-fail-under"])
HARMLESS = frozenset(["--covgate-strict", "--covgate-all", "--covgate-report"])
JUDGING = frozenset(["--covgate", "--covgate-strict", "--cov-branch", "--cov", "--cov-fail-under"])
"""Options without which less is measured or judged."""


def loosened_coverage(change: RulesChange) -> Iterator[Loosened]:
    """Nothing where coverage.py cannot read one of the two settings."""
    before, after = change.before.coverage, change.after.coverage
    yield from _covgate_source(change)
    if before is None or after is None:
        return
    for name in TAKING_OUT:
        yield from _taken_out(name, before, after, change)
    for name in TAKING_IN:
        yield from _taken_in(name, before, after, change)
    for name, loose in LOOSE_WHEN.items():
        old, new = before.switches.get(name, False), after.switches.get(name, False)
        if old != new and new == loose:
            yield _row(change, name, str(old).lower(), str(new).lower())
    if after.fail_under < before.fail_under:
        new_level = shown_target(after.fail_under) if after.fail_under else None
        yield _row(change, "report.fail_under", shown_target(before.fail_under), new_level)
    others = {name for name in (*before.lists, *after.lists) if name.startswith("paths.")} | {"run.plugins"}
    for name in sorted(others):
        old_items, new_items = before.lists.get(name, ()), after.lists.get(name, ())
        if old_items != new_items:
            yield _row(change, name, _joined(old_items), _joined(new_items))


def _taken_out(name: str, before: CoverageRules, after: CoverageRules, change: RulesChange) -> Iterator[Loosened]:
    """New items; a pattern of files that only replaces a broader one is stricter."""
    old, new = before.lists.get(name, ()), after.lists.get(name, ())
    joined = next((names for names in ALTERNATIVES if name in names), (name,))
    known = {item for one in joined for item in before.lists.get(one, ())}
    gained = [item for item in new if item not in known]
    is_narrower = name.endswith("omit") and not set(old) <= set(new) and not change.lost_files
    for item in () if is_narrower else gained:
        yield _row(change, name, None, item, item)


def _taken_in(name: str, before: CoverageRules, after: CoverageRules, change: RulesChange) -> Iterator[Loosened]:
    old, new = before.lists.get(name, ()), after.lists.get(name, ())
    if set(old) != set(new) and change.lost_files:
        yield _row(change, name, _joined(old), _joined(new))


def _covgate_source(change: RulesChange) -> Iterator[Loosened]:
    old, new = change.before.settings.source, change.after.settings.source
    if set(old) != set(new) and (change.lost_files or (new and set(old) - set(new))):
        lost = f" (loses {named(change.lost_files)})" if change.lost_files else ""
        line = change.after.line_of("pyproject.toml", ("tool", "covgate", "source"))
        after = f"{_joined(new) or 'what is found in the project'}{lost}"
        before = _joined(old) or "what is found in the project"
        yield Loosened(what="tool.covgate.source", before=before, after=after, path="pyproject.toml", line=line)


def _row(change: RulesChange, name: str, before: str | None, after: str | None, item: str = "") -> Loosened:
    rules = change.after if change.after.coverage and change.after.coverage.file else change.before
    file = rules.coverage.file if rules.coverage and rules.coverage.file else "pyproject.toml"
    section, _, option = name.partition(".")
    paths = _key_paths(file, section, option)
    lines = (change.after.line_of(file, path, item) for path in paths)
    what = f"tool.coverage.{name}" if file == "pyproject.toml" else f"coverage.py's {name}"
    return Loosened(what=what, before=before, after=after, path=file, line=next(filter(None, lines), None))


def _key_paths(file: str, section: str, option: str) -> Sequence[KeyPath]:
    """How a file of this name may call a setting of coverage.py."""
    in_toml: Sequence[KeyPath] = (("tool", "coverage", section, option), (section, option))
    return in_toml if file.endswith(".toml") else ((f"coverage:{section}", option), (section, option))


def _joined(items: Iterable[str]) -> str | None:
    return ", ".join(items) or None


def loosened_pytest(change: RulesChange) -> Iterator[Loosened]:
    before, after = change.before.pytest, change.after.pytest
    old, new = _options(before.addopts), _options(after.addopts)
    gained, lost = list((Counter(new) - Counter(old)).elements()), list((Counter(old) - Counter(new)).elements())
    for option in gained:
        if _selects(option):
            was = next((one for one in lost if _name(one) == _name(option)), None)
            yield _pytest_row(change, "addopts", was, option)
    for option in lost:
        if (_name(option) in JUDGING or _steers(option)) and not any(_is_as_strict(one, option) for one in gained):
            now = next((one for one in gained if _name(one) == _name(option)), None)
            yield _pytest_row(change, "addopts", option, now)
    wider = not after.testpaths or (before.testpaths and set(before.testpaths) <= set(after.testpaths))
    if not wider:
        yield _pytest_row(change, "testpaths", _joined(before.testpaths), _joined(after.testpaths))


def _pytest_row(change: RulesChange, key: str, before: str | None, after: str | None) -> Loosened:
    file = change.after.pytest.file or change.before.pytest.file
    lines = (change.after.line_of(file, path) for path in _pytest_paths(change.after, file, key))
    return Loosened(what=f"pytest's {key}", before=before, after=after, path=file, line=next(filter(None, lines), None))


def _pytest_paths(rules: Rules, file: str, key: str) -> Sequence[KeyPath]:
    if file == "pyproject.toml":
        nested: KeyPath = ("tool", "pytest", "ini_options", key)
        return (nested if nested in rules.places.get(file, {}) else ("tool", "pytest", key),)
    return (("tool:pytest" if file == "setup.cfg" else "pytest", key),)


def _options(words: Sequence[str]) -> list[str]:
    """Each option with its value as one text: `-k cart`, `--ignore tests/slow`, `-p no:cov`."""
    found: list[str] = []
    rest = list(words)
    while rest:
        word = rest.pop(0)
        name, equals, value = word.partition("=")
        is_unknown = word.startswith("--") and not equals and word not in SELECTING | JUDGING
        may_take = word == "--cov" or (is_unknown and bool(rest) and not _is_path(rest[0]))
        if rest and (word in WITH_VALUE or (may_take and not rest[0].startswith("-"))):
            found.append(f"{word} {rest.pop(0)}")
        elif equals and word.startswith("--"):
            found.append(f"{name} {value}")
        elif word[:2] in WITH_VALUE and len(word) > 2:
            found.append(f"{word[:2]} {word[2:]}")
        else:
            found.append(word)
    return found


def _is_path(word: str) -> bool:
    """Whether a word reads as tests to run, and not as the value of the option before it."""
    return "::" in word or word.endswith((".py", "/")) or is_test(f"{word}/")


def _name(option: str) -> str:
    return option.partition(" ")[0]


def _selects(option: str) -> bool:
    """Whether an option leaves out tests, measures something else, or steers the gate; a path leaves out the others."""
    if _name(option) == "-p":
        return option.startswith("-p no:")
    return _steers(option) or _name(option) in SELECTING or not option.startswith("-")


def _steers(option: str) -> bool:
    return option.startswith("--covgate-") and _name(option) not in HARMLESS


def _is_as_strict(new: str, old: str) -> bool:
    """A raised `--cov-fail-under` is no loss."""
    if _name(new) != _name(old) or _name(old) != "--cov-fail-under":
        return False
    try:
        return float(new.split()[-1]) >= float(old.split()[-1])
    except ValueError:
        return False
