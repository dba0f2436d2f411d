"""The fix that reads a secret from the environment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastidious_rules.api import (
    Assignment,
    Edit,
    Fix,
    Function,
    NeededImport,
    Return,
    Safety,
    Span,
    String,
    ancestry,
    words_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastidious_rules.api import Scope, View
    from fastidious_rules.catalogue.security.literals import Named

_SETTINGS = frozenset({"pydantic_settings.BaseSettings", "pydantic.BaseSettings"})
_READERS = frozenset({"os.getenv", "os.environ.get"})


def from_environment(view: View, found: Named, scope: Scope) -> Iterator[Fix]:
    """Yield what takes a literal out of the code."""
    name = found.name if found.name.isupper() else "_".join(words_of(found.name)).upper()
    if isinstance(view, Assignment) and _is_setting(view, scope):
        yield from _without_default(view, found, name)
    elif found.fallback is not None:
        if scope.resolve(found.fallback) in _READERS or found.fallback.function.text in _READERS:
            title = f"Read `{name}` without a fallback (a KeyError where it is not set)"
            yield _read(found.fallback.span, f'os.environ["{found.name}"]', title)
    elif not isinstance(view, Function | Return):
        is_bytes = isinstance(found.literal, String) and "b" in found.literal.prefix
        text = f'os.environ["{name}"]' + (".encode()" if is_bytes else "")
        title = f"Read `{name}` from the environment (set it there, and change the value: it stays in the history)"
        yield _read(found.literal.span, text, title)


def _read(span: Span, text: str, title: str) -> Fix:
    return Fix(title, (Edit(span, text),), (NeededImport("os"),), Safety.UNSAFE)


def _is_setting(view: Assignment, scope: Scope) -> bool:
    """Tell whether an assignment declares a field that settings read from the environment."""
    owner = f"{scope.module}.{scope.class_name}" if scope.class_name and view.annotation is not None else ""
    return bool(owner) and not _SETTINGS.isdisjoint(scope.ask(ancestry, owner))


def _without_default(view: Assignment, found: Named, name: str) -> Iterator[Fix]:
    """Yield the field without its default, where the default is all that it has."""
    if view.value is None or view.value != found.literal or view.annotation is None:
        return
    title = f"Require `{name}` from the environment (the service does not start without it)"
    yield Fix(title, (Edit(Span(view.annotation.span.end, view.value.span.end), ""),), (), Safety.UNSAFE)
