"""What somebody accepts of a module is missing, and not required."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from builders import branch, judged, module
from covgate.model.judged import judge_module
from covgate.model.share import Share

# Line 1 leads to 3 or out, line 2 to 4 or 5; the lines 4 and 5 did not run.
FORKED = module("a.py", 3, 5, branches=(branch(1, 2, -1), branch(2, 2, 4, 5)))


def test_without_acceptances_everything_missing_is_required() -> None:
    whole = judge_module(FORKED)
    assert whole.share == Share(covered=4, units=9)
    assert list(whole.required_missing) == [4, 5]
    assert [whole.required_ends(one) for one in FORKED.branches] == [(-1,), (4, 5)]
    assert whole.branch_share == Share(covered=1, units=4)


def test_an_accepted_statement_takes_the_branches_to_it_along() -> None:
    partly = judged(FORKED, 4)
    assert partly.share == Share(covered=4, units=9, accepted=2)
    assert (list(partly.required_missing), list(partly.accepted_missing)) == ([5], [4])
    assert [partly.required_ends(one) for one in FORKED.branches] == [(-1,), (5,)]


def test_an_accepted_statement_takes_the_branches_that_leave_it_along() -> None:
    partly = judged(FORKED, 1)
    assert partly.share == Share(covered=4, units=9, accepted=1)
    assert [partly.required_ends(one) for one in FORKED.branches] == [(), (4, 5)]


def test_a_covered_destination_that_is_accepted_excuses_no_branch() -> None:
    leads_back = module("a.py", 3, 4, branches=(branch(2, 2, 1),))
    assert judged(leads_back, 1).required_ends(leads_back.branches[0]) == (1,)


@given(st.sets(st.integers(1, 6)))
def test_every_missing_unit_is_either_required_or_accepted(accepted: set[int]) -> None:
    one = judged(FORKED, *accepted)
    required = len(one.required_missing) + sum(len(one.required_ends(b)) for b in FORKED.branches)
    assert one.share.required_missing == required
    assert one.share.accepted == len(one.accepted_missing) + one.branches_accepted
    assert one.share.covered == FORKED.covered
    assert one.branch_share.accepted == one.branches_accepted
