"""Ways to take a secret out of the code."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from fastidious_rules.api import (
    Assignment,
    BooleanOperation,
    Call,
    Edit,
    Fix,
    NeededImport,
    Safety,
    Sort,
    Span,
    String,
    secret_setting,
)
from fastidious_rules.catalogue.security.tokens import keyword_removed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastidious_rules.api import Elsewhere, Scope, View, WrittenKey

_VARIABLE = "JWT_SECRET_KEY"
_READING = re.compile(r"os\.(?:environ\.get|getenv)\Z")


def from_environment(key: View, found: WrittenKey, scope: Scope) -> Iterator[Fix]:
    """Yield the fix that reads a key from the environment instead of the code."""
    if found.place is None:
        yield from _in_call(key, found, scope)
        return
    home = scope.elsewhere(found.place)
    declared = _declaration(home, found) if home is not None else None
    if home is None or declared is None or declared.value is None:
        return
    if found.sort is Sort.DEFAULT:
        yield from _without_default(home, declared, found)
    else:
        strings = _strings(declared.value)
        if len(strings) == 1:
            edit = home.edit(strings[0].span, _read(strings[0], found.name.upper()))
            yield _fix(found.name.upper(), edit, NeededImport("os", path=home.path))


def _fix(variable: str, edit: Edit, *imports: NeededImport) -> Fix:
    title = f"Read the key from the environment: `{variable}` must be set wherever this runs"
    return Fix(title, (edit,), imports, Safety.UNSAFE)


def _in_call(key: View, found: WrittenKey, scope: Scope) -> Iterator[Fix]:
    if found.sort is Sort.DEFAULT:
        edit = _reading(key)
        if edit is not None:
            yield _fix(found.variable, edit)
        return
    strings = _strings(key)
    if len(strings) != 1:
        return
    setting = scope.ask(secret_setting, scope.module)
    if setting is not None and "b" not in strings[0].prefix:
        needed = (NeededImport(setting.module, setting.name),) if setting.module else ()
        title = f"Take the key from `{setting.expression}`, which must then be set wherever this runs"
        yield Fix(title, (Edit(strings[0].span, setting.expression),), needed, Safety.UNSAFE)
    else:
        yield _fix(_VARIABLE, Edit(strings[0].span, _read(strings[0], _VARIABLE)), NeededImport("os"))


def _strings(view: View) -> list[String]:
    """Return the texts in an expression: one, if that is the key itself, perhaps in a wrapper."""
    return [view] if isinstance(view, String) else list(view.find(String))


def _read(string: String, variable: str) -> str:
    return f'os.environ["{variable}"]' + (".encode()" if "b" in string.prefix else "")


def _reading(view: View) -> Edit | None:
    """Return the edit from `os.getenv("X", "default")` to `os.environ["X"]`; None where it is written otherwise."""
    calls = [view] if isinstance(view, Call) else []
    call = next((each for each in [*calls, *view.find(Call)] if _READING.match(each.function.text)), None)
    outer = call.parent if call is not None and isinstance(call.parent, BooleanOperation) else call
    if call is None or outer is None or not call.arguments:
        return None
    return Edit(outer.span, f"os.environ[{call.arguments[0].text}]")


def _declaration(home: Elsewhere, found: WrittenKey) -> Assignment | None:
    span = found.place.span if found.place is not None else None
    return next((each for each in home.views(Assignment) if each.target.span == span), None)


def _without_default(home: Elsewhere, declared: Assignment, found: WrittenKey) -> Iterator[Fix]:
    """Yield the fix that makes a setting required."""
    value = declared.value
    if value is None:
        return
    edit = _reading(value) or (
        keyword_removed(value, "default") if isinstance(value, Call) and value.arguments else None
    )
    if edit is not None:
        yield _fix(found.variable, home.edit(edit.span, edit.replacement))
    elif declared.annotation is not None and isinstance(value, String):
        title = f"Require `{found.variable}`: without it in the environment the application does not start"
        end = declared.annotation.span.end
        yield Fix(title, (home.edit(Span(end, value.span.end), ""),), (), Safety.UNSAFE)
