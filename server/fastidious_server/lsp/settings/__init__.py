"""Settings of the editor, and files that change behind its back."""
