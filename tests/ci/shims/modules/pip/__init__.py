"""Found before the real one, by PYTHONPATH."""
