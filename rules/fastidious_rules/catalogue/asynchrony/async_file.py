"""Fixes that await a file: the methods of an upload, a path, and a file opened by `with`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastidious_rules.api import Attribute, Call, Edit, Fix, For, Name, NeededImport, Safety, Span, With

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastidious_rules.api import Blocking, View

_ANYIO = NeededImport("anyio")
_METHODS = frozenset(
    {"flush", "read", "read1", "readinto", "readline", "readlines", "seek", "tell", "truncate", "write", "writelines"}
)
_UPLOAD_METHODS = frozenset({"read", "write"})


def of_upload(call: Call) -> Iterator[Fix]:
    """Yield the fix that awaits the method of an upload in the place of that of its file."""
    file = call.receiver
    if call.last_name not in _UPLOAD_METHODS or not isinstance(file, Attribute) or call.keywords:
        return
    upload, end = file.value.text, file.span.end
    edits = (Edit(Span(call.span.start, end), f"await {upload}"),)
    if call.is_receiver:
        edits = (Edit(Span(call.span.start, end), f"(await {upload}"), Edit(Span(call.span.end, call.span.end), ")"))
    yield Fix(f"Await `{upload}.{call.last_name}`, which reads from the disk in a thread", edits, (), Safety.SAFE)


def of_path(call: Call, known: Blocking) -> Iterator[Fix]:
    """Yield the fix that awaits a method of `anyio.Path`, or a file that anyio opens."""
    if isinstance(call.parent, With):
        yield from _opened(call, call.parent, known)
        return
    path = call.receiver
    if path is None or not known.name.startswith("pathlib.") or call.last_name == "open":
        return
    opening, closing = ("(await ", ")") if call.is_receiver else ("await ", "")
    end = call.span.end
    edits = (
        Edit(path.span, f"{opening}anyio.Path({path.text})"),
        *((Edit(Span(end, end), closing),) if closing else ()),
    )
    yield Fix(f"Await `anyio.Path.{call.last_name}`: a thread does the work", edits, (_ANYIO,), Safety.UNSAFE)


def _opened(call: Call, statement: With, known: Blocking) -> Iterator[Fix]:
    """Yield the fix for `with open(...) as file`, if all that is done with the file can be awaited."""
    items = statement.items
    target = items[0].target if len(items) == 1 and not statement.is_async else None
    awaited = _awaited(statement, target.text) if isinstance(target, Name) else None
    opener = _opener(call, known)
    if awaited is None or not opener:
        return
    start = statement.span.start
    edits = (Edit(Span(start, start), "async "), Edit(call.function.span, f"await {opener}"), *awaited)
    title = f"Open it with `{opener.partition('(')[0]}`: a thread does the work"
    yield Fix(title, edits, (_ANYIO,), Safety.UNSAFE)


def _opener(call: Call, known: Blocking) -> str:
    if not known.name.startswith("pathlib."):
        return "anyio.open_file"
    path = call.receiver
    return f"anyio.Path({path.text}).open" if path is not None else ""


def _awaited(statement: With, file: str) -> tuple[Edit, ...] | None:
    """Return the edits that await each use of the file in the block; None if one of them cannot be awaited."""
    body = statement.body
    uses = {name.span for name in body.find(Name, into_functions=True) if name.text == file}
    edits: list[Edit] = []
    for call in body.find(Call):
        receiver = call.receiver
        if isinstance(receiver, Name) and receiver.span in uses and call.last_name in _METHODS:
            uses.discard(receiver.span)
            edits.extend(_await(call))
    for loop in body.find(For):
        if loop.iterable.span in uses and not loop.is_async:
            uses.discard(loop.iterable.span)
            edits.append(Edit(Span(loop.span.start, loop.span.start), "async "))
    return None if uses else tuple(edits)


def _await(view: View) -> Iterator[Edit]:
    start, end = view.span
    wrapped = isinstance(view, Call) and view.is_receiver
    yield Edit(Span(start, start), "(await " if wrapped else "await ")
    if wrapped:
        yield Edit(Span(end, end), ")")
