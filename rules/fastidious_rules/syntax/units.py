"""Units: the pieces of a module that are looked at one by one.

A unit is a top-level statement, or the header of a top-level class, or a member of one. What is found in
a unit depends on its text, on the class header around it, and on questions; so it is kept as long as these stay.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from fastidious_rules.syntax import kinds
from fastidious_rules.syntax.nodes.definitions import Class, Function
from fastidious_rules.syntax.nodes.view import COLLECTED, VIEW_OF, View
from fastidious_rules.syntax.reading import TermReader

if TYPE_CHECKING:
    from collections.abc import Iterator

    import tree_sitter

    from fastidious_rules.syntax.terms import Term

MOST_LEVELS = 500
"""A unit that is nested deeper is not looked at: Python itself takes a fifth of that, and every walk upwards is as long."""
MOST_BYTES = 250_000
"""A unit that is longer is not looked at: it would be again with each keystroke in it."""
MOST_TEXT = 4_000_000
"""A module of more bytes is one unit, and so not looked at."""


class Cut(NamedTuple):
    """Where a unit stands in its document.

    `start` and `end` are bytes, `row` is the line of `start`. `class_name` is the class that a member
    belongs to, `header` the text of that class's header. `is_header` marks the header itself: its node is the class.
    `is_broken` says that there is a syntax error in the unit.
    """

    node: tree_sitter.Node
    start: int
    end: int
    row: int
    header: bytes = b""
    class_name: str = ""
    is_header: bool = False
    is_broken: bool = False


def cut(root: tree_sitter.Node, text: bytes) -> list[Cut]:
    """Cut a module into units."""
    if len(text) > MOST_TEXT:
        return [Cut(root, 0, len(text), 0)]
    cuts: list[Cut] = []
    for node in root.children:
        kind = node.kind_id
        if kind == kinds.COMMENT:
            continue
        definition = node
        if kind == kinds.DECORATED:
            definition = node.child_by_field_name("definition") or node
        if definition.kind_id == kinds.CLASS:
            cuts.extend(_cut_class(node, definition, text))
        else:
            cuts.append(Cut(node, node.start_byte, node.end_byte, node.start_point[0], is_broken=node.has_error))
    return cuts


def _cut_class(outer: tree_sitter.Node, definition: tree_sitter.Node, text: bytes) -> Iterator[Cut]:
    start, row = outer.start_byte, outer.start_point[0]
    body = definition.child_by_field_name("body")
    name = definition.child_by_field_name("name")
    if body is None or name is None:
        yield Cut(outer, start, outer.end_byte, row, is_broken=outer.has_error)
        return
    header = text[start : body.start_byte]
    class_name = text[name.start_byte : name.end_byte].decode("utf-8", "replace")
    parts = [*definition.children, *(outer.children if outer is not definition else ())]
    is_broken = any(part.has_error for part in parts if part not in (body, definition))
    yield Cut(outer, start, body.start_byte, row, class_name=class_name, is_header=True, is_broken=is_broken)
    for member in body.children:
        if member.kind_id != kinds.COMMENT:
            first, last, member_row = member.start_byte, member.end_byte, member.start_point[0]
            yield Cut(member, first, last, member_row, header, class_name, is_broken=member.has_error)


class Unit:
    """One unit while it is looked at: its text, and the views of all nodes that rules can subscribe to.

    `excess` says why there are none of one that is too much to look at. `terms` and `arguments` are what was read of
    nodes already: rules ask for the same ones again and again.
    """

    __slots__ = (
        "arguments",
        "by_kind",
        "class_name",
        "excess",
        "is_header",
        "reader",
        "start",
        "terms",
        "text",
        "views",
    )

    def __init__(self, cut: Cut, text: bytes) -> None:
        self.start = cut.start
        self.text = text[cut.start : cut.end]
        self.class_name = cut.class_name
        self.is_header = cut.is_header
        self.reader = TermReader(text)
        self.views: dict[int, View] = {}
        self.terms: dict[int, Term] = {}
        self.arguments: dict[int, list[View]] = {}
        self.by_kind: dict[type[View], list[View]] = {}
        self.excess = f"is longer than {MOST_BYTES // 1000} kB" if len(self.text) > MOST_BYTES else ""
        if not self.excess:
            self._walk(cut)
        if self.excess:
            self.release()

    def release(self) -> None:
        """Let go of the views: they know their unit, so nobody but the garbage collector would otherwise free them."""
        self.views.clear()
        self.terms.clear()
        self.arguments.clear()
        self.by_kind.clear()

    def stands_at(self, cut: Cut, text: bytes) -> bool:
        """Tell whether this is the unit of `cut` in this very text."""
        return self.start == cut.start and self.reader.text is text

    def view(self, node: tree_sitter.Node, parent: View | None) -> View:
        """Return the view of `node`: the collected one if there is one, else a new one."""
        collected = self.views.get(node.id)
        if collected is not None:
            return collected
        return VIEW_OF.get(node.kind_id, View)(node, self, parent)

    # fastidious: ignore[function-too-long] one loop over every node of every file: a call in it costs more than its lines
    def _walk(self, cut: Cut) -> None:  # noqa: C901  see above
        """Collect views from the top down, each with the collected one around it and the function that it runs in."""
        cursor = cut.node.walk()
        outer: list[tuple[View | None, View | None]] = []
        parent: View | None = None
        function: View | None = None
        decorated: tree_sitter.Node | None = None
        views, by_kind, text = self.views, self.by_kind, self.reader.text
        while True:
            node = cursor.node
            assert node is not None  # noqa: S101  a cursor always stands on a node
            kind = node.kind_id
            inside, runs_in = parent, function
            enter = kind not in _ENDS
            view_class = COLLECTED.get(kind)
            if view_class is not None:
                inside = view = view_class(node, self, parent)
                view.runs_in(function)
                if isinstance(view, Function | Class):
                    view.decorated, decorated = decorated, None
                elif kind == _LAMBDA:
                    runs_in = view
                views[node.id] = view
                by_kind.setdefault(view_class, []).append(view)
            elif kind == kinds.BLOCK:
                if isinstance(parent, Function):
                    runs_in = parent
                enter = not cut.is_header or node.start_byte < cut.end
            elif kind == kinds.DECORATED:
                decorated = node
            elif kind == _STRING:
                enter = text.find(b"{", node.start_byte, node.end_byte) >= 0
            if enter and cursor.goto_first_child():
                outer.append((parent, function))
                if len(outer) > MOST_LEVELS:
                    self.excess = f"is nested more than {MOST_LEVELS} levels deep"
                    return
                parent, function = inside, runs_in
                continue
            while not cursor.goto_next_sibling():
                if not cursor.goto_parent():
                    return
                parent, function = outer.pop()


_LAMBDA = kinds.kind("lambda")
_STRING = kinds.kind("string")
_ENDS = frozenset(
    kinds.kind(name)
    for name in ("identifier", "integer", "comment", "import_statement", "import_from_statement", "none")
)
