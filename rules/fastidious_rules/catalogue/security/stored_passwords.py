"""Passwords that are stored as they were typed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastidious_rules.api import (
    Assignment,
    Call,
    Index,
    Member,
    Ref,
    carried,
    fields_of,
    hashes_on_validation,
    is_hashed_password,
    is_model,
    is_plain_password,
    keeps_text,
    name_of,
    stands_for_a_person,
)

if TYPE_CHECKING:
    from fastidious_rules.api import DoubleStarred, Function, Scope, Term, View

_DUMPS = frozenset({"model_dump", "dict"})
_LEAVING_OUT = frozenset({"exclude", "include"})


def stored(value: View, scope: Scope) -> Term | None:
    """Return the password that a value is, unless something may have hashed it before."""
    found = list(carried(value.term))
    password = _behind(found[0], scope) if len(found) == 1 else None
    if password is None or not is_plain_password(name_of(password)):
        return None
    return None if _may_be_hashed(password, scope) else password


def _behind(value: Term, scope: Scope) -> Term:
    """Return what a local name that says nothing stands for."""
    function = scope.function
    fact = scope.fact_of(function) if function is not None else None
    if fact is None or not isinstance(value, Ref) or is_plain_password(value.dotted):
        return value
    terms = fact.local.get(value.dotted, ())
    return next(carried(terms[0]), value) if len(terms) == 1 else value


def _may_be_hashed(password: Term, scope: Scope) -> bool:
    """Tell whether a name holds the result of a call, an attribute is assigned to, or a model hashes its field."""
    function = scope.function
    fact = scope.fact_of(function) if function is not None else None
    if function is None or fact is None:
        return True
    if isinstance(password, Ref) and "." not in password.dotted:
        is_parameter = any(each.name == password.dotted for each in fact.parameters)
        terms = fact.local.get(password.dotted, ())
        return not all(_is_mere(each) for each in terms) or not (terms or is_parameter)
    if any(_is_assigned(each, password) for each in function.body.find(Assignment)):
        return True
    owner = _owner(password)
    known = scope.type_of_term(owner) if owner is not None else None
    return bool(known) and scope.ask(hashes_on_validation, known.name if known else "")


def _is_mere(term: Term) -> bool:
    """Tell whether a value is another name of a password."""
    return any(is_plain_password(name_of(each)) for each in carried(term))


def _is_assigned(assignment: Assignment, password: Term) -> bool:
    target = assignment.target
    value = assignment.final_value
    return target.term == password and not (value is not None and value.term == password)


def _owner(password: Term) -> Term | None:
    match password:
        case Ref(name) if "." in name:
            return Ref(name.rpartition(".")[0])
        case Member(value, _) | Index(value, _):
            return value
        case _:
            return None


def is_stored_in_clear(owner: str, name: str, scope: Scope) -> bool:
    """Tell whether the column `name` of the class `owner` is one of people's passwords, and keeps what it is given."""
    if not owner or not (is_hashed_password(name) or stands_for_a_person(owner)):
        return False
    return scope.ask(keeps_text, owner, name)


def dumped_password(view: DoubleStarred, entity: str, scope: Scope) -> Term | None:
    """Return the password among the fields that `**body.model_dump()` gives to an entity, if it is kept as it is."""
    dump = next(view.children(), None)
    if not isinstance(dump, Call) or dump.last_name not in _DUMPS or dump.receiver is None:
        return None
    return None if _LEAVING_OUT & dump.keywords.keys() else validated_password(dump.receiver, entity, scope)


def validated_password(body: View, entity: str, scope: Scope) -> Term | None:
    """Return the password among the fields of a model that become columns of an entity, if it is kept as it is."""
    model, function = scope.type_of(body), scope.function
    if not is_model(scope.asker, model.name) or function is None or model.name == entity:
        return None
    for field in fields_of(scope.asker, model):
        if not is_plain_password(field.name) or not is_stored_in_clear(entity, field.name, scope):
            continue
        password = Ref(f"{body.text}.{field.name}")
        if not _may_be_hashed(password, scope) and not _is_replaced(field.name, function):
            return password
    return None


def _is_replaced(name: str, function: Function) -> bool:
    """Tell whether the function assigns an attribute, or an item, of that name: `user.password = hashed`."""
    targets = (each.target.term for each in function.body.find(Assignment))
    return any(not isinstance(each, Ref) or "." in each.dotted for each in targets if name_of(each) == name)
