"""Pages as large as clients want them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from fastidious_rules.api import (
    Assignment,
    Function,
    Name,
    Related,
    Rule,
    Safety,
    Severity,
    Use,
    held_page_sink,
    is_integer,
    is_page_size,
    on,
    page_sink,
    provided_page_sink,
    upper_bound,
)
from fastidious_rules.catalogue.database.page_bounds import bounded_field, bounded_parameter

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastidious_rules.api import Finding, Fix, PageSink, Parameter, Scope, View

_HUGE = "clients may ask for {bound} {rows} at once by `{parameter}`; lower its bound to what a page needs"


@dataclass(frozen=True, slots=True)
class Options:
    """How large a page may be."""

    largest: int = 1000
    """The greatest bound that still is one."""


class UnboundedPageSize(Rule):
    """Page size that clients choose without an upper bound."""

    severity = Severity.WARNING
    message = "clients may ask for any number of {rows} at once by `{parameter}`; give it an upper bound: `le=100`"
    fixable = Safety.UNSAFE
    Options = Options

    @on(Function)
    def check_function(self, function: Function, scope: Scope) -> Iterator[Finding]:
        """Look at the parameters of endpoints and dependencies."""
        for parameter in _candidates(function, scope):
            sink = _sink(function, parameter, scope)
            if sink is not None:
                yield self._finding(parameter.name_view, parameter, sink, scope)

    @on(Assignment)
    def check_field(self, assignment: Assignment, scope: Scope) -> Iterator[Finding]:
        """Look at the fields of classes whose instances FastAPI makes of query parameters."""
        if _is_candidate(assignment, scope):
            sink = scope.ask(held_page_sink, f"{scope.module}.{scope.class_name}", assignment.target.text)
            if sink is not None:
                yield self._finding(assignment.target, assignment, sink, scope)

    def _finding(self, where: View, declared: Parameter | Assignment, sink: PageSink, scope: Scope) -> Finding:
        bound = _bound(declared, scope)
        return self.finding(
            where,
            message=_HUGE if bound is not None else "",
            related=tuple(_related(sink)),
            evidence=f"It limits the query at {{@{len(sink.steps) - 1}}}, and nothing on the way there bounds it.",
            rows=f"`{sink.entity.rpartition('.')[2]}` rows" if sink.entity else "rows",
            parameter=where.text,
            bound=bound,
        )

    def fixes(self, view: Function | Assignment, finding: Finding, scope: Scope) -> Iterator[Fix]:
        """Yield the declaration with an upper bound."""
        if isinstance(view, Assignment):
            yield from bounded_field(view, scope)
            return
        for parameter in view.parameters:
            if parameter.name_view.span == finding.span:
                yield from bounded_parameter(parameter, scope)


def _candidates(function: Function, scope: Scope) -> list[Parameter]:
    """Return the parameters that may be page sizes, by their names and declarations alone."""
    found = [
        each
        for each in function.parameters
        if is_page_size(each.name) and each.annotation is not None and not _is_bounded(each, scope)
    ]
    return found if found and _is_called_by_framework(function, scope) else []


def _is_called_by_framework(function: Function, scope: Scope) -> bool:
    if function.name == "__init__":
        return bool(scope.class_name)
    if function.decorators and scope.routes(function):
        return True
    return Use.DEPENDENCY in scope.uses(function)


def _is_candidate(assignment: Assignment, scope: Scope) -> bool:
    if not scope.class_name or scope.function is not None or assignment.annotation is None:
        return False
    target = assignment.target
    return isinstance(target, Name) and is_page_size(target.text) and not _is_bounded(assignment, scope)


def _is_bounded(declared: Parameter | Assignment, scope: Scope) -> bool:
    annotation = declared.annotation.term if declared.annotation is not None else None
    bound = _bound(declared, scope)
    is_small = bound is not None and bound <= scope.options.largest
    return is_small or not is_integer(scope.asker, scope.module, annotation)


def _bound(declared: Parameter | Assignment, scope: Scope) -> int | None:
    default = declared.value if isinstance(declared, Assignment) else declared.default
    annotation = declared.annotation
    return upper_bound(
        scope.asker,
        scope.module,
        annotation.term if annotation is not None else None,
        default.term if default is not None else None,
    )


def _sink(function: Function, parameter: Parameter, scope: Scope) -> PageSink | None:
    qualified = scope.qualified(function)
    if function.name == "__init__":
        return scope.ask(provided_page_sink, qualified, parameter.name)
    direct = scope.ask(page_sink, qualified, parameter.name)
    return direct or scope.ask(provided_page_sink, qualified, parameter.name)


def _related(sink: PageSink) -> Iterator[Related]:
    for place in sink.steps[:-1]:
        yield Related(place, "it is handed on here")
    yield Related(sink.steps[-1], "and limits the query here")
