"""What a piece of code is known by, wherever it moves to in its file and however it is laid out."""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING, NamedTuple

from fastidious_rules.syntax.comments import header_end, statement_at

if TYPE_CHECKING:
    import tree_sitter

    from fastidious_rules.syntax.text import Source, Span
    from fastidious_rules.syntax.tree import Tree

_DEFINITIONS = frozenset({"function_definition", "class_definition"})
_LAST_COMMA = re.compile(rb",(?=[)\]}])")
_DIGEST_BYTES = 8


class Anchor(NamedTuple):
    """The definitions around a statement (`Orders.load`), and a digest of its text without white space."""

    symbol: str = ""
    digest: str = ""


NO_ANCHOR = Anchor()


def anchor_of(tree: Tree, source: Source, span: Span) -> Anchor:
    """Return the anchor of the statement that `span` starts in; of a compound statement that is the header."""
    statement = statement_at(tree.root, span.start)
    if statement is None:
        return Anchor("", _digest(source.text[span.start : span.end]))
    end = max(header_end(statement), span.end)
    return Anchor(_symbol(statement), _digest(source.text[statement.start_byte : end]))


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
