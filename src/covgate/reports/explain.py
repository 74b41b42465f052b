"""An explanation as text, as wide as the terminal: labels on the left, then what is missing, function by function."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from covgate.model.checks import Check
from covgate.model.explanation import ComponentExplanation, Explanation, LineExplanation
from covgate.model.known_tests import KnownTests
from covgate.model.missing import MissingPart, Reason, missing_in_words, range_in_words
from covgate.model.percent import shown_percent, shown_target
from covgate.model.remedies import MAP_TESTS
from covgate.model.share import Share
from covgate.model.verdict import AcceptedGap
from covgate.model.words import counted_units
from covgate.reports.known_tests import NO_MAP, TESTS, facts_on_tests, is_by_functions, rests_on
from covgate.reports.text import cells, labelled, printable, wrap
from covgate.reports.wording import RULE_WORDS, acceptance_terms, needed, needed_by, reasons_within, without_accepted

INDENT = 8
"""Before what is missing of a function or module, where it stands below the numbers."""
NO_TARGET = "none; set one: [tool.covgate] module = 80, or an entry of [tool.covgate.targets]"


def explanation_text(explanation: Explanation, width: int = 80) -> str:
    """All that bears on one module, in lines of at most `width` cells."""
    module = explanation.module
    name = f" ({module.name})" if module.name else ""
    branches = bool(module.branches)
    facts = [
        ("covered", _share(Share(module.covered, module.units), branches)),
        *_targets(explanation),
        *_goal(explanation, branches),
        *(("component", _component(check)) for check in explanation.components),
        *_change(explanation),
        *(("accepted", _accepted(gap, branches)) for gap in explanation.accepted),
    ]
    lines = [f"{module.path}{name}", *labelled(facts, width)]
    if module.never_ran:
        lines += labelled([("missing", "all of it: the module was never imported")], width)
    elif explanation.missing:
        lines += ["missing", *(line for part in explanation.missing for line in _part(part, width))]
    return _text(lines)


def component_text(explanation: ComponentExplanation, width: int = 80) -> str:
    """A component's target and share, then its modules, those with most missing first, with what is missing."""
    branches, check = explanation.has_branches, explanation.check
    facts = [
        ("covered", _share(explanation.share, branches)),
        ("target", "none: the check is switched off" if check is None else _asked(check, branches)),
        *_goal(explanation, branches),
        ("patterns", ", ".join(explanation.patterns)),
    ]
    lines = [f"component {explanation.name}", *labelled(facts, width), f"modules    {len(explanation.members)}"]
    for judged in explanation.members:
        lines.append(f"    {_numbers(judged.share)}  {judged.path}{without_accepted(judged.share.accepted)}")
        if judged.share.required_missing:
            reasons = reasons_within(missing_in_words(judged), max(40, width - INDENT))
            lines.append(" " * INDENT + reasons)
    return _text(lines)


def line_text(path: str, line: LineExplanation, tests: KnownTests | None, width: int = 80) -> str:
    """`tests` are those that run the statement; None where the data holds no map of tests."""
    lines = [f"{path}:{line.line}", f"    {line.text.strip()}" if line.text.strip() else "    (an empty line)"]
    return _text([*lines, *labelled(_line_facts(line, tests), width)])


def _share(share: Share, branches: bool) -> str:
    if not share.units:
        return "nothing to cover: it passes every percentage"
    units = counted_units(share.units, branches=branches)
    return f"{share.covered} of {units}, {shown_percent(share.covered, share.units)} %"


def _targets(explanation: Explanation) -> Iterator[tuple[str, str]]:
    if explanation.excluded_by is not None:
        yield "target", f"none: excluded by tool.covgate.exclude ({explanation.excluded_by})"
    elif not explanation.checks:
        yield "target", NO_TARGET
    for check in explanation.checks:
        yield RULE_WORDS[check.rule].label, _asked(check, bool(explanation.module.branches))
    for setting, why in explanation.overridden:
        yield "", f"overridden: {setting} ({why})"


def _goal(explanation: Explanation | ComponentExplanation, branches: bool) -> Iterator[tuple[str, str]]:
    if explanation.goal is not None:
        state = needed(explanation.to_goal, branches=branches) if explanation.to_goal else "reached"
        yield "goal", f"{shown_target(explanation.goal)} %: {state}"


