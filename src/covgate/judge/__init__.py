"""Pure decisions: no file, clock, environment or process is touched here."""
