"""Texts of errors that clients get to read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastidious_rules.api import (
    HTTP_EXCEPTIONS,
    Call,
    DictDisplay,
    Display,
    ExceptHandler,
    Function,
    If,
    Return,
    Rule,
    Safety,
    Severity,
    Telling,
    Try,
    Use,
    View,
    answered,
    entry,
    helps_parsing,
    is_subclass,
    on,
    parses,
    told_by,
)
from fastidious_rules.catalogue.security.constant_details import constant_detail
from fastidious_rules.catalogue.security.leaked_texts import Caught, Leak, leaks, narrows

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastidious_rules.api import Finding, Fix, Scope

_LONG = 40
_FAILURE = "500"
_ORDER = (Telling.ANYTHING, Telling.DATABASE, Telling.INFRASTRUCTURE)


class ExceptionDetailLeak(Rule):
    """Text of an unexpected error, or the stack of calls, in an answer."""

    severity = Severity.WARNING
    message = "{what} goes to the client in `{answer}`; log it, and answer with a text of your own"
    fixable = Safety.UNSAFE

    @on(ExceptHandler)
    def check(self, handler: ExceptHandler, scope: Scope) -> Iterator[Finding]:
        """Report answers in a broad `except` that hold the text of what it caught."""
        if not handler.name and "format_" not in handler.text:
            return
        telling = _told_by(handler, scope)
        if telling is not None and not _only_parses(handler, scope):
            yield from self._findings(Caught(handler.name, handler.body), telling, scope)

    @on(Function)
    def check_handler(self, function: Function, scope: Scope) -> Iterator[Finding]:
        """Report functions that answer to any error with its text."""
        parameters = function.parameters
        if not function.decorators or len(parameters) < 2 or Use.EXCEPTION_HANDLER not in scope.uses(function):  # noqa: PLR2004  request and error
            return
        error = _handled(function, scope)
        telling = told_by(scope.asker, error) if error != _FAILURE else Telling.ANYTHING
        if telling is not None:
            yield from self._findings(Caught(parameters[1].name, function.body), telling, scope)

    def _findings(self, caught: Caught, telling: Telling, scope: Scope) -> Iterator[Finding]:
        for answer, content in _answers(caught, scope):
            for leak in leaks(content, caught, scope):
                if not _is_narrowed(leak.view, caught):
                    yield self._finding(leak, telling, answer, scope)

    def _finding(self, leak: Leak, telling: Telling, answer: str, scope: Scope) -> Finding:
        what = "the stack of calls" if leak.is_trace else _WHAT[telling]
        return self.finding(
            leak.view,
            severity=_severity(leak, telling, scope),
            evidence=_EVIDENCE[Telling.TRACE if leak.is_trace else telling],
            what=what,
            answer=answer,
        )

    def fixes(self, view: ExceptHandler | Function, finding: Finding, scope: Scope) -> Iterator[Fix]:
        """Offer a constant text, and a line in the log where the module has a logger."""
        name = view.name if isinstance(view, ExceptHandler) else view.parameters[1].name
        caught = Caught(name, view.body)
        for _, content in _answers(caught, scope):
            for leak in leaks(content, caught, scope):
                if leak.view.span == finding.span:
                    yield from constant_detail(leak.view, caught, scope)
                    return


_WHAT = {
    Telling.ANYTHING: "the text of whatever error comes up",
    Telling.DATABASE: "the database's error, with SQL and values,",
    Telling.INFRASTRUCTURE: "an error that names addresses or paths",
}
_EVIDENCE = {
    Telling.ANYTHING: "Any error ends up here: a `KeyError` of a typing mistake, a database error with its SQL, a path, "
    "an address of another service. Each was written for the one who mends the program.",
    Telling.DATABASE: "SQLAlchemy and the drivers put the statement, its values and names of tables into the text.",
    Telling.INFRASTRUCTURE: "The text names the address or the path that failed, which clients do not know otherwise.",
    Telling.TRACE: "It shows files, line numbers, code and libraries to whoever makes a request fail.",
}


def _severity(leak: Leak, telling: Telling, scope: Scope) -> Severity:
    """Return how bad it is: less so where the error names little, or where only administrators read it."""
    function = scope.at(leak.view).function
    is_for_few = function is not None and scope.ask(entry, scope.qualified(function)).is_privileged
    if is_for_few or (telling is Telling.INFRASTRUCTURE and not leak.is_trace):
        return Severity.INFORMATION
    return Severity.ERROR if leak.is_trace else Severity.WARNING


def _told_by(handler: ExceptHandler, scope: Scope) -> Telling | None:
    """Return the most that the text of a caught exception may tell."""
    caught = handler.caught
    if caught is None:
        return Telling.ANYTHING
    classes = caught.items if isinstance(caught, Display) else [caught]
    told = {told_by(scope.asker, scope.resolve(each)) for each in classes}
    return next((each for each in _ORDER if each in told), None)


def _only_parses(handler: ExceptHandler, scope: Scope) -> bool:
    """Tell whether all that is tried reads what the client has sent: the error says what is wrong with that."""
    tried = handler.parent.body if isinstance(handler.parent, Try) else None
    calls = [each for each in tried.find(Call) if not helps_parsing(each.last_name)] if tried is not None else []
    return bool(calls) and all(parses(scope.resolve(each), each.last_name) for each in calls)


def _handled(function: Function, scope: Scope) -> str:
    """Return the class, or the status, that an exception handler is for."""
    for decorator in function.decorators:
        call = decorator.call
        given = call.argument(0, "exc_class_or_status_code") if call is not None else None
        if call is not None and given is not None and call.last_name == "exception_handler":
            return _FAILURE if given.text == _FAILURE else scope.at(decorator).resolve(given)
    return ""


def _answers(caught: Caught, scope: Scope) -> Iterator[tuple[str, View]]:
    """Yield what is answered: how the code calls it, and what it consists of."""
    for call in caught.body.find(Call):
        yield from ((call.last_name, content) for content in _contents(call, scope.at(call)))
    function = scope.at(caught.body).function
    if function is None or not any(isinstance(each.value, DictDisplay | Display) for each in caught.body.find(Return)):
        return
    if scope.routes(function):
        for statement in caught.body.find(Return):
            if isinstance(statement.value, DictDisplay | Display):
                yield "return", statement.value


def _contents(call: Call, scope: Scope) -> Iterator[View]:
    """Yield what a client reads of a response or an error that a call makes."""
    if not call.all_arguments or not call.last_name[:1].isupper():
        return
    qualified = scope.resolve(call)
    if is_subclass(scope.asker, qualified, *HTTP_EXCEPTIONS):
        known = call.argument(1, "detail")
        yield from [known] if known is not None else call.keywords.values() if qualified not in HTTP_EXCEPTIONS else ()
    elif answered(qualified):
        content = call.argument(0, "content")
        yield from [content] if content is not None else ()


def _is_narrowed(view: View, caught: Caught) -> bool:
    """Tell whether a condition around narrows down what is answered, or to whom."""
    for outer in view.ancestors():
        if outer == caught.body:
            return False
        if isinstance(outer, If) and narrows(outer.condition):
            return True
    return False
