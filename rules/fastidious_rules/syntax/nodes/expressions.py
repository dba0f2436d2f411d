"""Views of expressions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastidious_rules.syntax import kinds
from fastidious_rules.syntax.nodes.view import View, named_child
from fastidious_rules.syntax.terms import Literal

if TYPE_CHECKING:
    from collections.abc import Iterator


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


class Interpolation(View):
    """`{value}` in an f-string."""

    __slots__ = ()
    kinds = ("interpolation",)

    @property
    def value(self) -> View:
        """The expression between the braces."""
        return self._required("expression")

    @property
    def conversion(self) -> str:
        """What follows the expression: `!r`, `:>3`."""
        return self.text[len(self.value.text) + 1 : -1]


class String(View):
    """A string literal: plain, bytes, raw or f-string; adjacent ones are a `ConcatenatedString`."""

    __slots__ = ()
    kinds = ("string",)

    @property
    def prefix(self) -> str:
        """Letters before the quote, in lower case."""
        return self.opening.rstrip("\"'").lower()

    @property
    def opening(self) -> str:
        """Prefix and opening quotes."""
        first = named_child(self.cst, 0)
        return self.unit.reader.text_of(first)

    @property
    def quote(self) -> str:
        """The quotes: one or three."""
        return self.opening[len(self.prefix) :]

    @property
    def is_formatted(self) -> bool:
        """Whether this is an f-string."""
        return "f" in self.prefix

    @property
    def parts(self) -> list[View]:
        """Literal parts and `Interpolation`s, in their order."""
        return [each for each in self.children() if each.cst.type in {"string_content", "interpolation"}]

    @property
    def interpolations(self) -> list[Interpolation]:
        """Places where values are put in."""
        return [each for each in self.children() if isinstance(each, Interpolation)]

    @property
    def value(self) -> str | None:
        """Text of a literal as written, escapes not decoded; nothing for an f-string with values."""
        term = self.term
        return term.text if isinstance(term, Literal) else None


class ConcatenatedString(View):
    """String literals side by side."""

    __slots__ = ()
    kinds = ("concatenated_string",)

    @property
    def strings(self) -> list[String]:
        """The literals."""
        return [each for each in self.children() if isinstance(each, String)]


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


class ComprehensionClause(View):
    """`for target in iterable` of a comprehension."""

    __slots__ = ()
    kinds = ("for_in_clause",)
    collected = True

    @property
    def is_async(self) -> bool:
        """Whether this is an `async for`."""
        return self._is_async

    @property
    def target(self) -> View:
        """What takes each item."""
        return self._required("left")

    @property
    def iterable(self) -> View:
        """What is iterated over."""
        return self._required("right")


class Comprehension(View):
    """A list, set or dict comprehension or a generator expression."""

    __slots__ = ()
    kinds = ("list_comprehension", "set_comprehension", "dictionary_comprehension", "generator_expression")
    collected = True

    @property
    def element(self) -> View:
        """What is produced for each item."""
        return self._required("body")

    @property
    def clauses(self) -> list[ComprehensionClause]:
        """Its `for` clauses."""
        return [each for each in self.children() if isinstance(each, ComprehensionClause)]

    @property
    def is_generator(self) -> bool:
        """Whether it is lazy: a generator expression."""
        return self.cst.type == "generator_expression"


class _Binary(View):
    """An operator between two operands."""

    __slots__ = ()

    @property
    def left(self) -> View:
        """The left operand."""
        return self._required("left")

    @property
    def right(self) -> View:
        """The right operand."""
        return self._required("right")

    @property
    def operator(self) -> str:
        """The operator as written."""
        return self._required("operator").text


class BinaryOperation(_Binary):
    """`left + right`, `left % right`, `left | right` ..."""

    __slots__ = ()
    kinds = ("binary_operator",)


class BooleanOperation(_Binary):
    """`left and right`, `left or right`."""

    __slots__ = ()
    kinds = ("boolean_operator",)
    collected = True


class Comparison(View):
    """`a < b <= c`."""

    __slots__ = ()
    kinds = ("comparison_operator",)
    collected = True

    @property
    def operands(self) -> list[View]:
        """What is compared, in order."""
        return list(self.children())

    @property
    def operators(self) -> list[str]:
        """The operators between the operands: `is not`, `in`, `==` ..."""
        return [self.unit.reader.text_of(each) for each in self.cst.children_by_field_name("operators")]


class Not(View):
    """`not value`."""

    __slots__ = ()
    kinds = ("not_operator",)
    collected = True

    @property
    def value(self) -> View:
        """What is negated."""
        return self._required("argument")


class Conditional(View):
    """`value if condition else other`."""

    __slots__ = ()
    kinds = ("conditional_expression",)
    collected = True

    @property
    def choices(self) -> tuple[View, View, View]:
        """Value, condition, other value."""
        parts = list(self.children())
        return (parts[0], parts[1], parts[2]) if len(parts) > 2 else (self, self, self)  # noqa: PLR2004


class Display(View):
    """A tuple, list or set written out."""

    __slots__ = ()
    kinds = ("tuple", "list", "set", "expression_list", "pattern_list", "tuple_pattern", "list_pattern")

    @property
    def items(self) -> list[View]:
        """Its items."""
        return list(self.children())


class DictDisplay(View):
    """A dict written out."""

    __slots__ = ()
    kinds = ("dictionary",)
    collected = True

    @property
    def pairs(self) -> Iterator[tuple[View, View]]:
        """Keys and values; `**others` are left out."""
        for child in self.cst.named_children:
            key, value = child.child_by_field_name("key"), child.child_by_field_name("value")
            if key is not None and value is not None:
                yield self.unit.view(key, self), self.unit.view(value, self)


class Starred(View):
    """`*values`."""

    __slots__ = ()
    kinds = ("list_splat", "list_splat_pattern")


class DoubleStarred(View):
    """`**mapping`."""

    __slots__ = ()
    kinds = ("dictionary_splat", "dictionary_splat_pattern")


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
