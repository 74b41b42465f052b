"""The maps of tests of several workers, shards or runs as one."""

from __future__ import annotations

from collections.abc import Sequence

from covgate.model.test_map import Basis, FunctionTests, ModuleTests, TestMap

WEAKEST_FIRST: tuple[Basis, ...] = ("first", "functions", "contexts")


def merge_maps(maps: Sequence[TestMap]) -> TestMap:
    """Return what `maps` (at least one) know together; it rests on the weakest basis among them.

    Of a module that was not the same source everywhere nothing is known: it is outdated.
    """
    if len(maps) == 1:
        return maps[0]
    tests = tuple(sorted({test for known in maps for test in known.tests}))
    number_of = {test: number for number, test in enumerate(tests)}
    found: dict[str, list[ModuleTests]] = {}
    for known in maps:
        numbers = [number_of[test] for test in known.tests]
        for path, module in known.modules.items():
            found.setdefault(path, []).append(_renumber(module, numbers))
    outdated = {path for known in maps for path in known.outdated}
    outdated.update(path for path, modules in found.items() if len({module.digest for module in modules}) > 1)
    basis = min((known.basis for known in maps), key=WEAKEST_FIRST.index)
    ran = frozenset(test for known in maps for test in known.tests if test not in known.skipped)
    return TestMap(
        basis=basis,
        tests=tests,
        modules={path: merge_modules(found[path], basis) for path in sorted(found.keys() - outdated)},
        outdated=frozenset(outdated),
        partial="; ".join(dict.fromkeys(known.partial for known in maps if known.partial)) or None,
        skipped=frozenset(test for known in maps for test in known.skipped) - ran,
        failed=frozenset(test for known in maps for test in known.failed),
    )


def _renumber(module: ModuleTests, numbers: Sequence[int]) -> ModuleTests:
    def renumber(tests: tuple[int, ...]) -> tuple[int, ...]:
        return tuple(sorted(numbers[test] for test in tests))

    return module._replace(
        functions=tuple(function._replace(tests=renumber(function.tests)) for function in module.functions),
        lines={line: renumber(tests) for line, tests in module.lines.items()},
    )


def merge_modules(modules: Sequence[ModuleTests], basis: Basis) -> ModuleTests:
    """Return what `modules` (at least one), which number their tests alike, know of one source."""
    merged = modules[0]
    for other in modules[1:]:
        functions = {(function.first, function.name): function for function in merged.functions}
        for function in other.functions:
            key = (function.first, function.name)
            functions[key] = _merge_functions(functions[key], function) if key in functions else function
        lines = dict(merged.lines)
        for line, tests in other.lines.items():
            both = sorted({*lines.get(line, ()), *tests})
            lines[line] = tuple(both if basis == "contexts" else both[:1])
        merged = merged._replace(
            functions=tuple(functions[key] for key in sorted(functions)),
            lines=dict(sorted(lines.items())),
            imported=merged.imported | other.imported,
        )
    return merged


def _merge_functions(one: FunctionTests, other: FunctionTests) -> FunctionTests:
    return one._replace(tests=tuple(sorted({*one.tests, *other.tests})), is_capped=one.is_capped or other.is_capped)
