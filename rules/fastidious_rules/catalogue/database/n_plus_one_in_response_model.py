"""Relationships that are loaded while a response is made."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from fastidious_rules.api import (
    Call,
    Function,
    Related,
    Rule,
    Safety,
    Severity,
    Stage,
    Type,
    annotated,
    class_shape,
    entities_held,
    filled,
    is_model,
    on,
    query_of,
    relationship,
    response_contract,
    single_objects,
    unloaded,
)
from fastidious_rules.catalogue.database.loader_options import loading_all, option_for

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastidious_rules.api import Finding, Fix, Query, Relationship, Route, Scope, Unloaded, View

_ASYNC = "filling `{field}`{others} loads `{read}` where nothing can be awaited: the request fails; add `{loader}`"
_RAISES = "filling `{field}`{others} reads `{read}`, which is lazy={loading}: the request fails; add `{loader}`"


class _Site(NamedTuple):
    """Where a model is said to be filled, which one, and what is loaded for it."""

    view: View
    model: Type
    found: tuple[Unloaded, ...]
    several: bool
    """Whether it is filled from several rows."""

    @property
    def first(self) -> Unloaded:
        """What to name: what raises whatever the session is, else the first."""
        return next((each for each in self.found if each.relationship.raises), self.found[0])


class NPlusOneInResponseModel(Rule):
    """Relationship that a response model shows, and that the query of its rows did not load."""

    severity = Severity.WARNING
    message = "filling `{field}`{others} runs a query for each `{row}`; load it with the rows: `{loader}`"
    fixable = Safety.UNSAFE

    @on(Function)
    def check_endpoint(self, function: Function, scope: Scope) -> Iterator[Finding]:
        """Report what FastAPI reads of the entities that an endpoint returns."""
        for site in _endpoint_sites(function, scope):
            yield self._finding(site, scope)

    @on(Call, names=frozenset({"model_validate", "from_orm"}))
    def check_conversion(self, call: Call, scope: Scope) -> Iterator[Finding]:
        """Report what a model reads of the entity that it is made from."""
        for site in _conversion_sites(call, scope):
            yield self._finding(site, scope)

    def _finding(self, site: _Site, scope: Scope) -> Finding:
        rows, found = site.first.rows, site.first.relationship
        severity = Severity.ERROR if rows.is_async or found.raises else Severity.WARNING
        entity = rows.entity.rpartition(".")[2]
        others = len(site.found) - 1
        return self.finding(
            site.view,
            severity=Severity.HINT if _may_be_known(site, scope) else severity,
            message=_RAISES if found.raises else _ASYNC if rows.is_async else "",
            related=tuple(_related(site, scope)),
            evidence=_evidence(site),
            field=f"{site.model.short}.{site.first.path}",
            read=f"{entity}.{found.name}",
            row=entity,
            others=f" (and {others} more)" if others else "",
            loading=found.loading,
            loader=option_for(rows, found),
        )

    def fixes(self, view: Function | Call, finding: Finding, scope: Scope) -> Iterator[Fix]:
        """Yield the loader options, at the statement that the rows come from."""
        sites = _endpoint_sites(view, scope) if isinstance(view, Function) else _conversion_sites(view, scope)
        for site in sites:
            if site.view.span == finding.span and self._finding(site, scope).message == finding.message:
                yield from loading_all([each for found in site.found for each in _deepest(found)], scope)
                return


def _endpoint_sites(function: Function, scope: Scope) -> Iterator[_Site]:
    fact = scope.fact_of(function) if function.decorators else None
    seen: set[tuple[str, ...]] = set()
    for route in scope.routes(function) if fact is not None else ():
        where, response = _response(function, route, scope)
        if where is None or not response or fact is None:
            continue
        returned = (filled(scope.asker, scope.inside(function), term, response) for term in fact.returned)
        for each in (one for some in returned for one in some):
            for site in _sites(where, each.model, each.rows, scope, several=each.rows.stage is Stage.ROWS):
                key = (each.model.name, *(found.path for found in site.found))
                if key not in seen:
                    seen.add(key)
                    yield site


def _conversion_sites(call: Call, scope: Scope) -> Iterator[_Site]:
    """Yield what `OrderOut.model_validate(order)` loads."""
    receiver = call.receiver
    model = Type(scope.resolve(receiver)) if receiver is not None and call.arguments else None
    if model is None or not is_model(scope.asker, model.name):
        return
    rows = query_of(scope.asker, scope.environment, call.arguments[0].term)
    if rows is not None and rows.stage is Stage.ROW and not rows.has_columns:
        yield from _sites(call, model, rows, scope, several=scope.in_loop)


def _sites(view: View, model: Type, rows: Query, scope: Scope, *, several: bool) -> Iterator[_Site]:
    """Yield what is loaded row by row; a single object may load each of its relationships itself, if it can."""
    if rows.origin is None and not rows.through:
        return
    waiting = list(unloaded(scope.asker, model, rows))
    known = frozenset[str]() if rows.is_async else single_objects(scope.asker, model, rows.entity)
    found: list[Unloaded] = []
    while waiting:
        each = waiting.pop(0)
        many = several or any(_is_collection(scope, *step) for step in each.rows.path)
        if many and each.rows.path and each.relationship.target in known and not each.relationship.is_collection:
            waiting.extend(each.inner)
        elif many or rows.is_async or each.relationship.raises:
            found.append(each)
        else:
            waiting.extend(each.inner)
    if found:
        yield _Site(view, model, tuple(found), several)


def _is_collection(scope: Scope, entity: str, name: str) -> bool:
    found = relationship(scope.asker, entity, name)
    return found is not None and found.is_collection


def _response(function: Function, route: Route, scope: Scope) -> tuple[View | None, Type]:
    """Return where the contract of a response is written, and its type."""
    fact = scope.fact_of(function)
    decorator = next((each.call for each in function.decorators if each.value.term == route.call), None)
    contract = response_contract(fact, route) if fact is not None else None
    written = decorator.keywords.get("response_model") if decorator is not None else None
    where = written or function.returns
    return (where if contract is not None else None), annotated(scope.asker, scope.module, contract)


def _deepest(found: Unloaded) -> Iterator[tuple[Query, Relationship]]:
    """Yield the last relationships of all paths that go on from one."""
    if not found.inner:
        yield found.rows, found.relationship
    for each in found.inner:
        yield from _deepest(each)


def _may_be_known(site: _Site, scope: Scope) -> bool:
    """Tell whether all that is loaded are single objects of entities of which the function holds an object."""
    targets = {each.relationship.target for each in site.found}
    is_single = not any(each.relationship.is_collection or each.relationship.raises for each in site.found)
    return is_single and targets <= entities_held(scope.asker, scope.environment)


def _related(site: _Site, scope: Scope) -> Iterator[Related]:
    rows, found = site.first.rows, site.first.relationship
    if rows.origin is not None:
        yield Related(rows.origin, "the query that gives the rows")
    model = scope.ask(class_shape, site.model.name)
    if model is not None:
        yield Related(model.place, f"`{site.model.short}` is filled from them")
    for field in site.first.fields:
        yield Related(field.place, f"`{field.owner.rpartition('.')[2]}.{field.name}` is one of its fields")
    entity = rows.entity.rpartition(".")[2]
    yield Related(found.place, f"`{entity}.{found.name}` is loaded when it is read")


def _evidence(site: _Site) -> str:
    """Say which query gives the rows, what is read of them, and what that costs."""
    rows, found = site.first.rows, site.first.relationship
    entity = (rows.path[0][0] if rows.path else rows.entity).rpartition(".")[2]
    query = "the query at {@0}" if rows.origin is not None else "a query"
    paths = ", ".join(f"`{each.path}`" for each in site.found)
    cost = "Each of them is a query of its own for each row."
    if rows.is_async or found.raises:
        cost = "That happens where nothing can be awaited, so the response is an error 500."
    read = f"`{site.model.short}` reads of them what it does not load: {paths}."
    return f"The rows are `{entity}` objects of {query}. {read} {cost}"
