"""Views of expressions."""

from __future__ import annotations

from fastidious_rules.syntax import kinds
from fastidious_rules.syntax.nodes.displays import Comprehension, DoubleStarred, Starred
from fastidious_rules.syntax.nodes.view import View, named_child

_FUNCTION = kinds.field("function")
_NAME_OF_ATTRIBUTE = kinds.field("attribute")
_ATTRIBUTE = kinds.kind("attribute")
_IDENTIFIER = kinds.kind("identifier")


class Name(View):
    """A name."""

    __slots__ = ()
    kinds = ("identifier",)


class Attribute(View):
    """`value.name`."""

    __slots__ = ()
    kinds = ("attribute",)

    @property
    def value(self) -> View:
        """What the attribute is read from."""
        return self._required("object")

    @property
    def name(self) -> Name:
        """The name after the dot."""
        child = self.cst.child_by_field_name("attribute")
        return Name(child or self.cst, self.unit, self)


class Keyword(View):
    """`name=value` in a call."""

    __slots__ = ()
    kinds = ("keyword_argument",)

    @property
    def name(self) -> str:
        """Name of the parameter."""
        return self._required("name").text

    @property
    def value(self) -> View:
        """Value given for it."""
        return self._required("value")


class Call(View):
    """A call."""

    __slots__ = ()
    kinds = ("call",)
    collected = True

    @property
    def function(self) -> View:
        """What is called."""
        return self._required("function")

    @property
    def last_name(self) -> str:
        """Last name of what is called: `get` of `client.get(url)`; empty where it has none."""
        node = self.cst.child_by_field_id(_FUNCTION)
        if node is not None and node.kind_id == _ATTRIBUTE:
            node = node.child_by_field_id(_NAME_OF_ATTRIBUTE)
        return self.unit.reader.text_of(node) if node is not None and node.kind_id == _IDENTIFIER else ""

    @property
    def receiver(self) -> View | None:
        """What a method is called on."""
        function = self.function
        return function.value if isinstance(function, Attribute) else None

    @property
    def argument_list(self) -> View | None:
        """The parentheses with all in them."""
        return self._field("arguments")

    @property
    def all_arguments(self) -> list[View]:
        """Arguments of all sorts in their order: values, `Keyword`, `Starred`, `DoubleStarred`."""
        known = self.unit.arguments.get(self.cst.id)
        if known is None:
            known = self.unit.arguments[self.cst.id] = self._all_arguments()
        return known

    def _all_arguments(self) -> list[View]:
        arguments = self.argument_list
        if arguments is None:
            return []
        return [arguments] if isinstance(arguments, Comprehension) else list(arguments.children())

    @property
    def arguments(self) -> list[View]:
        """Positional arguments."""
        return [each for each in self.all_arguments if not isinstance(each, Keyword | DoubleStarred)]

    @property
    def keywords(self) -> dict[str, View]:
        """Values of the keyword arguments."""
        return {each.name: each.value for each in self.all_arguments if isinstance(each, Keyword)}

    def argument(self, position: int, name: str) -> View | None:
        """Return what is given for the parameter at `position` (from zero, -1: keyword only) called `name`."""
        value = self.keywords.get(name)
        if value is not None or position < 0:
            return value
        positional = self.arguments
        if position >= len(positional) or any(isinstance(each, Starred) for each in positional[: position + 1]):
            return None
        return positional[position]

    @property
    def is_receiver(self) -> bool:
        """Whether an attribute or an item of its result is taken, or its result is called."""
        outer = self.cst.parent
        return (
            outer is not None and outer.type in {"attribute", "subscript", "call"} and outer.named_child(0) == self.cst
        )

    @property
    def is_awaited(self) -> bool:
        """Whether the call is the operand of an `await`."""
        return isinstance(self.parent, Await) and self.parent.value == self


class Await(View):
    """`await value`."""

    __slots__ = ()
    kinds = ("await",)
    collected = True

    @property
    def value(self) -> View:
        """What is awaited, without parentheses."""
        child = named_child(self.cst, 0)
        return self.unit.view(child, self) if child is not None else View(self.cst, self.unit, self)


class Subscript(View):
    """`value[index]`; in annotations `Name[parameters]`."""

    __slots__ = ()
    kinds = ("subscript", "generic_type")

    @property
    def value(self) -> View:
        """What is subscripted."""
        child = named_child(self.cst, 0)
        return self.unit.view(child, self) if child is not None else View(self.cst, self.unit, self)

    @property
    def indexes(self) -> list[View]:
        """What stands between the brackets."""
        direct = self._fields("subscript")
        if direct:
            return direct
        parameters = named_child(self.cst, 1)
        if parameters is None:
            return []
        return [self.unit.view(child, self) for child in parameters.named_children]


class Number(View):
    """An integer or a float."""

    __slots__ = ()
    kinds = ("integer", "float")


class Constant(View):
    """`True`, `False`, `None` or `...`."""

    __slots__ = ()
    kinds = ("true", "false", "none", "ellipsis")


class Parenthesized(View):
    """`(value)`."""

    __slots__ = ()
    kinds = ("parenthesized_expression",)

    @property
    def value(self) -> View:
        """What stands between the parentheses."""
        return next(self.children(), self)


class Lambda(View):
    """A lambda."""

    __slots__ = ()
    kinds = ("lambda",)
    collected = True

    @property
    def body(self) -> View:
        """What it returns."""
        return self._required("body")

    @property
    def opens_scope(self) -> bool:
        """Whether code inside runs at another time than the code around it."""
        return True


class Walrus(View):
    """`name := value`."""

    __slots__ = ()
    kinds = ("named_expression",)
    collected = True

    @property
    def name(self) -> View:
        """The name bound."""
        return self._required("name")

    @property
    def value(self) -> View:
        """The value bound to it."""
        return self._required("value")


class Yield(View):
    """`yield value`, `yield from values`."""

    __slots__ = ()
    kinds = ("yield",)
    collected = True

    @property
    def value(self) -> View | None:
        """What is yielded."""
        return next(self.children(), None)
