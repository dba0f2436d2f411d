"""Openings of a URL: the values in it that decide which host it leads to."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from fastidious_rules.semantics.constants import text_of
from fastidious_rules.semantics.flow.origins import is_kept
from fastidious_rules.syntax.terms import (
    Apply,
    Collection,
    Literal,
    Member,
    Operation,
    Ref,
    Term,
    called_name,
    receiver_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastidious_rules.semantics.project import Asker
    from fastidious_rules.semantics.types import Environment

_DEEPEST = 6
_HOLE = "\0"
"""Stands in a text for a value."""

_WRAPPERS = frozenset(
    {"str", "URL", "AnyHttpUrl", "AnyUrl", "HttpUrl", "strip", "rstrip", "lstrip", "urlparse", "urlsplit"}
)
_BRACES = re.compile(r"\{(\w*)[^{}]*\}")
_SETTLED = re.compile(
    r"""
      [^/?\#:\\]*:?//[^/?\#\\]*[/?\#]   # scheme://host/  and  //host/
    | /[^/\\]                           # /path
    | [?\#.]                            # ?query  #fragment  ./path
    | \0(?!\Z|://)                      # a base given by a value, and more
    | (?!https?:?/?\Z)[^/?\#:\\\0]+/    # path/
    """,
    re.VERBOSE | re.IGNORECASE,
)


class Opening(NamedTuple):
    """A value in a URL that decides about the host, and the text in front of it."""

    before: str
    value: Term

    @property
    def is_start(self) -> bool:
        """Whether the URL begins with the value: it may be a whole URL."""
        return not self.before

    @property
    def is_after_slash(self) -> bool:
        """Whether one slash stands in front: `/` and `/evil.example` make `//evil.example`, which names a host."""
        return self.before == "/"


class _Read(NamedTuple):
    """A way in which the text can go on: what is known of it so far, and what was put in where the host was open."""

    text: str
    openings: tuple[Opening, ...] = ()


def openings(asker: Asker, where: Environment, term: Term) -> tuple[Opening, ...]:
    """Return the values that decide which host the URL `term` leads to, in all the ways in which it can come out."""
    reads = _Reader(asker, where).read(term, _Read(""), 0)
    return tuple(dict.fromkeys(opening for each in reads for opening in each.openings))


class _Reader:
    """A reader of texts that code puts together."""

    __slots__ = ("_asker", "_open", "_where")

    def __init__(self, asker: Asker, where: Environment) -> None:
        self._asker = asker
        self._where = where
        self._open: set[str] = set()

    def read(self, term: Term, so_far: _Read, depth: int) -> list[_Read]:
        """Return the ways in which a text goes on with `term`."""
        if depth > _DEEPEST or _SETTLED.match(so_far.text):
            return [so_far]
        if _strips_slashes(term) and so_far.text == "/":
            return [so_far._replace(text=so_far.text + _HOLE)]
        choices = self._choices(term)
        if choices:
            return self._read_choices(term, choices, so_far, depth + 1)
        if isinstance(term, Literal):
            return [so_far._replace(text=so_far.text + term.text)]
        parts = _parts(term)
        if parts:
            return self._read_all(parts, so_far, depth + 1)
        if isinstance(term, Apply) and called_name(term) == "urljoin" and len(term.arguments) > 1:
            base, path = term.arguments[:2]
            return [*self.read(base, so_far, depth + 1), *self.read(path, so_far, depth + 1)]
        # What stands in front names the host already, or the other values of the same name do.
        if so_far.text == _HOLE or self._is_itself(term):
            return [so_far._replace(text=so_far.text + _HOLE)]
        return [_with_opening(so_far, term)]

    def _read_choices(self, term: Term, choices: list[Term], so_far: _Read, depth: int) -> list[_Read]:
        name = term.dotted if isinstance(term, Ref) else ""
        self._open.add(name)
        found = [each for choice in choices for each in self.read(choice, so_far, depth)]
        self._open.discard(name)
        if name and self._where.function is not None and is_kept(self._where.function, name):
            found.append(_with_opening(so_far, term))
        return found

    def _read_all(self, terms: tuple[Term, ...], so_far: _Read, depth: int) -> list[_Read]:
        reads = [so_far]
        for term in terms:
            reads = [following for each in reads for following in self.read(term, each, depth)]
        return reads

    def _is_itself(self, term: Term) -> bool:
        """Tell whether a term is a local name whose values are being read: `url = f"{url}?{query}"`."""
        function = self._where.function
        if not isinstance(term, Ref) or term.dotted not in self._open or function is None:
            return False
        return all(each.name != term.dotted for each in function.parameters)

    def _choices(self, term: Term) -> list[Term]:
        """Return what `term` may stand for, where that says more than `term` itself."""
        match term:
            case Operation("or" | "else", left, right):
                return [left, right]
            case Ref(name) if name not in self._open:
                return self._choices_of_name(name)
            case Apply(function, arguments, _) if called_name(term) in _WRAPPERS:
                inner = arguments[0] if arguments and not _is_method(function) else receiver_of(term)[0]
                return [inner] if inner is not None else []
            case _:
                return []

    def _choices_of_name(self, name: str) -> list[Term]:
        place: Environment | None = self._where
        while place is not None and place.function is not None:
            terms = place.function.local.get(name)
            if terms:
                return list(_texts_first(terms)) if any(_is_text(each) for each in terms) else []
            if any(each.name == name.partition(".")[0] for each in place.function.parameters):
                return []
            place = place.outer
        text = text_of(self._asker, self._where.module, Ref(name))
        return [Literal("str", text)] if text is not None else []


def _with_opening(so_far: _Read, value: Term) -> _Read:
    return _Read(so_far.text + _HOLE, (*so_far.openings, Opening(so_far.text, value)))


def _strips_slashes(term: Term) -> bool:
    """Tell whether a term is `value.lstrip("/")`."""
    if not isinstance(term, Apply) or called_name(term) != "lstrip" or not term.arguments:
        return False
    stripped = term.arguments[0]
    return isinstance(stripped, Literal) and "/" in stripped.text


def _texts_first(terms: tuple[Term, ...]) -> Iterator[Term]:
    """Yield the terms assigned to a name; what follows a text may be added to it (`url += path`) and is left out."""
    yield terms[0]
    yield from (each for each in terms[1:] if _is_text(each) or not _is_text(terms[0]))


def _is_text(term: Term) -> bool:
    """Tell whether a term is a text that is put together, or a choice of such."""
    match term:
        case Literal("str") | Collection("text") | Operation("+" | "or" | "else"):
            return True
        case Operation("%", left, _):
            return _is_text(left)
        case Apply():
            return called_name(term) in {*_WRAPPERS, "urljoin", "format", "join"}
        case _:
            return isinstance(term, Ref)


def _parts(term: Term) -> tuple[Term, ...]:
    """Return the parts that a text is put together from, in their order."""
    match term:
        case Collection("text", items):
            return items
        case Operation("+" | "/", left, right):
            return (left, right)
        case Operation("%", Literal("str", text), values):
            given = values.items if isinstance(values, Collection) and values.kind == "tuple" else (values,)
            return tuple(_filled(re.sub(r"%\w", "{}", text), given, {}))
        case Apply(Member(Literal("str", text), "format"), arguments, keywords):
            return tuple(_filled(text, arguments, dict(keywords)))
        case Apply(Member(Literal("str", separator), "join"), (Collection("list" | "tuple", items),), _):
            return tuple(part for each in items for part in (each, Literal("str", separator)))[:-1]
        case _:
            return ()


def _filled(text: str, values: tuple[Term, ...], named: dict[str, Term]) -> Iterator[Term]:
    """Yield the parts of `text` with values in the place of its braces."""
    end, waiting = 0, list(values)
    for match in _BRACES.finditer(text):
        yield Literal("str", text[end : match.start()])
        end = match.end()
        value = named.get(match[1]) or (waiting.pop(0) if waiting else None)
        if value is not None:
            yield value
    yield Literal("str", text[end:])


def _is_method(function: Term) -> bool:
    name = called_name(Apply(function))
    return name in {"strip", "rstrip", "lstrip"}
