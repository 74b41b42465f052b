"""Why a module or a component is held to what it is held to, and what is known of a line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from covgate.judge.targets import governing_rule, is_member, matches_any
from covgate.model.checks import Check
from covgate.model.explanation import ComponentExplanation, Explanation, LineExplanation
from covgate.model.judged import JudgedModule
from covgate.model.missing import missing_by_part
from covgate.model.pattern import Pattern
from covgate.model.percent import shown_target
from covgate.model.settings import Component, Settings, TargetRule, is_set
from covgate.model.share import NO_UNITS
from covgate.model.snapshot import Branch, Module, SourceText
from covgate.model.verdict import Verdict


def explain_module(module: Module, settings: Settings, verdict: Verdict) -> Explanation:
    change = verdict.change.files if verdict.change else ()
    goal = verdict.module_goals.get(module.path)
    return Explanation(
        module=module,
        checks=tuple(check for check in verdict.checks if check.subject == module.path),
        overridden=tuple(_overridden(module, settings)),
        excluded_by=next((p.text for p in settings.exclude if p.matches(module.path, module.name)), None),
        components=tuple(_components(module, settings, verdict.checks)),
        change=next((file for file in change if file.path == module.path), None),
        accepted=tuple(gap for gap in verdict.accepted if gap.path == module.path),
        missing=missing_by_part(verdict.judge_module(module)),
        goal=goal,
        to_goal=0 if goal is None else verdict.judge_module(module).share.needed(goal),
    )


def explain_component(component: Component, settings: Settings, verdict: Verdict) -> ComponentExplanation:
    members = [
        verdict.judge_module(module) for module in verdict.snapshot.modules if is_member(component, module, settings)
    ]
    goal = verdict.goal_of(component.name)
    return ComponentExplanation(
        name=component.name,
        patterns=tuple(pattern.text for pattern in component.modules),
        check=next((c for c in verdict.checks if c.rule == "component" and c.subject == component.name), None),
        members=tuple(sorted(members, key=lambda judged: (-judged.share.required_missing, judged.path))),
        share=sum((judged.share for judged in members), NO_UNITS),
        has_branches=verdict.measured.branches,
        goal=goal.percent if goal else None,
        to_goal=goal.needed if goal else 0,
    )


def explain_line(judged: JudgedModule, text: SourceText, line: int) -> LineExplanation:
    """Say what is known of one line; within a longer statement it is that statement's."""
    module = judged.module
    last = dict(text.extents)
    first = next((start for start, end in text.extents if start <= line <= end), line)
    is_statement = first in module.statements
    inside = [f for f in module.functions if first in f.statements]
    branch = next((branch for branch in module.branches if branch.line == first), None)
    return LineExplanation(
        line=line,
        statement=(first, last.get(first, first)) if is_statement else None,
        ran=is_statement and first not in module.missing,
        accepted=_is_accepted(judged, first, branch),
        excluded=line in module.excluded or first in module.excluded,
        function=inside[-1].name if inside else None,
        branch=branch,
        text=text.lines[line - 1] if 0 < line <= len(text.lines) else "",
    )


def _is_accepted(judged: JudgedModule, line: int, branch: Branch | None) -> bool:
    if line in judged.module.missing:
        return line in judged.accepted
    return branch is not None and len(judged.required_ends(branch)) < len(branch.missing)


def _overridden(module: Module, settings: Settings) -> Iterator[tuple[str, str]]:
    governing = governing_rule(settings.targets, module)
    winner = governing.rule
    if governing.tied:
        return
    for other in governing.losers:
        yield _shown(other), _why_overridden(other.pattern, winner.pattern if winner else other.pattern)
    if winner is not None and is_set(settings.module) and winner.target is not None:
        yield f"tool.covgate.module = {shown_target(settings.module)}", "default"


def _shown(rule: TargetRule) -> str:
    if is_set(rule.target):
        return f"{rule.source} = {shown_target(rule.target)}"
    return f"{rule.source} = false" if rule.target is False else rule.source


def _why_overridden(other: Pattern, winner: Pattern) -> str:
    """In the words of the rule by which the more specific entry wins."""
    if winner.is_exact:
        return "names the module too, and asks for the same" if other.is_exact else "a pattern; an exact name wins"
    if other.specificity[1] != winner.specificity[1]:
        return "less specific: fewer literal segments"
    if other.specificity[2] != winner.specificity[2]:
        return "less specific: fewer literal characters"
    return "as specific, and asks for the same"


def _components(module: Module, settings: Settings, checks: Iterable[Check]) -> Iterator[Check]:
    judged = {check.subject: check for check in checks if check.rule == "component"}
    for component in settings.components:
        if matches_any(component.modules, module) and component.name in judged:
            yield judged[component.name]
