"""Look for HTTP errors that are returned, or made and dropped, instead of raised."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from fastidious_rules.api import (
    HTTP_EXCEPTIONS,
    OPAQUE,
    BooleanOperation,
    Call,
    Conditional,
    Edit,
    ExceptHandler,
    ExpressionStatement,
    Fix,
    Literal,
    Name,
    Parenthesized,
    Return,
    Rule,
    Safety,
    Severity,
    Span,
    Try,
    Use,
    dotted,
    is_subclass,
    on,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastidious_rules.api import Finding, Function, Route, Scope, View

_RAISES = frozenset({Use.ENDPOINT, Use.DEPENDENCY})
_ANSWERS = frozenset({Use.EXCEPTION_HANDLER, Use.MIDDLEWARE})
_STATUS = re.compile(r"\b[1-5]\d\d\b|(?<=HTTP_)\d{3}")
_ENDINGS = ("Exception", "Error")
_BROAD = frozenset({"Exception", "BaseException"})


class HttpExceptionReturned(Rule):
    """HTTP error that is returned or dropped where it must be raised."""

    severity = Severity.ERROR
    message = "`{error}` is returned, so the client gets {consequence}; {remedy}"
    fixable = Safety.SAFE

    @on(Return)
    def check(self, statement: Return, scope: Scope) -> Iterator[Finding]:
        """Report HTTP errors that endpoints, dependencies, exception handlers and middleware return."""
        function = scope.function
        value = statement.value
        if function is None or value is None:
            return
        for choice in _choices(value):
            if _may_be_error(choice, function) and _is_http_error(choice, scope):
                yield from self._returned(choice, function, scope)

    def _returned(self, value: View, function: Function, scope: Scope) -> Iterator[Finding]:
        uses = scope.uses(function)
        if uses & _ANSWERS:
            consequence, remedy = "a 500", "return a `JSONResponse`"
        elif Use.ENDPOINT in uses:
            consequence, remedy = _answer(scope.routes(function)), "raise it"
        elif Use.DEPENDENCY in uses:
            consequence, remedy = "an answer as if nothing had failed", "raise it"
        else:
            return
        use = " and ".join(sorted(uses))
        evidence = f"FastAPI uses `{function.name}` as {use}: only an error that is raised there decides the status."
        yield self.finding(value, evidence=evidence, error=_shown(value), consequence=consequence, remedy=remedy)

    @on(Call, names=frozenset({"HTTPException"}))
    def check_dropped(self, call: Call, scope: Scope) -> Iterator[Finding]:
        """Report HTTP errors that are made and thrown away."""
        if isinstance(call.parent, ExpressionStatement) and call.parent.value == call and _is_http_error(call, scope):
            message = "`{error}` is made and dropped, so the code goes on as if nothing had failed; raise it"
            yield self.finding(call, message=message, error=_shown(call))

    def fixes(self, view: Return | Call, finding: Finding, scope: Scope) -> Iterator[Fix]:
        """Yield the fix that raises the error, where raising it reaches FastAPI."""
        function = scope.function
        value = view.value if isinstance(view, Return) else view
        if value is None or value.span != finding.span:
            return
        start = view.span.start
        if isinstance(view, Call):
            edit = Edit(Span(start, start), "raise ")
        elif function is not None and not scope.uses(function) & _ANSWERS:
            edit = Edit(Span(start, start + len("return")), "raise")
        else:
            return
        if _is_caught(view):
            yield Fix("Raise it: the `except` around it will catch it", (edit,), (), Safety.UNSAFE)
        else:
            yield Fix("Raise it", (edit,))


def _answer(routes: tuple[Route, ...]) -> str:
    """Return the status that a client gets of a route that returns instead of raising."""
    declared = {dotted(route.argument("status_code") or OPAQUE) or _number(route) for route in routes}
    found = {match.group() for text in declared for match in [_STATUS.search(text)] if match is not None}
    return f"a {found.pop()}" if len(found) == 1 else "200 OK"


def _number(route: Route) -> str:
    status = route.argument("status_code")
    return status.text if isinstance(status, Literal) else ""


def _choices(value: View) -> Iterator[View]:
    """Yield what an expression may turn out to be."""
    if isinstance(value, Parenthesized):
        yield from _choices(value.value)
    elif isinstance(value, Conditional):
        yield from _choices(value.choices[0])
        yield from _choices(value.choices[2])
    elif isinstance(value, BooleanOperation):
        yield from _choices(value.right)
    else:
        yield value


def _may_be_error(value: View, function: Function) -> bool:
    """Tell whether it is worth to ask for the type: of what is called an error, or of anything in a decorated function."""
    if not isinstance(value, Call | Name):
        return False
    return (isinstance(value, Call) and value.last_name.endswith(_ENDINGS)) or bool(function.decorators)


def _is_http_error(value: View, scope: Scope) -> bool:
    if isinstance(value, Name):
        handler = _handler_of(value)
        caught = handler.caught if handler is not None else None
        if caught is not None:
            return is_subclass(scope.asker, scope.at(value).resolve(caught), *HTTP_EXCEPTIONS)
    known = scope.at(value).type_of(value)
    return bool(known) and all(is_subclass(scope.asker, each.name, *HTTP_EXCEPTIONS) for each in known.members)


def _handler_of(name: Name) -> ExceptHandler | None:
    """Return the `except ... as name` that binds the name here."""
    handlers = (each for each in name.ancestors() if isinstance(each, ExceptHandler))
    return next((each for each in handlers if each.name == name.text), None)


def _is_caught(view: View) -> bool:
    """Tell whether a `try` around the statement would catch the error again."""
    for outer in view.ancestors():
        if isinstance(outer, Try) and outer.body.span.contains(view.span) and any(map(_catches, outer.handlers)):
            return True
        if outer.opens_scope:
            return False
    return False


def _catches(handler: ExceptHandler) -> bool:
    caught = handler.caught
    return caught is None or any(name in caught.text for name in (*_BROAD, "HTTPException"))


def _shown(value: View) -> str:
    return f"{value.last_name}(...)" if isinstance(value, Call) else value.text
