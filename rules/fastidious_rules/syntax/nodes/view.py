"""The base of all typed views, and how a node becomes one."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, TypeVar

from fastidious_rules.syntax import kinds
from fastidious_rules.syntax.text import BYTE_ORDER_MARK, Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    import tree_sitter

    from fastidious_rules.syntax.terms import Term
    from fastidious_rules.syntax.units import Unit

V = TypeVar("V", bound="View")

VIEW_OF: dict[int, type[View]] = {}
"""View class of each node kind that has one of its own."""

COLLECTED: dict[int, type[View]] = {}
"""The kinds that a unit collects while it is walked: what rules can subscribe to."""

_COLLECTED_CLASSES: set[type[View]] = set()


class View:
    """A node of the tree in the vocabulary of Python.

    Views live as long as one check; results never hold one. Two views of the same node are equal.
    """

    __slots__ = ("_runs_in", "cst", "parent", "unit")

    kinds: ClassVar[tuple[str, ...]] = ()
    collected: ClassVar[bool] = False

    cst: tree_sitter.Node
    unit: Unit
    parent: View | None
    """The view around this one: the nearest collected one, or the one that it was reached from."""

    def __init__(self, cst: tree_sitter.Node, unit: Unit, parent: View | None) -> None:
        self.cst = cst
        self.unit = unit
        self.parent = parent
        self._runs_in: View | None = self  # itself: not known yet

    def runs_in(self, function: View | None) -> None:
        """Say which function or lambda this runs in, where a walk knows it."""
        self._runs_in = function

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        for name in cls.__dict__.get("kinds", ()):
            number = kinds.kind(name)
            VIEW_OF[number] = cls
            if cls.collected:
                COLLECTED[number] = cls
                _COLLECTED_CLASSES.add(cls)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, View) and self.cst == other.cst

    def __hash__(self) -> int:
        return hash(self.cst.id)

    @property
    def span(self) -> Span:
        """Bytes of this node, counted from the start of its unit."""
        start = self.unit.start
        return Span(self.cst.start_byte - start, self.cst.end_byte - start)

    @property
    def text(self) -> str:
        """Text of this node."""
        return self.unit.reader.text_of(self.cst)

    @property
    def row(self) -> int:
        """Line of the document on which this node starts."""
        return self.cst.start_point[0]

    @property
    def end_row(self) -> int:
        """Line of the document on which this node ends."""
        return self.cst.end_point[0]

    @property
    def column(self) -> int:
        """Byte column at which this node starts; a byte order mark takes none."""
        row, column = self.cst.start_point
        marked = row == 0 and self.unit.reader.text.startswith(BYTE_ORDER_MARK)
        return column - len(BYTE_ORDER_MARK) if marked else column

    @property
    def indent(self) -> str:
        """White space that is as wide as all in front of this on its line; tabs stay tabs."""
        text, start = self.unit.reader.text, self.cst.start_byte
        before = text[text.rfind(b"\n", 0, start) + 1 : start].removeprefix(BYTE_ORDER_MARK)
        return "".join(each if each == "\t" else " " for each in before.decode("utf-8", "replace"))

    @property
    def indent_step(self) -> str:
        """What indents a line by one level more: a tab in code that is indented with tabs."""
        return "\t" if b"\n\t" in self.unit.reader.text else "    "

    @property
    def term(self) -> Term:
        """This expression as a plain value."""
        known = self.unit.terms.get(self.cst.id)
        if known is None:
            known = self.unit.terms[self.cst.id] = self.unit.reader.read(self.cst)
        return known

    @property
    def is_broken(self) -> bool:
        """Whether the parser found a syntax error in here."""
        return self.cst.has_error

    def ancestors(self) -> Iterator[View]:
        """Yield the views around this one, nearest first."""
        parent = self.parent
        while parent is not None:
            yield parent
            parent = parent.parent

    def nearest(self, kind: type[V]) -> V | None:
        """Return the nearest view of `kind` around this one."""
        return next((each for each in self.ancestors() if isinstance(each, kind)), None)

    @property
    def enclosing_function(self) -> View | None:
        """The innermost `Function` or `Lambda` in whose body this runs.

        Decorators, defaults and annotations of a function run outside it.
        """
        if self._runs_in is not self:
            return self._runs_in
        start = self.cst.start_byte - self.unit.start
        parent = self.parent
        while parent is not None and parent.opens_scope and parent.body_start > start:
            parent = parent.parent
        if parent is None or parent.opens_scope:
            return parent
        return parent.enclosing_function

    @property
    def body_start(self) -> int:
        """First byte of what runs in the scope that this opens, counted from the start of the unit."""
        return self.cst.start_byte - self.unit.start

    def children(self) -> Iterator[View]:
        """Yield views of the named children, comments left out."""
        for child in self.cst.named_children:
            if child.kind_id != kinds.COMMENT:
                yield self.unit.view(child, self)

    def find(self, kind: type[V], *, into_functions: bool = False) -> Iterator[V]:
        """Yield the views of `kind` inside this one, in the order of the text.

        Bodies of nested functions, classes and lambdas are left out unless `into_functions`.
        """
        if kind in _COLLECTED_CLASSES:
            yield from self._find_collected(kind, into_functions=into_functions)
            return
        for child in self.children():
            if isinstance(child, kind):
                yield child
            if into_functions or not child.opens_scope:
                yield from child.find(kind, into_functions=into_functions)

    def _find_collected(self, kind: type[V], *, into_functions: bool) -> Iterator[V]:
        start, end = self.cst.start_byte, self.cst.end_byte
        inside = self if self.opens_scope else self._scope_within
        for view in self.unit.by_kind.get(kind, ()):
            begins = view.cst.start_byte
            if begins >= end:
                return
            if begins < start or view.cst.end_byte > end or view.cst == self.cst:
                continue
            if isinstance(view, kind) and (into_functions or view.enclosing_function == inside):
                yield view

    @property
    def _scope_within(self) -> View | None:
        """The function or lambda in which the statements of this block or expression run."""
        parent = self.parent
        if parent is not None and parent.opens_scope and parent.body_start == self.cst.start_byte - self.unit.start:
            return parent
        return self.enclosing_function

    @property
    def opens_scope(self) -> bool:
        """Whether code inside runs at another time than the code around it."""
        return False

    def _field(self, name: str) -> View | None:
        child = self.cst.child_by_field_name(name)
        return None if child is None else self.unit.view(child, self)

    def _required(self, name: str) -> View:
        """Return the view of a field that the grammar always gives; broken code may leave it out."""
        return self._field(name) or View(self.cst, self.unit, self.parent)

    def _fields(self, name: str) -> list[View]:
        return [self.unit.view(child, self) for child in self.cst.children_by_field_name(name)]

    @property
    def _is_async(self) -> bool:
        return self.cst.child_count > 0 and self.cst.children[0].kind_id == kinds.ASYNC


def named_child(node: tree_sitter.Node | None, index: int) -> tree_sitter.Node | None:
    """Return a named child of `node`, or nothing where broken code has left it out."""
    return node.named_child(index) if node is not None and index < node.named_child_count else None
