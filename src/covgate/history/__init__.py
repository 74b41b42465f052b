"""Records of earlier runs: kept in SQLite, shared through git notes, found again as a baseline."""
