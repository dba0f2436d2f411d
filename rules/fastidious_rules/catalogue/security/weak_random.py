"""The rule `weak-random`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from fastidious_rules.api import (
    Assignment,
    AugmentedAssignment,
    Call,
    DictDisplay,
    Function,
    Name,
    Number,
    Ref,
    Return,
    Rule,
    Safety,
    Severity,
    String,
    foreseeable,
    is_of_characters,
    is_unguessable,
    name_of,
    on,
    parts,
    picks,
    signature,
    text_of,
    words_of,
)
from fastidious_rules.catalogue.security.strong_random import from_secrets

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastidious_rules.api import Finding, Fix, Scope, Term, View

_ALL_DIGITS = re.compile(r"10{3,},9{4,}\Z|0,9{4,}\Z")
_MODELS = frozenset({"vocab", "vocabulary", "tokenizer", "logits"})
_BARE = frozenset({"code", "pin"})
_NAMES = frozenset(name.rpartition(".")[2] for name in foreseeable())


class WeakRandom(Rule):
    """Secret that is made with numbers that can be foretold."""

    severity = Severity.ERROR
    message = "`{name}` can be foretold: `{function}` repeats what follows from earlier values; draw it with `secrets`"
    fixable = Safety.SAFE

    @on(Call, names=_NAMES)
    def check(self, call: Call, scope: Scope) -> Iterator[Finding]:
        """Report numbers of `random` that become a token, a code, a password."""
        name = _made(call, scope)
        if not name or scope.resolve(call) not in foreseeable():
            return
        if _is_of_text(call) or (picks(call.last_name) and not _picks_characters(call, scope)):
            return
        yield self.finding(call, name=name, function=call.function.text)

    def fixes(self, view: Call, finding: Finding, scope: Scope) -> Iterator[Fix]:
        """Yield the same draw from `secrets`."""
        del finding
        yield from from_secrets(view, scope)


def _made(call: Call, scope: Scope) -> str:
    """Return the name of the secret that a call is part of; empty if it makes none."""
    function = scope.function
    around = [function.name] if function is not None else []
    for name in _names(call, scope):
        if (
            name in scope.settings.sensitive_names
            or is_unguessable(name, around)
            or (name in _BARE and _draws_digits(call))
        ):
            return name
    return ""


def _draws_digits(call: Call) -> bool:
    """Tell whether a number has so many digits, and any: `random.randint(100000, 999999)`."""
    first, last = (call.argument(position, name) for position, name in enumerate(("a", "b")))
    if not isinstance(first, Number) or not isinstance(last, Number):
        return False
    return _ALL_DIGITS.match(f"{first.text},{last.text}") is not None


def _names(call: Call, scope: Scope) -> Iterator[str]:
    """Yield what the value that a call is part of is called, the nearest name first."""
    inner: View = call
    for outer in call.ancestors():
        if isinstance(outer, Function):
            return
        yield from _name_in(outer, inner)
        if isinstance(outer, Call):
            yield from _parameter(outer, inner, scope)
        if scope.function is not None and _is_returned(outer, scope):
            yield scope.function.name
        inner = outer


def _is_returned(outer: View, scope: Scope) -> bool:
    """Tell whether a statement returns what it makes, or gives it the name of something that is returned."""
    if not isinstance(outer, Assignment):
        return isinstance(outer, Return)
    fact = scope.fact_of(scope.function) if scope.function is not None else None
    returned = (part for term in (fact.returned if fact is not None else ()) for part in parts(term))
    return any(part == outer.target.term for part in returned)


def _parameter(outer: Call, inner: View, scope: Scope) -> Iterator[str]:
    """Yield the name of the parameter that a function of the project has for an argument."""
    position = next((number for number, each in enumerate(outer.arguments) if each.span.contains(inner.span)), None)
    found = scope.ask(signature, scope.resolve(outer)) if position is not None else None
    names = [each.name for each in found.parameters if each.name not in {"self", "cls"}] if found is not None else []
    if position is not None and position < len(names):
        yield names[position]


def _name_in(outer: View, inner: View) -> Iterator[str]:
    """Yield what `outer` calls the part of it that `inner` stands in."""
    match outer:
        case Assignment():
            yield name_of(outer.target.term)
        case AugmentedAssignment() if isinstance(outer.target, Name):
            yield outer.target.text
        case Call():
            yield from (name for name, value in outer.keywords.items() if value.span.contains(inner.span))
        case DictDisplay():
            for key, value in outer.pairs:
                if value.span.contains(inner.span) and isinstance(key, String):
                    yield key.value or ""
        case _:
            return


def _is_of_text(call: Call) -> bool:
    """Tell whether numbers stand for the tokens of a language model."""
    return any(not _MODELS.isdisjoint(words_of(each.text)) for each in call.all_arguments)


def _picks_characters(call: Call, scope: Scope) -> bool:
    """Tell whether a call picks from characters: written out, named so, or in a constant that is text."""
    population = next(iter(call.arguments), None) or call.keywords.get("population") or call.keywords.get("seq")
    if population is None:
        return False
    term = population.term
    return is_of_characters(_behind(term, scope)) or text_of(scope.asker, scope.module, term) is not None


def _behind(term: Term, scope: Scope) -> Term:
    """Return what a local name stands for, if it has one value."""
    function = scope.function
    fact = scope.fact_of(function) if function is not None else None
    values = fact.local.get(term.dotted, ()) if fact is not None and isinstance(term, Ref) else ()
    return values[0] if len(values) == 1 else term
