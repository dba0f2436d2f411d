"""Occurrences of names in code: who reads a variable, who binds it, and for how long that binding surely holds."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import tree_sitter

_COMPREHENSIONS = frozenset(
    {"list_comprehension", "set_comprehension", "dictionary_comprehension", "generator_expression"}
)
_DEFINITIONS = frozenset({"function_definition", "class_definition"})
_IMPORTS = frozenset({"import_statement", "import_from_statement"})


class Occurrence(NamedTuple):
    """A name that stands somewhere, in bytes of the document."""

    name: str
    start: int
    end: int
    binds: bool = False
    until: int = 0
    """Where the block ends in which a binding surely holds; 0 if it holds nowhere for sure."""
    nested: bool = False
    """Whether it stands in a function or class inside, and so runs at another time."""


def occurrences(node: tree_sitter.Node, text: bytes) -> list[Occurrence]:
    """Return the variables in `node`, about in the order in which they are evaluated.

    Names of attributes and keyword arguments are none, nor are variables of comprehensions and lambdas.
    """
    return list(_Walk(text).over(node, node.end_byte, frozenset()))


class _Walk:
    """A walk over a tree that knows where names are bound."""

    __slots__ = ("_nested", "_text")

    def __init__(self, text: bytes) -> None:
        self._text = text
        self._nested = 0

    def over(self, node: tree_sitter.Node, until: int, hidden: frozenset[str]) -> Iterator[Occurrence]:
        """Yield what is in `node`; `until` is the end of the block around it, `hidden` are names of inner scopes."""
        kind = node.type
        if kind == "identifier":
            yield from self._name(node, hidden)
            return
        visit = _VISITS.get(kind)
        if visit is not None:
            yield from visit(self, node, until, hidden)
            return
        inside = node.end_byte if kind == "block" else until
        for child in node.named_children:
            yield from self.over(child, inside, hidden)

    def _name(
        self, node: tree_sitter.Node, hidden: frozenset[str], *, binds: bool = False, until: int = 0
    ) -> Iterator[Occurrence]:
        name = self._text[node.start_byte : node.end_byte].decode("utf-8", "replace")
        if name not in hidden:
            yield Occurrence(name, node.start_byte, node.end_byte, binds, until, self._nested > 0)

    def _bound(self, target: tree_sitter.Node | None, until: int, hidden: frozenset[str]) -> Iterator[Occurrence]:
        """Yield the names that a target binds; in `a.b` and `a[b]` names are only read."""
        if target is None:
            return
        if target.type == "identifier":
            yield from self._name(target, hidden, binds=True, until=until)
        elif target.type in {"attribute", "subscript"}:
            yield from self.over(target, until, hidden)
        else:
            for child in target.named_children:
                yield from self._bound(child, until, hidden)

    def _field(self, node: tree_sitter.Node, name: str, until: int, hidden: frozenset[str]) -> Iterator[Occurrence]:
        for child in node.children_by_field_name(name):
            yield from self.over(child, until, hidden)

    def attribute(self, node: tree_sitter.Node, until: int, hidden: frozenset[str]) -> Iterator[Occurrence]:
        yield from self._field(node, "object", until, hidden)

    def keyword(self, node: tree_sitter.Node, until: int, hidden: frozenset[str]) -> Iterator[Occurrence]:
        yield from self._field(node, "value", until, hidden)

    def assignment(self, node: tree_sitter.Node, until: int, hidden: frozenset[str]) -> Iterator[Occurrence]:
        yield from self._field(node, "right", until, hidden)
        yield from self._field(node, "type", until, hidden)
        has_value = node.child_by_field_name("right") is not None
        yield from self._bound(node.child_by_field_name("left"), until if has_value else 0, hidden)

    def augmented(self, node: tree_sitter.Node, until: int, hidden: frozenset[str]) -> Iterator[Occurrence]:
        yield from self._field(node, "left", until, hidden)
        yield from self._field(node, "right", until, hidden)
        yield from self._bound(node.child_by_field_name("left"), until, hidden)

    def loop(self, node: tree_sitter.Node, until: int, hidden: frozenset[str]) -> Iterator[Occurrence]:
        yield from self._field(node, "right", until, hidden)
        body = node.child_by_field_name("body")
        yield from self._bound(node.child_by_field_name("left"), body.end_byte if body is not None else 0, hidden)
        yield from self._field(node, "body", until, hidden)
        yield from self._field(node, "alternative", until, hidden)

    def alias(self, node: tree_sitter.Node, until: int, hidden: frozenset[str]) -> Iterator[Occurrence]:
        """Visit `value as target`."""
        target = node.child_by_field_name("alias")
        for child in node.named_children:
            if child != target:
                yield from self.over(child, until, hidden)
        clause = node.parent
        if clause is not None and clause.type == "except_clause":
            until = clause.end_byte
        yield from self._bound(target, until, hidden)

    def walrus(self, node: tree_sitter.Node, until: int, hidden: frozenset[str]) -> Iterator[Occurrence]:
        yield from self._field(node, "value", until, hidden)
        yield from self._bound(node.child_by_field_name("name"), 0, hidden)

    def imported(self, node: tree_sitter.Node, until: int, hidden: frozenset[str]) -> Iterator[Occurrence]:
        for each in node.children_by_field_name("name"):
            alias = each.child_by_field_name("alias")
            target = alias or (each.named_children[0] if each.named_children else None)
            if target is not None:
                yield from self._name(target, hidden, binds=True, until=until)

    def comprehension(self, node: tree_sitter.Node, until: int, hidden: frozenset[str]) -> Iterator[Occurrence]:
        targets = [each.child_by_field_name("left") for each in node.named_children if each.type == "for_in_clause"]
        own = {each.name for target in targets for each in self._bound(target, until, frozenset())}
        for child in node.named_children:
            yield from self.over(child, until, hidden | own)

    def function(self, node: tree_sitter.Node, until: int, hidden: frozenset[str]) -> Iterator[Occurrence]:
        """Visit a lambda, a function or a class: what is inside runs later, in a scope of its own."""
        name = node.child_by_field_name("name")
        if name is not None:
            yield from self._name(name, hidden, binds=True, until=until)
        parameters = node.child_by_field_name("parameters")
        own = set(self._parameters(parameters))
        if parameters is not None:
            for child in parameters.named_children:
                yield from self._field(child, "value", until, hidden)
                yield from self._field(child, "type", until, hidden)
        yield from self._field(node, "return_type", until, hidden)
        yield from self._field(node, "superclasses", until, hidden)
        self._nested += 1
        body = node.child_by_field_name("body")
        found = list(self.over(body, until, hidden | own)) if body is not None else []
        self._nested -= 1
        local = {each.name for each in found if each.binds} if node.type in _DEFINITIONS else set[str]()
        yield from (each for each in found if each.name not in local)

    def _parameters(self, node: tree_sitter.Node | None) -> Iterator[str]:
        for child in node.named_children if node is not None else ():
            target = child.child_by_field_name("name") or child
            while target.type != "identifier" and target.named_children:
                target = target.named_children[0]
            yield self._text[target.start_byte : target.end_byte].decode("utf-8", "replace")


_VISITS: dict[str, Callable[[_Walk, tree_sitter.Node, int, frozenset[str]], Iterator[Occurrence]]] = {
    "attribute": _Walk.attribute,
    "keyword_argument": _Walk.keyword,
    "assignment": _Walk.assignment,
    "augmented_assignment": _Walk.augmented,
    "for_statement": _Walk.loop,
    "as_pattern": _Walk.alias,
    "named_expression": _Walk.walrus,
    "lambda": _Walk.function,
    **dict.fromkeys(_DEFINITIONS, _Walk.function),
    **dict.fromkeys(_IMPORTS, _Walk.imported),
    **dict.fromkeys(_COMPREHENSIONS, _Walk.comprehension),
}
