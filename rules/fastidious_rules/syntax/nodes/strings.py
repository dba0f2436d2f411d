"""Views of string literals."""

from __future__ import annotations

from fastidious_rules.syntax.nodes.view import View, named_child
from fastidious_rules.syntax.terms import Literal


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
