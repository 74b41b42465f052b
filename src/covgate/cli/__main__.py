"""`python -m covgate.cli` is `python -m covgate`."""

import covgate.__main__  # noqa: F401  runs the command
