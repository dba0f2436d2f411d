"""Ways to give a token an expiry."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastidious_rules.api import (
    Call,
    DictDisplay,
    Edit,
    ExpressionStatement,
    Fix,
    Name,
    NeededImport,
    Return,
    Safety,
    Span,
    lifetime_of,
)
from fastidious_rules.catalogue.security.clocks import clock_of
from fastidious_rules.catalogue.security.tokens import is_for_link

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastidious_rules.api import Scope, View

_DEFAULT = "minutes=15"


def expiring(call: Call, payload: View, scope: Scope, *, has_some: bool) -> Iterator[Fix]:
    """Yield the fix that gives `payload` an expiry before `call` signs it; `has_some`: where it has none yet."""
    function = scope.function
    is_short = function is not None and is_for_link(function.name)
    clock, lifetime = clock_of(scope), None if is_short else scope.ask(lifetime_of, scope.module)
    duration = f"{lifetime.unit}={lifetime.setting.expression}" if lifetime is not None else _DEFAULT
    edit = _edit(call, payload, clock.after(duration), scope, has_some=has_some)
    if edit is None:
        return
    imports = list(clock.imports)
    if lifetime is not None and lifetime.setting.module:
        imports.append(NeededImport(lifetime.setting.module, lifetime.setting.name))
    span = f"`{lifetime.setting.expression}`" if lifetime is not None else "15 minutes"
    yield Fix(
        f"Let the token expire after {span} (clients must then get new ones)", (edit,), tuple(imports), Safety.UNSAFE
    )


def _edit(call: Call, payload: View, expiry: str, scope: Scope, *, has_some: bool) -> Edit | None:
    if isinstance(payload, DictDisplay):
        return _in_front(payload, expiry) if has_some else _in_display(payload, expiry)
    if isinstance(payload, Call) and not has_some and payload.function.text == "dict" and payload.all_arguments:
        end = payload.all_arguments[-1].span.end
        return Edit(Span(end, end), f", exp={expiry}")
    if isinstance(payload, Name) and _is_own(payload, scope):
        return _before(call, _stored(payload.text, expiry, has_some=has_some), scope)
    if has_some:
        return Edit(payload.span, f'{{"exp": {expiry}, **{payload.text}}}')
    return Edit(payload.span, f'{{**{payload.text}, "exp": {expiry}}}')


def _in_front(payload: DictDisplay, expiry: str) -> Edit:
    """Return the edit that puts the expiry where a later `**` replaces it."""
    first = next(payload.children())
    return Edit(Span(first.span.start, first.span.start), f'"exp": {expiry}, ')


def _in_display(payload: DictDisplay, expiry: str) -> Edit:
    children = list(payload.children())
    if not children:
        return Edit(payload.span, f'{{"exp": {expiry}}}')
    last = children[-1]
    rows = {payload.row, last.row, payload.end_row}
    separator = f",\n{last.indent}" if len(rows) > 2 else ", "  # noqa: PLR2004  the brackets and what is in them
    return Edit(Span(last.span.end, last.span.end), f'{separator}"exp": {expiry}')


def _is_own(payload: Name, scope: Scope) -> bool:
    """Tell whether a name holds a dict of the function's own, and not one of its caller's."""
    fact = scope.environment.function
    return fact is not None and payload.text in fact.local


def _stored(name: str, expiry: str, *, has_some: bool) -> str:
    return f'{name}.setdefault("exp", {expiry})' if has_some else f'{name}["exp"] = {expiry}'


def _before(call: Call, line: str, scope: Scope) -> Edit | None:
    statement = next((each for each in call.ancestors() if isinstance(each, Return | ExpressionStatement)), None)
    if statement is None:
        return None
    text = scope.document_text
    start = scope.unit_span.start + statement.span.start
    indentation = text[text.rfind(b"\n", 0, start) + 1 : start].decode()
    if indentation.strip():
        return None
    return Edit(Span(statement.span.start, statement.span.start), f"{line}\n{indentation}")
