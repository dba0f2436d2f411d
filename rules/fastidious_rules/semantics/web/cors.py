"""Which websites an application lets read its answers."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from fastidious_rules.semantics.inference import callee_of
from fastidious_rules.semantics.written_values import Written, written_value
from fastidious_rules.syntax.terms import Apply, Collection, Literal, Member, Operation, Ref, Term, called_name

if TYPE_CHECKING:
    from fastidious_rules.semantics.project import Asker
    from fastidious_rules.semantics.types import Environment

CORS_MIDDLEWARE = frozenset({"starlette.middleware.cors.CORSMiddleware", "fastapi.middleware.cors.CORSMiddleware"})

_STAR = "*"
_DISPLAYS = frozenset({"list", "tuple", "set"})
_ENVIRONMENT = frozenset({"os.getenv", "os.environ.get"})
_DEEPEST = 5
_EVERYTHING = re.compile(
    r"\(*(?:(?:\(\?:|\()?(?:https\?|http\|https|https\|http|https|http)\)?:(?:\\?/){2})?\(?\.[*+]\??\)*"
)


def any_origin(asker: Asker, where: Environment, term: Term, depth: int = 0) -> Written | None:
    """Return where `allow_origins` is written if it lets every website in, as a constant or by default."""
    if depth > _DEEPEST:
        return None
    found = written_value(asker, where, term)
    inner = _sources(asker, found)
    if _is_star(found.term):
        return found
    for each in inner:
        known = any_origin(asker, found.where, each, depth + 1)
        if known is not None:
            return known._replace(place=known.place or found.place)
    return None


def _is_star(term: Term) -> bool:
    return term == Literal("str", _STAR)


def _sources(asker: Asker, found: Written) -> tuple[Term, ...]:
    """Return the expressions of which one star is enough: items of a list, what is split, the fallback of an `or`."""
    match found.term:
        case Collection(kind, items) if kind in _DISPLAYS:
            return items
        case Operation("or", _, fallback):
            return (fallback,)
        case Operation("+", left, right):
            return (left, right)
        case Apply(Member(value, "split" | "strip"), _):
            return (value,)
        case Apply(Ref("list" | "tuple" | "set"), (items,)):
            return (items,)
        case Apply(Ref(name), _) if name.endswith((".split", ".strip")):
            return (Ref(name.rpartition(".")[0]),)
        case Apply(_, arguments) as call if called_name(call) in {"getenv", "get"}:
            return _fallback(asker, found, call, arguments)
        case _:
            return ()


def _fallback(asker: Asker, found: Written, call: Apply, arguments: tuple[Term, ...]) -> tuple[Term, ...]:
    """Return what is used where a variable of the environment is not set."""
    if callee_of(asker, found.where, call) not in _ENVIRONMENT:
        return ()
    given = arguments[1] if len(arguments) > 1 else call.keyword("default")
    return (given,) if given is not None else ()


def matches_everything(pattern: str) -> bool:
    """Tell whether a pattern of origins matches every website, or every one with TLS: `.*`, `https?://.*`."""
    return _EVERYTHING.fullmatch(pattern.removeprefix("^").removesuffix("$")) is not None


def any_pattern(asker: Asker, where: Environment, term: Term) -> Written | None:
    """Return where `allow_origin_regex` is written if it matches every website."""
    found = written_value(asker, where, term)
    is_text = isinstance(found.term, Literal) and found.term.kind == "str"
    return found if is_text and matches_everything(found.term.text) else None  # type: ignore[union-attr]


def is_true(asker: Asker, where: Environment, term: Term | None) -> bool:
    """Tell whether a flag is certainly on, as a constant or by default."""
    return term is not None and written_value(asker, where, term).term == Literal("bool", "True")


def options_of(asker: Asker, where: Environment, call: Apply) -> dict[str, Term]:
    """Return the keyword arguments of a call, those of a constant `**options` too."""
    found: dict[str, Term] = {}
    for name, value in call.keywords:
        if name:
            found[name] = value
            continue
        written = written_value(asker, where, value).term
        pairs = zip(written.items[::2], written.items[1::2], strict=False) if isinstance(written, Collection) else ()
        found.update((key.text, inner) for key, inner in pairs if isinstance(key, Literal))
    return found
