"""Calls of libraries that make and read JSON web tokens."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from fastidious_rules.knowledge import table
from fastidious_rules.semantics.asynchrony.http_calls import NO_ARGUMENT, Argument
from fastidious_rules.semantics.names import resolve, variable_fact
from fastidious_rules.syntax.terms import Apply, Collection, Literal, Opaque, Ref, Term

if TYPE_CHECKING:
    from fastidious_rules.semantics.project import Asker, Project
    from fastidious_rules.semantics.types import Environment

ENCODE_NAMES = frozenset({"encode"})
DECODE_NAMES = frozenset({"decode", "decode_complete"})
UNVERIFIED_NAMES = frozenset(
    {"get_unverified_claims", "get_unverified_header", "get_unverified_headers", *DECODE_NAMES}
)


class TokenFunction(NamedTuple):
    """A function of a library that signs or verifies."""

    qualified: str
    library: str
    payload: Argument
    key: Argument
    algorithms: Argument
    options: Argument
    token: Argument
    header: Argument


def signer(qualified: str) -> TokenFunction | None:
    """Return what is known of a function that signs tokens."""
    return _known("encode", qualified)


def verifier(qualified: str) -> TokenFunction | None:
    """Return what is known of a function that verifies tokens."""
    return _known("decode", qualified)


def reads_claims_unverified(qualified: str) -> bool:
    """Tell whether a function reads claims and never verifies them."""
    return qualified in names_of("claims")


def reads_header(qualified: str) -> bool:
    """Tell whether a function reads the header of a token, which anybody can write."""
    return qualified in names_of("headers")


def names_of(kind: str) -> frozenset[str]:
    """Return the functions that read `claims` or `headers` without verifying them."""
    return frozenset(table("jwt")["unverified"][kind])


def purpose(kind: str) -> frozenset[str]:
    """Return the words that say what a token is for: `links`, `making`."""
    return frozenset(table("jwt")["purposes"][kind])


def _known(section: str, qualified: str) -> TokenFunction | None:
    tables = table("jwt")
    name = tables["aliases"].get(qualified, qualified)
    entry: dict[str, Any] | None = tables[section].get(name)
    if entry is None:
        return None

    def argument(*keys: str) -> Argument:
        found = next((entry[key] for key in keys if key in entry), None)
        return Argument(int(found[0]), str(found[1])) if found is not None else NO_ARGUMENT

    return TokenFunction(
        name,
        str(entry["library"]),
        argument("payload"),
        argument("key"),
        argument("algorithms", "algorithm"),
        argument("options"),
        argument("token"),
        argument("header"),
    )


def option(options: Term | None, name: str) -> Term | None:
    """Return what a written dict of options gives for `name`; `Opaque` where only running it would tell."""
    match options:
        case None:
            return None
        case Collection("dict", items):
            given = dict(zip(items[::2], items[1::2], strict=False))
            return given.get(Literal("str", name)) or (Opaque() if Opaque() in given else None)
        case Apply(_, (), keywords):
            return dict(keywords).get(name)
        case _:
            return Opaque()


def option_of(asker: Asker, where: Environment, options: Term | None, name: str) -> Term | None:
    """Return what options give for `name`, through a local name or a constant that holds them."""
    fact = where.function
    local = fact.local.get(options.dotted) if fact is not None and isinstance(options, Ref) else None
    if fact is None or not isinstance(options, Ref) or local is None:
        return option(settled(asker, where, options), name)
    stored = fact.stored.get(options.dotted, ())
    values = [option(each, name) for each in local if not (isinstance(each, Apply) and each.function == Ref(":"))]
    is_one = bool(values) and all(each == values[0] for each in values)
    return values[0] if is_one and name not in stored and "" not in stored else Opaque()


def settled(asker: Asker, where: Environment, term: Term | None) -> Term | None:
    """Return the expression that a name stands for, where it is assigned once; any other term is returned as it is."""
    if not isinstance(term, Ref):
        return term
    local = where.function.local.get(term.dotted) if where.function is not None else None
    if local is not None:
        values = [each for each in local if not (isinstance(each, Apply) and each.function == Ref(":"))]
        is_changed = where.function is not None and term.dotted in where.function.stored
        return values[0] if len(values) == 1 and not is_changed else Opaque()
    if where.function is not None and any(each.name == term.dotted for each in where.function.parameters):
        return Opaque()
    qualified = resolve(asker, where.module, term.dotted)
    return (asker.ask(constant_term, qualified) if qualified else None) or Opaque()


def constant_term(project: Project, qualified: str) -> Term | None:
    """Return the expression that a variable of a module is assigned."""
    found = variable_fact(project, qualified)
    return found[1].value if found is not None else None
