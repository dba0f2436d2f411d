"""How the project signs its tokens: which keys go with which algorithms."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from fastidious_rules.semantics.asynchrony.execution import environment_of
from fastidious_rules.semantics.constants import text_of
from fastidious_rules.semantics.inference import callee_of
from fastidious_rules.semantics.names import resolve, split_qualified
from fastidious_rules.semantics.role import Role
from fastidious_rules.semantics.tokens.jwt_calls import signer
from fastidious_rules.syntax.terms import Apply, Collection, Literal, Member, Ref, Term, called_name, dotted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastidious_rules.semantics.module import Module
    from fastidious_rules.semantics.project import Asker, Project
    from fastidious_rules.semantics.tokens.jwt_calls import TokenFunction
    from fastidious_rules.semantics.types import Environment

_DEFAULT = "HS256"
_FEWEST = 2
_UNWRAPPING = frozenset({"get_secret_value", "encode", "strip"})


class Algorithm(NamedTuple):
    """An algorithm as the project names it: the qualified name of a constant, or the text itself."""

    text: str
    is_literal: bool


class Signing(NamedTuple):
    """A call that signs: the module that it stands in, what its key is called, and its algorithm."""

    module: str
    key: str
    algorithm: Algorithm


def algorithm_for(project: Project, module: str, key: str) -> Algorithm | None:
    """Return the algorithm that tokens are signed with under a key, None unless all calls agree on one."""
    near = [each for each in project.ask(signings) if each.key == key and (each.module == module or key[:1] != "?")]
    found = {each.algorithm for each in near} if key else set[Algorithm]()
    return found.pop() if len(found) == 1 else None


def signings(project: Project) -> tuple[Signing, ...]:
    """Return the calls of production code that sign tokens with a known algorithm."""
    modules = {each.name: each for word in ("jwt", "jose", "joserfc") for each in project.mentioning(word)}
    code = (each for each in modules.values() if project.role_of(each.path, each.name) is not Role.TEST)
    return tuple(found for each in code for found in _signings_in(project, each))


def _signings_in(project: Project, module: Module) -> Iterator[Signing]:
    for fact in module.functions():
        for call in fact.calls:
            if called_name(call.term) != "encode" or len(call.term.arguments) + len(call.term.keywords) < _FEWEST:
                continue
            where = environment_of(project, module, fact)
            known = signer(callee_of(project, where, call.term))
            if known is None:
                continue
            key, algorithm = known.key.given(call.term), _algorithm(project, where, known, call.term)
            if key is not None and algorithm is not None:
                yield Signing(module.name, key_name(project, where, key), algorithm)


def key_name(asker: Asker, where: Environment, key: Term) -> str:
    """Return what the key is called in the whole project; for a local name that name behind a question mark."""
    function = key.function if isinstance(key, Apply) else None
    if isinstance(function, Ref) and function.dotted.rpartition(".")[2] in _UNWRAPPING:
        return key_name(asker, where, Ref(function.dotted.rpartition(".")[0]))
    if isinstance(function, Member) and function.name in _UNWRAPPING:
        return key_name(asker, where, function.value)
    name = dotted(key)
    if not name:
        return ""
    return f"?{name}" if _is_local(where, name) else resolve(asker, where.module, name)


def _is_local(where: Environment, name: str) -> bool:
    first, fact = name.partition(".")[0], where.function
    return fact is not None and (first in fact.local or any(each.name == first for each in fact.parameters))


def _algorithm(asker: Asker, where: Environment, known: TokenFunction, call: Apply) -> Algorithm | None:
    given = known.algorithms.given(call) if known.algorithms else _in_header(known.header.given(call))
    if given is None:
        return Algorithm(_DEFAULT, is_literal=True) if known.algorithms else None
    if isinstance(given, Literal):
        return Algorithm(given.text, is_literal=True)
    name = dotted(given)
    qualified = resolve(asker, where.module, name) if name and not _is_local(where, name) else ""
    return Algorithm(qualified, is_literal=False) if qualified and split_qualified(asker.project, qualified) else None


def _in_header(header: Term | None) -> Term | None:
    """Return the algorithm that a header written out names."""
    if not isinstance(header, Collection) or header.kind != "dict":
        return None
    return dict(zip(header.items[::2], header.items[1::2], strict=False)).get(Literal("str", "alg"))


def algorithms_in(asker: Asker, where: Environment, term: Term) -> tuple[str, ...]:
    """Return the algorithms that a list of them names, as far as they are known."""
    items = term.items if isinstance(term, Collection) else (term,)
    found = (text_of(asker, where.module, each) for each in items)
    return tuple(each for each in found if each)
