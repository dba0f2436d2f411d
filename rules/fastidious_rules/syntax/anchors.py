"""What a piece of code is known by, wherever it moves to in its file and however it is laid out."""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING

from fastidious_rules.syntax.comments import header_end, statement_at

if TYPE_CHECKING:
    import tree_sitter

    from fastidious_rules.syntax.text import Span

_DEFINITIONS = frozenset({"function_definition", "class_definition"})
_LAST_COMMA = re.compile(rb",(?=[)\]}])")
_DIGEST_BYTES = 8


def anchor_of(within: tree_sitter.Node, text: bytes, span: Span, owner: str = "") -> tuple[str, str]:
    """Return the definitions around the statement that `span` of `text` starts in, and a digest of it.

    What is around `within`, a piece of the class `owner` or of the module, makes no difference: it may not even parse.
    The digest is that of the statement without white space; of a compound one only its header counts.
    """
    statement = statement_at(within, span.start)
    if statement is None:
        return owner, _digest(text[span.start : span.end])
    end = max(header_end(statement), span.end)
    names = [owner] if owner else []
    return ".".join([*names, *_names(statement, within)]), _digest(text[statement.start_byte : end])


def _names(statement: tree_sitter.Node, within: tree_sitter.Node) -> list[str]:
    """Return the names of the definitions around `statement`, the outermost first."""
    names: list[str] = []
    last = within.parent
    node: tree_sitter.Node | None = statement.child_by_field_name("definition") or statement
    while node is not None and node != last:
        name = node.child_by_field_name("name") if node.type in _DEFINITIONS else None
        if name is not None and name.text is not None:
            names.insert(0, name.text.decode("utf-8", "replace"))
        node = node.parent
    return names


def _digest(text: bytes) -> str:
    """Return a digest that formatters leave alone: they move white space, and add a comma behind a last argument."""
    bare = _LAST_COMMA.sub(b"", b"".join(text.split()))
    return hashlib.blake2b(bare, digest_size=_DIGEST_BYTES).hexdigest()
