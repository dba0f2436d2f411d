"""The rule `debug-enabled`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastidious_rules.api import (
    APPLICATIONS,
    Assignment,
    Attribute,
    Call,
    Constant,
    Edit,
    Fix,
    If,
    Keyword,
    Rule,
    Safety,
    Severity,
    Span,
    callers,
    holding,
    is_subclass,
    on,
    words_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastidious_rules.api import Finding, Scope, View

_RELOADING = frozenset({"uvicorn.run", "uvicorn.Config", "uvicorn.main.run", "uvicorn.config.Config"})
_DEVELOPMENT = frozenset({"debug", "debugging", "dev", "develop", "development", "local", "locally", "reload", "watch"})
_RELOAD = "`reload=True` watches files and restarts, in production too; keep it for development, behind a setting"


class DebugEnabled(Rule):
    """Aid for development that is on wherever the code runs."""

    severity = Severity.WARNING
    message = "`{setting}` shows tracebacks and source code to clients wherever this runs; let a setting decide"
    fixable = Safety.UNSAFE

    @on(Call, names=frozenset({"FastAPI", "Starlette", "run", "Config"}))
    def check(self, call: Call, scope: Scope) -> Iterator[Finding]:
        """Report an application that shows its tracebacks, and a server that watches its files."""
        found = _switch(call, scope)
        if found is not None and not _is_for_development(call, scope):
            yield self.finding(found, message="" if found.name == "debug" else _RELOAD, setting=found.text)

    @on(Assignment, when=holding(".debug"))
    def check_attribute(self, assignment: Assignment, scope: Scope) -> Iterator[Finding]:
        """Report an application that is told to show its tracebacks."""
        target, value = assignment.target, assignment.value
        if not isinstance(target, Attribute) or target.name.text != "debug" or not _is_true(value):
            return
        owner = scope.type_of(target.value).name
        if owner and is_subclass(scope.asker, owner, *APPLICATIONS) and not _is_for_development(assignment, scope):
            yield self.finding(assignment, setting=assignment.text)

    def fixes(self, view: View, finding: Finding, scope: Scope) -> Iterator[Fix]:
        """Yield the call without the argument."""
        found = _switch(view, scope) if isinstance(view, Call) else None
        if found is None or not isinstance(view, Call) or found.span != finding.span:
            return
        span = _with_comma(view, found)
        text = view.unit.text
        if b"#" in text[span.start : span.end] + text[span.end :].partition(b"\n")[0]:
            edit, title = (
                Edit(found.value.span, "False"),
                f"Write `{found.name}=False`",
            )  # comments stay with what they are on
        else:
            edit, title = Edit(span, ""), f"Remove `{found.text}`"
        yield Fix(f"{title} (set it where you develop)", (edit,), (), Safety.UNSAFE)


def _switch(call: Call, scope: Scope) -> Keyword | None:
    """Return the argument that switches the aid on."""
    given = {each.name: each for each in call.all_arguments if isinstance(each, Keyword)}
    name = "debug" if "debug" in given else "reload"
    if name not in given or not _is_true(given[name].value):
        return None
    called = scope.resolve(call)
    is_meant = called in _RELOADING if name == "reload" else is_subclass(scope.asker, called, *APPLICATIONS)
    return given[name] if is_meant else None


def _is_true(value: View | None) -> bool:
    return isinstance(value, Constant) and value.text == "True"


def _is_for_development(view: View, scope: Scope) -> bool:
    """Tell whether code runs by hand only, or where a condition or a name says that somebody develops."""
    conditions = [each.condition.text for each in view.ancestors() if isinstance(each, If)]
    if any("__main__" in each or not _DEVELOPMENT.isdisjoint(words_of(each)) for each in conditions):
        return True
    function = scope.function
    if function is None:
        return False
    names = (function.name, *(each.text for each in function.decorators))
    if any(not _DEVELOPMENT.isdisjoint(words_of(each)) for each in names):
        return True
    return any(
        each.qualified.endswith(".") for each in scope.ask(callers, scope.qualified(function)) if each.has_own_loop
    )


def _with_comma(call: Call, argument: Keyword) -> Span:
    """Return the span of an argument with the comma that parts it from its neighbour."""
    given = call.all_arguments
    position = given.index(argument)
    if position:
        return Span(given[position - 1].span.end, argument.span.end)
    end = given[1].span.start if len(given) > 1 else argument.span.end
    return Span(argument.span.start, end)
