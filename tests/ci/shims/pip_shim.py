"""Stands for pip: what is asked for is here already, so it only notes it."""

from __future__ import annotations

import os
import sys

with open(os.environ["ASKED_OF_PIP"], "a", encoding="utf-8") as log:
    log.write(" ".join(sys.argv[1:]) + "\n")
