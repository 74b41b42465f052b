"""Which tests run a module, a function or lines, and what is known of the lines that no test is known to run."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from covgate.judge.nearest import Nearness
from covgate.model.known_tests import KnownTests, Reached, SingleTest, Subject
from covgate.model.lines import LineRange, Lines
from covgate.model.snapshot import NO_LINES, NO_TEXT, Module, SourceText
from covgate.model.test_map import TestMap
from covgate.model.verdict import ChangeOutcome


def answer_lines(
    known: TestMap,
    module: Module,
    ranges: tuple[LineRange, ...],
    text: SourceText = NO_TEXT,
    nearness: Nearness | None = None,
) -> KnownTests:
    """Answer for the statements that have a line in `ranges`; `text` tells which stand on several lines."""
    subject = Subject(module.path, module.name, lines=ranges)
    statements = text.statements_at(ranges, module.statements)
    answer = _answer(known, module, subject, statements, text, nearness)
    lines = text.all_lines_of(statements)
    certain = frozenset(test for line in lines for test in known.first_tests(module.path, line)) & {*answer.tests}
    return answer._replace(tests=tuple(sorted(answer.tests, key=lambda test: test not in certain)), certain=certain)


def answer_function(known: TestMap, module: Module, name: str, nearness: Nearness | None = None) -> KnownTests:
    """Answer for the function of this qualified name; several of one name, such as a property's two, are one.

    The name of a class stands for all of its functions.
    """
    functions = [function for function in module.functions if function.name == name]
    is_class = not functions
    if is_class:
        functions = [function for function in module.functions if function.name.startswith(f"{name}.")]
    line = functions[0].line if len(functions) == 1 and not is_class else None
    subject = Subject(module.path, module.name, function=name, line=line, is_class=is_class)
    statements = NO_LINES
    for function in functions:
        statements |= function.statements
    answer = _answer(known, module, subject, statements, NO_TEXT, nearness)
    seen = [one for function in functions for one in known.find_functions(module.path, function.name, function.line)]
    tests = known.named(number for function in seen for number in function.tests)
    if answer.reached == "outdated" or not tests:
        return answer
    may_be_more = known.basis == "first" or any(function.is_capped for function in seen)
    ranked = (nearness or Nearness(known)).rank({*answer.tests, *tests}, subject)
    return answer._replace(reached="tests", tests=ranked, may_be_more=may_be_more, singles=())


def answer_module(known: TestMap, module: Module, nearness: Nearness | None = None) -> KnownTests:
    """Answer for a whole module, and name the functions of it that one test alone runs."""
    subject = Subject(module.path, module.name)
    answer = KnownTests(subject, reached_module(known, module), known.basis, partial=known.partial)
    if answer.reached != "tests":
        return answer
    functions = known.modules[module.path].functions
    return answer._replace(
        tests=(nearness or Nearness(known)).rank(function_tests(known, module), subject),
        may_be_more=known.basis == "first" or any(function.is_capped for function in functions),
        singles=tuple(
            SingleTest(fragile.test, name=fragile.function.name)
            for fragile in known._replace(modules={module.path: known.modules[module.path]}).fragile()
        ),
    )


def reached_module(known: TestMap, module: Module) -> Reached:
    """Say how the functions of the module were reached: code that only defines them does not count."""
    if not module.statements:
        return "nothing"
    if module.never_ran:
        return "never"
    if module.path in known.outdated:
        return "outdated"
    if function_tests(known, module):
        return "tests"
    called = within_functions(module) & (module.statements - module.missing)
    return "unknown" if called - known.import_only(module.path) else "import"


def answer_change(
    change: ChangeOutcome, modules: Mapping[str, Module], texts: Mapping[str, SourceText], known: TestMap
) -> tuple[KnownTests, ...]:
    """Answer for the covered changed lines of each file of the change that has some."""
    answers, nearness = [], Nearness(known)
    for file in change.files:
        module = modules.get(file.path)
        if module is not None and file.covered:
            answer = answer_lines(known, module, file.changed, texts.get(file.path, NO_TEXT), nearness)
            if answer.reached in ("tests", "import", "unknown"):
                answers.append(answer)
    return tuple(answers)


def function_tests(known: TestMap, module: Module) -> frozenset[str]:
    """Return the tests that run a function of the module: not those that only import it."""
    recorded = known.modules.get(module.path)
    if recorded is None:
        return frozenset()
    numbers = {number for function in recorded.functions for number in function.tests}
    within = within_functions(module)
    for line, tests in recorded.lines.items():
        if line in within:
            numbers.update(tests)
    return frozenset(known.named(numbers))


def within_functions(module: Module) -> Lines:
    """Return the statements in the bodies of functions."""
    lines = NO_LINES
    for function in module.functions:
        lines |= function.statements
    return lines


def _answer(
    known: TestMap, module: Module, subject: Subject, statements: Lines, text: SourceText, nearness: Nearness | None
) -> KnownTests:
    nearness = nearness or Nearness(known)
    covered, never = statements - module.missing, statements & module.missing
    answer = KnownTests(
        subject,
        "never" if statements else "nothing",
        known.basis,
        never=_ranges(never, module),
        partial=known.partial,
    )
    if statements and module.path in known.outdated:
        return answer._replace(reached="outdated", never=())
    if not covered:
        return answer
    by_tests: dict[tuple[str, ...], Lines] = {}
    import_only = known.import_only(module.path)
    at_import, capped = NO_LINES, False
    for statement in covered:
        lines = text.all_lines_of(Lines.of([statement]))
        tests = tuple(sorted({test for line in lines for test in known.tests_of_line(module.path, line)}))
        by_tests[tests] = by_tests.get(tests, NO_LINES) | Lines.of([statement])
        if tests:
            capped |= known.is_capped(module.path, statement)
        elif lines & import_only:
            at_import |= Lines.of([statement])
    unknown = by_tests.pop((), NO_LINES) - at_import
    return answer._replace(
        reached="tests" if by_tests else "unknown" if unknown else "import",
        tests=nearness.rank({test for tests in by_tests for test in tests}, subject),
        may_be_more=bool(by_tests) and (capped or known.basis == "first"),
        singles=() if known.basis == "first" else tuple(_singles(by_tests.items(), known, module)),
        import_only=_ranges(at_import, module),
        unknown=_ranges(unknown, module),
    )


def _singles(by_tests: Iterable[tuple[tuple[str, ...], Lines]], known: TestMap, module: Module) -> Iterable[SingleTest]:
    for tests, lines in by_tests:
        if len(tests) == 1 and not any(known.is_capped(module.path, line) for line in lines):
            yield SingleTest(tests[0], lines=_ranges(lines, module))


def _ranges(lines: Lines, module: Module) -> tuple[LineRange, ...]:
    return tuple(lines.runs(module.statements))
