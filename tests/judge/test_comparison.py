"""H7: two measurements of a project, compared file by file: edits, renames, deletions, new exclusions."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builders import hunks_of
from covgate.config.settings import parse_settings
from covgate.judge.comparison import compare
from covgate.model.change import ChangedFile, FileStatus
from covgate.model.comparison import Baseline, Categories, Comparison
from covgate.model.line_map import Hunk
from covgate.model.lines import Lines
from covgate.model.record import RecordedModule, SuiteFacts
from covgate.model.settings import Settings
from records import record, recorded

PATHS = [f"src/{name}.py" for name in "abcde"]
NO_SETTINGS = Settings()


def compared(
    before: list[RecordedModule], now: list[RecordedModule], files: tuple[ChangedFile, ...] | None = ()
) -> Comparison:
    return compare(Baseline(record(*before), "main", files=files), now, NO_SETTINGS)


class Version(dict[str, list[str]]):
    """The files of one version; each line is a word, and those that start with `s` are statements."""

    def modules(self, draw: st.DrawFn, unmeasured: set[str]) -> list[RecordedModule]:
        made = []
        for path, text in self.items():
            if path not in unmeasured:
                statements = [n for n, word in enumerate(text, 1) if word.startswith("s")]
                missing = [n for n in statements if draw(st.booleans())]
                blob = hashlib.sha1("\n".join(text).encode()).hexdigest()
                made.append(recorded(path, statements, missing, blob=blob))
        return made


@st.composite
def histories(
    draw: st.DrawFn,
) -> tuple[list[RecordedModule], list[RecordedModule], tuple[ChangedFile, ...]]:
    """Two versions of a project with edits, moves, renames, deletions and files that stop or start to count."""
    words = st.lists(st.sampled_from(["s1", "s2", "s3", "#", "s4"]), min_size=1, max_size=8)
    old = Version({path: draw(words) for path in PATHS if draw(st.booleans())})
    new, files, taken = Version(), [], set()
    for path, text in old.items():
        fate = draw(st.sampled_from(["same", "edited", "deleted", "renamed"]))
        edited = draw(words)
        if fate == "same":
            new[path] = text
        elif fate == "edited" and edited != text:
            new[path] = edited
            files.append(changed(path, "modified", text, edited))
        elif fate == "renamed":
            target = f"src/new_{path[4:]}"
            new[target] = edited
            taken.add(path)
            files.append(changed(target, "renamed", text, edited, path))
        else:
            files.append(changed(path, "deleted", text, []))
    for path in PATHS:
        if path not in new and path not in old and draw(st.booleans()):
            new[path] = draw(words)
            files.append(changed(path, "added", [], new[path]))
    unmeasured = {path for path in (*old, *new) if draw(st.integers(0, 9)) == 0}
    return old.modules(draw, unmeasured), new.modules(draw, set(list(unmeasured)[1:])), tuple(files)


def changed(path: str, status: FileStatus, old: list[str], new: list[str], old_path: str | None = None) -> ChangedFile:
    return ChangedFile(path=path, status=status, old_path=old_path, hunks=tuple(hunks_of(old, new)))


@settings(max_examples=500)
@given(histories())
def test_h7_the_sums_add_up_over_generated_histories(
    history: tuple[list[RecordedModule], list[RecordedModule], tuple[ChangedFile, ...]],
) -> None:
    before, now, files = history
    found = compared(before, now, files)
    counts = found.total.categories
    assert counts.unknown_before == counts.unknown_now == 0
    assert counts.units_before == sum(module.share.units for module in before)
    assert counts.units_now == sum(module.share.units for module in now)
    each = [module.movement.categories for module in found.modules]
    assert Categories(*(sum(column) for column in zip(*each, strict=True)) if each else ()) == counts
    assert sum(module.movement.now.covered for module in found.modules if module.movement.now) == (
        counts.GNC + counts.GBC + counts.GIC + counts.CBC
    )


def test_h7_deleted_code_is_deleted_and_a_file_that_no_longer_counts_is_excluded() -> None:
    before = [recorded("src/a.py", (1, 2), (2,)), recorded("src/b.py", (1, 2), (2,))]
    files = (ChangedFile("src/a.py", "deleted"),)
    assert compared(before, [], files).total.categories == Categories(DUB=1, DCB=1, EUB=1, ECB=1)


def test_h7_a_file_that_counts_for_the_first_time_is_new_only_where_git_says_so() -> None:
    now = [recorded("src/a.py", (1, 2), (2,)), recorded("src/b.py", (1, 2), (2,))]
    files = (ChangedFile("src/a.py", "added"),)
    assert compared([], now, files).total.categories == Categories(GNC=1, UNC=1, GIC=1, UIC=1)


def test_h7_a_renamed_file_keeps_its_lines() -> None:
    before, now = [recorded("src/a.py", (1, 2), (2,))], [recorded("src/b.py", (1, 2), ())]
    (module,) = compared(before, now, (ChangedFile("src/b.py", "renamed", "src/a.py"),)).modules
    assert (module.path, module.old_path, module.movement.categories) == (
        "src/b.py",
        "src/a.py",
        Categories(CBC=1, GBC=1),
    )


def test_h7_a_file_that_took_the_name_of_a_renamed_one_is_new() -> None:
    before = [recorded("src/a.py", (1, 2), (2,))]
    now = [recorded("src/b.py", (1, 2), (2,)), recorded("src/a.py", (1,), ())]
    files = (ChangedFile("src/a.py", "added"), ChangedFile("src/b.py", "renamed", "src/a.py"))
    assert compared(before, now, files).total.categories == Categories(CBC=1, UBC=1, GNC=1)


@pytest.mark.parametrize("files", [None, ()])
def test_h7_what_git_cannot_map_is_unknown_unless_the_content_is_the_same(
    files: tuple[ChangedFile, ...] | None,
) -> None:
    before = [recorded("src/a.py", (1,), (), blob="x"), recorded("src/b.py", (1,), (), blob="x")]
    now = [recorded("src/a.py", (1,), (1,), blob="x"), recorded("src/b.py", (1, 2), (), blob="y")]
    assert compared(before, now, files).total.categories == Categories(LBC=1, unknown_before=1, unknown_now=2)


def test_h9_proven_lines_are_left_out_of_the_lost_ones_through_an_edit_that_never_excuses_new_code() -> None:
    """Line 2 is proven flaky; lines 3 and 4 of now are new, in place of line 3."""
    suite = SuiteFacts(tests=1, digest="t")
    first = record(recorded("src/a.py", (1, 2, 3, 4), blob="x"), suite=suite)
    second = record(recorded("src/a.py", (1, 2, 3, 4), (2, 3), blob="x"), run="r2", suite=suite)
    files = (ChangedFile("src/a.py", "modified", hunks=(Hunk(3, 1, 3, 2),)),)
    now = [recorded("src/a.py", (1, 2, 3, 4, 5), (2, 3, 4, 5), blob="y")]
    (module,) = compare(Baseline(first, "main", 0, files, (first, second)), now, NO_SETTINGS).modules
    assert module.movement.categories == Categories(CBC=1, flaky=1, UNC=2, LBC=1, DCB=1)
    assert (module.flaky, module.lost) == (Lines.of([2]), Lines.of([5]))
    (without,) = compare(Baseline(first, "main", 0, files, (first,)), now, NO_SETTINGS).modules
    assert (without.flaky, without.lost) == (Lines(), Lines.of([2, 5]))


def test_h10_components_are_summed_on_both_sides() -> None:
    given = parse_settings({"components": {"c": {"modules": ["a", "b"], "target": 0}}, "exclude": ["b"]})
    before = Baseline(record(recorded("src/a.py", (1, 2), (2,)), recorded("src/b.py", (1,))), "main", files=())
    (component,) = compare(before, [recorded("src/a.py", (1, 2), ()), recorded("src/b.py", (1,))], given).components
    assert component.movement.points == 50
    assert component.movement.now is not None
    assert component.movement.now.units == 2
