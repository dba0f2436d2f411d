"""Read terms from a concrete syntax tree."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from fastidious_rules.syntax import kinds
from fastidious_rules.syntax.terms import (
    OPAQUE,
    Apply,
    Awaited,
    Collection,
    Index,
    Literal,
    Member,
    Operation,
    Ref,
    Term,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import tree_sitter

_DOTTED = re.compile(rb"[^\W\d]\w*(?:\.[^\W\d]\w*)*\Z")
_CHAIN = 1
_ARGUMENT = 10
_DEEPEST = 60
"""Terms stop here: six levels of arguments, or a chain of sixty calls."""

SHALLOW = 40
"""Depth to start from where only an expression's own arguments matter."""

_LONGEST_LITERAL = 200

_FUNCTION = kinds.field("function")
_ARGUMENTS = kinds.field("arguments")
_NAME = kinds.field("name")
_KEY = kinds.field("key")
_VALUE = kinds.field("value")
_OBJECT = kinds.field("object")
_ATTRIBUTE = kinds.field("attribute")
_LEFT = kinds.field("left")
_RIGHT = kinds.field("right")
_OPERATOR = kinds.field("operator")
_BODY = kinds.field("body")
_KEYWORD_ARGUMENT = kinds.kind("keyword_argument")
_DICTIONARY_SPLAT = kinds.kind("dictionary_splat")
_EXPRESSION = kinds.field("expression")
_INTERPOLATION = kinds.kind("interpolation")
_STRING_CONTENT = kinds.kind("string_content")
_GENERATOR = kinds.kind("generator_expression")
_PAIR = kinds.kind("pair")


class TermReader:
    """Reader of terms from the nodes of one text."""

    __slots__ = ("text",)

    def __init__(self, text: bytes) -> None:
        self.text = text

    def read(self, node: tree_sitter.Node | None, depth: int = 0) -> Term:
        """Return the term of the expression or annotation `node`."""
        if node is None or depth > _DEEPEST:
            return OPAQUE
        reader = _READERS.get(node.kind_id)
        return OPAQUE if reader is None else reader(self, node, depth)

    def text_of(self, node: tree_sitter.Node | None) -> str:
        """Return the text of `node`."""
        return "" if node is None else self.text[node.start_byte : node.end_byte].decode("utf-8", "replace")

    def _name(self, node: tree_sitter.Node, _depth: int) -> Term:
        return Ref(self.text_of(node))

    def _inner(self, node: tree_sitter.Node, depth: int) -> Term:
        children = node.named_children
        return self.read(children[0], depth) if children else OPAQUE

    def _attribute(self, node: tree_sitter.Node, depth: int) -> Term:
        text = self.text[node.start_byte : node.end_byte]
        if text.isascii() and _DOTTED.match(text):
            return Ref(text.decode())
        value = self.read(node.child_by_field_id(_OBJECT), depth + _CHAIN)
        name = self.text_of(node.child_by_field_id(_ATTRIBUTE))
        return Ref(f"{value.dotted}.{name}") if isinstance(value, Ref) else Member(value, name)

    def _call(self, node: tree_sitter.Node, depth: int) -> Term:
        function = self.read(node.child_by_field_id(_FUNCTION), depth + _CHAIN)
        arguments, keywords = self._arguments(node.child_by_field_id(_ARGUMENTS), depth + _ARGUMENT)
        return Apply(function, arguments, keywords)

    def _arguments(
        self, node: tree_sitter.Node | None, depth: int
    ) -> tuple[tuple[Term, ...], tuple[tuple[str, Term], ...]]:
        if node is not None and node.kind_id == _GENERATOR:
            return (self.read(node, depth),), ()
        arguments: list[Term] = []
        keywords: list[tuple[str, Term]] = []
        for child in node.named_children if node is not None else ():
            kind = child.kind_id
            if kind == _KEYWORD_ARGUMENT:
                name = self.text_of(child.child_by_field_id(_NAME))
                keywords.append((name, self.read(child.child_by_field_id(_VALUE), depth)))
            elif kind == _DICTIONARY_SPLAT:
                keywords.append(("", self._inner(child, depth)))
            elif kind != kinds.COMMENT:
                arguments.append(self.read(child, depth))
        return tuple(arguments), tuple(keywords)

    def _subscript(self, node: tree_sitter.Node, depth: int) -> Term:
        value = self.read(node.child_by_field_id(_VALUE), depth + _CHAIN)
        arguments = node.children_by_field_name("subscript")
        return Index(value, tuple(self.read(each, depth + _ARGUMENT) for each in arguments))

    def _generic(self, node: tree_sitter.Node, depth: int) -> Term:
        value, *parameters = node.named_children
        arguments = parameters[0].named_children if parameters else []
        return Index(
            self.read(value, depth + _ARGUMENT), tuple(self.read(each, depth + _ARGUMENT) for each in arguments)
        )

    def _member_type(self, node: tree_sitter.Node, depth: int) -> Term:
        value, *names = node.named_children
        inner = self.read(value, depth + _ARGUMENT)
        name = self.text_of(names[-1]) if names else ""
        return Ref(f"{inner.dotted}.{name}") if isinstance(inner, Ref) else Member(inner, name)

    def _awaited(self, node: tree_sitter.Node, depth: int) -> Term:
        return Awaited(self._inner(node, depth + _CHAIN))

    def _binary(self, node: tree_sitter.Node, depth: int) -> Term:
        operator = self.text_of(node.child_by_field_id(_OPERATOR))
        left = self.read(node.child_by_field_id(_LEFT), depth + _ARGUMENT)
        return Operation(operator, left, self.read(node.child_by_field_id(_RIGHT), depth + _ARGUMENT))

    def _choice(self, node: tree_sitter.Node, depth: int) -> Term:
        """Read `first if condition else other`."""
        first, _, other = (*node.named_children, None, None, None)[:3]
        return Operation("else", self.read(first, depth + _ARGUMENT), self.read(other, depth + _ARGUMENT))

    def _union(self, node: tree_sitter.Node, depth: int) -> Term:
        left, *rest = [self.read(each, depth + _ARGUMENT) for each in node.named_children]
        for right in rest:
            left = Operation("|", left, right)
        return left

    def _string(self, node: tree_sitter.Node, depth: int) -> Term:
        children = node.named_children
        if any(child.kind_id == _INTERPOLATION for child in children):
            return Collection("text", tuple(self._text_parts(children, depth)))
        prefix = self.text_of(children[0]).lower() if children else ""
        content = "".join(self.text_of(child) for child in children if child.kind_id == _STRING_CONTENT)
        return Literal("bytes" if "b" in prefix else "str", content[:_LONGEST_LITERAL])

    def _text_parts(self, children: list[tree_sitter.Node], depth: int) -> Iterator[Term]:
        """Yield the literal and the interpolated parts of an f-string."""
        for child in children:
            if child.kind_id == _STRING_CONTENT:
                yield Literal("str", self.text_of(child)[:_LONGEST_LITERAL])
            elif child.kind_id == _INTERPOLATION:
                yield self.read(child.child_by_field_id(_EXPRESSION), depth + _ARGUMENT)

    def _strings(self, node: tree_sitter.Node, depth: int) -> Term:
        parts = [self.read(child, depth) for child in node.named_children]
        texts = [part.text for part in parts if isinstance(part, Literal)]
        return Literal("str", "".join(texts)) if len(texts) == len(parts) else Collection("text", tuple(parts))

    def _constant(self, node: tree_sitter.Node, _depth: int) -> Term:
        return Literal(_CONSTANTS[node.kind_id], self.text_of(node))

    def _items(self, node: tree_sitter.Node, depth: int) -> Term:
        items = tuple(
            self.read(child, depth + _ARGUMENT) for child in node.named_children if child.kind_id != kinds.COMMENT
        )
        return Collection(_DISPLAYS[node.kind_id], items)

    def _mapping(self, node: tree_sitter.Node, depth: int) -> Term:
        items: list[Term] = []
        for child in node.named_children:
            if child.kind_id == _PAIR:
                items.append(self.read(child.child_by_field_id(_KEY), depth + _ARGUMENT))
                items.append(self.read(child.child_by_field_id(_VALUE), depth + _ARGUMENT))
            elif child.kind_id == _DICTIONARY_SPLAT:
                items.extend((OPAQUE, self._inner(child, depth + _ARGUMENT)))
        return Collection("dict", tuple(items))

    def _comprehension(self, node: tree_sitter.Node, depth: int) -> Term:
        return Collection("comprehension", (self.read(node.child_by_field_id(_BODY), depth + _ARGUMENT),))

    def _walrus(self, node: tree_sitter.Node, depth: int) -> Term:
        return self.read(node.child_by_field_id(_VALUE), depth)


