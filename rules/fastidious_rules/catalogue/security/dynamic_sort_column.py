"""Columns that clients choose."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from fastidious_rules.api import (
    Assignment,
    Call,
    Comparison,
    Hole,
    If,
    Match,
    Name,
    Origin,
    Related,
    Rule,
    Safety,
    Severity,
    String,
    Subscript,
    assembled,
    bare,
    column_of,
    columns,
    entity_of,
    holding,
    hole_between,
    is_secret_name,
    on,
    provenance,
)
from fastidious_rules.catalogue.security.allowed_columns import allowed_columns
from fastidious_rules.catalogue.security.flows import handed_on, way_of, written_by_client

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastidious_rules.api import Finding, Fix, Provenance, Scope, View

_QUERYING = frozenset({"order_by", "where", "filter", "group_by", "having"})
_TEXTS = frozenset({"text", "literal_column"})
_SQL = "`{value}` of the client becomes the SQL to sort by; take a `Literal[...]` of columns, and look the column up"
_TABLES = (".c", ".columns")


class _Choice(NamedTuple):
    """A column that is chosen by a value: the expression, the value, and the class or table, its entity if known."""

    view: View
    value: View
    holder: str = ""
    entity: str = ""


class DynamicSortColumn(Rule):
    """Column to sort or to filter by that a client names, with nothing that says which ones it may."""

    severity = Severity.WARNING
    message = "`{value}` of the client picks any attribute of `{holder}`{secret}; take a `Literal[...]` of its columns"
    fixable = Safety.UNSAFE

    @on(Call, names=frozenset({"getattr"}))
    def check_attribute(self, call: Call, scope: Scope) -> Iterator[Finding]:
        """Look at attributes of entities that are read by a name."""
        found = _attribute(call, scope)
        if found is not None:
            yield from self._check(found, scope)

    @on(Call, names=_QUERYING)
    def check_query(self, call: Call, scope: Scope) -> Iterator[Finding]:
        """Look at columns and SQL that a query is given by name."""
        for argument in call.arguments:
            seen: set[View] = set()
            for found in (*_items(argument, scope), *_texts(argument, call, scope)):
                findings = list(self._check(found, scope)) if found.view not in seen else []
                seen.update(found.view for _ in findings)
                yield from findings

    @on(Assignment, when=holding(*_TABLES))
    def check_assignment(self, assignment: Assignment, scope: Scope) -> Iterator[Finding]:
        """Look at columns of a table that are given a name."""
        value = assignment.value
        if isinstance(value, Subscript) and value.value.text.endswith(_TABLES):
            for found in _items(value, scope):
                yield from self._check(found, scope)

    def _check(self, choice: _Choice, scope: Scope) -> Iterator[Finding]:
        found = provenance(scope.asker, scope.environment, choice.value.term)
        if found.origin is not Origin.REQUEST or found.is_screened or _is_spelled_out(choice):
            return
        secret = _secret(choice, scope)
        yield self.finding(
            choice.view,
            message="" if choice.holder else _SQL,
            related=tuple(_related(found)),
            evidence=_evidence(found, choice, secret),
            value=choice.value.text,
            holder=choice.holder,
            secret=f", `{secret}` too" if secret else "",
        )

    def fixes(self, view: Call | Assignment, finding: Finding, scope: Scope) -> Iterator[Fix]:
        """Yield the parameter as a `Literal` of the columns, where the endpoint takes it itself."""
        choice = _attribute(view, scope) if isinstance(view, Call) and view.span == finding.span else None
        if choice is None or not choice.entity:
            return
        found = provenance(scope.asker, scope.environment, choice.value.term)
        if not found.passings:
            yield from allowed_columns(found.source.path, choice.entity, scope)


def _attribute(call: Call, scope: Scope) -> _Choice | None:
    """Return the choice that `getattr(Model, value)` is."""
    if call.receiver is not None or len(call.arguments) < 2 or isinstance(call.arguments[1], String):  # noqa: PLR2004
        return None
    holder, value = call.arguments[:2]
    entity = entity_of(scope.asker, scope.environment, holder.term)
    is_known = bool(entity) or holder.text.endswith(_TABLES)
    return _Choice(call, value, holder.text, entity) if is_known or _is_queried(call) else None


def _is_queried(call: Call) -> bool:
    """Tell whether a query is given what a call gives, on the spot or by the name that it is assigned to."""
    if any(isinstance(each, Call) and each.last_name in _QUERYING for each in call.ancestors()):
        return True
    assignment, function = call.nearest(Assignment), call.enclosing_function
    if assignment is None or function is None or not isinstance(assignment.target, Name):
        return False
    name = assignment.target.text
    queries = (each for each in function.find(Call) if each.last_name == "order_by")
    return any(each.text == name for query in queries for each in query.find(Name))


def _items(argument: View, scope: Scope) -> Iterator[_Choice]:
    """Yield the columns of a table that an expression takes by a name: `users.c[value]`."""
    found = [argument] if isinstance(argument, Subscript) else []
    for each in (*found, *argument.find(Subscript)):
        indexes = each.indexes
        if len(indexes) != 1 or isinstance(indexes[0], String) or not each.value.text.endswith(_TABLES):
            continue
        if column_of(scope.asker, scope.environment, each.term) is not None:
            holder = each.value.text.rpartition(".")[0].removesuffix(".__table__")
            yield _Choice(each, indexes[0], holder, entity_of(scope.asker, scope.environment, bare(each.value).term))


def _texts(argument: View, call: Call, scope: Scope) -> Iterator[_Choice]:
    """Yield what is sorted by as it comes: `order_by(text(value))`. Text that is put together is for `sql-injection`."""
    calls = [*([argument] if isinstance(argument, Call) else []), *argument.find(Call)]
    for each in calls if call.last_name in {"order_by", "group_by"} else ():
        given = each.arguments
        known = scope.at(each).resolve(each) if len(given) == 1 else ""
        is_text = known.startswith(("sqlalchemy.", "sqlmodel.")) and known.rpartition(".")[2] in _TEXTS
        for value in _named(given[0], scope) if is_text else ():
            yield _Choice(each, value)


def _named(text: View, scope: Scope) -> Iterator[View]:
    """Yield the values that a text to sort by begins with, or is: `sort`, `f"{sort} {direction}"`."""
    texts = assembled(text, scope.function)
    if not any(each.holes for each in texts):
        yield text
    for each in texts:
        for number, piece in enumerate(each.pieces):
            before, after = each.pieces[:number], each.pieces[number + 1 :]
            around = ["".join("?" if one.value is not None else one.text for one in side) for side in (before, after)]
            if piece.value is not None and hole_between(*around) is Hole.FRAGMENT:
                yield piece.value


def _is_spelled_out(choice: _Choice) -> bool:
    """Tell whether the code around compares the value with what it may be, one by one."""
    value = choice.value.text
    for each in choice.view.ancestors():
        if isinstance(each, Match) and each.text.split(":")[0].split()[1:] == [value]:
            return True
        if isinstance(each, If) and each.body.span.contains(choice.view.span):
            condition = each.condition
            compared = [*([condition] if isinstance(condition, Comparison) else []), *condition.find(Comparison)]
            if any(one.operators == ["=="] and one.operands[0].text == value for one in compared):
                return True
    return False


def _secret(choice: _Choice, scope: Scope) -> str:
    """Return a column that a client should never compare with anything, if the entity has one."""
    known = scope.ask(columns, choice.entity) if choice.entity else ()
    extra = scope.settings.sensitive_names
    return next((each.name for each in known if is_secret_name(each.name, extra)), "")


def _related(found: Provenance) -> Iterator[Related]:
    yield from handed_on(found)


def _evidence(found: Provenance, choice: _Choice, secret: str) -> str:
    source = written_by_client(found)
    way = f" It comes {way_of(found, choice.view.text.split('(')[0])}." if found.passings else ""
    order = f" Whoever sorts by `{secret}` learns it, row by row, from the order." if secret else ""
    return f"{source}{way} No list says which columns it may name.{order}"
