"""Declarations of page sizes with an upper bound."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from fastidious_rules.api import (
    Call,
    Edit,
    Fix,
    Keyword,
    NeededImport,
    Safety,
    Span,
    Subscript,
    is_model,
    styles,
    with_argument,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastidious_rules.api import Assignment, Parameter, Scope, View

_DECLARING = frozenset({"Query", "Field", "Form", "Body", "conint"})
_USUAL = 100
_DIGITS = re.compile(r"\d[\d_]*\Z")


class _Declaration(NamedTuple):
    """A parameter or a field: its annotation, and the default as written."""

    annotation: View
    default: View | None
    function: str
    module: str
    is_old: bool = False
    """Whether the default is the place for what is said of it."""


def bounded_parameter(parameter: Parameter, scope: Scope) -> Iterator[Fix]:
    """Yield the fix that bounds a parameter of a function."""
    if parameter.annotation is not None:
        is_old = scope.ask(styles, scope.module).is_old
        yield from _bounded(_Declaration(parameter.annotation, parameter.default, "Query", "fastapi", is_old), scope)


def bounded_field(field: Assignment, scope: Scope) -> Iterator[Fix]:
    """Yield the fix that bounds a field of a model, or of a class that FastAPI makes of the query."""
    if field.annotation is None:
        return
    owner = f"{scope.module}.{scope.class_name}"
    is_pydantic = is_model(scope.asker, owner)
    function, module = ("Field", "pydantic") if is_pydantic else ("Query", "fastapi")
    yield from _bounded(_Declaration(field.annotation, field.value, function, module, is_pydantic), scope)


def _bounded(declared: _Declaration, scope: Scope) -> Iterator[Fix]:
    call = _declaring_call(declared, scope)
    most = _most(declared, call)
    if call is not None:
        edit = _in_call(call, most)
        if edit is not None:
            yield Fix(_title(declared, most), (edit,), (), Safety.UNSAFE)
        return
    if isinstance(declared.default, Call) or _is_annotated(declared.annotation):
        return
    known = scope.resolve_in_module(declared.function)
    if known.rpartition(".")[2] not in {"", declared.function} or (known and not known.startswith(_LIBRARIES)):
        return
    edits, imports = _declared(declared, most)
    imports = imports if not known else tuple(each for each in imports if each.name != declared.function)
    yield Fix(_title(declared, most), edits, imports, Safety.UNSAFE)


_LIBRARIES = ("fastapi.", "pydantic.", "sqlmodel.")


def _declared(declared: _Declaration, most: int) -> tuple[tuple[Edit, ...], tuple[NeededImport, ...]]:
    needed = NeededImport(declared.module, declared.function)
    annotation, default = declared.annotation, declared.default
    if declared.is_old and (default is not None or declared.function == "Field"):
        given = "" if default is None else f"default={default.text}, " if declared.function == "Field" else ""
        given = given or (f"{default.text}, " if default is not None else "")
        text = f"{declared.function}({given}ge=1, le={most})"
        if default is not None:
            return (Edit(default.span, text),), (needed,)
        end = annotation.span.end
        return (Edit(Span(end, end), f" = {text}"),), (needed,)
    text = f"Annotated[{annotation.text}, {declared.function}(ge=1, le={most})]"
    return (Edit(annotation.span, text),), (NeededImport("typing", "Annotated"), needed)


def _declaring_call(declared: _Declaration, scope: Scope) -> Call | None:
    """Return the `Query(...)` that declares the parameter, in its annotation or as its default."""
    default = declared.default
    calls = [*([default] if isinstance(default, Call) else []), *declared.annotation.find(Call)]
    names = ((each, scope.resolve_in_module(each.function.text).rpartition(".")[2]) for each in calls)
    return next((each for each, name in names if name in _DECLARING), None)


def _in_call(call: Call, most: int) -> Edit | None:
    """Return the edit that sets the bound in a call, in the place of one that bounds nothing."""
    for each in call.all_arguments:
        if isinstance(each, Keyword) and each.name in {"le", "lt"}:
            return Edit(each.span, f"le={most}")
    return with_argument(call, f"le={most}")


def _most(declared: _Declaration, call: Call | None) -> int:
    """Return the bound: a hundred, or the default where that is more."""
    default: View | None = declared.default
    if call is not None and default == call:
        default = call.argument(0, "default")
    text = default.text if default is not None else ""
    return max(_USUAL, int(text)) if _DIGITS.match(text) else _USUAL


def _title(declared: _Declaration, most: int) -> str:
    optional = declared.default is not None and "None" in declared.default.text
    note = "; without the parameter there is still no limit" if optional else ""
    return f"Allow at most {most} at a time (clients that ask for more get 422{note})"


def _is_annotated(annotation: View) -> bool:
    inner = next(annotation.children(), annotation)
    return isinstance(inner, Subscript) and inner.value.text.rpartition(".")[2] == "Annotated"
