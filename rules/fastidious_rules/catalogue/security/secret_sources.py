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
    room_for_secret,
    secret_setting,
)
from fastidious_rules.catalogue.security.tokens import keyword_removed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastidious_rules.api import Elsewhere, Scope, Setting, View, WrittenKey

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
    string = strings[0]
    room = _room(scope) if "b" not in string.prefix else None
    if room is None:
        yield _fix(_VARIABLE, Edit(string.span, _read(string, _VARIABLE)), NeededImport("os"))
        return
    setting, edits = room
    needed = (NeededImport(setting.module, setting.name),) if setting.module else ()
    title = f"Take the key from `{setting.expression}`, which must then be set wherever this runs"
    yield Fix(title, (*edits, Edit(string.span, setting.expression)), needed, Safety.UNSAFE)


def _room(scope: Scope) -> tuple[Setting, tuple[Edit, ...]] | None:
    """Return the setting for the key, and the edits that declare it where the project's settings have none."""
    setting = scope.ask(secret_setting, scope.module)
    if setting is not None:
        return setting, ()
    room = scope.ask(room_for_secret, scope.module)
    home = scope.elsewhere(room.last) if room is not None else None
    if room is None or home is None:
        return None
    last = next((each for each in home.views(Assignment) if each.target.span == room.last.span), None)
    if last is None:
        return None
    return room.setting, (_below(home, last, f"{room.field}: str"),)


def _below(home: Elsewhere, last: View, line: str) -> Edit:
    """Return the edit that adds a line below that of `last`, behind its comment."""
    newline = "\r\n" if b"\r\n" in home.text else "\n"
    found = home.text.find(newline.encode(), home.start + last.span.end)
    end = (found if found >= 0 else len(home.text)) - home.start
    return home.edit(Span(end, end), f"{newline}{last.indent}{line}")


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
