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


class ImportedName(View):
    """One name of an import statement."""

    __slots__ = ()

    @property
    def target(self) -> str:
        """What is imported: `a.b` of `import a.b as c`, `x` of `from m import x as y`."""
        name = self.cst.child_by_field_name("name") or self.cst
        return self.unit.reader.text_of(name)

    @property
    def alias(self) -> str:
        """The name after `as`, or nothing."""
        return self.unit.reader.text_of(self.cst.child_by_field_name("alias"))

    @property
    def bound(self) -> str:
        """The name that the statement binds."""
        return self.alias or self.target.partition(".")[0]


class Import(View):
    """`import a.b as c, d`."""

    __slots__ = ()
    kinds = ("import_statement",)
    collected = True

    @property
    def names(self) -> list[ImportedName]:
        """What it imports."""
        return [ImportedName(each, self.unit, self) for each in self.cst.children_by_field_name("name")]


class ImportFrom(View):
    """`from module import name as alias`."""

    __slots__ = ()
    kinds = ("import_from_statement", "future_import_statement")
    collected = True

    @property
    def module(self) -> str:
        """The module as written, with the dots of a relative import."""
        module = self.cst.child_by_field_name("module_name")
        return "__future__" if module is None else self.unit.reader.text_of(module).replace(" ", "")

    @property
    def module_view(self) -> View | None:
        """Where the module is named."""
        return self._field("module_name")

    @property
    def names(self) -> list[ImportedName]:
        """What it imports; none for `*`."""
        return [ImportedName(each, self.unit, self) for each in self.cst.children_by_field_name("name")]

    @property
    def is_star(self) -> bool:
        """Whether it imports `*`."""
        return any(child.type == "wildcard_import" for child in self.cst.named_children)


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


class Match(View):
    """A `match` statement."""

    __slots__ = ()
    kinds = ("match_statement",)
    collected = True


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
