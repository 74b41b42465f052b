"""`covgate doctor`: reads a project with its CI files into facts, and finds what is wrong from these alone."""
