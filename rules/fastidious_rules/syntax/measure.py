"""How much code there is in a function."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    import tree_sitter

    from fastidious_rules.syntax.nodes import Function

_ONLY_BRACKETS = re.compile(rb"[\s()\[\]{},:]*")
_LONGEST_STATEMENT = 5
"""What a statement counts for that is spread over more lines, as a query or a display."""

_CASE = 2
"""Lines of a case that holds one line: a `match` of such cases is a table."""

_DEFINITIONS = frozenset({"function_definition", "class_definition", "decorated_definition"})
_ARGUMENT = re.compile(rb"\w+(\.\w+)*\.add_argument\(")


def code_lines(function: Function) -> int:
    """Count the lines of code in the body: no docstring, blank lines, comments, or lines that only close brackets.

    A nested definition counts as one line, and a long statement as five at most. Command line options do not count.
    """
    text = function.unit.reader.text
    return sum(_lines(each, text) for each in _statements(function))


def statement_count(function: Function) -> int:
    """Count the statements in the body, those in its blocks too; a nested definition counts as one."""
    return sum(_size(each) for each in _statements(function))


def physical_lines(function: Function) -> int:
    """Count the lines that the body spans, whatever is on them."""
    body = function.body
    return body.end_row - body.row + 1


def _statements(function: Function) -> list[tree_sitter.Node]:
    found = [each.cst for each in function.statements]
    return found[1:] if function.docstring is not None else found


def _lines(node: tree_sitter.Node, text: bytes) -> int:
    if node.type in _DEFINITIONS:
        return 1
    if _ARGUMENT.match(text, node.start_byte):
        return 0
    blocks = list(_blocks(node))
    inner = [_lines(each, text) for block in blocks for each in block.named_children if each.type != "comment"]
    if not blocks or (node.type == "match_statement" and max(inner, default=0) <= _CASE):
        return min(_own_rows(node, blocks, text) + sum(inner), _LONGEST_STATEMENT)
    return sum(inner) + _own_rows(node, blocks, text)


def _size(node: tree_sitter.Node) -> int:
    if node.type in _DEFINITIONS:
        return 1
    return 1 + sum(_size(each) for block in _blocks(node) for each in block.named_children if each.type != "comment")


def _blocks(node: tree_sitter.Node) -> Iterator[tree_sitter.Node]:
    """Yield the blocks of a compound statement, those of its clauses too."""
    for child in node.named_children:
        if child.type == "block":
            yield child
        elif child.type.endswith("_clause"):
            yield from _blocks(child)


def _own_rows(node: tree_sitter.Node, blocks: list[tree_sitter.Node], text: bytes) -> int:
    """Count the rows with code of a statement that are not in one of its blocks."""
    own_text = text[node.start_byte : node.end_byte]
    inside = {row for block in blocks for row in range(block.start_point[0], block.end_point[0] + 1)}
    own = (line for row, line in enumerate(own_text.split(b"\n"), node.start_point[0]) if row not in inside)
    return sum(1 for line in own if not _ONLY_BRACKETS.fullmatch(line) and not line.lstrip().startswith(b"#"))
