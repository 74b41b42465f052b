"""The rules of the gate before and after a change: settings of covgate, coverage.py and pytest, exclusions."""
