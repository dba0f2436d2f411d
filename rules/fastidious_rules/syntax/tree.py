"""The concrete syntax tree of a document, kept through edits."""

from __future__ import annotations

from typing import TYPE_CHECKING

import tree_sitter
import tree_sitter_python

from fastidious_rules.syntax.text import Span, with_unix_rows

if TYPE_CHECKING:
    from fastidious_rules.syntax.text import Source

LANGUAGE = tree_sitter.Language(tree_sitter_python.language())
_PARSER = tree_sitter.Parser(LANGUAGE)


class Tree:
    """Syntax tree of a `Source`; broken text gives a tree with marked places, never an exception."""

    __slots__ = ("_tree", "_unparsed")

    def __init__(self, source: Source) -> None:
        self._tree = _PARSER.parse(with_unix_rows(source.text))
        self._unparsed = False

    def copy(self) -> Tree:
        """Return a tree that can be edited on its own."""
        twin = Tree.__new__(Tree)
        twin._tree = self._tree.copy()
        twin._unparsed = self._unparsed
        return twin

    def edit(self, source: Source, span: Span, replacement: bytes) -> None:
        """Apply one edit to `source` and note it for the next `parse`."""
        start, old_end = source.point(span.start), source.point(span.end)
        source.replace(span, replacement)
        new_end = span.start + len(replacement)
        self._tree.edit(
            start_byte=span.start,
            old_end_byte=span.end,
            new_end_byte=new_end,
            start_point=start,
            old_end_point=old_end,
            new_end_point=source.point(new_end),
        )
        self._unparsed = True

    def parse(self, source: Source) -> list[Span]:
        """Bring the tree up to date with the edits noted; return where its structure changed."""
        if not self._unparsed:
            return []
        parsed = _PARSER.parse(with_unix_rows(source.text), self._tree)
        changed = [Span(each.start_byte, each.end_byte) for each in self._tree.changed_ranges(parsed)]
        self._tree = parsed
        self._unparsed = False
        return changed

    @property
    def root(self) -> tree_sitter.Node:
        """Root of the tree as last parsed."""
        return self._tree.root_node


def parse_expression(text: bytes) -> tree_sitter.Node | None:
    """Return the node of the expression that `text` is, or nothing where it is none."""
    statements = _PARSER.parse(text).root_node.named_children
    if len(statements) != 1 or statements[0].type != "expression_statement" or statements[0].has_error:
        return None
    return statements[0].named_child(0)
