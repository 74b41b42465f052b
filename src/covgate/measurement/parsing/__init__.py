"""The static half of coverage: what a source holds, whatever ran. Parsed once, then kept by content."""
