"""Text that code puts together: f-strings, `%`, `.format()`, `+`, and names that hold it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from fastidious_rules.syntax.nodes import (
    Assignment,
    AugmentedAssignment,
    BinaryOperation,
    Call,
    ConcatenatedString,
    Conditional,
    Display,
    Function,
    Interpolation,
    Name,
    Parenthesized,
    String,
    View,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

_DEEPEST = 4
_CLEANERS = frozenset({"strip", "lstrip", "rstrip", "dedent", "cleandoc"})


class Piece(NamedTuple):
    """A part of a text: literal, or a value put in. `interpolation` is its place in an f-string."""

    text: str
    value: View | None = None
    interpolation: Interpolation | None = None


class Assembled(NamedTuple):
    """One way in which a text can come out. `view` is the expression that puts it together."""

    view: View
    pieces: tuple[Piece, ...]

    @property
    def holes(self) -> list[Piece]:
        """The values put in."""
        return [each for each in self.pieces if each.value is not None]

    @property
    def text(self) -> str:
        """The text with `?` for each value."""
        return "".join("?" if each.value is not None else each.text for each in self.pieces)


def assembled(view: View, function: Function | None, depth: int = 0) -> list[Assembled]:
    """Return the texts that `view` may give, none where it is no text that is put together here.

    A name is followed to what the function assigns to it before.
    """
    if isinstance(view, Name) and function is not None and depth < _DEEPEST:
        return _of_name(view, function, depth)
    if isinstance(view, Parenthesized):
        return assembled(view.value, function, depth)
    if isinstance(view, Conditional):
        first, _, other = view.choices
        return [*assembled(first, function, depth), *assembled(other, function, depth)]
    if isinstance(view, Call) and view.last_name in _CLEANERS:
        inner = view.receiver if not view.arguments else view.arguments[0]
        return assembled(inner, function, depth) if inner is not None else []
    pieces = list(_pieces(view, function, depth))
    telling = any(each.value is None for each in pieces)
    return [Assembled(view, tuple(pieces))] if telling else []


def _of_name(view: Name, function: Function, depth: int) -> list[Assembled]:
    name, before = view.text, view.span.start
    texts: list[Assembled] = []
    for statement in sorted(_changes(function, name), key=lambda each: each.span.start):
        if statement.span.start >= before:
            break
        if isinstance(statement, Assignment):
            value = statement.final_value
            found = assembled(value, function, depth + 1) if value is not None else []
            extends = value is not None and any(each.text == name for each in value.find(Name))
            texts = found if not extends else [*texts, *found]
        else:
            added = [each for one in assembled(statement.value, function, depth + 1) for each in one.pieces]
            texts = [each._replace(pieces=(*each.pieces, *added)) for each in texts]
    return texts


def _changes(function: Function, name: str) -> Iterator[Assignment | AugmentedAssignment]:
    for kind in (Assignment, AugmentedAssignment):
        for statement in function.body.find(kind):
            if isinstance(statement.target, Name) and statement.target.text == name:
                yield statement


def _pieces(view: View, function: Function | None, depth: int) -> Iterator[Piece]:
    if isinstance(view, String | ConcatenatedString):
        for string in view.strings if isinstance(view, ConcatenatedString) else [view]:
            for each in _of_string(string):
                yield from _spread(each, function, depth)
    elif isinstance(view, Parenthesized):
        yield from _pieces(view.value, function, depth)
    elif isinstance(view, BinaryOperation) and view.operator == "+":
        yield from _pieces(view.left, function, depth)
        yield from _pieces(view.right, function, depth)
    elif isinstance(view, BinaryOperation) and view.operator == "%" and _is_text(view.left):
        yield from _of_percent(view)
    elif isinstance(view, Call) and view.last_name == "format" and view.receiver is not None:
        yield from _of_format(view)
    elif isinstance(view, Call) and view.last_name == "join" and view.receiver is not None:
        yield from _of_join(view, function, depth)
    elif isinstance(view, Name) and function is not None and depth < _DEEPEST:
        yield from _inlined(view, function, depth)
    else:
        yield Piece("", view)


def _inlined(view: Name, function: Function, depth: int) -> Iterator[Piece]:
    """Yield the pieces of a name that holds one text, else the name itself."""
    texts = _of_name(view, function, depth + 1)
    if len(texts) == 1:
        yield from texts[0].pieces
    else:
        yield Piece("", view)


def _is_text(view: View) -> bool:
    inner = view.value if isinstance(view, Parenthesized) else view
    return isinstance(inner, String | ConcatenatedString)


def _of_string(view: String) -> Iterator[Piece]:
    for part in view.parts:
        if isinstance(part, Interpolation):
            yield Piece("", part.value, part)
        else:
            yield Piece(part.text)
    if not view.parts:
        yield Piece("")


def _of_percent(view: BinaryOperation) -> Iterator[Piece]:
    values = view.right.items if isinstance(view.right, Display) else [view.right]
    yield from _filled("".join(each.text for each in _pieces(view.left, None, 0)), "%s", values)


def _of_format(view: Call) -> Iterator[Piece]:
    receiver = view.receiver
    assert receiver is not None  # noqa: S101  the caller has looked
    if not _is_text(receiver):
        yield Piece("", view)
        return
    text = "".join(each.text for each in _pieces(receiver, None, 0))
    for name in view.keywords:
        text = text.replace(f"{{{name}}}", "{}")
    yield from _filled(text, "{}", [*view.arguments, *view.keywords.values()])


def _spread(piece: Piece, function: Function | None, depth: int) -> Iterator[Piece]:
    """Yield a piece; of a join that is put in, itself or by name, what is joined: in its place nothing can be bound."""
    join = _join_in(piece.value, function) if piece.value is not None and depth < _DEEPEST else None
    joined = list(_of_join(join, function, depth + 1)) if join is not None else []
    if len(joined) > 1:
        yield from (each._replace(interpolation=None) for each in joined)
    else:
        yield piece


def _join_in(view: View, function: Function | None) -> Call | None:
    if isinstance(view, Name) and function is not None:
        changes = [each for each in _changes(function, view.text) if each.span.end < view.span.start]
        only = changes[0] if len(changes) == 1 else None
        value = only.final_value if isinstance(only, Assignment) else None
    else:
        value = view
    return value if isinstance(value, Call) and value.last_name == "join" and value.receiver is not None else None


def _of_join(view: Call, function: Function | None, depth: int) -> Iterator[Piece]:
    """Yield the items of a list that is written out, and what is appended to it, with the text between them."""
    listed = view.arguments[0] if view.arguments else None
    items = _items(listed, function) if listed is not None and depth < _DEEPEST else []
    if not isinstance(view.receiver, String) or not items or any(each.text.startswith("*") for each in items):
        yield Piece("", view)
        return
    between = list(_of_string(view.receiver))
    for position, item in enumerate(items):
        yield from between if position else ()
        yield from _pieces(item, function, depth + 1)


def _items(listed: View, function: Function | None) -> list[View]:
    """Return what a list consists of; nothing if that is not known."""
    if isinstance(listed, Display):
        return listed.items
    if not isinstance(listed, Name) or function is None:
        return []
    changes = list(_changes(function, listed.text))
    values = [each.final_value if isinstance(each, Assignment) else each.value for each in changes]
    if any(not isinstance(each, Display) for each in values):
        return []
    calls = [
        each for each in function.body.find(Call) if each.receiver is not None and each.receiver.text == listed.text
    ]
    if not values or any(each.last_name not in {"append", "join"} for each in calls):
        return []
    return [
        *(item for each in values if isinstance(each, Display) for item in each.items),
        *(item for each in calls if each.last_name == "append" for item in each.arguments),
    ]


def _filled(text: str, mark: str, values: list[View]) -> Iterator[Piece]:
    """Yield the parts of `text` between its marks with the values in turn; what has no mark comes at the end."""
    parts = text.split(mark)
    yield Piece(parts[0])
    for position, part in enumerate(parts[1:]):
        if position < len(values):
            yield Piece("", values[position])
        yield Piece(part)
    for value in values[len(parts) - 1 :]:
        yield Piece("", value)
