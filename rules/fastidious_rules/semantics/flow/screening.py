"""Screening: whether code looks at a value that a client sent before it goes on with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastidious_rules.knowledge import names
from fastidious_rules.semantics.asynchrony.http_calls import http_call_names
from fastidious_rules.semantics.facts import FunctionFact, VariableFact
from fastidious_rules.semantics.flow.origins import source_of
from fastidious_rules.semantics.flow.source import Origin
from fastidious_rules.semantics.inference import callee_of
from fastidious_rules.semantics.names import ancestry, definitions, function_fact, resolve
from fastidious_rules.semantics.types import alias_of, annotated
from fastidious_rules.semantics.web.exposure import words_of
from fastidious_rules.syntax.terms import (
    Apply,
    Collection,
    Literal,
    Ref,
    called_name,
    dotted,
    parts,
    receiver_of,
)

if TYPE_CHECKING:
    from fastidious_rules.semantics.facts import Bytes, CallFact, ParameterFact
    from fastidious_rules.semantics.flow.source import Source
    from fastidious_rules.semantics.project import Asker, Project
    from fastidious_rules.semantics.types import Environment
    from fastidious_rules.syntax.terms import Term

_PATTERNS = frozenset({"pattern", "regex"})
_VALIDATORS = frozenset({"AfterValidator", "BeforeValidator", "PlainValidator", "WrapValidator"})
_DEEPEST = 3


def is_screened(
    asker: Asker, where: Environment, source: Source, *, but: Bytes | None = None, looks: bool = False
) -> bool:
    """Tell whether a function, or the declaration of its parameter, checks a value before it is used.

    The call at `but` is left out: it is what uses the value. With `looks`, to take a URL apart counts as a check.
    """
    if source.origin < Origin.PARAMETER or not source.path:
        return False
    place: Environment | None = where
    while place is not None and place.function is not None:
        if _is_compared(asker, place, source) or _is_checked_by_call(asker, place, source, but, looks=looks):
            return True
        if place.function.name == source.owner and _is_declared_checked(asker, place, source):
            return True
        place = place.outer
    return False


def _is_compared(asker: Asker, where: Environment, source: Source) -> bool:
    terms = where.function.compared if where.function is not None else ()
    return any(_is_of(asker, where, each, source) for each in terms)


def _is_of(asker: Asker, where: Environment, term: Term, source: Source) -> bool:
    """Tell whether a term is the value of `source`, or a part of it that says more than the scheme of a URL."""
    if isinstance(term, Literal):
        return False
    path = source_of(asker, where, term).path
    return path == source.path or (path.startswith(f"{source.path}.") and not path.endswith(".scheme"))


def _is_checked_by_call(asker: Asker, where: Environment, source: Source, but: Bytes | None, *, looks: bool) -> bool:
    calls = where.function.calls if where.function is not None else ()
    return any(
        _checks(asker, where, call, looks=looks) and _takes(asker, where, call.term, source)
        for call in calls
        if call.span != but
    )


def _checks(asker: Asker, where: Environment, call: CallFact, *, looks: bool) -> bool:
    name = _name_of(asker, where, call.term)
    words = words_of(name)
    if name in names("screening", "converting"):
        return False
    if name in names("screening", "affixes"):
        return not _tells_nothing(call.term)
    if name in names("screening", "resolving") or name in names("screening", "matching"):
        return True
    if not names("screening", "checking").isdisjoint(words):
        return True
    if words[:1] == ("is",) and not names("screening", "judging").isdisjoint(words):
        return True
    if looks and name in names("screening", "parsing"):
        return True
    return call.statement and asker.ask(only_raises, callee_of(asker, where, call.term))


def _name_of(asker: Asker, where: Environment, term: Apply) -> str:
    """Return the last name of what is called, as it is called where it is defined."""
    name = called_name(term)
    is_alone = isinstance(term.function, Ref) and term.function.dotted == name
    return (callee_of(asker, where, term).rpartition(".")[2] if is_alone else "") or name


def _tells_nothing(term: Apply) -> bool:
    given = term.arguments[0] if term.arguments else None
    texts = given.items if isinstance(given, Collection) else (given,)
    return all(isinstance(each, Literal) and each.text in names("screening", "telling_nothing") for each in texts)


def _takes(asker: Asker, where: Environment, term: Apply, source: Source) -> bool:
    """Tell whether a call is about the value: it takes it, or something that holds it."""
    receiver, _ = receiver_of(term)
    given = [*term.arguments, *(value for _, value in term.keywords), *([receiver] if receiver is not None else [])]
    return any(_is_of(asker, where, each, source) or _holds(asker, where, each, source) for each in given)


def _holds(asker: Asker, where: Environment, term: Term, source: Source) -> bool:
    path = source_of(asker, where, term).path
    return bool(path) and source.path.startswith(f"{path}.")


def only_raises(project: Project, qualified: str) -> bool:
    """Tell whether a function of the project raises errors of its own and sends no request: what is called to check."""
    found = function_fact(project, qualified) if qualified else None
    if found is None or not found[1].raised:
        return False
    return http_call_names().isdisjoint(called_name(call.term) for call in found[1].calls)


def _is_declared_checked(asker: Asker, where: Environment, source: Source) -> bool:
    """Tell whether the declaration of a parameter, or of the field that is read, says what the value must look like."""
    first, _, rest = source.path.partition(".")
    parameters = where.function.parameters if where.function is not None else ()
    parameter = next((each for each in parameters if each.name == first), None)
    if parameter is None:
        return False
    if not rest:
        return _limits(asker, where.module, parameter)
    model = annotated(asker, where.module, parameter.annotation)
    return bool(model) and asker.ask(is_screened_field, model.name, rest.partition(".")[0])


def _limits(asker: Asker, module: str, declared: ParameterFact | VariableFact) -> bool:
    value = declared.value if isinstance(declared, VariableFact) else declared.default
    return any(_limits_text(asker, module, term, 0) for term in (declared.annotation, value) if term is not None)


def _limits_text(asker: Asker, module: str, term: Term, depth: int) -> bool:
    for part in parts(term):
        if isinstance(part, Apply):
            if _real_name(asker, module, part) in _VALIDATORS or any(
                part.keyword(each) is not None for each in _PATTERNS
            ):
                return True
        elif isinstance(part, Ref) and depth < _DEEPEST:
            alias = asker.ask(alias_of, resolve(asker, module, part.dotted))
            if alias is not None and _limits_text(asker, alias[0], alias[1], depth + 1):
                return True
    return False


def is_screened_field(project: Project, qualified_class: str, name: str) -> bool:
    """Tell whether a model checks the value of a field: a pattern, or a validator that raises."""
    for each in project.ask(ancestry, qualified_class):
        found = definitions(project, each)
        if found is None:
            continue
        module, symbol, _ = found
        for member, definition in project.members(module, symbol):
            fact = definition.fact
            if isinstance(fact, FunctionFact) and _validates(project, module.name, fact, name):
                return True
            if isinstance(fact, VariableFact) and member == name and _limits(project, module.name, fact):
                return True
    return False


def _validates(project: Project, module: str, fact: FunctionFact, field: str) -> bool:
    for decorator in fact.decorators:
        kind = _real_name(project, module, decorator)
        given = decorator.arguments if isinstance(decorator, Apply) else ()
        if kind in {"field_validator", "validator"} and Literal("str", field) in given:
            return _may_refuse(fact)
        if kind in {"model_validator", "root_validator"} and not set(words_of(field)).isdisjoint(words_of(fact.name)):
            return _may_refuse(fact)
    return False


def _real_name(asker: Asker, module: str, term: Term) -> str:
    """Return the last name of what a term, or a call, names where it is defined."""
    written = dotted(term.function if isinstance(term, Apply) else term)
    return (resolve(asker, module, written) or written).rpartition(".")[2]


def _may_refuse(fact: FunctionFact) -> bool:
    checking = names("screening", "checking")
    return bool(fact.raised) or any(not checking.isdisjoint(words_of(called_name(each.term))) for each in fact.calls)
