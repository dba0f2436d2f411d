"""Values as they are written, wherever that is: a name is followed to the constant, or to the default of a setting."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from fastidious_rules.semantics.facts import VariableFact
from fastidious_rules.semantics.inference import callee_of, inferred
from fastidious_rules.semantics.names import definitions, find_member, function_fact, resolve
from fastidious_rules.semantics.place import Place
from fastidious_rules.semantics.types import Environment
from fastidious_rules.syntax.terms import Apply, Member, Ref, Term, called_name
from fastidious_rules.syntax.text import Span

if TYPE_CHECKING:
    from fastidious_rules.semantics.project import Asker, Project

_DEEPEST = 4


class Written(NamedTuple):
    """An expression, where it stands, and the place of its definition if it was followed to one."""

    term: Term
    where: Environment
    place: Place | None = None


class _Defined(NamedTuple):
    module: str
    term: Term
    place: Place


def written_value(asker: Asker, where: Environment, term: Term, depth: int = 0) -> Written:
    """Return the expression that `term` certainly stands for: a name is followed through constants and settings.

    A local name that is assigned several times stands for itself.
    """
    if depth > _DEEPEST:
        return Written(term, where)
    if isinstance(term, Ref):
        return _followed(asker, where, term, depth)
    if isinstance(term, Member):
        known = inferred(asker, where, term.value)
        return _defined_as(asker, asker.ask(find_member, known.name, term.name) if known else "", depth) or Written(
            term, where
        )
    if isinstance(term, Apply) and not term.arguments and not term.keywords:
        returned = asker.ask(only_return, callee_of(asker, where, term))
        if returned is not None:
            found = written_value(asker, Environment(returned.module), returned.term, depth + 1)
            return found._replace(place=found.place or returned.place)
    return Written(term, where)


def _followed(asker: Asker, where: Environment, name: Ref, depth: int) -> Written:
    local = where.function.local.get(name.dotted) if where.function is not None else None
    if local is not None:
        values = [each for each in local if not (isinstance(each, Apply) and each.function == Ref(":"))]
        return written_value(asker, where, values[0], depth + 1) if len(values) == 1 else Written(name, where)
    return _defined_as(asker, _qualified(asker, where, name.dotted), depth) or Written(name, where)


def _defined_as(asker: Asker, qualified: str, depth: int) -> Written | None:
    defined = asker.ask(defined_value, qualified) if qualified else None
    if defined is None:
        return None
    found = written_value(asker, Environment(defined.module), defined.term, depth + 1)
    return found._replace(place=found.place or defined.place)


def _qualified(asker: Asker, where: Environment, name: str) -> str:
    """Return the qualified name of a variable, or of a field of an object whose class is known."""
    owner, _, field = name.rpartition(".")
    known = inferred(asker, where, Ref(owner)) if owner else None
    if known:
        return asker.ask(find_member, known.name, field)
    return resolve(asker, where.module, name)


def defined_value(project: Project, qualified: str) -> _Defined | None:
    """Return what a variable, or a field of a class, is defined as; nothing if that happens more than once."""
    found = definitions(project, qualified) if qualified else None
    facts = [each.fact for each in found[2] if isinstance(each.fact, VariableFact)] if found is not None else []
    values = [each for each in facts if each.value is not None]
    if found is None or len(values) != 1 or len(facts) != len(found[2]) or values[0].value is None:
        return None
    place = Place(found[0].path, found[1], Span(*values[0].span))
    return _Defined(found[0].name, _default(values[0].value), place)


def _default(value: Term) -> Term:
    """Return the default in `Field(default=...)`, else the value itself."""
    if called_name(value) == "Field" and isinstance(value, Apply):
        return value.arguments[0] if value.arguments else value.keyword("default") or value
    return value


def only_return(project: Project, qualified: str) -> _Defined | None:
    """Return what a function of the project without parameters always returns."""
    found = function_fact(project, qualified) if qualified else None
    if found is None or len(found[1].returned) != 1 or found[1].parameters or found[1].local:
        return None
    module, fact = found
    return _Defined(module.name, fact.returned[0], Place(module.path, fact.name, Span(*fact.span)))
