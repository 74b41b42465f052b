"""What several reports say of a verdict: each thing is worded once, here.

Names, reasons and paths may hold anything. `quote` makes them safe for the report that asks: escaped for a terminal,
code for Markdown.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from covgate.model.checks import Check
from covgate.model.percent import shown_percent, shown_target
from covgate.model.verdict import AcceptedGap, ChangeOutcome, Gap, GapGroup, Status, Verdict
from covgate.model.words import counted, counted_units
from covgate.reports.text import printable

Quote: TypeAlias = Callable[[str], str]

WORDS: dict[Status, str] = {"passed": "PASSED", "failed": "FAILED", "advisory": "ADVISORY", "error": "ERROR"}
GROUP_TITLES: dict[GapGroup, str] = {
    "change": "in the change",
    "module": "below target",
    "component": "below their component's target",
    "total": "below the total's target",
    "untargeted": "most missing",
}
HOW_TO_SET = (
    "no target is set for modules or the total; in pyproject.toml: "
    '[tool.covgate] module = 80 (or targets = {"shop.payments" = 95})'
)
SHORT_COMMIT = 7


def verdict_line(verdict: Verdict, quote: Quote = printable) -> str:
    """The whole verdict in one line."""
    loosened = "" if verdict.fails("loosened") else loosened_in_words(verdict)
    line = f"{WORDS[verdict.status]} coverage gate{mode_in_words(verdict)}: {summary(verdict, quote)}"
    if not loosened:
        return line
    return f"{line}; {loosened}" if verdict.status == "passed" else f"{line} (and {loosened})"


def loosened_in_words(verdict: Verdict) -> str:
    """How many rules the change loosens; empty where it loosens none."""
    return f"this change loosens {counted(len(verdict.loosened), 'rule')}" if verdict.loosened else ""


def mode_in_words(verdict: Verdict) -> str:
    """What stands behind the status where it does not decide the exit code."""
    is_left_alone = verdict.mode == "warn" and verdict.status in ("failed", "error")
    return " (mode warn: the exit code is left alone)" if is_left_alone else ""


def summary(verdict: Verdict, quote: Quote = printable) -> str:
    """What failed, each check in words of its own; or what passed."""
    unmet = _unmet_in_words(verdict, quote)
    if verdict.status == "error":
        errors = [check for check in verdict.checks if check.status == "error"]
        more = f" (and {len(errors) - 1} more)" if len(errors) > 1 else ""
        return f"no verdict, {quote(errors[0].reason.split('; ')[0])}{more}"
    if verdict.status == "advisory":
        return f"not judged, only a part of the tests ran ({quote(verdict.partial or '')}); {unmet}"
    part = f", on a part of the tests ({quote(verdict.partial)})" if verdict.partial else ""
    return (unmet if verdict.status == "failed" else _met_in_words(verdict, quote)) + part


def _unmet_in_words(verdict: Verdict, quote: Quote) -> str:
    failed = [check for check in verdict.checks if check.status == "failed"]
    by_rule: dict[str, list[str]] = {}
    for check in failed:
        by_rule.setdefault(check.rule, []).append(check.subject)
    below = [name for rule, name in (("total", "total"), ("changed-lines", "the change")) if rule in by_rule]
    below += [f"component {quote(name)}" for name in by_rule.get("component", ())]
    modules = len(by_rule.get("module", ()))
    if modules:
        below.append(f"{modules} of {counted(len(verdict.judged_modules), 'module')}")
    plural = len(below) > 1 or modules > 1
    parts = [f"{listed(below)} {'are' if plural else 'is'} below target"] if below else []
    new = set(by_rule.get("new-module", ()))
    touched = set(by_rule.get("changed-module", ())) - new
    for kind, count in (("touched module", len(touched)), ("new module", len(new))):
        if count:
            parts.append(f"{counted(count, kind)} {'is below its' if count == 1 else 'are below their'} target")
    for rule, one, several in _OTHER_FAILURES:
        count = len(by_rule.get(rule, ()))
        if count:
            parts.append(f"{count} {one if count == 1 else several}")
    parts += [loosened_in_words(verdict)] if verdict.fails("loosened") else []
    return "; ".join(parts) or "nothing is below target so far"


_OTHER_FAILURES = (
    ("module-branches", "module is below its target for branches", "modules are below their target for branches"),
    (
        "module-missing",
        "module has more uncovered code than its max_missing allows",
        "modules have more uncovered code than their max_missing allows",
    ),
    ("dead-pattern", "pattern in the settings matches no module", "patterns in the settings match no module"),
    ("accepted-gap", "accepted entry matches no uncovered code", "accepted entries match no uncovered code"),
)
"""Rules, and what is said of one subject and of several that fail them."""


def _met_in_words(verdict: Verdict, quote: Quote) -> str:
    if verdict.change_only:
        return "; ".join([*_change_met_in_words(verdict, quote), "nothing else was judged"])
    measured = verdict.measured
    percent = f"{shown_percent(measured.covered, measured.units)} %"
    total = verdict.check_of("total")
    parts = [f"total {percent}"]
    if total is not None and total.target is not None:
        source = f", {quote(total.source)}" if total.is_adopted else ""
        parts = [f"total {percent} (target {shown_target(total.target)}{source})"]
    parts += _change_met_in_words(verdict, quote)
    components = sum(check.rule == "component" for check in verdict.checks)
    counts = (
        (components, "component"),
        (len(verdict.touched_modules), "touched module"),
        (len(verdict.judged_modules), "module"),
    )
    named = [counted(count, noun) for count, noun in counts if count]
    if named:
        parts.append(f"{listed(named)} at or above target")
    if measured.accepted:
        parts.append(f"{counted_units(measured.accepted, 'missing', branches=measured.branches)} accepted")
    return "; ".join(parts)


def _change_met_in_words(verdict: Verdict, quote: Quote) -> list[str]:
    check = verdict.check_of("changed-lines")
    change = verdict.change
    if change is None:
        return ["change skipped"] if check is not None else []
    if check is None:
        return []
    outside = len(change.unmeasured)
    left = [f"{counted(outside, 'changed file')} outside the measured source"] if outside else []
    if not check.units:
        nothing = "nothing to cover" if change.files else "no changed files"
        return [f"change: {nothing}, {compared_with(change, quote)}", *left]
    share = f"change {shown_percent(check.covered, check.units)} % (target {target_in_words(check)})"
    return [f"{share}, {compared_with(change, quote)}", *left]


def compared_with(change: ChangeOutcome, quote: Quote = printable) -> str:
    """`compared with main (10d5f32)`: the base in words, and its commit where that is known."""
    base, commit = change.base_source, (change.base or "")[:SHORT_COMMIT]
    if commit and not base.startswith(commit):
        base = f"{base[:-1]}, {commit})" if base.endswith(")") else f"{base} ({commit})"
    return f"compared with {quote(base)}"


def changed_files(change: ChangeOutcome, quote: Quote = printable) -> str:
    """How many files the change has, and what it is compared with."""
    count = len(change.files)
    files = f"{counted(count, 'file')} changed" if count else "no changed files"
    return f"{files}, {compared_with(change, quote)}"


def target_in_words(check: Check) -> str:
    return "-" if check.target is None else shown_target(check.target)


def needed(count: int, *, branches: bool) -> str:
    """`2597 more statements needed`."""
    return f"{counted_units(count, 'more', branches=branches)} needed"


def needed_by(check: Check, *, branches: bool) -> str:
    """What a check needs; of branches alone where it is held to nothing else."""
    if check.rule == "module-branches":
        return f"{check.to_reach} more {'branch' if check.to_reach == 1 else 'branches'} needed"
    return needed(check.to_reach, branches=branches)


def without_accepted(units: int) -> str:
    """What a share leaves out, to stand behind it."""
    return f", {units} accepted" if units else ""


def acceptance_terms(gap: AcceptedGap) -> str:
    """Until when a gap is accepted, and who answers for it."""
    return ", ".join(filter(None, [f"until {gap.until}" if gap.until else "", gap.owner or ""]))


def outcome_of(check: Check, *, branches: bool) -> str:
    """How a check stands, without its subject: its share, its target and what it needs, or its reason."""
    said = []
    if check.target is not None and check.units and check.rule != "module-missing":
        share = f"{shown_percent(check.covered, check.units)} % covered{without_accepted(check.accepted)}"
        need = f", {needed_by(check, branches=branches)}" if check.to_reach else ""
        said.append(f"{share}, target {target_in_words(check)} %{need}")
    return "; ".join([*said, *([printable(check.reason)] if check.reason else [])])


def check_in_words(check: Check, *, branches: bool) -> str:
    """A check as a sentence of its own: what is held to something, and how it stands."""
    subject, outcome = printable(check.subject), outcome_of(check, branches=branches)
    match check.rule:
        case "data" | "readable":
            return outcome
        case "dead-pattern":
            return f"{printable(check.source)}: {subject!r} {outcome}"
        case "accepted-gap":
            return f"{printable(check.source)} ({subject}): {outcome}"
        case "component" | "module-branches" | "changed-module" | "new-module":
            return f"{_SUBJECTS[check.rule].format(subject)}: {outcome}"
    return f"{subject}: {outcome}"


_SUBJECTS = {
    "component": "component {}",
    "module-branches": "branches of {}",
    "changed-module": "touched module {}",
    "new-module": "new module {}",
}


def gap_in_words(gap: Gap, *, branches: bool) -> str:
    """What a module misses of a target that is not its own."""
    share = f"{shown_percent(gap.covered, gap.units)} % covered{without_accepted(gap.accepted)}"
    target = "" if gap.target is None else f" of {shown_target(gap.target)} %"
    return f"{printable(gap.path)}: {share}, {_ONE_BELOW[gap.group]}{target}, {needed(gap.to_reach, branches=branches)}"


_ONE_BELOW: dict[GapGroup, str] = {**GROUP_TITLES, "component": "below its component's target"}


@dataclass(frozen=True, slots=True, kw_only=True)
class ModuleCount:
    """How many modules reach what they are held to."""

    label: str
    reached: int
    count: int
    words: str

    @property
    def is_met(self) -> bool:
        return self.reached == self.count


def module_counts(verdict: Verdict) -> tuple[ModuleCount, ...]:
    """The touched modules and all modules: each held to targets of its kind, so that both counts are true."""
    kinds = "touched and new" if any(check.rule == "new-module" for check in verdict.checks) else "touched"
    counts = (
        ("touched", verdict.touched_modules, verdict.failing_touched_modules, f"the target for {kinds} modules"),
        ("modules", verdict.judged_modules, verdict.failing_modules, "their own target"),
    )
    return tuple(
        ModuleCount(label=label, reached=len(held) - len(failing), count=len(held), words=f"at or above {target}")
        for label, held, failing, target in counts
        if held
    )


def troubles(verdict: Verdict) -> Iterator[tuple[str, str]]:
    """Errors, and settings that gate or accept nothing: a word and a sentence each."""
    for check in verdict.checks:
        kind = "error" if check.status == "error" else _TROUBLES.get(check.rule)
        if kind is not None:
            yield kind, check_in_words(check, branches=verdict.measured.branches)


_TROUBLES = {"dead-pattern": "dead rule", "accepted-gap": "accepts nothing"}


def listed(items: Sequence[str]) -> str:
    """`a, b and c`."""
    return " and ".join([", ".join(items[:-1]), items[-1]] if len(items) > 1 else items)
