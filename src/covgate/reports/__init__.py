"""A verdict as text: each report is a function from a verdict to a string."""
