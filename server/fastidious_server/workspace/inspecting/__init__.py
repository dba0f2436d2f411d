"""Review of the files that nobody has open, by a process of its own."""
