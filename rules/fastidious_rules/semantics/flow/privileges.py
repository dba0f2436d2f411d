"""Privileges: fields that clients must not set for themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from fastidious_rules.knowledge import names
from fastidious_rules.semantics.asynchrony.execution import environment_of
from fastidious_rules.semantics.inference import inferred
from fastidious_rules.semantics.names import function_fact, resolve
from fastidious_rules.semantics.orm.entities import columns
from fastidious_rules.semantics.pydantic.model_config import configured
from fastidious_rules.semantics.pydantic.models import fields_of, is_model
from fastidious_rules.semantics.types import UNKNOWN, Type, annotated, is_subclass
from fastidious_rules.semantics.web.exposure import words_of
from fastidious_rules.semantics.web.fastapi import injection
from fastidious_rules.syntax.terms import Literal, Ref, dotted, parts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastidious_rules.semantics.facts import ParameterFact
    from fastidious_rules.semantics.project import Asker, Project

_RAW = frozenset({"builtins.dict", "collections.abc.Mapping", "typing.Any", "typing.Mapping"})
_ALLOW = frozenset({"allow", "Extra.allow"})
_REQUESTS = ("fastapi.Request", "fastapi.WebSocket", "starlette.requests.HTTPConnection")


class Accepted(NamedTuple):
    """What a client may send in a parameter: the fields of a model, or anything."""

    model: Type
    fields: frozenset[str]
    is_open: bool
    """Whether it may send fields that nobody has declared."""


def sent_in(project: Project, qualified: str, path: str) -> Accepted | None:
    """Return what clients may send in what `path` names in a function, None if that is not known."""
    found = function_fact(project, qualified)
    if found is None:
        return None
    where = environment_of(project, *found)
    parameter = next((each for each in found[1].parameters if each.name == path.partition(".")[0]), None)
    if parameter is None or "dump()" in path or "dict()" in path:
        return None
    declared = annotated(project, where.module, parameter.annotation)
    if is_subclass(project, declared.name, *_REQUESTS):
        return Accepted(UNKNOWN, frozenset(), is_open=True)
    known = inferred(project, where, Ref(path)) if declared.name not in _RAW else declared
    if known.name in _RAW:
        return Accepted(UNKNOWN, frozenset(), is_open=True)
    return _of_model(project, known) if is_model(project, known.name) else None


def _of_model(project: Project, model: Type) -> Accepted:
    extra = project.ask(configured, model.name, "extra")
    is_open = isinstance(extra, Literal) and extra.text in _ALLOW
    is_open = is_open or (extra is not None and dotted(extra) in _ALLOW)
    fields = (each.name for each in fields_of(project, model) if not each.is_excluded and not each.is_computed)
    return Accepted(model, frozenset(fields), is_open)


def privileged_columns(project: Project, entity: str, user_is_known: str = "") -> tuple[str, ...]:
    """Return the columns of an entity that clients must not set; those of owners only where `user_is_known`."""
    wanted = set(names("privileges", "powers") | names("privileges", "money"))
    if not names("privileges", "persons").isdisjoint(words_of(entity.rpartition(".")[2])):
        wanted |= names("privileges", "roles")
    if user_is_known:
        wanted |= names("privileges", "owners")
    return tuple(sorted({each.name for each in columns(project, entity)} & wanted))


def gives_power(field: str) -> bool:
    """Tell whether who sets a field can do more from then on, whoever they are."""
    return field in names("privileges", "powers") or field in names("privileges", "roles")


def knows_user(project: Project, qualified: str) -> bool:
    """Tell whether an endpoint, or what it depends on by name, knows who the client is."""
    found = function_fact(project, qualified)
    parameters = found[1].parameters if found is not None else ()
    module = found[0].name if found is not None else ""
    return any(_injects_user(project, module, each) for each in parameters)


def _injects_user(asker: Asker, module: str, parameter: ParameterFact) -> bool:
    if injection(asker, module, parameter.annotation, parameter.default) is None and not _is_alias(
        asker, module, parameter
    ):
        return False
    words = {word for name in _names_of(parameter) for word in words_of(name)}
    return not names("privileges", "knowing").isdisjoint(words)


def _is_alias(asker: Asker, module: str, parameter: ParameterFact) -> bool:
    """Tell whether an annotation is a name of the project that may stand for an injection: `CurrentUser`."""
    annotation = parameter.annotation
    known = resolve(asker, module, annotation.dotted) if isinstance(annotation, Ref) else ""
    return bool(known) and not is_model(asker, known)


def _names_of(parameter: ParameterFact) -> Iterator[str]:
    for term in (parameter.annotation, parameter.default):
        yield from (part.dotted for part in parts(term) if isinstance(part, Ref)) if term is not None else ()
