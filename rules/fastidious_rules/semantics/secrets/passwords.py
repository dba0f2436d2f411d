"""Passwords: by which names they go, what hashes them, and what that costs an attacker."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import TYPE_CHECKING, NamedTuple

from fastidious_rules.knowledge import names, table
from fastidious_rules.semantics.carriers import carried, name_of
from fastidious_rules.semantics.facts import FunctionFact, VariableFact
from fastidious_rules.semantics.flow.provenance import VALUE, passed_to
from fastidious_rules.semantics.names import ancestry, definitions, function_fact, resolve
from fastidious_rules.semantics.orm.entities import is_entity
from fastidious_rules.semantics.web.exposure import words_of
from fastidious_rules.syntax.terms import Apply, Ref, Term, called_name, dotted, parts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastidious_rules.semantics.flow.provenance import Passing
    from fastidious_rules.semantics.project import Project

_HASHING = frozenset({"hash", "hashed", "hasher", "encrypt", "crypt", "digest", "verify", "check", "encode"})
_TOKENS = frozenset({"code", "codes", "key", "keys", "link", "token", "tokens"})
_PLAIN_COLUMNS = frozenset({"String", "Text", "Unicode", "UnicodeText", "VARCHAR", "TEXT", "CHAR", "AutoString"})
_AROUND_COLUMNS = frozenset({"Annotated", "Column", "Field", "Mapped", "Optional"})
_VALIDATORS = frozenset({"validates", "field_validator", "validator", "model_validator", "root_validator"})
_DUMPED = re.compile(rb"\*\*[\w.]+\.(?:model_dump|dict)\(")
_LISTENING = ("listens_for", "listen")
_MOST_WORDS = 3


class HashFunction(NamedTuple):
    """A function that is too fast, or no hash at all: where it takes what it works on."""

    name: str
    position: int
    keyword: str
    is_reversible: bool


@cache
def hash_functions() -> dict[str, HashFunction]:
    """Return the functions that protect no password, by qualified name."""
    known = table("passwords")
    return {
        name: HashFunction(name, position, keyword, section == "reversible")
        for section in ("fast", "reversible")
        for name, (position, keyword) in known[section].items()
    }


@cache
def _endings(section: str) -> frozenset[tuple[str, ...]]:
    return frozenset(tuple(each.split()) for each in names("passwords", section))


def is_plain_password(name: str) -> bool:
    """Tell whether a name says that its value is a password as somebody typed it."""
    words = words_of(name)
    if not words or not _endings("plain").intersection(words[-size:] for size in range(1, _MOST_WORDS + 1)):
        return False
    return not is_hashed_password(name) and words[0] not in names("passwords", "altered")


def is_hashed_password(name: str) -> bool:
    """Tell whether a name says that its value is the hash of a password."""
    words = words_of(name)
    return any(words[-size:] in _endings("hashed") for size in range(2, _MOST_WORDS + 1))


@lru_cache(maxsize=256)
def may_name_passwords(text: bytes) -> bool:
    """Tell whether a text names a password, or hands on all fields of something: one look, before any name is read."""
    lowered = text.lower()
    return b"passw" in lowered or b"passphrase" in lowered or b"pwd" in lowered or _DUMPED.search(text) is not None


def plain_passwords(term: Term) -> Iterator[Term]:
    """Yield the passwords that an expression contains readably."""
    for each in carried(term):
        if is_plain_password(name_of(each)):
            yield each


def hashes_passwords(function: str) -> bool:
    """Tell whether a function says by its name that it hashes or checks passwords: `get_password_hash`."""
    words = set(words_of(function.rpartition(".")[2]))
    speaks_of_passwords = not words.isdisjoint({"password", "passwords", "passwd", "pwd"}) and words.isdisjoint(_TOKENS)
    return speaks_of_passwords and not words.isdisjoint(_HASHING)


def is_slow(call: Apply) -> bool:
    """Tell whether a call is one of a function that is made for passwords."""
    slow: dict[str, list[str]] = table("passwords")["slow"]
    name = called_name(call)
    is_method = not isinstance(call.function, Ref) or "." in call.function.dotted
    return name in slow["names"] or (is_method and name in slow["methods"])


def stands_for_a_person(class_name: str) -> bool:
    """Tell whether a class says by its name that its rows are people who sign in here."""
    words = words_of(class_name.rpartition(".")[2])
    return not names("passwords", "people").isdisjoint(words) and names("passwords", "foreign").isdisjoint(words)


def keeps_text(project: Project, qualified_class: str, name: str) -> bool:
    """Tell whether an entity keeps in a column whatever it is given: no type, property or listener changes it."""
    if not project.ask(is_entity, qualified_class):
        return False
    for owner in project.ask(ancestry, qualified_class):
        if _intervenes(project, owner, name):
            return False
        found = definitions(project, f"{owner}.{name}")
        if found is not None and found[2]:
            fact = found[2][-1].fact
            return isinstance(fact, VariableFact) and _is_plain_column(project, found[0].name, fact)
    return False


def _is_plain_column(project: Project, module: str, fact: VariableFact) -> bool:
    """Tell whether a column has no type that could hash what it is given."""
    found = {
        _last_name(project, module, each) for term in (fact.annotation, fact.value) if term for each in parts(term)
    }
    strange = {each for each in found if each[:1].isupper()} - _PLAIN_COLUMNS - _AROUND_COLUMNS
    return not strange and not found.isdisjoint(_PLAIN_COLUMNS | {"str"})


def _last_name(project: Project, module: str, term: Term) -> str:
    """Return the last name of what a term names where it is defined."""
    name = dotted(term)
    return (resolve(project, module, name) or name).rpartition(".")[2]


def _intervenes(project: Project, owner: str, name: str) -> bool:
    """Tell whether a class, or a listener beside it, may change the column `name` before it is stored."""
    found = definitions(project, owner)
    if found is None:
        return False
    module, symbol, _ = found
    for member, definition in project.members(module, symbol):
        fact = definition.fact
        is_changed = isinstance(fact, FunctionFact) and (
            member in {name, "__init__", "__setattr__"} or _validates(project, module.name, fact)
        )
        if is_changed:
            return True
    listening = (each for word in _LISTENING for each in project.mentioning(word))
    return any(each.name == module.name or each.mentions(symbol) for each in listening)


def _validates(project: Project, module: str, fact: FunctionFact) -> bool:
    decorators = (each.function if isinstance(each, Apply) else each for each in fact.decorators)
    return any(_last_name(project, module, each) in _VALIDATORS for each in decorators)


def passwords_passed(project: Project, qualified: str, parameter: str) -> tuple[Passing, ...]:
    """Return the calls that hand a password to a parameter of a function, and do not hash its result slowly."""
    found = project.ask(passed_to, qualified, parameter, VALUE)
    return tuple(
        each for each in found if is_plain_password(each.source.path.rpartition(".")[2]) and not _goes_on(project, each)
    )


def _goes_on(project: Project, passing: Passing) -> bool:
    """Tell whether the caller has a slow hash of its own."""
    found = function_fact(project, passing.caller)
    return found is not None and any(is_slow(each.term) for each in found[1].calls)


def hashes_on_validation(project: Project, qualified_class: str) -> bool:
    """Tell whether a model hashes a field while it is validated."""
    for owner in project.ask(ancestry, qualified_class):
        found = definitions(project, owner)
        if found is None:
            continue
        module, symbol, _ = found
        facts = (each.fact for _, each in project.members(module, symbol))
        methods = (each for each in facts if isinstance(each, FunctionFact))
        if any(_calls_hash(each) and _validates(project, module.name, each) for each in methods):
            return True
    return False


def _calls_hash(fact: FunctionFact) -> bool:
    return any(not _HASHING.isdisjoint(words_of(called_name(each.term))) for each in fact.calls)


class Minima(NamedTuple):
    """What argon2 costs at least, in memory (KiB) and passes; each pair is as good as the others."""

    calls: frozenset[str]
    defaults: dict[str, int]
    minima: tuple[tuple[int, int], ...]


def argon2_minima() -> Minima:
    """Return what sets the cost of argon2, its defaults, and OWASP's minima."""
    known = table("passwords")["argon2"]
    return Minima(
        frozenset(known["calls"]), known["defaults"], tuple((memory, time) for memory, time in known["minima"])
    )


def minimum_rounds() -> dict[str, tuple[str, int, int]]:
    """Return the functions that set how often a hash is repeated: name and position of the parameter, and the least."""
    return {call: (name, position, least) for call, (name, position, least) in table("passwords")["rounds"].items()}


def minimum_iterations() -> dict[str, int]:
    """Return the least iterations of PBKDF2 for each hash."""
    return dict(table("passwords")["pbkdf2"])


def weak_schemes() -> frozenset[str]:
    """Return the schemes of passlib that protect no password."""
    return frozenset(table("passwords")["passlib"]["weak"])


def hashers() -> dict[str, str]:
    """Return the libraries that hash passwords well, and what does so; the one to prefer first."""
    return dict(table("passwords")["remedies"])
