"""An explanation as text: labels on the left, one fact a line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from covgate.model.checks import Check
from covgate.model.explanation import Explanation, LineExplanation
from covgate.model.missing import FunctionGap, range_in_words
from covgate.model.percent import shown_percent, shown_target
from covgate.model.verdict import AcceptedGap
from covgate.model.words import counted_units
from covgate.reports.text import padded, printable
from covgate.reports.wording import acceptance_terms, needed_by, without_accepted

LABEL = 11
LABELS = {
    "module-branches": "branches",
    "module-missing": "allowed",
    "changed-module": "as changed",
    "new-module": "as new",
}
NO_TARGET = "none; set one: [tool.covgate] module = 80, or an entry of [tool.covgate.targets]"


def explanation_text(explanation: Explanation) -> str:
    module = explanation.module
    name = f" ({module.name})" if module.name else ""
    branches = bool(module.branches)
    units = counted_units(module.units, branches=branches)
    covered = f"{module.covered} of {units}, {shown_percent(module.covered, module.units)} %"
    facts = [
        ("covered", covered if module.units else "nothing to cover: it passes every percentage"),
        *_targets(explanation),
        *(("component", _component(check)) for check in explanation.components),
        *_change(explanation),
        *(("missing", str(reason)) for reason in explanation.missing),
        *(("accepted", _accepted(gap, branches)) for gap in explanation.accepted),
    ]
    functions = [_function(f) for f in explanation.functions]
    lines = [f"{module.path}{name}", *_labelled(facts), *(["functions", *functions] if functions else [])]
    return "".join(f"{printable(line)}\n" for line in lines)


def line_text(path: str, found: LineExplanation, contexts: Sequence[str]) -> str:
    """`contexts` are those in which the statement ran, where the data holds any."""
    lines = [f"{path}:{found.line}", f"    {found.text.strip()}" if found.text.strip() else "    (an empty line)"]
    return "".join(f"{printable(line)}\n" for line in [*lines, *_labelled(_line_facts(found, contexts))])


def _targets(explanation: Explanation) -> Iterator[tuple[str, str]]:
    if explanation.excluded_by is not None:
        yield "target", f"none: tool.covgate.exclude names it ({explanation.excluded_by})"
    elif not explanation.checks:
        yield "target", NO_TARGET
    for check in explanation.checks:
        yield LABELS.get(check.rule, "target"), _asked(check, bool(explanation.module.branches))
    for source, why in explanation.lost:
        yield "", f"not {source}: {why}"


def _asked(check: Check, branches: bool) -> str:
    if check.status == "error" or check.target is None:
        return f"{check.status.upper()}: {check.reason}"
    if check.rule == "module-missing":
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
    what = f"{gap.function}()" if gap.function else f"lines {', '.join(map(range_in_words, gap.place))}"
    state = counted_units(gap.units, branches=branches) if gap.state == "accepted" else f"no longer: {gap.problem}"
    terms = f" ({acceptance_terms(gap)})" if acceptance_terms(gap) else ""
    return f"{what}, {state}; {gap.reason}{terms} [{gap.source}]"


def _function(found: FunctionGap) -> str:
    covered = found.units - found.missing
    share = f"{shown_percent(covered, found.units):>5} {'%' if found.units else ' '}"
    accepted = without_accepted(found.accepted)
    return f"    {share}  {covered:>4} of {found.units:<4}  line {found.line:<5}  {found.name}(){accepted}"


def _line_facts(found: LineExplanation, contexts: Sequence[str]) -> Iterator[tuple[str, str]]:
    if found.excluded:
        yield "statement", "none that counts: excluded from coverage"
        return
    if found.statement is None:
        yield "statement", "none: coverage.py counts nothing here (a comment, a docstring, an empty line)"
        return
    inside = f" in {found.function}()" if found.function else ""
    outcome = "ran" if found.ran else "never ran, accepted" if found.accepted else "never ran"
    yield "statement", f"{range_in_words(found.statement)}{inside}: {outcome}"
    if found.branch is not None:
        ends = ", ".join("exit" if end < 0 else str(end) for end in found.branch.missing)
        taken = found.branch.total - len(found.branch.missing)
        accepted = ", accepted" if found.ran and found.accepted else ""
        yield "branches", f"{taken} of {found.branch.total} taken" + (f"; never to {ends}{accepted}" if ends else "")
    if contexts:
        for number, context in enumerate(contexts):
            yield "" if number else "ran in", context
    elif found.ran:
        yield "ran in", "unknown: no contexts were recorded (measure with --cov-context=test)"


def _labelled(facts: Sequence[tuple[str, str]] | Iterator[tuple[str, str]]) -> list[str]:
    return [f"{padded(label, LABEL)}{text}" for label, text in facts]
