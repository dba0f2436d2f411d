"""Edits that turn values put into SQL text into bound parameters."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from fastidious_rules.api import Call, ConcatenatedString, DictDisplay, Edit, Hole, Piece, Span, String, View

if TYPE_CHECKING:
    from collections.abc import Iterator

_QUOTED = re.compile(r"'(?P<before>%?)\Z")
_QUOTED_AFTER = re.compile(r"(?P<after>%?)'")


class Bound(NamedTuple):
    """A value on its way out of the text."""

    span: Span
    """What of the text is replaced: the braces, and the quotes around them."""
    name: str
    value: str


def bound_parameters(call: Call, text: View, holes: list[tuple[Piece, Hole]], style: str) -> tuple[Edit, ...]:
    """Return the edits that bind `holes` of the f-string `text`, the first argument of `call`; none where that takes more.

    `style` is `text` for `sqlalchemy.text(...)`, which takes the values by `.bindparams(...)` unless it is executed on the
    spot, else the driver's way (see `knowledge/sql.toml`).
    """
    strings = text.strings if isinstance(text, ConcatenatedString) else [text]
    plain = [each for each in strings if isinstance(each, String)]
    if len(plain) != len(strings) or not style or not holes:
        return ()
    if any(piece.interpolation is None for piece, _ in holes) or "\\" in text.text:
        return ()
    bound = list(_bound(call, holes))
    if len(bound) != len(holes) or (style == "format" and "%" in text.text):
        return ()
    arguments = _passed(call, bound, style)
    if arguments is None:
        return ()
    marks = (Edit(each.span, _placeholder(each, position, style)) for position, each in enumerate(bound, 1))
    return (*marks, *_unformatted(plain, {each.span for each in bound}, holes), *arguments)


def _bound(call: Call, holes: list[tuple[Piece, Hole]]) -> Iterator[Bound]:
    names: set[str] = set()
    source = call.unit.text.decode("utf-8", "replace") if call.unit.text.isascii() else ""
    for piece, hole in holes:
        place = piece.interpolation
        if place is None or piece.value is None or not source or place.conversion.strip("} "):
            return
        name = _name(piece.value, names)
        names.add(name)
        if hole is Hole.VALUE:
            yield Bound(place.span, name, piece.value.text)
            continue
        before = _QUOTED.search(source[: place.span.start])
        after = _QUOTED_AFTER.match(source[place.span.end :])
        if before is None or after is None:
            return
        wild_before, wild_after = before["before"], after["after"]
        wild = wild_before or wild_after
        value = f'f"{wild_before}{{{piece.value.text}}}{wild_after}"' if wild else piece.value.text
        yield Bound(Span(before.start(), place.span.end + after.end()), name, value)


def _name(value: View, taken: set[str]) -> str:
    words = re.findall(r"[A-Za-z_]\w*", value.text)
    base = words[-1] if words else "value"
    name, count = base, 2
    while name in taken:
        name, count = f"{base}_{count}", count + 1
    return name


def _placeholder(bound: Bound, position: int, style: str) -> str:
    return {"qmark": "?", "format": "%s", "dollar": f"${position}"}.get(style, f":{bound.name}")


def _unformatted(strings: list[String], spans: set[Span], holes: list[tuple[Piece, Hole]]) -> Iterator[Edit]:
    """Yield the edits that drop the `f` of strings in which no value is left, and the doubling of their braces."""
    gone = {piece.interpolation.span for piece, _ in holes if piece.interpolation is not None}
    for string in strings:
        if not string.is_formatted or any(each.span not in gone for each in string.interpolations):
            continue
        start = string.span.start
        yield Edit(Span(start, start + len(string.prefix)), string.prefix.replace("f", ""))
        for match in re.finditer(r"\{\{|\}\}", string.text):
            at = Span(start + match.start(), start + match.end())
            if not any(at.overlaps(each) for each in spans):
                yield Edit(at, match.group()[0])


def _passed(call: Call, bound: list[Bound], style: str) -> list[Edit] | None:
    """Return the edits that hand the values over; None where the call does something that has to be understood first."""
    if style == "text":
        return _passed_to_text(call, bound)
    given = call.all_arguments
    end = given[0].span.end
    values = ", ".join(each.value for each in bound)
    if style == "dollar":
        return [Edit(Span(end, end), f", {values}")] if len(given) == 1 else None
    if len(given) != 1:
        return None
    pairs = ", ".join(f'"{each.name}": {each.value}' for each in bound)
    text = f"{{{pairs}}}" if style == "named" else f"({values}{',' if len(bound) == 1 else ''})"
    return [Edit(Span(end, end), f", {text}")]


def _passed_to_text(call: Call, bound: list[Bound]) -> list[Edit] | None:
    runner = _runner(call)
    if runner is not None:
        given = runner.all_arguments
        if len(given) == 1:
            pairs = ", ".join(f'"{each.name}": {each.value}' for each in bound)
            return [Edit(Span(call.span.end, call.span.end), f", {{{pairs}}}")]
        if len(given) == 2 and isinstance(given[1], DictDisplay):  # noqa: PLR2004  statement and parameters
            return [_more_pairs(given[1], bound)]
    pairs = ", ".join(f"{each.name}={each.value}" for each in bound)
    return [Edit(Span(call.span.end, call.span.end), f".bindparams({pairs})")]


def _runner(call: Call) -> Call | None:
    """Return the `execute(...)` whose first argument `call` is."""
    outer = call.parent
    runs = isinstance(outer, Call) and outer.last_name in {"execute", "scalar", "scalars", "stream", "stream_scalars"}
    return outer if isinstance(outer, Call) and runs and outer.arguments[:1] == [call] else None


def _more_pairs(display: DictDisplay, bound: list[Bound]) -> Edit:
    pairs = ", ".join(f'"{each.name}": {each.value}' for each in bound)
    at = display.span.end - 1
    present = list(display.pairs)
    if not present:
        return Edit(Span(at, at), pairs)
    end = present[-1][1].span.end
    return Edit(Span(end, end), f", {pairs}")
