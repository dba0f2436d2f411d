"""Views of statements."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastidious_rules.syntax.nodes.expressions import Name, Parenthesized
from fastidious_rules.syntax.nodes.view import View, named_child

if TYPE_CHECKING:
    from collections.abc import Iterator


class Block(View):
    """An indented run of statements."""

    __slots__ = ()
    kinds = ("block",)

    @property
    def statements(self) -> list[View]:
        """Its statements."""
        return list(self.children())


class ExpressionStatement(View):
    """An expression, or an assignment, that stands as a statement."""

    __slots__ = ()
    kinds = ("expression_statement",)
    collected = True

    @property
    def value(self) -> View:
        """The expression."""
        return next(self.children(), self)


class Assignment(View):
    """`target = value`, `target: annotation = value`."""

    __slots__ = ()
    kinds = ("assignment",)
    collected = True

    @property
    def target(self) -> View:
        """What is assigned to."""
        return self._required("left")

    @property
    def annotation(self) -> View | None:
        """The annotation."""
        return self._field("type")

    @property
    def value(self) -> View | None:
        """The value; in `a = b = value` that of `a` is the assignment `b = value`."""
        return self._field("right")

    @property
    def final_value(self) -> View | None:
        """The value at the end of a chain of assignments."""
        value = self.value
        return value.final_value if isinstance(value, Assignment) else value


class AugmentedAssignment(View):
    """`target += value`."""

    __slots__ = ()
    kinds = ("augmented_assignment",)
    collected = True

    @property
    def target(self) -> View:
        """What is changed."""
        return self._required("left")

    @property
    def value(self) -> View:
        """The operand."""
        return self._required("right")


class Return(View):
    """`return value`."""

    __slots__ = ()
    kinds = ("return_statement",)
    collected = True

    @property
    def value(self) -> View | None:
        """What is returned, without parentheses."""
        value = next(self.children(), None)
        return value.value if isinstance(value, Parenthesized) else value


class Raise(View):
    """`raise error from cause`."""

    __slots__ = ()
    kinds = ("raise_statement",)
    collected = True

    @property
    def value(self) -> View | None:
        """What is raised."""
        cause = self.cst.child_by_field_name("cause")
        first = named_child(self.cst, 0)
        return None if first is None or first == cause else self.unit.view(first, self)

    @property
    def cause(self) -> View | None:
        """What follows `from`."""
        return self._field("cause")


class NameDeclaration(View):
    """`global name`, `nonlocal name`."""

    __slots__ = ()
    kinds = ("global_statement", "nonlocal_statement")
    collected = True

    @property
    def names(self) -> list[str]:
        """The names declared."""
        return [each.text for each in self.children()]


class Assert(View):
    """An `assert` statement."""

    __slots__ = ()
    kinds = ("assert_statement",)
    collected = True


class Delete(View):
    """A `del` statement."""

    __slots__ = ()
    kinds = ("delete_statement",)
    collected = True


class Pass(View):
    """`pass`."""

    __slots__ = ()
    kinds = ("pass_statement",)


class TypeAlias(View):
    """`type Name = value`."""

    __slots__ = ()
    kinds = ("type_alias_statement",)
    collected = True

    @property
    def name(self) -> str:
        """The name declared."""
        return self._required("left").text.partition("[")[0]

    @property
    def value(self) -> View:
        """What it stands for."""
        return self._required("right")


def names_in(target: View) -> Iterator[Name]:
    """Yield the names that an assignment to `target` binds."""
    if isinstance(target, Name):
        yield target
    elif target.cst.type in {"pattern_list", "tuple_pattern", "list_pattern", "tuple", "list", "list_splat_pattern"}:
        for child in target.children():
            yield from names_in(child)
