"""Moving a definition to another place of its module, with its decorators and the comments above it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from fastidious_rules.engine.elsewhere import unit_in
from fastidious_rules.engine.finding import Edit
from fastidious_rules.syntax.terms import Ref, Term, parts
from fastidious_rules.syntax.text import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastidious_rules.engine.scope import Scope
    from fastidious_rules.semantics.facts import FunctionFact
    from fastidious_rules.semantics.module import Module
    from fastidious_rules.semantics.place import Place

_BLANK = re.compile(rb"[ \t\f]*(?:\r\n|\n|\r)")
_LINE = re.compile(rb"[^\r\n]*(?:\r\n|\n|\r)?")


def moved_above(scope: Scope, fact: FunctionFact, other: Place) -> tuple[Edit, ...]:
    """Return the edits that move the function that the unit is above the one at `other`; none if that is not possible.

    Both must be functions of the module's body, and nothing that the moved one needs when it is defined may be
    defined between the two.
    """
    module = scope.asker.project.module_at(scope.path)
    if module is None or other.path != scope.path or not _may_move(module, fact, other.symbol):
        return ()
    target = scope.asker.project.locate(other._replace(span=Span(0, 0)))
    if target is None or target.start >= scope.unit_span.start:
        return ()
    return tuple(_edits(scope.document_text, scope.unit_span, target.start))


def moved_behind(scope: Scope, offset: int, *, is_block: bool) -> tuple[Edit, ...]:
    """Return the edits that move the whole unit behind the one that holds the byte at `offset` of the document.

    Two blank lines go in front of it where that one `is_block`: a function or a class.
    """
    text, unit = scope.document_text, scope.unit_span
    target = unit_in(text, offset, "")
    if target is None or target.start <= unit.start:
        return ()
    begin = with_comments(text, unit.start)
    place = _end_of_line(text, target.start + len(target.unit.text.rstrip()))
    block = text[begin : unit.end].decode("utf-8", "surrogatepass").replace("\r\n", "\n")
    ended = text[:place].endswith(b"\n")
    before = ("" if ended else "\n") + ("\n\n" if is_block else "")
    end = _end_of_line(text, unit.end)
    is_apart = not begin or text[:begin].endswith((b"\n\n", b"\r\n\r\n"))
    gone = _removed(text, begin, end) if is_apart else Span(begin, end)
    edits = (Edit(Span(place, place), f"{before}{block}" + ("\n" if ended else "")), Edit(gone, ""))
    return tuple(each._replace(span=each.span.shifted(-unit.start)) for each in edits)


def _may_move(module: Module, fact: FunctionFact, other: str) -> bool:
    own, above = module.top(fact.name), module.top(other)
    if len(own) != 1 or len(above) != 1 or len({own[0].unit, above[0].unit}) == 1:
        return False
    between = range(above[0].unit, own[0].unit)
    needed = {
        part.dotted.partition(".")[0] for term in _evaluated(fact) for part in parts(term) if isinstance(part, Ref)
    }
    return all(definition.unit not in between for name in needed for definition in module.top(name))


def _evaluated(fact: FunctionFact) -> Iterator[Term]:
    """Yield what is evaluated when the function is defined."""
    yield from fact.decorators
    for parameter in fact.parameters:
        yield from (each for each in (parameter.annotation, parameter.default) if each is not None)
    if fact.returns is not None:
        yield fact.returns


def _edits(text: bytes, unit: Span, target: int) -> Iterator[Edit]:
    first_line = _LINE.match(text)
    newline = b"\r\n" if first_line is not None and first_line.group().endswith(b"\r\n") else b"\n"
    begin, end = with_comments(text, unit.start), _end_of_line(text, unit.end)
    block = text[begin:end]
    moved = block if block.endswith((b"\n", b"\r")) else block + newline
    place = with_comments(text, target)
    shift = -unit.start
    yield Edit(Span(place, place).shifted(shift), (moved + newline * 2).decode("utf-8", "surrogatepass"))
    yield Edit(_removed(text, begin, end).shifted(shift), "")


def _removed(text: bytes, begin: int, end: int) -> Span:
    """Return what to take out so that the blank lines around do not add up."""
    after = end
    while (blank := _BLANK.match(text, after)) is not None:
        after = blank.end()
    if text[after:].strip():
        return Span(begin, after)
    before = len(text[:begin].rstrip())
    if not before or not text.endswith((b"\n", b"\r")):  # what is last now must not get a line end either
        return Span(before, len(text))
    return Span(_end_of_line(text, before), len(text))


def with_comments(text: bytes, start: int) -> int:
    """Return where the comments begin that stand directly above the line that starts at `start`."""
    while start > 0:
        above = text.rfind(b"\n", 0, start - 1) + 1
        if not text[above:start].startswith(b"#"):
            break
        start = above
    return start


def _end_of_line(text: bytes, offset: int) -> int:
    match = _LINE.match(text, offset)
    return match.end() if match is not None else offset
