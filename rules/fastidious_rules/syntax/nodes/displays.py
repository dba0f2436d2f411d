"""Views of what is written out or comprehended: tuples, lists, dicts, comprehensions, stars."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastidious_rules.syntax.nodes.view import View

if TYPE_CHECKING:
    from collections.abc import Iterator


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
