"""Findings that a project knows of, kept in a file."""
