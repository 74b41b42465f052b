"""A random oracle: generated projects, judged by covgate and by an independent calculation that must agree.

Nothing here imports covgate. `python -m tests.oracle --help` says how to run many projects.
"""
