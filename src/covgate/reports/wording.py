"""What several reports say of a verdict: each thing is worded once, here.

Names, reasons and paths may hold anything. `quote` makes them safe for the report that asks: escaped for a terminal,
code for Markdown.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal, NamedTuple, TypeAlias

from covgate.errors import ErrorName, with_name
from covgate.model.checks import Check, Rule
from covgate.model.goal import Goal
from covgate.model.missing import Reason
from covgate.model.percent import shown_percent, shown_target
from covgate.model.rules import Loosened
from covgate.model.verdict import AcceptedGap, ChangeOutcome, Gap, GapGroup, Status, Verdict
from covgate.model.words import counted, counted_units
from covgate.reports.movement import movement_of_total
from covgate.reports.text import Quote as Quote
from covgate.reports.text import cells, cut_right, printable

Unit: TypeAlias = Literal["percent", "percent of branches", "count"]


class RuleWords(NamedTuple):
    """How a rule is worded. `{subject}` and `{source}` are those of a check."""

    title: str
    """What the rule is about, as a heading."""
    one: str = ""
    several: str = ""
    """What the verdict calls one subject, and several, that fail: `{names}`, `{count}` of them, `{of}` all modules.

    Empty for a rule that never fails: it is met, or an error whose reason says what is wrong.
    """
    is_wrong: str = "is below target"
    are_wrong: str = "are below target"
    """What is wrong with one subject and with several; `{loosened}` counts rules."""
    subject: str = "{subject}"
    sentence: str = "{named}: {outcome}"
    """A check on its own, of its subject in words and how it stands."""
    label: str = "target"
    """The title in a word or two."""
    unit: Unit = "percent"
    trouble: str = ""
    """What stands before a failing check where troubles are listed; only errors are listed where this is empty."""


_BELOW_ITS = ("is below its target", "are below their target")
_BRANCHES = ("is below its target for branches", "are below their target for branches")
_MISSING = (
    "has more uncovered code than its max_missing allows",
    "have more uncovered code than their max_missing allows",
)
_NO_MODULE = ("matches no module", "match no module")
_NO_GAP = ("matches no uncovered code", "match no uncovered code")
_LOOSENS = ("loosens {loosened}", "loosens {loosened}")
_MODULES = ("{count} module", "{count} modules")
_NEW = ("{count} new module", "{count} new modules")
_TOUCHED = ("{count} touched module", "{count} touched modules")
_PATTERNS = ("{count} pattern in the settings", "{count} patterns in the settings")
_ENTRIES = ("{count} accepted entry", "{count} accepted entries")
_DROPPING = ("coverage of {names}", "coverage of {names}")
_UNCHANGED = ("unchanged code", "unchanged code")
_TOO_LONG = ("took longer than their budget", "took longer than their budget")

RULE_WORDS: dict[Rule, RuleWords] = {
    "total": RuleWords("coverage of the total", "total", "total"),
    "changed-lines": RuleWords("coverage of the changed lines", "the change", "the change"),
    "component": RuleWords(
        "coverage of a component", "component {names}", "components {names}", subject="component {subject}"
    ),
    "module": RuleWords("coverage", "{count} of {of}", "{count} of {of}"),
    "new-module": RuleWords(
        "coverage of a new module", *_NEW, *_BELOW_ITS, subject="new module {subject}", label="if new"
    ),
    "changed-module": RuleWords(
        "coverage of a touched module", *_TOUCHED, *_BELOW_ITS, subject="touched module {subject}", label="if touched"
    ),
    "module-branches": RuleWords(
        "branches", *_MODULES, *_BRANCHES, "branches of {subject}", label="branches", unit="percent of branches"
    ),
    "module-missing": RuleWords("missing", *_MODULES, *_MISSING, label="allowed", unit="count"),
    "dead-pattern": RuleWords(
        "patterns", *_PATTERNS, *_NO_MODULE, "{source}: {subject!r}", "{named} {outcome}", trouble="dead rule"
    ),
    "accepted-gap": RuleWords("accepted gaps", *_ENTRIES, *_NO_GAP, "{source} ({subject})", trouble="accepts nothing"),
    "loosened": RuleWords("rules that the change loosens", "this change", "this change", *_LOOSENS),
    "drop": RuleWords(
        "drop of coverage",
        *_DROPPING,
        "dropped by more than max_drop allows",
        "dropped by more than max_drop allows",
        "coverage of {subject}",
        "{named} {outcome}",
        trouble="drop",
    ),
    "lost": RuleWords(
        "lost coverage",
        *_UNCHANGED,
        "is no longer covered",
        "are no longer covered",
        sentence="{outcome}",
        trouble="lost",
    ),
    "budget": RuleWords(
        "time of the tests", "the tests", "the tests", *_TOO_LONG, sentence="{named}: {outcome}", trouble="budget"
    ),
    "ambiguous-target": RuleWords("target"),
    "data": RuleWords("coverage data", sentence="{outcome}"),
    "readable": RuleWords("readable source", sentence="{outcome}"),
}
"""How each rule is worded, in the order in which the verdict names what fails."""

WORDS: dict[Status, str] = {"passed": "PASSED", "failed": "FAILED", "advisory": "ADVISORY", "error": "ERROR"}
GROUP_TITLES: dict[GapGroup, str] = {
    "change": "in the change",
    "module": "below target",
    "component": "below their component's target",
    "total": "below the total's target",
    "goal": "below their goal",
    "component-goal": "below their component's goal",
    "untargeted": "most missing",
}
HOW_TO_SET = (
    "no target is set for modules or the total: covgate init writes settings that pass today; by hand, "
    'in pyproject.toml: [tool.covgate] module = 80 (or targets = {"shop.payments" = 95})'
)
SHORT_COMMIT = 7


def verdict_line(verdict: Verdict, quote: Quote = printable) -> str:
    """The whole verdict in one line; of one that is an error, with the name of what is wrong."""
    loosened = "" if verdict.fails("loosened") else loosened_in_words(verdict)
    line = f"{WORDS[verdict.status]} coverage gate{mode_in_words(verdict)}: {summary(verdict, quote)}"
    if loosened:
        line = f"{line}; {loosened}" if verdict.status == "passed" else f"{line} (and {loosened})"
    errors = (check.error for check in verdict.checks if check.status == "error")
    return with_name(line, next(errors, None)) if verdict.status == "error" else line


def loosened_in_words(verdict: Verdict) -> str:
    """How many rules the change loosens; empty where it loosens none."""
    return f"this change loosens {counted(len(verdict.loosened), 'rule')}" if verdict.loosened else ""


def mode_in_words(verdict: Verdict) -> str:
    """What stands behind the status where it does not decide the exit code."""
    is_left_alone = verdict.mode == "warn" and verdict.status in ("failed", "error")
    return " (mode warn: the exit code is left alone)" if is_left_alone else ""


def summary(verdict: Verdict, quote: Quote = printable) -> str:
    """What failed, each check in words of its own; or what passed."""
    if verdict.status == "error":
        errors = [check for check in verdict.checks if check.status == "error"]
        more = f" (and {counted(len(errors) - 1, 'more error')})" if len(errors) > 1 else ""
        return f"no verdict, {quote(errors[0].reason)}{more}"
    if verdict.status == "advisory":
        unmet = _unmet_in_words(verdict, quote)
        return f"not judged, only a part of the tests ran ({quote(verdict.partial or '')}); {unmet}"
    part = f", on a part of the tests ({quote(verdict.partial)})" if verdict.partial else ""
    return (_unmet_in_words(verdict, quote) if verdict.status == "failed" else _met_in_words(verdict, quote)) + part


def _unmet_in_words(verdict: Verdict, quote: Quote) -> str:
    """A sentence for all subjects of which the same is said: `total and 2 of 3 modules are below target`."""
    failed: dict[Rule, list[str]] = {}
    for check in verdict.checks:
        if check.status == "failed":
            failed.setdefault(check.rule, []).append(check.subject)
    new = set(failed.get("new-module", ()))  # which are touched too, and told once
    failed["changed-module"] = [subject for subject in failed.get("changed-module", ()) if subject not in new]
    of = counted(len(verdict.judged_modules), "module")
    loosened = counted(len(verdict.loosened or ()), "rule")
    sentences: dict[tuple[str, str], list[tuple[str, int]]] = {}
    for rule, words in RULE_WORDS.items():
        subjects = failed.get(rule, ())
        if subjects:
            count, names = len(subjects), join_words(list(map(quote, subjects)))
            who = (words.one if count == 1 else words.several).format(names=names, count=count, of=of)
            sentences.setdefault((words.is_wrong, words.are_wrong), []).append((who, count))
    parts = []
    for (is_wrong, are_wrong), groups in sentences.items():
        wrong = is_wrong if sum(count for _, count in groups) == 1 else are_wrong
        parts.append(f"{join_words([who for who, _ in groups])} {wrong.format(loosened=loosened)}")
    return "; ".join(parts) or "nothing is below target so far"


def _met_in_words(verdict: Verdict, quote: Quote) -> str:
    if verdict.change_only:
        return "; ".join([*_change_met_in_words(verdict, quote), "nothing else was judged"])
    measured = verdict.measured
    percent = f"{shown_percent(measured.covered, measured.units)} %"
    total = verdict.check_of("total")
    asked = list(filter(None, [movement_of_total(verdict, quote)]))
    if total is not None and total.target is not None:
        source = f", {quote(total.source)}" if total.is_adopted else ""
        asked.append(f"target {shown_target(total.target)}{source}")
    goal = verdict.goal_of(None)
    if goal is not None:
        asked.append(f"goal {shown_target(goal.percent)}")
    parts = [f"total {percent} ({', '.join(asked)})" if asked else f"total {percent}"]
    parts += _change_met_in_words(verdict, quote)
    components = sum(check.rule == "component" for check in verdict.checks)
    counts = (
        (components, "component"),
        (len(verdict.touched_modules), "touched module"),
        (len(verdict.judged_modules), "module"),
    )
    named = [counted(count, noun) for count, noun in counts if count]
    if named:
        parts.append(f"{join_words(named)} at or above target")
    unjudged = [check.source.rpartition(".")[2] for check in verdict.checks if _is_unjudged_movement(check)]
    if unjudged:
        parts.append(f"{join_words(unjudged)} not judged")
    if measured.accepted:
        parts.append(f"{counted_units(measured.accepted, 'missing', branches=measured.branches)} accepted")
    return "; ".join(parts)


def _is_unjudged_movement(check: Check) -> bool:
    return check.scope == "movement" and check.status == "skipped"


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
    if RULE_WORDS[check.rule].unit == "percent of branches":
        return f"{check.to_reach} more {'branch' if check.to_reach == 1 else 'branches'} needed"
    return needed(check.to_reach, branches=branches)


def needed_to_goal(goal: Goal, *, branches: bool) -> str:
    """`2597 more statements to the goal of 80 % by 2027-06-30`; or that the goal is reached."""
    percent = f"{shown_target(goal.percent)} %"
    if not goal.needed:
        return f"goal of {percent} reached"
    by = f" by {goal.by}" if goal.by else ""
    return f"{counted_units(goal.needed, 'more', branches=branches)} to the goal of {percent}{by}"


def goal_of_sum(verdict: Verdict, component: str | None, *, is_failing: bool = False) -> str:
    """What the total (None) or a component needs to its goal; the goal alone while its target is missed."""
    goal = verdict.goal_of(component)
    if goal is None or not goal.share.units:
        return ""
    if is_failing:
        return f"goal {shown_target(goal.percent)} %"
    return needed_to_goal(goal, branches=verdict.measured.branches)


def component_of(check: Check) -> str | None:
    """The component that a check of a sum is about; None for the total."""
    return check.subject if check.rule == "component" else None


def goals_without_target(verdict: Verdict) -> Iterator[Goal]:
    """The goals of components whose target is switched off."""
    judged = {check.subject for check in verdict.checks if check.rule == "component"}
    return (goal for goal in verdict.goals if goal.component is not None and goal.component not in judged)


def aim_title(verdict: Verdict) -> str:
    """What the gap table calls the percentage to which its numbers lead."""
    return "goal" if verdict.ranks_by_goal else "target"


def number_title(verdict: Verdict) -> str:
    """What the gap table calls its numbers."""
    return "needed" if verdict.has_targets or verdict.ranks_by_goal else "missing"


def shown_aim(gap: Gap) -> str:
    return "-" if gap.aim is None else shown_target(gap.aim)


def without_accepted(units: int) -> str:
    """What a share leaves out, to stand behind it."""
    return f", {units} accepted" if units else ""


def acceptance_terms(gap: AcceptedGap) -> str:
    """Until when a gap is accepted, and who answers for it."""
    return ", ".join(filter(None, [f"until {gap.until}" if gap.until else "", gap.owner or ""]))


def outcome_of(check: Check, *, branches: bool) -> str:
    """How a check stands, without its subject: its share, its target and what it needs, or its reason."""
    parts = []
    if check.target is not None and check.units and RULE_WORDS[check.rule].unit != "count":
        share = f"{shown_percent(check.covered, check.units)} % covered{without_accepted(check.accepted)}"
        need = f", {needed_by(check, branches=branches)}" if check.to_reach else ""
        parts.append(f"{share}, target {target_in_words(check)} %{need}")
    return "; ".join([*parts, *([printable(check.explanation)] if check.explanation else [])])


def subject_in_words(check: Check) -> str:
    """What is held to something: `component checkout`, `branches of src/a.py`."""
    subject, source = printable(check.subject), printable(check.source)
    return RULE_WORDS[check.rule].subject.format(subject=subject, source=source)


def check_in_words(check: Check, *, branches: bool) -> str:
    """A check as a sentence of its own, with the name of what is wrong."""
    return with_name(_sentence_of(check, branches=branches), check.error)


def _sentence_of(check: Check, *, branches: bool) -> str:
    """What is held to something, and how it stands."""
    outcome = outcome_of(check, branches=branches)
    return RULE_WORDS[check.rule].sentence.format(named=subject_in_words(check), outcome=outcome)


def gap_in_words(gap: Gap, *, branches: bool) -> str:
    """What a module misses of a target that is not its own."""
    share = f"{shown_percent(gap.covered, gap.units)} % covered{without_accepted(gap.accepted)}"
    target = "" if gap.target is None else f" of {shown_target(gap.target)} %"
    return f"{printable(gap.path)}: {share}, {_ONE_BELOW[gap.group]}{target}, {needed(gap.to_reach, branches=branches)}"


_ONE_BELOW: dict[GapGroup, str] = {**GROUP_TITLES, "component": "below its component's target"}


class ModuleCount(NamedTuple):
    """How many modules reach what they are held to."""

    label: str
    reached: int
    held: int
    words: str

    @property
    def is_met(self) -> bool:
        return self.reached == self.held


def module_counts(verdict: Verdict) -> tuple[ModuleCount, ...]:
    """The touched modules and all modules: each held to targets of its kind, so that both counts are true."""
    kinds = "touched and new" if any(check.rule == "new-module" for check in verdict.checks) else "touched"
    counts = (
        ("touched", verdict.touched_modules, verdict.failing_touched_modules, f"the target for {kinds} modules"),
        ("modules", verdict.judged_modules, verdict.failing_modules, "their own target"),
    )
    return tuple(
        ModuleCount(label=label, reached=len(held) - len(failing), held=len(held), words=f"at or above {target}")
        for label, held, failing, target in counts
        if held
    )


class Trouble(NamedTuple):
    """An error, or a setting that gates or accepts nothing: a word, a sentence, and the name in docs/errors.md."""

    kind: str
    sentence: str
    error: ErrorName | None

    @property
    def mark(self) -> str:
        """What stands behind the sentence."""
        return with_name("", self.error)


def troubles(verdict: Verdict) -> Iterator[Trouble]:
    """Errors, and settings that gate or accept nothing."""
    for check in verdict.checks:
        kind = "error" if check.status == "error" else RULE_WORDS[check.rule].trouble
        if kind and check.status in ("failed", "error"):
            yield Trouble(kind, _sentence_of(check, branches=verdict.measured.branches), check.error)


def join_words(items: Sequence[str]) -> str:
    """`a, b and c`; with one more comma where an item is a list of its own."""
    *first, last = items
    last_but = ", and " if any(" and " in item for item in first) else " and "
    return f"{', '.join(first)}{last_but}{last}" if first else last


def reasons_within(reasons: Sequence[Reason], width: int) -> str:
    """As many items as fit into `width` cells, each whole, and a count of the rest."""
    total = sum(max(1, len(reason.items)) for reason in reasons)
    best = ""
    for kept in range(1, total + 1):
        text = _first_items(reasons, kept)
        if cells(text) > width:
            break
        text += _rest_in_words(reasons, kept)
        best = text if cells(text) <= width else best
    if best:
        return best
    more = _rest_in_words(reasons, 1)
    if cells(more) > width // 2:
        more = f", +{total - 1} more"
    return cut_right(_first_items(reasons, 1), width - len(more)) + more


def _rest_in_words(reasons: Sequence[Reason], kept: int) -> str:
    """Count what the first items leave out: items of the same reason, and apart from them those of other reasons."""
    same = others = 0
    for reason in reasons:
        count = max(1, len(reason.items))
        if kept <= 0:
            others += count
        else:
            same = max(0, count - kept)
        kept -= count
    return (f", +{same} more" if same else "") + (f"; +{counted(others, 'other item')}" if others else "")


def _first_items(reasons: Sequence[Reason], count: int) -> str:
    parts = []
    for reason in reasons:
        if count <= 0:
            break
        parts.append(printable(str(Reason(reason.label, reason.items[:count]))))
        count -= max(1, len(reason.items))
    return "; ".join(parts)


def loosened_rows(verdict: Verdict) -> Iterator[tuple[str, str, str]]:
    """For each rule that the change loosens: what it is, what it was and is, and where."""
    for one in verdict.loosened or ():
        yield printable(one.what), _before_and_after(one), printable(one.where)


def loosened_sentence(one: Loosened) -> str:
    """For annotations, where each stands alone."""
    return f"This change loosens a rule: {printable(one.what)}, {_before_and_after(one)}"


def _before_and_after(one: Loosened) -> str:
    if one.before is None:
        return "no longer set" if one.after is None else f"new: {printable(one.after)}"
    after = "not set" if one.after is None else printable(one.after)
    return f"{printable(one.before)} -> {after}"
