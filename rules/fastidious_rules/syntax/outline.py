"""Definitions of a document, and calls, by where they stand in the text: read from the tree, without views."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from fastidious_rules.syntax import kinds
from fastidious_rules.syntax.text import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    import tree_sitter

_FUNCTION = kinds.kind("function_definition")
_CALL = kinds.kind("call")
_ATTRIBUTE = kinds.kind("attribute")
_INTERPOLATION = kinds.kind("interpolation")
_KEYWORD_ARGUMENT = kinds.kind("keyword_argument")
_STRINGS = frozenset({kinds.kind("string"), kinds.kind("concatenated_string")})
_AROUND = frozenset(
    kinds.kind(name)
    for name in (
        "block",
        "if_statement",
        "elif_clause",
        "else_clause",
        "try_statement",
        "except_clause",
        "finally_clause",
        "with_statement",
        "for_statement",
        "while_statement",
    )
)
"""Kinds of nodes that definitions may stand in."""
_PATHS = frozenset({"path", "url"})
_FIRST = 2
"""Arguments among which the path of a request is: `client.request("GET", "/books")`."""


class DecoratorSite(NamedTuple):
    """A decorator, and the text that is its first argument: an empty span if it has none."""

    span: Span
    path: Span


class Definition(NamedTuple):
    """A function or class: all of it with its decorators, from `def` or `class` to the end of its name, and its name."""

    symbol: str
    """Its dotted name inside the module."""
    is_class: bool
    span: Span
    head: Span
    name: Span
    decorators: tuple[DecoratorSite, ...]

    def is_headed_at(self, offset: int) -> bool:
        """Tell whether a pointer is on a decorator, or between `def` and the end of the name."""
        return any(each.start <= offset <= each.end for each in (self.head, *(one.span for one in self.decorators)))


def definitions(root: tree_sitter.Node, text: bytes) -> tuple[Definition, ...]:
    """Return the functions and classes of a module, also those inside others, in the order of the text."""
    return tuple(_definitions_in(root, text, ""))


def _definitions_in(node: tree_sitter.Node, text: bytes, owner: str) -> Iterator[Definition]:
    for child in node.named_children:
        kind = child.kind_id
        outer, inner = child, child
        if kind == kinds.DECORATED:
            inner = child.child_by_field_name("definition") or child
            kind = inner.kind_id
        if kind in {_FUNCTION, kinds.CLASS}:
            found = _definition(outer, inner, text, owner)
            body = inner.child_by_field_name("body")
            if found is not None:
                yield found
                yield from _definitions_in(body, text, f"{found.symbol}.") if body is not None else ()
        elif kind in _AROUND:
            yield from _definitions_in(child, text, owner)


def _definition(outer: tree_sitter.Node, inner: tree_sitter.Node, text: bytes, owner: str) -> Definition | None:
    named = inner.child_by_field_name("name")
    if named is None:
        return None
    name = _span(named)
    decorators = (
        [each for each in outer.named_children if each.kind_id == kinds.DECORATOR] if outer is not inner else []
    )
    return Definition(
        owner + text[name.start : name.end].decode("utf-8", "replace"),
        inner.kind_id == kinds.CLASS,
        _span(outer),
        Span(inner.start_byte, name.end),
        name,
        tuple(_decorator(each) for each in decorators),
    )


def _decorator(node: tree_sitter.Node) -> DecoratorSite:
    call = node.named_children[0] if node.named_children else node
    given = call.child_by_field_name("arguments") if call.kind_id == _CALL else None
    paths = [each for each in given.named_children if _is_path(each)] if given is not None else []
    return DecoratorSite(_span(node), _span(paths[0]) if paths else Span(node.start_byte, node.start_byte))


def _is_path(argument: tree_sitter.Node) -> bool:
    if argument.kind_id == _KEYWORD_ARGUMENT:
        name, value = argument.child_by_field_name("name"), argument.child_by_field_name("value")
        known = name is not None and (name.text or b"").decode("utf-8", "replace") in _PATHS
        return known and value is not None and value.kind_id in _STRINGS
    return argument.kind_id in _STRINGS


def calls_at(root: tree_sitter.Node, offset: int) -> tuple[Span, ...]:
    """Return the calls that a pointer may mean, the narrowest first: it is on a name that is called, or on a first argument."""
    found: list[Span] = []
    inner = root.descendant_for_byte_range(offset, offset)
    while inner is not None and inner.kind_id != _INTERPOLATION:
        if inner.kind_id == _CALL and any(part.start <= offset <= part.end for part in _pointed(inner)):
            found.append(_span(inner))
        inner = inner.parent
    return tuple(found)


def _pointed(call: tree_sitter.Node) -> Iterator[Span]:
    function, given = call.child_by_field_name("function"), call.child_by_field_name("arguments")
    if function is not None and function.kind_id == _ATTRIBUTE:
        name = function.child_by_field_name("attribute")
        yield from [_span(name)] if name is not None else []
    for position, each in enumerate(given.named_children if given is not None else ()):
        is_named = each.kind_id == _KEYWORD_ARGUMENT
        if _is_path(each) or (position < _FIRST and not is_named):
            yield _span(each)


def _span(node: tree_sitter.Node) -> Span:
    return Span(node.start_byte, node.end_byte)
