"""Return types that functions do not declare."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from fastidious_rules.engine.finding import Edit
from fastidious_rules.engine.imports import import_edits
from fastidious_rules.engine.rewrite.returns import in_quotes, is_stub, return_type
from fastidious_rules.engine.scope import Scope
from fastidious_rules.syntax.nodes import Function
from fastidious_rules.syntax.text import Span
from fastidious_rules.syntax.units import Unit

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastidious_rules.engine.document import Document
    from fastidious_rules.engine.states import State


class ReturnHint(NamedTuple):
    """Return type that is not declared: `text` is the annotation, and empty where it is not certain.

    `name` is the function's name, `edits` write the annotation down.
    """

    name: Span
    place: int
    text: str = ""
    edits: tuple[Edit, ...] = ()


def return_hints(document: Document, span: Span) -> Iterator[ReturnHint]:
    """Yield hints for the functions that begin in `span`, in the order of the text."""
    for state in document.states:
        if not state.cut.is_broken and state.cut.start <= span.end and state.cut.end >= span.start:
            for hint in _in_unit(document, state):
                if span.start <= hint.place <= span.end:
                    yield hint


def _in_unit(document: Document, state: State) -> Iterator[ReturnHint]:
    unit = Unit(state.cut, document.source.text)
    context = document.context_of(state, unit)
    for view in unit.by_kind.get(Function, []):
        if isinstance(view, Function) and view.returns is None and not view.is_broken and not is_stub(view):
            yield _hint(document, view, Scope(context, view, None), state.cut.start)
    unit.release()


def _hint(document: Document, function: Function, scope: Scope, start: int) -> ReturnHint:
    name, place = function.name_view.span.shifted(start), function.parameter_list.span.end + start
    found = return_type(function, scope)
    if found is None:
        return ReturnHint(name, place)
    annotation = Edit(Span(place, place), f" -> {in_quotes(found.text, function, scope)}")
    return ReturnHint(name, place, found.text, (*import_edits(document, found.imports), annotation))
