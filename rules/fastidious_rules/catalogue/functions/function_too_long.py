"""The rule function-too-long."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from fastidious_rules.api import (
    Finding,
    Fix,
    For,
    Function,
    If,
    Ref,
    Role,
    Rule,
    Safety,
    Scope,
    Severity,
    Try,
    While,
    With,
    code_lines,
    extractions,
    on,
    physical_lines,
    statement_count,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from fastidious_rules.api import View

_COUNTS: dict[str, tuple[Callable[[Function], int], str]] = {
    "code": (code_lines, "lines of code"),
    "statements": (statement_count, "statements"),
    "physical": (physical_lines, "lines"),
}
_APPLICATIONS = frozenset({"fastapi.FastAPI", "starlette.applications.Starlette"})
_LIFESPAN = "contextlib.asynccontextmanager"
_MOST_OFFERS = 3
_LONGEST_LABEL = 32


@dataclass(frozen=True, slots=True)
class Options:
    """What is too long: `count` is `code`, `statements` or `physical`."""

    max: int = 20
    max_in_tests: int = 40
    count: str = "code"


class FunctionTooLong(Rule):
    """Function with more code than a reader can keep in mind."""

    severity = Severity.HINT
    card_severity = Severity.WARNING
    message = "`{name}` has {count} {unit}, more than {limit}; extract {part}"
    fixable = Safety.UNSAFE
    roles = frozenset({Role.CODE, Role.TEST})
    Options = Options

    @on(Function)
    def check(self, function: Function, scope: Scope) -> Iterator[Finding]:
        """Report a function that is longer than its file allows."""
        limit = _limit(scope)
        if physical_lines(function) <= limit:
            return
        measure, unit = _COUNTS.get(scope.options.count, _COUNTS["code"])
        count = measure(function)
        if count > limit and not _assembles(function, scope):
            yield self.finding(
                function.name_view,
                severity=Severity.WARNING if count > 2 * limit else None,
                name=function.name,
                count=count,
                unit=unit,
                limit=limit,
                part=_longest_part(function),
            )

    def fixes(self, view: Function, finding: Finding, scope: Scope) -> Iterator[Fix]:
        """Offer to extract a part that leaves two functions of good length."""
        del finding
        limit = _limit(scope)
        excess = code_lines(view) - limit
        fitting = (each for each in extractions(view, scope) if excess < each.lines <= limit)
        for number, part in enumerate(fitting):
            if number < _MOST_OFFERS:
                title = f"Extract {part.label} into `{part.name}` (give it a better name)"
                yield Fix(title, part.edits, (), Safety.UNSAFE)


def _limit(scope: Scope) -> int:
    return scope.options.max_in_tests if scope.role is Role.TEST else scope.options.max


def _assembles(function: Function, scope: Scope) -> bool:
    """Tell whether the function puts an application together or is its lifespan: a list of steps."""
    fact = scope.fact_of(function)
    if fact is None:
        return False
    if any(scope.resolve_in_module(each.name.text) == _LIFESPAN for each in function.decorators):
        return any(each.name == "app" for each in fact.parameters)
    made = [each.term.function for each in fact.calls]
    inside = scope.at(function.body)
    return any(
        isinstance(each, Ref) and called[:1].isupper() and inside.resolve_name(each.dotted) in _APPLICATIONS
        for each in made
        if (called := getattr(each, "dotted", "").rpartition(".")[2])
    )


def _longest_part(function: Function) -> str:
    """Name the statement with the most lines: what a reader would cut first."""
    parts = [each for each in function.statements if isinstance(each, For | While | If | Try | With)]
    if not parts:
        return "each of its steps"
    longest = max(parts, key=lambda each: each.end_row - each.row)
    return _described(longest)


def _described(part: View) -> str:
    match part:
        case For():
            return f"the loop over `{_short(part.iterable)}`"
        case If() | While():
            return f"what is done under `{_short(part.condition)}`"
        case With():
            return f"what is done with `{_short(part.items[0].context)}`" if part.items else "the `with` statement"
        case _:
            return "the body of the `try` statement"


def _short(view: View) -> str:
    text = " ".join(view.text.split())
    return text if len(text) <= _LONGEST_LABEL else f"{text[:_LONGEST_LABEL].rstrip()} ..."
