"""Regions of a function that could stand in a function of their own: what goes in, what comes out."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from fastidious_rules.syntax.occurrences import Occurrence, occurrences
from fastidious_rules.syntax.text import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    import tree_sitter

    from fastidious_rules.syntax.nodes import Function

_FORBIDDEN = frozenset(
    {
        "return_statement",
        "yield",
        "global_statement",
        "nonlocal_statement",
        "delete_statement",
        "match_statement",
        "import_statement",
        "import_from_statement",
        "function_definition",
        "class_definition",
        "lambda",
    }
)
_LOOPS = frozenset({"for_statement", "while_statement"})
_JUMPS = frozenset({"break_statement", "continue_statement"})
_REFLECTIVE = frozenset({"locals", "vars", "eval", "exec", "super", "__class__"})
_LEAST_STATEMENTS = 2
_MOST_INPUTS = 5
_MOST_OUTPUTS = 3
_WORD = re.compile(r"[a-z]+")
_IDLE_WORDS = frozenset({"the", "a", "an", "all", "of", "to", "and", "now", "then", "first", "we", "each"})


class Region(NamedTuple):
    """Statements that follow each other, as bytes of the document."""

    span: Span
    label: str
    """What it is, for a reader: `the paragraph "charge the customer"`."""
    name: str
    """A name for the function that it could be."""
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    is_async: bool


def regions(function: Function) -> list[Region]:
    """Return the parts of a function that can be taken out without a change in what happens; the longest first."""
    text = function.unit.reader.text
    body = function.body.cst
    found = occurrences(body, text)
    parameters = [each.name for each in function.parameters if not each.is_marker]
    if any(each.nested and each.binds for each in found) or any(each.name in _REFLECTIVE for each in found):
        return []
    flow = _Flow(body, found, parameters)
    skipped = body.named_children[0].end_byte if function.docstring is not None else body.start_byte
    candidates = (flow.region(run, label, name) for run, label, name in _runs(body, text, skipped))
    kept = [region for region in candidates if region is not None]
    return sorted(kept, key=lambda each: each.span.start - each.span.end)


def _runs(body: tree_sitter.Node, text: bytes, skipped: int) -> Iterator[tuple[list[tree_sitter.Node], str, str]]:
    """Yield paragraphs and bodies of loops, each with a label and a name; the name may be left to the outputs."""
    yield from _paragraphs([each for each in body.named_children if each.start_byte >= skipped], text)
    for node in _inside(body):
        if node.type != "for_statement":
            continue
        block, target = node.child_by_field_name("body"), node.child_by_field_name("left")
        if block is not None and target is not None and target.type == "identifier":
            item = text[target.start_byte : target.end_byte].decode("utf-8", "replace")
            statements = [each for each in block.named_children if each.type != "comment"]
            yield statements, f"the body of the loop over `{item}`", f"process_{item}"


def _paragraphs(nodes: list[tree_sitter.Node], text: bytes) -> Iterator[tuple[list[tree_sitter.Node], str, str]]:
    run: list[tree_sitter.Node] = []
    comment, last_row = "", -1
    for node in nodes:
        apart = last_row >= 0 and node.start_point[0] > last_row + 1
        own_line = node.type == "comment" and node.start_point[0] > last_row
        if run and (apart or own_line):
            yield run, _label(comment, run, text), _name(comment)
            run, comment = [], ""
        elif apart:
            comment = ""
        if node.type == "comment":
            comment = text[node.start_byte : node.end_byte].decode("utf-8", "replace") if own_line else comment
        else:
            run.append(node)
        last_row = node.end_point[0]
    yield run, _label(comment, run, text), _name(comment)


def _label(comment: str, run: list[tree_sitter.Node], text: bytes) -> str:
    if comment:
        return f'the paragraph "{comment.lstrip("# ")[:40].rstrip()}"'
    first = text[run[0].start_byte : run[0].end_byte].decode("utf-8", "replace").partition("\n")[0] if run else ""
    return f"the paragraph from `{first[:40].rstrip()}`"


def _name(comment: str) -> str:
    words = [word for word in _WORD.findall(comment.lower()) if word not in _IDLE_WORDS]
    return "_".join(words[:4])


def _inside(node: tree_sitter.Node) -> Iterator[tree_sitter.Node]:
    for child in node.named_children:
        yield child
        yield from _inside(child)


class _Flow:
    """Which values of a function flow where."""

    __slots__ = ("_body", "_local", "_loops", "_parameters", "_reads", "_writes")

    def __init__(self, body: tree_sitter.Node, found: list[Occurrence], parameters: list[str]) -> None:
        self._body = body
        self._loops = [Span(each.start_byte, each.end_byte) for each in _inside(body) if each.type in _LOOPS]
        self._parameters = frozenset(parameters)
        self._writes: dict[str, list[Occurrence]] = {}
        self._reads: dict[str, list[Occurrence]] = {}
        for each in found:
            table = self._writes if each.binds else self._reads
            table.setdefault(each.name, []).append(each)
        self._local = self._parameters | self._writes.keys()

    def region(self, run: list[tree_sitter.Node], label: str, name: str) -> Region | None:
        """Return the region of these statements, None if they cannot be taken out."""
        if (len(run) < _LEAST_STATEMENTS and not (run and run[0].type in _LOOPS)) or _jumps_out(run):
            return None
        span = Span(run[0].start_byte, run[-1].end_byte)
        exposed = [each for each in sorted(self._local) if self._is_exposed(each, span)]
        if not all(self._is_bound_at(each, span.start) for each in exposed):
            return None
        outputs = [each for each in self._written(span) if self._is_used_after(each, span)]
        sure = (each in exposed or self._is_surely_written(each, span, run[0]) for each in outputs)
        if (
            not all(sure)
            or len(exposed) > _MOST_INPUTS
            or len(outputs) > _MOST_OUTPUTS
            or self._is_caught(run[0], span)
        ):
            return None
        name = name or "_and_".join(outputs)
        is_async = any(each.type in {"await", "async"} for node in run for each in _all(node))
        return Region(span, label, name, tuple(exposed), tuple(outputs), is_async) if name else None

    def _written(self, span: Span) -> list[str]:
        return [name for name, each in self._writes.items() if any(span.start <= one.start < span.end for one in each)]

    def _is_exposed(self, name: str, span: Span) -> bool:
        """Tell whether the region reads a value of `name` that it has not surely bound itself."""
        own = [each for each in self._writes.get(name, ()) if span.start <= each.start < span.end]
        inside = [each for each in self._reads.get(name, ()) if span.start <= each.start < span.end]
        return any(not _covers(own, each.start) for each in inside) or (
            bool(own) and self._may_pass_through(name, span)
        )

    def _may_pass_through(self, name: str, span: Span) -> bool:
        """Tell whether an older value may survive the region, which binds `name` only in some cases, and be read later."""
        own = [each for each in self._writes[name] if span.start <= each.start < span.end]
        return self._is_used_after(name, span) and not any(each.until >= span.end for each in own)

    def _is_bound_at(self, name: str, offset: int) -> bool:
        return name in self._parameters or _covers(self._writes.get(name, []), offset)

    def _is_used_after(self, name: str, span: Span) -> bool:
        later = [each for each in self._writes.get(name, ()) if each.start >= span.end]
        loop = self._loop_around(span)
        for read in self._reads.get(name, ()):
            if read.nested or (read.start >= span.end and not _covers(later, read.start)):
                return True
            if loop is not None and loop.start <= read.start < span.end and not self._is_fresh(name, read, loop):
                return True
        return False

    def _is_fresh(self, name: str, read: Occurrence, loop: Span) -> bool:
        """Tell whether a read in a loop gets a value that the same round has bound."""
        return _covers([each for each in self._writes[name] if each.start >= loop.start], read.start)

    def _is_surely_written(self, name: str, span: Span, first: tree_sitter.Node) -> bool:
        block = first.parent
        end = block.end_byte if block is not None else span.end
        return any(span.start <= each.start < span.end and each.until >= end for each in self._writes[name])

    def _loop_around(self, span: Span) -> Span | None:
        """Return the outermost loop around the region."""
        return next((each for each in self._loops if each.start < span.start and each.contains(span)), None)

    def _is_caught(self, first: tree_sitter.Node, span: Span) -> bool:
        """Tell whether an error in the region leads to code that reads what the region bound before it."""
        node = first.parent
        while node is not None and node.start_byte >= self._body.start_byte:
            if node.type == "try_statement" and self._written(span):
                return True
            node = node.parent
        return False


def _covers(writes: list[Occurrence], offset: int) -> bool:
    return any(each.end <= offset < each.until for each in writes)


def _jumps_out(run: list[tree_sitter.Node]) -> bool:
    return any(_jumps(node, in_loop=False) for node in run)


def _jumps(node: tree_sitter.Node, *, in_loop: bool) -> bool:
    if node.type in _FORBIDDEN or (node.type in _JUMPS and not in_loop):
        return True
    if node.type == "string" and node.start_point[0] != node.end_point[0]:
        return True
    inside = in_loop or node.type in _LOOPS
    return any(_jumps(child, in_loop=inside) for child in node.named_children)


def _all(node: tree_sitter.Node) -> Iterator[tree_sitter.Node]:
    yield node
    for child in node.children:
        yield from _all(child)
