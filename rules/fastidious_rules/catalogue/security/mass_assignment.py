"""Fields of entities that clients set because all that they send is copied."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from fastidious_rules.api import (
    Accepted,
    Call,
    Origin,
    Provenance,
    Rule,
    Safety,
    Severity,
    dotted,
    entry,
    gives_power,
    holding,
    knows_user,
    on,
    privileged_columns,
    sent_in,
    ways,
)
from fastidious_rules.catalogue.security.copied_payloads import COPYING, Copy, copies
from fastidious_rules.catalogue.security.flows import handed_on, short, way_of
from fastidious_rules.catalogue.security.left_out_fields import left_out

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastidious_rules.api import Finding, Fix, Function, Scope


class _Exposure(NamedTuple):
    """What clients can set by a copy: columns, through which schema, from where."""

    columns: tuple[str, ...]
    schema: Accepted
    found: Provenance


class MassAssignment(Rule):
    """Entity that gets whatever fields a client sends."""

    severity = Severity.ERROR
    message = "`{model}` lets clients set `{entity}.{column}`, and all of it is copied; leave `{column}` out of it"
    fixable = Safety.UNSAFE

    @on(Call, when=holding(*COPYING))
    def check(self, call: Call, scope: Scope) -> Iterator[Finding]:
        """Report calls that copy all fields of a payload into an entity, where clients can send what they must not set."""
        for copy in copies(call, scope):
            exposure = _exposure(copy, scope)
            if exposure is not None:
                yield self._finding(copy, exposure)

    def _finding(self, copy: Copy, exposure: _Exposure) -> Finding:
        columns, schema, found = exposure
        worst = next((each for each in columns if gives_power(each)), "")
        entity = short(copy.entity)
        return self.finding(
            copy.view,
            severity=Severity.ERROR if worst else Severity.WARNING,
            message=_ANYTHING if schema.is_open else "",
            related=handed_on(found),
            evidence=_evidence(exposure, entity),
            entity=entity,
            column=worst or next(iter(columns), ""),
            model=schema.model.short or dotted(copy.given.payload) or "the body",
        )

    def fixes(self, view: Call, finding: Finding, scope: Scope) -> Iterator[Fix]:
        """Offer to leave the fields out where the payload is turned into a dictionary."""
        for copy in copies(view, scope):
            exposure = _exposure(copy, scope) if copy.view.span == finding.span else None
            if exposure is not None and not exposure.schema.is_open and scope.function is not None:
                yield from left_out(scope.function, copy.given.payload, exposure.columns)


_ANYTHING = "clients can set every column of `{entity}` through `{model}`; let a model say which fields they may set"


def _exposure(copy: Copy, scope: Scope) -> _Exposure | None:
    """Return what clients can set by a copy, None if that is nothing or not known."""
    found = (_exposed_by(way, copy, scope) for way in ways(scope.asker, scope.environment, copy.given.payload))
    return next((each for each in found if each is not None), None)


def _exposed_by(way: Provenance, copy: Copy, scope: Scope) -> _Exposure | None:
    if way.origin is not Origin.REQUEST or way.is_screened or not way.source.path:
        return None
    schema = scope.ask(sent_in, way.function, way.source.path)
    if schema is None or scope.ask(entry, way.function).is_privileged:
        return None
    known = "known" if scope.ask(knows_user, way.function) else ""
    wanted = scope.ask(privileged_columns, copy.entity, known)
    columns = tuple(each for each in wanted if _is_set(each, copy, schema) and not _is_treated(each, scope.function))
    is_anything = schema.is_open and copy.given.included is None
    return _Exposure(columns, schema, way) if columns or is_anything else None


def _is_set(column: str, copy: Copy, schema: Accepted) -> bool:
    return copy.given.hands_over(column) and (schema.is_open or column in schema.fields)


def _is_treated(column: str, function: Function | None) -> bool:
    """Tell whether a function speaks of a column by name: it decides about it."""
    return function is not None and re.search(rf"\b{column}\b", function.body.text) is not None


def _evidence(exposure: _Exposure, entity: str) -> str:
    columns, schema, found = exposure
    way = f"{way_of(found, entity)}. " if found.passings else ""
    named = ", ".join(f"`{each}`" for each in columns)
    if not schema.is_open:
        said = f"`{schema.model.short}` has the field, and nothing else decides"
        return f"{way}A client that adds {named} to its request sets it: {said}."
    unlisted = f"`{schema.model.short}` takes fields that it does not declare"
    said = unlisted if schema.model else "Nothing says which fields there are"
    return f"{way}{said}, so a request may name any column of `{entity}`{f': {named} too' if named else ''}."