def _asked(check: Check, branches: bool) -> str:
    if check.status == "error" or check.target is None:
        return f"{check.status.upper()}: {check.explanation}"
    if RULE_WORDS[check.rule].unit == "count":
        return f"{check.reason}, from {check.source}: {_outcome(check)}"
    target = shown_target(check.target)
    text = f"{target} %, from {check.source}: {_outcome(check)}{without_accepted(check.accepted)}"
    if check.to_reach:
        need = needed_by(check, branches=branches)
        text += f", {need} (ceil({target} % of {check.units - check.accepted}) - {check.covered})"
    return text


def _outcome(check: Check) -> str:
    return "FAILED" if check.status == "failed" else check.status


def _component(check: Check) -> str:
    target = "" if check.target is None else f", target {shown_target(check.target)} %"
    return f"{check.subject}: {shown_percent(check.covered, check.units)} %{target}, {_outcome(check)}"


def _change(explanation: Explanation) -> Iterator[tuple[str, str]]:
    file = explanation.change
    if file is None:
        return
    if not file.units:
        yield "change", f"{file.status}; nothing to cover in its changed lines"
        return
    missing = f"; missing {', '.join(map(range_in_words, file.missing))}" if file.missing else ""
    units = counted_units(file.units, "changed", branches=bool(explanation.module.branches))
    yield "change", f"{file.status}; {file.covered} of {units} covered{missing}"


def _accepted(gap: AcceptedGap, branches: bool) -> str:
    ranges = ", ".join(map(range_in_words, gap.place))
    what = f"{gap.function}()" if gap.function else f"lines {ranges}" if ranges else "the whole module"
    state = counted_units(gap.units, branches=branches) if gap.state == "accepted" else f"no longer: {gap.problem}"
    terms = f" ({acceptance_terms(gap)})" if acceptance_terms(gap) else ""
    return f"{what}, {state}; {gap.reason}{terms} [{gap.source}]"


def _part(part: MissingPart, width: int) -> list[str]:
    """A row of numbers, and behind it what is missing where that fits, else below."""
    gap = part.gap
    name = f"{gap.name}(), line {gap.line}" if gap.name else "outside functions"
    share = Share(gap.units - gap.missing, gap.units, gap.accepted)
    row = f"    {_numbers(share)}  {name}{without_accepted(gap.accepted)}"
    missing = "; ".join(map(str, part.reasons))
    if not missing:
        return [row]
    if cells(f"{row}: {missing}") <= width:
        return [f"{row}: {missing}"]
    return [row, *_indented(part.reasons, width)]


def _indented(reasons: Iterable[Reason], width: int) -> list[str]:
    start = " " * INDENT
    return [start + line for reason in reasons for line in wrap(str(reason), width - INDENT)]


def _numbers(share: Share) -> str:
    return f"{shown_percent(share.covered, share.units):>5} %  {f'{share.covered} of {share.units}':>10}"


def _line_facts(line: LineExplanation, tests: KnownTests | None) -> Iterator[tuple[str, str]]:
    if line.excluded:
        yield "statement", "none: excluded from coverage"
        return
    if line.statement is None:
        yield "statement", "none: coverage.py counts nothing here (a comment, a docstring, an empty line)"
        return
    inside = f" in {line.function}()" if line.function else ""
    outcome = "ran" if line.ran else "never ran, accepted" if line.accepted else "never ran"
    yield "statement", f"{range_in_words(line.statement)}{inside}: {outcome}"
    if line.branch is not None:
        ends = ", ".join("exit" if end < 0 else str(end) for end in line.branch.missing)
        taken = line.branch.total - len(line.branch.missing)
        accepted = ", accepted" if line.ran and line.accepted else ""
        yield "branches", f"{taken} of {line.branch.total} taken" + (f"; never to {ends}{accepted}" if ends else "")
    if line.ran and tests is None:
        yield "run by", f"{NO_MAP}; {MAP_TESTS}"
    elif line.ran and tests is not None:
        yield from facts_on_tests(tests, TESTS)
        if is_by_functions(tests):
            yield "known from", rests_on(tests)


def _text(lines: Iterable[str]) -> str:
    return "".join(f"{printable(line).rstrip()}\n" for line in lines)
