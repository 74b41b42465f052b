"""What Python sources hold, whatever ran. Parsed once, then kept by content."""
