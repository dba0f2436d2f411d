"""Views of statements that hold other statements."""

from __future__ import annotations

from fastidious_rules.syntax.nodes.statements import Block
from fastidious_rules.syntax.nodes.view import View, named_child


class For(View):
    """A `for` loop."""

    __slots__ = ()
    kinds = ("for_statement",)
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

    @property
    def body(self) -> View:
        """What runs for each item."""
        return self._required("body")


class While(View):
    """A `while` loop."""

    __slots__ = ()
    kinds = ("while_statement",)
    collected = True

    @property
    def condition(self) -> View:
        """What is tested before each round."""
        return self._required("condition")

    @property
    def body(self) -> View:
        """What runs in each round."""
        return self._required("body")


class If(View):
    """An `if` statement with its `elif` and `else` clauses."""

    __slots__ = ()
    kinds = ("if_statement",)
    collected = True

    @property
    def condition(self) -> View:
        """What is tested."""
        return self._required("condition")

    @property
    def body(self) -> View:
        """What runs if it holds."""
        return self._required("consequence")

    @property
    def alternatives(self) -> list[View]:
        """`ElseIf` and `Else` clauses."""
        return self._fields("alternative")


class ElseIf(View):
    """An `elif` clause."""

    __slots__ = ()
    kinds = ("elif_clause",)

    @property
    def condition(self) -> View:
        """What is tested."""
        return self._required("condition")

    @property
    def body(self) -> View:
        """What runs if it holds."""
        return self._required("consequence")


class Else(View):
    """An `else` clause."""

    __slots__ = ()
    kinds = ("else_clause",)

    @property
    def body(self) -> View:
        """What runs."""
        return self._required("body")


class WithItem(View):
    """`context as target` of a `with` statement."""

    __slots__ = ()
    kinds = ("with_item",)

    @property
    def context(self) -> View:
        """The context manager."""
        value = self.cst.child_by_field_name("value") or self.cst
        if value.type == "as_pattern":
            value = named_child(value, 0) or value
        return self.unit.view(value, self)

    @property
    def target(self) -> View | None:
        """What takes the value entered."""
        value = self.cst.child_by_field_name("value")
        alias = value.child_by_field_name("alias") if value is not None else None
        target = named_child(alias, 0) if alias is not None else None
        return None if target is None else self.unit.view(target, self)


class With(View):
    """A `with` statement."""

    __slots__ = ()
    kinds = ("with_statement",)
    collected = True

    @property
    def is_async(self) -> bool:
        """Whether this is an `async with`."""
        return self._is_async

    @property
    def items(self) -> list[WithItem]:
        """Its context managers."""
        clause = named_child(self.cst, 0)
        children = clause.named_children if clause is not None else []
        return [WithItem(each, self.unit, self) for each in children if each.type == "with_item"]

    @property
    def body(self) -> View:
        """What runs inside."""
        return self._required("body")


class Try(View):
    """A `try` statement."""

    __slots__ = ()
    kinds = ("try_statement",)
    collected = True

    @property
    def body(self) -> View:
        """What is tried."""
        return self._required("body")

    @property
    def handlers(self) -> list[ExceptHandler]:
        """Its `except` clauses."""
        return [each for each in self.children() if isinstance(each, ExceptHandler)]


class ExceptHandler(View):
    """An `except` clause."""

    __slots__ = ()
    kinds = ("except_clause",)
    collected = True

    @property
    def caught(self) -> View | None:
        """The class, or tuple of classes, caught."""
        value = self.cst.child_by_field_name("value")
        if value is not None and value.type == "as_pattern":
            value = named_child(value, 0)
        return None if value is None else self.unit.view(value, self)

    @property
    def name(self) -> str:
        """The name that the exception is bound to."""
        value = self.cst.child_by_field_name("value")
        alias = value.child_by_field_name("alias") if value is not None else None
        return self.unit.reader.text_of(alias)

    @property
    def body(self) -> View:
        """What runs."""
        return next((each for each in self.children() if isinstance(each, Block)), self)


class Match(View):
    """A `match` statement."""

    __slots__ = ()
    kinds = ("match_statement",)
    collected = True
