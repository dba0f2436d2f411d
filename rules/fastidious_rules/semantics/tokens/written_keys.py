"""Keys that are written in the code: directly, as a constant, or as what holds where the environment says nothing."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from fastidious_rules.semantics.inference import callee_of, inferred
from fastidious_rules.semantics.names import definitions, find_member, resolve, variable_fact
from fastidious_rules.semantics.place import Place
from fastidious_rules.semantics.tokens.token_settings import is_settings
from fastidious_rules.semantics.types import Environment
from fastidious_rules.syntax.terms import Apply, Literal, Member, Operation, Ref, Term, called_name, dotted, parts
from fastidious_rules.syntax.text import Span

if TYPE_CHECKING:
    from fastidious_rules.semantics.facts import VariableFact
    from fastidious_rules.semantics.module import Module
    from fastidious_rules.semantics.project import Asker, Project

_DEEPEST = 5
_PUBLIC = re.compile(r"\s*(?:-----BEGIN (?:RSA |EC )?(?:PUBLIC KEY|CERTIFICATE)|ssh-|ecdsa-|\{)")
_TEMPLATE = re.compile(r"<.*>|\$\{.*\}|\{\{.*\}\}|\.\.\.|%\(.*\)s", re.DOTALL)
_ENVIRONMENT = frozenset({"os.environ.get", "os.getenv", "os.environ.setdefault"})
_WRAPPERS = frozenset({
    "builtins.bytes", "builtins.str", "builtins.bytearray", "joserfc.jwk.OctKey.import_key", "pydantic.SecretBytes",
    "pydantic.SecretStr", "pydantic.types.SecretStr", "starlette.datastructures.Secret", "typing.cast",
    "jwt.PyJWK.from_json", "authlib.jose.OctKey.import_key",
})  # fmt: skip
_SAME = frozenset({"encode", "get_secret_value", "strip"})
_READERS = frozenset({"config", "env", "Config"})


class Sort(StrEnum):
    """How a key is written in the code."""

    LITERAL = "literal"
    CONSTANT = "constant"
    DEFAULT = "default"
    """What holds where the environment says nothing."""


class WrittenKey(NamedTuple):
    """A key written in the code. `variable` is that of the environment it should come from, if that is said."""

    sort: Sort
    place: Place | None = None
    """Where it is declared, if that is not where it is used."""
    name: str = ""
    variable: str = ""


def written_key(asker: Asker, where: Environment, term: Term, depth: int = 0) -> WrittenKey | None:
    """Return how the code writes the key that `term` gives, None unless it does."""
    if depth > _DEEPEST:
        return None
    match term:
        case Literal("str" | "bytes", text):
            return WrittenKey(Sort.LITERAL) if is_secret(text) else None
        case Operation("or", left, right):
            found = written_key(asker, where, left, depth + 1)
            fallback = written_key(asker, where, right, depth + 1)
            return found or (_default(fallback, variable_in(asker, where, left)) if fallback is not None else None)
        case Ref(name):
            return _of_name(asker, where, name, depth)
        case Member(value, name):
            return _of_field(asker, inferred(asker, where, value).name, name)
        case Apply():
            return _of_call(asker, where, term, depth)
        case _:
            return None


def is_secret(text: str) -> bool:
    """Tell whether a text can be a secret: it is not empty, no public key and no blank to fill in."""
    return bool(text.strip()) and not _PUBLIC.match(text) and not _TEMPLATE.fullmatch(text)


def _default(found: WrittenKey, variable: str = "") -> WrittenKey:
    return found._replace(sort=Sort.DEFAULT, variable=found.variable or variable)


def variable_in(asker: Asker, where: Environment, term: Term) -> str:
    """Return the variable of the environment that a term reads, empty if it reads none."""
    for part in parts(term):
        if isinstance(part, Apply) and part.arguments and callee_of(asker, where, part) in _ENVIRONMENT:
            first = part.arguments[0]
            return first.text if isinstance(first, Literal) else ""
    return ""


def _of_call(asker: Asker, where: Environment, term: Apply, depth: int) -> WrittenKey | None:
    function = term.function
    if called_name(term) in _SAME:
        if isinstance(function, Member):
            return written_key(asker, where, function.value, depth + 1)
        owner = dotted(function).rpartition(".")[0]
        return written_key(asker, where, Ref(owner), depth + 1) if owner else None
    callee = callee_of(asker, where, term)
    if callee in _ENVIRONMENT:
        return _fallback(asker, where, term, depth)
    if callee in _WRAPPERS and term.arguments:
        wrapped = term.arguments[-1] if callee == "typing.cast" else term.arguments[0]
        return written_key(asker, where, wrapped, depth + 1)
    if called_name(term) in _READERS and term.keyword("default") is not None:
        return _fallback(asker, where, term, depth)
    if callee == "pydantic.Field":
        given = term.keyword("default") or (term.arguments[0] if term.arguments else None)
        return written_key(asker, where, given, depth + 1) if given is not None else None
    return None


def _fallback(asker: Asker, where: Environment, term: Apply, depth: int) -> WrittenKey | None:
    """Return the key that `os.getenv("SECRET_KEY", "changeme")` falls back to."""
    given = term.keyword("default") or (term.arguments[1] if len(term.arguments) > 1 else None)
    found = written_key(asker, where, given, depth + 1) if given is not None else None
    first = term.arguments[0] if term.arguments else None
    return _default(found, first.text if isinstance(first, Literal) else "") if found is not None else None


def _of_name(asker: Asker, where: Environment, name: str, depth: int) -> WrittenKey | None:
    first, _, rest = name.partition(".")
    fact = where.function
    if fact is not None and first in fact.local and not rest:
        values = [each for each in fact.local[first] if not (isinstance(each, Apply) and each.function == Ref(":"))]
        return written_key(asker, where, values[0], depth + 1) if len(values) == 1 else None
    if rest:
        owner, _, field = name.rpartition(".")
        found = _of_field(asker, inferred(asker, where, Ref(owner)).name, field)
        if found is not None:
            return found
    if fact is not None and (first in fact.local or any(each.name == first for each in fact.parameters)):
        return None
    qualified = resolve(asker, where.module, name)
    return asker.ask(declared_key, qualified, str(depth + 1)) if qualified else None


def _of_field(asker: Asker, qualified_class: str, field: str) -> WrittenKey | None:
    member = asker.ask(find_member, qualified_class, field) if qualified_class else ""
    return asker.ask(declared_key, member, "1") if member else None


def declared_key(project: Project, qualified: str, depth: str) -> WrittenKey | None:
    """Return the key that a variable, or a field of a class, is declared with in the code."""
    found = variable_fact(project, qualified)
    if found is None or found[1].value is None:
        return None
    module, fact = found
    key = written_key(project, Environment(module.name), _value(fact), int(depth))
    if key is None or key.place is not None:
        return key
    owner = _owner(project, qualified)
    if owner and is_settings(project, owner):
        return (
            None if _is_checked(project, owner, fact.name) else _declared(_default(key, fact.name), module, fact, owner)
        )
    return _declared(key._replace(sort=Sort.CONSTANT) if key.sort is Sort.LITERAL else key, module, fact, owner)


def _value(fact: VariableFact) -> Term:
    return fact.value if fact.value is not None else Literal("None", "None")


def _declared(key: WrittenKey, module: Module, fact: VariableFact, owner: str) -> WrittenKey:
    symbol = f"{owner.removeprefix(f'{module.name}.')}.{fact.name}" if owner else fact.name
    return key._replace(place=Place(module.path, symbol, Span(*fact.span)), name=fact.name)


def _owner(project: Project, qualified: str) -> str:
    """Return the class that a field belongs to, empty for a variable of a module."""
    found = definitions(project, qualified)
    symbol = found[1] if found is not None else ""
    return qualified.rpartition(".")[0] if "." in symbol else ""


def _is_checked(project: Project, owner: str, field: str) -> bool:
    """Tell whether a class of settings looks at a field itself: it may well refuse the default."""
    found = definitions(project, owner)
    members = project.members(found[0], found[1]) if found is not None else ()
    terms = (each for _, member in members for each in _said_in(member.fact))
    return any(part in (Literal("str", field), Ref(f"self.{field}")) for term in terms for part in parts(term))


def _said_in(fact: object) -> tuple[Term, ...]:
    calls = getattr(fact, "calls", ())
    return (*getattr(fact, "decorators", ()), *(call.term for call in calls))
