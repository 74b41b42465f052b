"""`python -m covgate` is the command `covgate`."""

from __future__ import annotations

import sys

if not (sys.flags.isolated or getattr(sys.flags, "safe_path", False)):
    del sys.path[0]  # the working folder, which -m puts first: the command judges its modules, and runs none

from covgate.cli.main import main

sys.exit(main())
