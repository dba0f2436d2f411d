"""Limited functions that do not take the request."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastidious_rules.api import (
    Edit,
    Fix,
    Function,
    NeededImport,
    Rule,
    Safety,
    Severity,
    Span,
    is_model,
    is_only_injected,
    is_passed_by_position,
    is_subclass,
    on,
    places_of,
)
from fastidious_rules.catalogue.security.limiting_decorators import limiting_decorators

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastidious_rules.api import Finding, Parameter, Scope

_ACCEPTED = frozenset({"request", "websocket"})
_REQUEST = "fastapi.Request"
_OTHER = "slowapi takes `request` for the request, but it is a `{type}`: `{function}` answers 500; rename the `{type}`"


class RateLimitMissingRequest(Rule):
    """Limited function without a parameter `request` for slowapi to find the client in."""

    severity = Severity.ERROR
    message = "slowapi refuses to limit `{function}` at import: it takes no `request`; add `request: Request`"
    fixable = Safety.SAFE

    @on(Function)
    def check(self, function: Function, scope: Scope) -> Iterator[Finding]:
        """Report functions with a limit that do not take the request, or take something else by that name."""
        if not function.decorators or not limiting_decorators(function, scope):
            return
        given = next((each for each in function.parameters if each.name in _ACCEPTED), None)
        if given is None:
            yield self.finding(function.name_view, function=function.name)
        elif given.name == "request" and _is_something_else(given, scope):
            known = scope.annotation(given.annotation).short
            yield self.finding(given, message=_OTHER, function=function.name, type=known)

    def fixes(self, view: Function, finding: Finding, scope: Scope) -> Iterator[Fix]:
        """Yield the fix that adds the parameter, or gives the request that is there its name."""
        if finding.span != view.name_view.span:
            return
        other = next((each for each in view.parameters if _is_request(each, scope)), None)
        if other is not None:
            edits = _renamed(view, other)
            if not edits:
                return
            alone = scope.ask(is_only_injected, scope.qualified(view))
            yield Fix(f"Rename `{other.name}` to `request`", edits, (), Safety.SAFE if alone else Safety.UNSAFE)
        elif scope.resolve_in_module("Request") in {"", _REQUEST}:
            imports = () if scope.resolve_in_module("Request") else (NeededImport("fastapi", "Request"),)
            by_position = scope.ask(is_passed_by_position, scope.qualified(view))
            safety = Safety.UNSAFE if by_position else Safety.SAFE
            yield Fix("Add `request: Request`", (_added(view, scope),), imports, safety)


def _is_something_else(parameter: Parameter, scope: Scope) -> bool:
    """Tell whether a parameter is certainly no request: a model, a plain value."""
    known = scope.annotation(parameter.annotation)
    if not known or is_subclass(scope.asker, known.name, _REQUEST, "starlette.requests.HTTPConnection"):
        return False
    return is_model(scope.asker, known.name) or known.name.startswith("builtins.")


def _is_request(parameter: Parameter, scope: Scope) -> bool:
    return scope.annotation(parameter.annotation).name == _REQUEST


def _renamed(function: Function, parameter: Parameter) -> tuple[Edit, ...]:
    places = places_of(function, parameter.name, "request", is_parameter=True)
    return tuple(Edit(span, "request") for span in places)


def _added(function: Function, scope: Scope) -> Edit:
    """Return the edit that puts the parameter in front of the others, behind `self`."""
    parameters = function.parameters
    is_method = bool(scope.class_name) and parameters[:1] and parameters[0].name in {"self", "cls"}
    following = parameters[1:] if is_method else parameters
    if not following:
        text = ", request: Request" if is_method else "request: Request"
        at = parameters[0].span.end if is_method else function.parameter_list.span.start + 1
        return Edit(Span(at, at), text)
    at = following[0].span.start
    return Edit(Span(at, at), f"request: Request,{_space_before(at, scope)}")


def _space_before(offset: int, scope: Scope) -> str:
    """Return what separates parameters: a line of their own where they have one."""
    before = scope.document_text[: scope.unit_span.start + offset].decode("utf-8", "surrogatepass")
    line = before[before.rfind("\n") + 1 :]
    return f"\n{line}" if not line.strip() else " "
