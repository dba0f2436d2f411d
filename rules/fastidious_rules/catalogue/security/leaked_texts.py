"""Expressions that carry the text of an exception."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from fastidious_rules.api import (
    Assignment,
    Attribute,
    BinaryOperation,
    BooleanOperation,
    Call,
    ConcatenatedString,
    Conditional,
    DictDisplay,
    Display,
    Name,
    Parenthesized,
    String,
    Subscript,
    View,
    error_attributes,
    gives_text,
    is_trace,
    says_developing,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastidious_rules.api import Scope


class Caught(NamedTuple):
    """A caught exception: the name that it has, empty if none, and the code in which it has it."""

    name: str
    body: View


class Leak(NamedTuple):
    """An expression with the text of an exception in it."""

    view: View
    is_trace: bool


def leaks(view: View, caught: Caught, scope: Scope) -> Iterator[Leak]:
    """Yield the texts in an answer that hold the text of the exception, each as a whole."""
    if isinstance(view, DictDisplay):
        for _, value in view.pairs:
            yield from leaks(value, caught, scope)
    elif isinstance(view, Display):
        for item in view.items:
            yield from leaks(item, caught, scope)
    else:
        found = _found(view, caught, scope)
        if found is not None:
            yield Leak(view, is_trace=found)


def _found(view: View, caught: Caught, scope: Scope) -> bool | None:
    """Tell whether a value holds the stack of calls, or only the text of the exception; None if it holds neither."""
    if isinstance(view, Name):
        return False if view.text == caught.name else _assigned(view, caught, scope)
    if isinstance(view, Attribute):
        return _found(view.value, caught, scope) if view.name.text in error_attributes() else None
    if isinstance(view, Call):
        return _in_call(view, caught, scope)
    return _worst(_parts(view), caught, scope)


def _worst(views: list[View], caught: Caught, scope: Scope) -> bool | None:
    found = [each for each in (_found(view, caught, scope) for view in views) if each is not None]
    return any(found) if found else None


def _parts(view: View) -> list[View]:
    match view:
        case String():
            return [each.value for each in view.interpolations]
        case ConcatenatedString():
            return list(view.strings)
        case BinaryOperation() | BooleanOperation():
            return [view.left, view.right]
        case Conditional():
            first, condition, other = view.choices
            return [] if narrows(condition) else [first, other]
        case Parenthesized() | Subscript():
            return [view.value]
        case Display():
            return view.items
        case DictDisplay():
            return [value for _, value in view.pairs]
        case _:
            return []


def narrows(condition: View) -> bool:
    """Tell whether a condition says which error it is, or that only developers are answered so."""
    return "isinstance" in condition.text or says_developing(condition.text)


def _in_call(call: Call, caught: Caught, scope: Scope) -> bool | None:
    qualified = scope.at(call).resolve(call)
    if is_trace(qualified):
        return True
    if not gives_text(qualified, call.last_name):
        return None
    receiver = [call.receiver] if call.receiver is not None else []
    return _worst([*receiver, *call.arguments, *call.keywords.values()], caught, scope)


def _assigned(name: Name, caught: Caught, scope: Scope) -> bool | None:
    """Tell what the last assignment to a name before, in the same code, gives it."""
    before = [
        each
        for each in caught.body.find(Assignment)
        if each.target.text == name.text and each.span.end <= name.span.start and each.final_value is not None
    ]
    value = before[-1].final_value if before else None
    return _found(value, caught, scope) if value is not None else None
