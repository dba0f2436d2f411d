"""Comments, and the statements that they stand at."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from fastidious_rules.syntax import kinds
from fastidious_rules.syntax.text import Span

if TYPE_CHECKING:
    import tree_sitter

    from fastidious_rules.syntax.text import Source
    from fastidious_rules.syntax.tree import Tree

_HOLDERS = frozenset({"module", "block"})
_CLAUSES = frozenset({
    "case_clause", "elif_clause", "else_clause", "except_clause", "except_group_clause", "finally_clause",
})  # fmt: skip
"""Parts of a statement that have a header of their own."""


class Neighbours(NamedTuple):
    """The lines of a statement, or of its header, and whether others share the first or the last of them.

    What shares a line is parted by a formatter: other statements, and a body from its header.
    """

    rows: range
    before: bool = False
    behind: bool = False


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


def neighbours(tree: Tree, source: Source, offset: int) -> Neighbours:
    """Return what shares lines with the innermost statement at `offset`."""
    statement = statement_at(tree.root, offset)
    if statement is None:
        row = source.lines.row_of(offset)
        return Neighbours(range(row, row + 1))
    first, last = statement.start_point[0], _last_of_header(statement).end_point[0]
    before = source.text[source.code_span(first).start : statement.start_byte]
    following = _body(statement) or statement.next_named_sibling
    is_shared = following is not None and following.type != "comment" and following.start_point[0] == last
    return Neighbours(range(first, last + 1), bool(before.strip()), is_shared)


def _next_code(source: Source, row: int) -> int:
    following = row + 1
    while following < len(source.lines):
        text = source.line(following).strip()
        if text and not text.startswith(b"#"):
            return following
        following += 1
    return row


def statement_at(within: tree_sitter.Node, offset: int) -> tree_sitter.Node | None:
    """Return the innermost statement, or clause of one, at `offset`: `within` itself at the most, if that is one."""
    node = within.descendant_for_byte_range(offset, offset)
    while node is not None and node != within and node.parent is not None and not _stands_alone(node):
        node = node.parent
    return node if node is not None and node.parent is not None else None


def header_end(statement: tree_sitter.Node) -> int:
    """Return where the header of a compound statement, or a simple statement, ends."""
    return _last_of_header(statement).end_byte


def _stands_alone(node: tree_sitter.Node) -> bool:
    return node.type in _CLAUSES or (node.parent is not None and node.parent.type in _HOLDERS)


def _last_of_header(statement: tree_sitter.Node) -> tree_sitter.Node:
    body = _body(statement)
    return statement if body is None else _colon_before(body)


def _body(statement: tree_sitter.Node) -> tree_sitter.Node | None:
    definition = statement.child_by_field_name("definition") or statement
    return next((child for child in definition.children if child.type == "block"), None)


def _colon_before(body: tree_sitter.Node) -> tree_sitter.Node:
    before = body.prev_sibling
    while before is not None and before.type != ":":
        before = before.prev_sibling  # a comment, or what the parser skipped
    return before or body
