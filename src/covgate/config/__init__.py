"""pyproject.toml, with settings of ours added or changed and everything else as it was."""
