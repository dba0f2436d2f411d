"""Tokens that clients send, and what is done with them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from fastidious_rules.semantics.calls import calls_of, passed_term
from fastidious_rules.semantics.flow.origins import origin
from fastidious_rules.semantics.flow.source import Origin
from fastidious_rules.semantics.names import ancestry, resolve, signature
from fastidious_rules.semantics.types import Environment, annotated
from fastidious_rules.semantics.values import value_type
from fastidious_rules.semantics.web.fastapi import Use, injection, uses
from fastidious_rules.syntax.terms import Apply, Ref, dotted, parts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastidious_rules.semantics.facts import ParameterFact
    from fastidious_rules.semantics.place import Place
    from fastidious_rules.semantics.project import Asker, Project
    from fastidious_rules.syntax.terms import Term

_DEEPEST = 3
_SECURITY = "fastapi.security."
_SERVING = frozenset({Use.ENDPOINT, Use.DEPENDENCY, Use.MIDDLEWARE})


class TokenSource(NamedTuple):
    """Where a token comes from: from a client, perhaps through callers; `parameter` where callers pass it."""

    is_clients: bool
    parameter: str = ""
    callers: tuple[Place, ...] = ()
    """The callers that pass a client's token, of all of them if `is_clients`, else all callers."""


def token_source(asker: Asker, where: Environment, term: Term) -> TokenSource:
    """Return where the token that `term` holds comes from, looking one call further up."""
    if sent_here(asker, where, term):
        return TokenSource(is_clients=True)
    function = where.function
    own = {each.name for each in function.parameters} if function is not None else set[str]()
    name = next((each for each in _roots(where, term) if each in own and each not in {"self", "cls"}), "")
    if function is None or not name:
        return TokenSource(is_clients=False)
    return asker.ask(passed_tokens, f"{where.module}.{function.name}", name)


def passed_tokens(project: Project, qualified: str, parameter: str) -> TokenSource:
    """Return whether callers pass a client's token for a parameter."""
    found = project.ask(signature, qualified)
    calls = list(calls_of(project, qualified)) if found is not None else []
    passed = [(each, passed_term(found, each.term, parameter)) for each in calls if found is not None]
    clients = tuple(each.place for each, term in passed if term is not None and sent_here(project, each.where, term))
    return TokenSource(bool(clients), parameter, clients or tuple(each.place for each in calls))


def sent_here(asker: Asker, where: Environment, term: Term) -> bool:
    """Tell whether a value is what a client sent to the function that `term` stands in."""
    if origin(asker, where, term) is Origin.REQUEST:
        return True
    function = where.function
    if function is None:
        return False
    roots = set(_roots(where, term))
    around = where.outer or Environment(where.module, None, where.class_name)
    given = [each for each in function.parameters if each.name in roots and each.name not in {"self", "cls"}]
    if any(_is_credential(asker, where.module, each) for each in given):
        return True
    plain = [each for each in given if injection(asker, where.module, each.annotation, each.default) is None]
    return bool(plain) and not _SERVING.isdisjoint(uses(asker, around, function))


def _is_credential(asker: Asker, module: str, parameter: ParameterFact) -> bool:
    """Tell whether FastAPI fills a parameter with the credentials of a request: `Depends(oauth2_scheme)`."""
    if _is_scheme(asker, annotated(asker, module, parameter.annotation).name):
        return True
    injected = injection(asker, module, parameter.annotation, parameter.default)
    provider = injected.arguments[0] if injected is not None and injected.arguments else None
    if isinstance(provider, Apply):
        return _is_scheme(asker, resolve(asker, module, dotted(provider.function)))
    qualified = resolve(asker, module, dotted(provider)) if provider is not None else ""
    return bool(qualified) and _is_scheme(asker, asker.ask(value_type, qualified).name)


def _is_scheme(asker: Asker, qualified_class: str) -> bool:
    return any(each.startswith(_SECURITY) for each in asker.ask(ancestry, qualified_class))


def _roots(where: Environment, term: Term, depth: int = 0) -> Iterator[str]:
    """Yield the names that a value is made of, and those that these were assigned from."""
    local = where.function.local if where.function is not None else {}
    for part in parts(term):
        name = part.dotted.partition(".")[0] if isinstance(part, Ref) else ""
        if name:
            yield name
        for value in local.get(name, ()) if depth < _DEEPEST else ():
            yield from _roots(where, value, depth + 1)
