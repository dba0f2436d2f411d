"""Signatures whose parameters carry their meaning in `Annotated` instead of in their defaults."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from fastidious_rules.engine.finding import Edit
from fastidious_rules.semantics.facts import ImportFact
from fastidious_rules.semantics.web.injection import marker
from fastidious_rules.syntax.nodes import Call, Function, Keyword, Parameter, Starred, String, View
from fastidious_rules.syntax.nodes.displays import DoubleStarred
from fastidious_rules.syntax.terms import Ref, parts
from fastidious_rules.syntax.text import Span

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fastidious_rules.engine.scope import Scope
    from fastidious_rules.semantics.module import Module

_INJECTORS = frozenset({"fastapi.Depends", "fastapi.Security"})


class Conversion(NamedTuple):
    """The edits that convert a whole signature, and what becomes of the order of its parameters."""

    edits: tuple[Edit, ...]
    is_reordered: bool = False
    is_starred: bool = False
    """Whether a `*` was put in, so that the parameters after it can only be passed by name."""


class _Slot(NamedTuple):
    parameter: Parameter
    text: str
    has_default: bool


def converted(
    function: Function, scope: Scope, *, may_reorder: bool, aliases: Mapping[str, str] | None = None
) -> Conversion | None:
    """Return the conversion of a signature, None if some parameter cannot be converted.

    `aliases` maps names of parameters to the alias that stands for their type and dependency.
    """
    parameters = function.parameters
    if any(each.text == "/" for each in parameters):
        return None
    slots = [_slot(each, scope, (aliases or {}).get(each.name, "")) for each in parameters]
    known = [each for each in slots if each is not None]
    if len(known) != len(slots):
        return None
    return _arranged(function, known, may_reorder=may_reorder)


def _arranged(function: Function, known: list[_Slot], *, may_reorder: bool) -> Conversion | None:
    """Return the conversion with required parameters in front, or after a star, where defaults would come first."""
    positional = _positional(known)
    misplaced = _misplaced(positional)
    if misplaced is None:
        return Conversion(tuple(_replaced(known, known)))
    if may_reorder and b"#" not in function.parameter_list.text.encode():
        ordered = sorted(positional, key=lambda each: each.has_default)
        return Conversion(tuple(_replaced(known, [*ordered, *known[len(positional) :]])), is_reordered=True)
    if len(positional) != len(known):
        return None
    starred = [
        each._replace(text=f"*,{_break_before(each.parameter)}{each.text}") if each is misplaced else each
        for each in known
    ]
    return Conversion(tuple(_replaced(known, starred)), is_starred=True)


def _break_before(parameter: Parameter) -> str:
    """Return what stands between a `*` and the parameter: a line break where each parameter has its own line."""
    text, start = parameter.unit.reader.text, parameter.cst.start_byte
    line = text.rfind(b"\n", 0, start) + 1
    margin = text[line:start].decode()
    newline = "\r\n" if text[:line].endswith(b"\r\n") else "\n"
    return " " if margin.strip() or not line else newline + margin


def _positional(slots: list[_Slot]) -> list[_Slot]:
    for number, slot in enumerate(slots):
        if slot.parameter.is_marker or slot.parameter.stars:
            return slots[:number]
    return slots


def _misplaced(slots: list[_Slot]) -> _Slot | None:
    """Return the first parameter without a default that follows one with a default."""
    seen = False
    for slot in slots:
        if seen and not slot.has_default:
            return slot
        seen = seen or slot.has_default
    return None


def _replaced(old: list[_Slot], new: list[_Slot]) -> list[Edit]:
    return [
        Edit(before.parameter.span, after.text)
        for before, after in zip(old, new, strict=True)
        if before.parameter.text != after.text
    ]


def _slot(parameter: Parameter, scope: Scope, alias: str) -> _Slot | None:
    default = parameter.default
    if not isinstance(default, Call) or not marker(scope.asker, scope.module, default.term):
        return _Slot(parameter, parameter.text, default is not None)
    annotation = parameter.annotation
    if annotation is None or not _is_evaluated(annotation, scope):
        return None
    split = _split(default, marker(scope.asker, scope.module, default.term))
    if split is None:
        return None
    call, value = split
    declared = alias or f"Annotated[{annotation.text}, {call}]"
    return _Slot(parameter, f"{parameter.name}: {declared}" + (f" = {value}" if value else ""), bool(value))


def _is_evaluated(annotation: View, scope: Scope) -> bool:
    """Tell whether FastAPI can read the type when it is inside `Annotated`: nothing quoted, no import for types only."""
    if isinstance(annotation, String) or next(annotation.find(String), None) is not None:
        return False
    module = scope.asker.project.module_at(scope.path)
    names = {part.dotted.partition(".")[0] for part in parts(annotation.term) if isinstance(part, Ref)}
    return module is not None and not any(_is_for_types(module, name) for name in names)


def _is_for_types(module: Module, name: str) -> bool:
    found = [each.fact for each in module.top(name)]
    return bool(found) and all(isinstance(each, ImportFact) and each.type_checking for each in found)


def _split(call: Call, qualified: str) -> tuple[str, str] | None:
    """Return the call without the default that it gives, and that default; empty for none, None if it is not clear."""
    if qualified in _INJECTORS:
        return call.text, ""
    if any(isinstance(each, Starred | DoubleStarred) for each in call.all_arguments) or len(call.arguments) > 1:
        return None
    given = call.argument(0, "default")
    if given is None:
        return call.text, ""
    value = "" if given.text in {"...", "Ellipsis"} else given.text
    if value and qualified == "fastapi.Path":
        return None
    return _without(call, given), value


def _without(call: Call, given: View) -> str:
    """Return the text of a call without one argument; the layout of the others stays."""
    arguments = call.all_arguments
    owner = next(each for each in arguments if each.span.contains(given.span))
    number = arguments.index(owner)
    shift = -call.span.start
    removed = owner.span
    if number + 1 < len(arguments):
        removed = Span(owner.span.start, arguments[number + 1].span.start)
    elif number:
        removed = Span(arguments[number - 1].span.end, owner.span.end)
    elif isinstance(owner, Keyword) or call.argument_list is not None:
        inside = call.argument_list.span if call.argument_list is not None else owner.span
        removed = Span(inside.start + 1, inside.end - 1)
    encoded = call.text.encode()
    return (encoded[: removed.start + shift] + encoded[removed.end + shift :]).decode()
