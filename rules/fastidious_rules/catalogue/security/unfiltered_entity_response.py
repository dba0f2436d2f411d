"""Entities that endpoints return with no model between them and the client."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from fastidious_rules.api import (
    Assignment,
    Call,
    Edit,
    Fix,
    Function,
    If,
    NeededImport,
    Related,
    Return,
    Rule,
    Safety,
    Severity,
    Span,
    Type,
    annotated,
    class_shape,
    entities_in,
    in_quotes,
    is_json_response,
    is_model,
    on,
    response_contract,
    schema_of,
    secrets_of,
    status_of,
)
from fastidious_rules.catalogue.security.dumped_values import dumped

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastidious_rules.api import Finding, Route, Schema, Scope, Term, View

_VAGUE = frozenset({"typing.Any", "builtins.object"})
_VAGUE_CONTAINERS = frozenset(
    {"builtins.dict", "builtins.list", "collections.abc.Sequence", "collections.abc.Mapping", "typing.Mapping"}
)
_NO_CONTENT = 204
_FAILING = "`{endpoint}` answers 500: `{contract}` cannot serialise the entity `{entity}`; declare a model of its public fields"
_LEAKING = "`{endpoint}` sends every column of `{entity}`, `{secret}` too; declare a model of its public fields"


class UnfilteredEntityResponse(Rule):
    """Entity that an endpoint returns without a model, so that clients get every column."""

    severity = Severity.WARNING
    message = "`{endpoint}` sends every column of `{entity}`, now and later; declare a model of its public fields"
    fixable = Safety.UNSAFE

    @on(Function)
    def check(self, function: Function, scope: Scope) -> Iterator[Finding]:
        """Report endpoints without a telling contract that return entities."""
        if not function.decorators:
            return
        for open_route in _open_routes(function, scope):
            found = next(_sent(function, scope), None)
            if found is not None:
                yield self._finding(function, open_route, found, scope)
            return

    def _finding(self, function: Function, route: _OpenRoute, sent: _Sent, scope: Scope) -> Finding:
        entity = sent.entity
        secret = next(_secrets(entity, function, scope), None)
        related = [*_declared(entity, scope)]
        severity, message = Severity.WARNING, ""
        if route.contract and not is_model(scope.asker, entity):
            message = _FAILING
        elif secret is not None:
            severity, message = Severity.ERROR, _LEAKING
            related.append(secret)
        return self.finding(
            function.name_view,
            severity=severity,
            message=message,
            related=tuple(related),
            evidence=f"`{sent.view.text.splitlines()[0]}` is, or holds, a `{_short(entity)}`; {_said(route)}",
            endpoint=function.name,
            entity=_short(entity),
            contract=route.contract,
            secret=secret.message.split("`")[1] if secret is not None else "",
        )

    def fixes(self, view: Function, finding: Finding, scope: Scope) -> Iterator[Fix]:
        """Yield the fix that declares the schema which the project has for the entity."""
        del finding
        sent = list(_sent(view, scope))
        routes = list(_open_routes(view, scope))
        shapes = {each.shape for each in sent}
        if len(shapes) != 1 or len(routes) != 1 or not sent[0].shape:
            return
        schema = scope.ask(schema_of, sent[0].entity)
        if schema is None or scope.resolve_in_module(schema.name) not in {"", schema.qualified}:
            return
        yield from _declaring(view, routes[0], sent[0].shape.format(schema.name), schema, scope)


class _OpenRoute(NamedTuple):
    """A route without a contract that filters; `contract` is what is written for one, if anything is."""

    route: Route
    contract: str


class _Sent(NamedTuple):
    """An entity that is returned; `shape` is how a contract writes it, empty where it is only a part of a dict."""

    view: View
    entity: str
    shape: str


def _open_routes(function: Function, scope: Scope) -> Iterator[_OpenRoute]:
    fact = scope.fact_of(function)
    for route in scope.routes(function):
        if fact is None or route.is_websocket or not _is_json(route, scope):
            continue
        contract = response_contract(fact, route)
        written = _written(function, route)
        if contract is None:
            yield _OpenRoute(route, "")
        elif _is_vague(contract, scope):
            yield _OpenRoute(route, written)


def _is_json(route: Route, scope: Scope) -> bool:
    """Tell whether a route answers with JSON, and with a body at all."""
    given = route.argument("response_class")
    name = getattr(given, "dotted", "")
    is_json = given is None or (bool(name) and is_json_response(scope.asker, scope.resolve_in_module(name)))
    return is_json and status_of(route.argument("status_code")) != _NO_CONTENT


def _is_vague(contract: Term, scope: Scope) -> bool:
    return _says_nothing(annotated(scope.asker, scope.module, contract))


def _says_nothing(type_: Type) -> bool:
    if type_.name in _VAGUE:
        return True
    return type_.name in _VAGUE_CONTAINERS and all(map(_says_nothing, type_.arguments[-1:]))


def _written(function: Function, route: Route) -> str:
    decorator = next((each.call for each in function.decorators if each.value.term == route.call), None)
    given = decorator.keywords.get("response_model") if decorator is not None else None
    if given is not None:
        return f"response_model={given.text}"
    return f"-> {function.returns.text}" if function.returns is not None else ""


def _sent(function: Function, scope: Scope) -> Iterator[_Sent]:
    """Yield the entities that the returns of a function send."""
    inside = scope.at(function.body)
    for each in function.body.find(Return):
        for value in dumped(each.value, inside) if each.value is not None else ():
            for entity in entities_in(scope.asker, value.type):
                if not _is_told_apart(each, entity):
                    yield _Sent(each.value or each, entity, _shape(value.type, entity) if value.is_whole else "")


def _is_told_apart(returned: Return, entity: str) -> bool:
    """Tell whether what is returned there was found to be of another class: `if isinstance(user, Response): return user`."""
    value = returned.value.text if returned.value is not None else ""
    tests = (each.condition for each in returned.ancestors() if isinstance(each, If))
    return any(
        call.last_name == "isinstance" and call.arguments[0].text == value and _short(entity) not in call.text
        for test in tests
        for call in (test, *test.find(Call))
        if isinstance(call, Call) and call.arguments
    )


def _shape(type_: Type, entity: str) -> str:
    if type_.name == entity:
        return "{}"
    is_list = len(type_.arguments) == 1 and type_.arguments[0].name == entity
    return "list[{}]" if is_list and type_.name != "typing.Union" else ""


def _secrets(entity: str, function: Function, scope: Scope) -> Iterator[Related]:
    """Yield the secrets of an entity that the function does not overwrite before it returns."""
    overwritten = {each.target.text.rpartition(".")[2] for each in function.body.find(Assignment)}
    for secret in secrets_of(scope.asker, Type(entity), scope.settings.sensitive_names):
        if secret.name not in overwritten:
            yield Related(secret.place, f"`{secret.owner}.{secret.name}` is declared here")


def _declared(entity: str, scope: Scope) -> Iterator[Related]:
    shape = scope.ask(class_shape, entity)
    if shape is not None:
        yield Related(shape.place, f"`{_short(entity)}` is mapped to a table")


def _said(route: _OpenRoute) -> str:
    if route.contract:
        return f"`{route.contract}` names no fields."
    return "the route declares no response model, so FastAPI sends all that it finds in it."


def _short(entity: str) -> str:
    return entity.rpartition(".")[2]


def _declaring(function: Function, route: _OpenRoute, text: str, schema: Schema, scope: Scope) -> Iterator[Fix]:
    decorator = next((each.call for each in function.decorators if each.value.term == route.route.call), None)
    given = decorator.keywords.get("response_model") if decorator is not None else None
    imports = () if scope.resolve_in_module(schema.name) else (NeededImport(schema.module, schema.name),)
    title = f"Respond with `{text}`, and with no other column"
    if given is not None:
        yield Fix(title, (Edit(given.span, text),), imports, Safety.UNSAFE)
        return
    annotation = in_quotes(text, function, scope)
    end = function.parameter_list.span.end
    edit = Edit(Span(end, end), f" -> {annotation}")
    if function.returns is not None:
        edit = Edit(function.returns.span, annotation)
    yield Fix(title, (edit,), imports, Safety.UNSAFE)
