"""Reads the change: git's command line, the base, unified diffs."""
