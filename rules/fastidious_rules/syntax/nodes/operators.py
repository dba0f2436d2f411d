"""Views of operators."""

from __future__ import annotations

from fastidious_rules.syntax.nodes.view import View


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
        return self.operator_view.text

    @property
    def operator_view(self) -> View:
        """Where the operator stands."""
        return self._required("operator")


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
