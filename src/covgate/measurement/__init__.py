"""What is read: settings, the tree, coverage data, git."""
