"""Views of imports."""

from __future__ import annotations

from fastidious_rules.syntax.nodes.view import View


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
    def names(self) -> list[ImportedName]:
        """What it imports; none for `*`."""
        return [ImportedName(each, self.unit, self) for each in self.cst.children_by_field_name("name")]

    @property
    def is_star(self) -> bool:
        """Whether it imports `*`."""
        return any(child.type == "wildcard_import" for child in self.cst.named_children)
