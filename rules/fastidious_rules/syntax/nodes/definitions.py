"""Views of functions and classes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastidious_rules.syntax import kinds
from fastidious_rules.syntax.nodes.expressions import Call, Keyword, Name
from fastidious_rules.syntax.nodes.statements import Block, ExpressionStatement
from fastidious_rules.syntax.nodes.strings import String
from fastidious_rules.syntax.nodes.view import View, named_child
from fastidious_rules.syntax.text import Span

if TYPE_CHECKING:
    import tree_sitter

    from fastidious_rules.syntax.units import Unit


class Decorator(View):
    """`@value` above a definition."""

    __slots__ = ()
    kinds = ("decorator",)
    collected = True

    @property
    def value(self) -> View:
        """The expression after the `@`."""
        return next(self.children(), self)

    @property
    def call(self) -> Call | None:
        """The call that it is, if it is one."""
        value = self.value
        return value if isinstance(value, Call) else None

    @property
    def name(self) -> View:
        """What is named: `app.get` of `@app.get("/")`."""
        call = self.call
        return self.value if call is None else call.function


class Parameter(View):
    """A parameter of a function."""

    __slots__ = ()
    kinds = ("typed_parameter", "default_parameter", "typed_default_parameter")

    @property
    def name(self) -> str:
        """Its name without stars."""
        return self.name_view.text.lstrip("*")

    @property
    def name_view(self) -> View:
        """Where its name stands, with stars."""
        child = self.cst.child_by_field_name("name")
        if child is None and self.cst.kind_id == _TYPED:
            child = named_child(self.cst, 0)
        return self.unit.view(child, self) if child is not None else View(self.cst, self.unit, self.parent)

    @property
    def annotation(self) -> View | None:
        """Its annotation."""
        return self._field("type")

    @property
    def default(self) -> View | None:
        """Its default."""
        return self._field("value")

    @property
    def stars(self) -> int:
        """How many stars it has."""
        text = self.name_view.text
        return len(text) - len(text.lstrip("*"))

    @property
    def is_marker(self) -> bool:
        """Whether this is the bare `*` or `/`."""
        return self.text in {"*", "/"}


_TYPED = kinds.kind("typed_parameter")


class _Definition(View):
    """A function or a class."""

    __slots__ = ("decorated",)

    decorated: tree_sitter.Node | None
    """The node that holds the decorators too; set while the unit is walked."""

    def __init__(self, cst: tree_sitter.Node, unit: Unit, parent: View | None) -> None:
        super().__init__(cst, unit, parent)
        self.decorated = None

    @property
    def name(self) -> str:
        """Its name."""
        return self.name_view.text

    @property
    def name_view(self) -> View:
        """Where its name stands."""
        child = self.cst.child_by_field_name("name")
        return Name(child or self.cst, self.unit, self)

    @property
    def decorators(self) -> list[Decorator]:
        """Its decorators, from the top."""
        children = self.decorated.named_children if self.decorated is not None else []
        views = (self.unit.view(each, self.parent) for each in children if each.kind_id == kinds.DECORATOR)
        return [each for each in views if isinstance(each, Decorator)]

    @property
    def full_span(self) -> Span:
        """Span with the decorators."""
        node = self.decorated or self.cst
        return Span(node.start_byte - self.unit.start, node.end_byte - self.unit.start)

    @property
    def body(self) -> Block:
        """The block of its statements."""
        child = self.cst.child_by_field_name("body")
        return Block(child or self.cst, self.unit, self)

    @property
    def docstring(self) -> String | None:
        """Its docstring."""
        first = next(self.body.children(), None)
        value = first.value if isinstance(first, ExpressionStatement) else None
        return value if isinstance(value, String) and not value.interpolations else None


class Function(_Definition):
    """A `def` or an `async def`."""

    __slots__ = ()
    kinds = ("function_definition",)
    collected = True

    @property
    def is_async(self) -> bool:
        """Whether this is an `async def`."""
        return self._is_async

    @property
    def opens_scope(self) -> bool:
        """Whether code inside runs at another time than the code around it."""
        return True

    @property
    def parameters(self) -> list[Parameter]:
        """Its parameters, the bare `*` and `/` included."""
        listing = self.cst.child_by_field_name("parameters")
        children = listing.named_children if listing is not None else []
        return [Parameter(each, self.unit, self) for each in children if each.kind_id != kinds.COMMENT]

    @property
    def parameter_list(self) -> View:
        """The parentheses with the parameters."""
        return self._required("parameters")

    @property
    def returns(self) -> View | None:
        """The return annotation."""
        return self._field("return_type")

    @property
    def body_start(self) -> int:
        """First byte of the body, counted from the start of the unit."""
        body = self.cst.child_by_field_name("body")
        return (self.cst.end_byte if body is None else body.start_byte) - self.unit.start

    @property
    def statements(self) -> list[View]:
        """Statements of the body."""
        return self.body.statements

    @property
    def owner(self) -> Class | None:
        """The class that this is a method of, where the class is in the same unit (see `Unit.class_path`)."""
        return self.parent if isinstance(self.parent, Class) else None


class Class(_Definition):
    """A class."""

    __slots__ = ()
    kinds = ("class_definition",)
    collected = True

    @property
    def bases(self) -> list[View]:
        """Its bases."""
        arguments = self._field("superclasses")
        return [] if arguments is None else [each for each in arguments.children() if not isinstance(each, Keyword)]

    @property
    def keywords(self) -> dict[str, View]:
        """Keyword arguments of the class: `metaclass`, `table` ..."""
        arguments = self._field("superclasses")
        if arguments is None:
            return {}
        return {each.name: each.value for each in arguments.children() if isinstance(each, Keyword)}

    @property
    def type_parameters(self) -> list[Name]:
        """Names of the type parameters in brackets after its name."""
        listing = self.cst.child_by_field_name("type_parameters")
        found = (_leftmost_name(each) for each in (listing.named_children if listing is not None else []))
        return [Name(each, self.unit, self) for each in found if each is not None]


def _leftmost_name(node: tree_sitter.Node) -> tree_sitter.Node | None:
    """Return the first identifier in `node`: the name of a type parameter, whatever its bound."""
    inner: tree_sitter.Node | None = node
    while inner is not None and inner.type != "identifier":
        inner = named_child(inner, 0)
    return inner
