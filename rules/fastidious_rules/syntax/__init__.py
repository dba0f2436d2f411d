"""Text and trees: the only place that knows tree-sitter."""
