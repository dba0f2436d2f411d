"""Edits that leave fields out of what is copied."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastidious_rules.api import Call, Edit, Fix, Safety, Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastidious_rules.api import Function, Term

_DUMPING = frozenset({"dict", "model_dump"})


def left_out(function: Function, payload: Term, columns: tuple[str, ...]) -> Iterator[Fix]:
    """Yield the fix that excludes columns where the function turns the payload into a dictionary."""
    for call in function.body.find(Call):
        is_dump = call.last_name in _DUMPING and call.receiver is not None and call.receiver.term == payload
        if not is_dump or not {"include", "exclude"}.isdisjoint(call.keywords):
            continue
        given = call.all_arguments
        end = given[-1].span.end if given else call.span.end - 1
        named = ", ".join(f'"{each}"' for each in columns)
        edit = Edit(Span(end, end), f"{', ' if given else ''}exclude={{{named}}}")
        shown = ", ".join(f"`{each}`" for each in columns)
        yield Fix(
            f"Leave {shown} out of what is copied (clients can no longer set it here)", (edit,), (), Safety.UNSAFE
        )
        return
