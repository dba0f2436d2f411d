"""Comments, and the statements that they stand at."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastidious_rules.syntax import kinds
from fastidious_rules.syntax.text import Span

if TYPE_CHECKING:
    import tree_sitter

    from fastidious_rules.syntax.text import Source
    from fastidious_rules.syntax.tree import Tree

_BODIES = ("body", "consequence")
_HOLDERS = frozenset({"module", "block"})


def comment_at(tree: Tree, source: Source, offset: int) -> Span | None:
    """Return the span of the comment that starts at `offset`; None if there is none, as inside a string."""
    node = tree.root.descendant_for_byte_range(offset, offset + 1)
    if node is None or node.kind_id != kinds.COMMENT:
        return None
    holds_return = source.text[node.end_byte - 1 : node.end_byte] == b"\r"  # which the grammar counts to the comment
    return Span(node.start_byte, node.end_byte - holds_return)


def statement_rows(tree: Tree, source: Source, comment: Span) -> range:
    """Return the lines of the statement at `comment`: on its line, or the next one if it has its line to itself.

    An empty span asks for the statement at that place.
    """
    row = source.lines.row_of(comment.start)
    start, end = source.code_span(row)
    if source.text[start:end].lstrip().startswith(b"#"):
        row = _next_code(source, row)
        start, end = source.code_span(row)
    statement = statement_at(tree.root, end - len(source.text[start:end].lstrip()))
    if statement is None:
        return range(row, row + 1)
    return range(statement.start_point[0], max(_last_of_header(statement).end_point[0], row) + 1)


def _next_code(source: Source, row: int) -> int:
    following = row + 1
    while following < len(source.lines):
        text = source.line(following).strip()
        if text and not text.startswith(b"#"):
            return following
        following += 1
    return row


def statement_at(root: tree_sitter.Node, offset: int) -> tree_sitter.Node | None:
    """Return the innermost statement at `offset`."""
    node = root.descendant_for_byte_range(offset, offset)
    while node is not None and node.parent is not None and node.parent.type not in _HOLDERS:
        node = node.parent
    return node if node is not None and node.parent is not None else None


def header_end(statement: tree_sitter.Node) -> int:
    """Return where the header of a compound statement, or a simple statement, ends."""
    return _last_of_header(statement).end_byte


def _last_of_header(statement: tree_sitter.Node) -> tree_sitter.Node:
    definition = statement.child_by_field_name("definition") or statement
    for name in _BODIES:
        body = definition.child_by_field_name(name)
        if body is not None:
            return _colon_before(body)
    return statement


def _colon_before(body: tree_sitter.Node) -> tree_sitter.Node:
    before = body.prev_sibling
    while before is not None and before.type != ":":
        before = before.prev_sibling  # a comment, or what the parser skipped
    return before or body
