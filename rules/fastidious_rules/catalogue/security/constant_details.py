"""Edits that keep the text of an error for the log."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from fastidious_rules.api import (
    Call,
    Edit,
    ExpressionStatement,
    Fix,
    Raise,
    Return,
    Safety,
    Span,
    String,
    View,
    is_logging,
    logger_names,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastidious_rules.api import Scope
    from fastidious_rules.catalogue.security.leaked_texts import Caught

_ENDS = " :,;-–—(\"'"
_UNKNOWN = "Internal Server Error"


def constant_detail(leak: View, caught: Caught, scope: Scope) -> Iterator[Fix]:
    """Yield the fix that answers with a constant text, and logs the error where the module has a logger."""
    text = _text_of(leak)
    edit = Edit(leak.span, f'"{text}"')
    if _is_logged(caught):
        yield Fix(
            f'Answer with "{text}" (clients no longer read the error; the log has it)', (edit,), (), Safety.UNSAFE
        )
        return
    logged = _logged(leak, scope)
    if logged is not None:
        title = f'Log the error and answer with "{text}" (clients no longer read the error)'
        yield Fix(title, (logged, edit), (), Safety.UNSAFE)
    else:
        title = f'Answer with "{text}" (clients no longer read the error, and nothing here logs it)'
        yield Fix(title, (edit,), (), Safety.UNSAFE)


def _text_of(leak: View) -> str:
    """Return what the text says before the error begins; else what the status means."""
    first = leak.parts[0] if isinstance(leak, String) and leak.parts else None
    written = first.text.strip(_ENDS) if first is not None and first.cst.type == "string_content" else ""
    if written and '"' not in written and "\\" not in written and "{" not in written and "\n" not in written:
        return written
    call = leak.nearest(Call)
    status = (call.argument(0, "status_code") or call.argument(1, "status_code")) if call is not None else None
    return _phrase(status.text) if status is not None else _UNKNOWN


def _phrase(status: str) -> str:
    digits = next((each for each in status.replace(".", "_").split("_") if each.isdigit()), "")
    try:
        return HTTPStatus(int(digits)).phrase if digits else _UNKNOWN
    except ValueError:
        return _UNKNOWN


def _is_logged(caught: Caught) -> bool:
    """Tell whether something in the same code writes to a log."""
    return any(is_logging(each.last_name) and each.receiver is not None for each in caught.body.find(Call))


def _logged(leak: View, scope: Scope) -> Edit | None:
    """Return the edit that logs the error on a line of its own before it is answered."""
    logger = next((each for each in logger_names() if scope.resolve_in_module(each)), "")
    statement = next(
        (each for each in leak.ancestors() if isinstance(each, Raise | Return | ExpressionStatement)), None
    )
    function = scope.at(leak).function
    if not logger or statement is None or function is None:
        return None
    start = statement.span.start
    before = scope.document_text[: scope.unit_span.start + start].rpartition(b"\n")[2]
    if before.strip():
        return None
    at = Span(start, start)
    return Edit(at, f'{logger}.exception("{function.name} failed")\n{before.decode()}')
