"""The old order system, until it is replaced."""
