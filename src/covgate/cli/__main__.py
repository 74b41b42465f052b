"""`python -m covgate.cli` is the command `covgate`."""

from __future__ import annotations

import sys

from covgate.cli.main import main

sys.exit(main())
