"""What a piece of code is known by, wherever it moves to in its file and however it is laid out."""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING

from fastidious_rules.syntax.comments import header_end, statement_at

if TYPE_CHECKING:
    import tree_sitter

    from fastidious_rules.syntax.text import Source, Span
    from fastidious_rules.syntax.tree import Tree

_DEFINITIONS = frozenset({"function_definition", "class_definition"})
_LAST_COMMA = re.compile(rb",(?=[)\]}])")
_DIGEST_BYTES = 8


def anchor_of(tree: Tree, source: Source, span: Span) -> tuple[str, str]:
    """Return the definitions around the statement that `span` starts in, and a digest of its text.

    The text is that without white space; of a compound statement it is the header.
    """
    statement = statement_at(tree.root, span.start)
    if statement is None:
        return "", _digest(source.text[span.start : span.end])
    end = max(header_end(statement), span.end)
    return _symbol(statement), _digest(source.text[statement.start_byte : end])


def _symbol(statement: tree_sitter.Node) -> str:
    names: list[str] = []
    node: tree_sitter.Node | None = statement.child_by_field_name("definition") or statement
    while node is not None:
        name = node.child_by_field_name("name") if node.type in _DEFINITIONS else None
        if name is not None and name.text is not None:
            names.append(name.text.decode("utf-8", "replace"))
        node = node.parent
    return ".".join(reversed(names))


def _digest(text: bytes) -> str:
    """Return a digest that formatters leave alone: they move white space, and add a comma behind a last argument."""
    bare = _LAST_COMMA.sub(b"", b"".join(text.split()))
    return hashlib.blake2b(bare, digest_size=_DIGEST_BYTES).hexdigest()
