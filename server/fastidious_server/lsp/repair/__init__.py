"""Code actions and the edits that they make."""