def _kinds(method: Callable[[TermReader, tree_sitter.Node, int], Term], *names: str) -> dict[int, Callable[..., Term]]:
    return {kinds.kind(name): method for name in names}


_CONSTANTS = {
    kinds.kind("integer"): "int",
    kinds.kind("float"): "float",
    kinds.kind("true"): "bool",
    kinds.kind("false"): "bool",
    kinds.kind("none"): "None",
    kinds.kind("ellipsis"): "ellipsis",
}
_DISPLAYS = {
    kinds.kind("tuple"): "tuple",
    kinds.kind("expression_list"): "tuple",
    kinds.kind("list"): "list",
    kinds.kind("set"): "set",
}
_READERS: dict[int, Callable[[TermReader, tree_sitter.Node, int], Term]] = {
    **_kinds(TermReader._name, "identifier", "dotted_name"),
    **_kinds(TermReader._inner, "type", "parenthesized_expression"),
    **_kinds(TermReader._attribute, "attribute"),
    **_kinds(TermReader._call, "call"),
    **_kinds(TermReader._subscript, "subscript"),
    **_kinds(TermReader._generic, "generic_type"),
    **_kinds(TermReader._member_type, "member_type"),
    **_kinds(TermReader._awaited, "await"),
    **_kinds(TermReader._binary, "binary_operator", "boolean_operator"),
    **_kinds(TermReader._choice, "conditional_expression"),
    **_kinds(TermReader._union, "union_type"),
    **_kinds(TermReader._string, "string"),
    **_kinds(TermReader._strings, "concatenated_string"),
    **dict.fromkeys(_CONSTANTS, TermReader._constant),
    **dict.fromkeys(_DISPLAYS, TermReader._items),
    **_kinds(TermReader._mapping, "dictionary"),
    **_kinds(
        TermReader._comprehension,
        "list_comprehension",
        "set_comprehension",
        "generator_expression",
    ),
    **_kinds(TermReader._walrus, "named_expression"),
}


def read_annotation(text: str) -> Term:
    """Return the term of an annotation written as a string."""
    from fastidious_rules.syntax.tree import parse_expression  # noqa: PLC0415  strings are rare

    encoded = text.encode()
    return TermReader(encoded).read(parse_expression(encoded))
