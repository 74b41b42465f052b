"""How to get coverage data and a record of it, in words that fit projects with and without pytest."""

from __future__ import annotations

MEASURE_FIRST = "measure first, with pytest --covgate or coverage run"
MEASURE_AGAIN = "measure again, with pytest --covgate or coverage run"
RECORD_RUN = "run pytest --covgate or covgate check --complete"
"""What records a complete run; `--complete` does it for data of `coverage run`."""
RECORD_RUN_THERE = f"{RECORD_RUN} there, or covgate history pull"
MAP_TESTS = "run pytest --covgate, or coverage run with dynamic_context = test_function"
"""What leaves a map of the tests in the data."""
