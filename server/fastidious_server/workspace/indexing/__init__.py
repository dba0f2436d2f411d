"""Index of the files that are not open, made by a process of its own."""
