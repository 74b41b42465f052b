"""Facts around a gate: files of the CI, tox and pytest, versions, processes, the clone."""
