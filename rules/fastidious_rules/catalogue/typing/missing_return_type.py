"""The rule missing-return-type."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastidious_rules.api import (
    Edit,
    Finding,
    Fix,
    Function,
    Profile,
    Request,
    ReturnType,
    Rule,
    Safety,
    Scope,
    Severity,
    Span,
    Task,
    in_quotes,
    is_stub,
    on,
    return_type,
)

if TYPE_CHECKING:
    from collections.abc import Iterator


class MissingReturnType(Rule):
    """Function that does not declare what it returns."""

    severity = Severity.WARNING
    message = "`{name}` does not declare what it returns, so its callers are not checked; annotate it{suggestion}"
    fixable = Safety.SAFE

    @on(Function)
    def check(self, function: Function, scope: Scope) -> Iterator[Finding]:
        """Report a function without a return annotation."""
        if function.returns is not None or function.is_broken or _is_exempt(function, scope):
            return
        found = return_type(function, scope)
        is_open = found is None and not is_stub(function)
        yield self.finding(
            function.name_view,
            severity=_severity(function, scope),
            name=function.name,
            suggestion=f" with `-> {found.text}`" if found is not None else "",
            request=Request(Task.RETURN_TYPE) if is_open and not scope.routes(function) else None,
        )

    def fixes(self, view: Function, finding: Finding, scope: Scope) -> Iterator[Fix]:
        """Offer the annotation that is certain."""
        del finding
        found = return_type(view, scope)
        if found is not None:
            end = view.parameter_list.span.end
            title, safety = _offer(view, found, scope)
            edit = Edit(Span(end, end), f" -> {in_quotes(found.text, view, scope)}")
            yield Fix(title, (edit,), found.imports, safety)


def _severity(function: Function, scope: Scope) -> Severity | None:
    """Return the severity of a route that says in `response_model` what it returns; None: as usual."""
    routes = scope.routes(function) if scope.settings.profile is not Profile.CARD else ()
    has_contract = bool(routes) and all(route.argument("response_model") is not None for route in routes)
    return Severity.HINT if has_contract else None


def _offer(function: Function, found: ReturnType, scope: Scope) -> tuple[str, Safety]:
    routes = scope.routes(function)
    if not routes:
        return f"Annotate with `-> {found.text}`", Safety.SAFE
    if all(route.argument("response_model") is not None for route in routes):
        return f"Annotate with `-> {found.text}`; `response_model` stays the contract", Safety.UNSAFE
    return f"Annotate with `-> {found.text}`, which becomes the response contract", Safety.UNSAFE


def _is_exempt(function: Function, scope: Scope) -> bool:
    if function.enclosing_function is not None:
        return scope.settings.profile is not Profile.CARD
    if function.name == "__init__" and any(each.annotation is not None for each in function.parameters):
        return True
    return any(each.name.text.rpartition(".")[2] in {"overload", "no_type_check"} for each in function.decorators)
