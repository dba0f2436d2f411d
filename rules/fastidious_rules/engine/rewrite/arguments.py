"""Arguments that are added to a call."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastidious_rules.engine.finding import Edit
from fastidious_rules.syntax.nodes import Comprehension
from fastidious_rules.syntax.text import Span

if TYPE_CHECKING:
    from fastidious_rules.syntax.nodes import Call


def with_argument(call: Call, *arguments: str) -> Edit | None:
    """Return the edit that adds arguments behind those of a call; None where there is no place for them.

    They get lines of their own where the last one has a line for itself.
    """
    parentheses, present = call.argument_list, call.all_arguments
    if parentheses is None or isinstance(parentheses, Comprehension) or not arguments:
        return None
    if not present:
        start = parentheses.span.start + 1
        return Edit(Span(start, start), ", ".join(arguments))
    last = present[-1].span
    text = parentheses.text.encode("utf-8", "surrogatepass")
    before = text[: last.start - parentheses.span.start].decode("utf-8", "replace")
    rest_of_line = text[last.end - parentheses.span.start :].partition(b"\n")[0]
    _, newline, indentation = before.rpartition("\n")
    has_line = newline and not indentation.strip() and b"#" not in rest_of_line
    space = f"\n{indentation}" if has_line else " "
    return Edit(Span(last.end, last.end), "".join(f",{space}{each}" for each in arguments))
