"""Small rules and documents that tests of the engine share."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from fastidious_rules.api import Call, Edit, Finding, Fix, Function, NeededImport, Rule, Safety, Severity, on
from fastidious_rules.engine.checker import Checker
from fastidious_rules.engine.document import Document
from fastidious_rules.engine.registry import Registry
from fastidious_rules.engine.rule import Pack
from fastidious_rules.engine.settings import Settings
from fastidious_rules.semantics.project import Project
from fastidious_rules.syntax.text import Source

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastidious_rules.api import Scope


class SleepingCall(Rule):
    """Call of `time.sleep` inside a coroutine."""

    severity = Severity.ERROR
    message = "`{call}` sleeps in `{function}`"
    fixable = Safety.SAFE

    @on(Call, names=frozenset({"sleep"}))
    def check(self, call: Call, scope: Scope) -> Iterator[Finding]:
        function = scope.function
        if function is not None and function.is_async and scope.resolve(call) == "time.sleep":
            yield self.finding(call, call=call.function.text, function=function.name)

    def fixes(self, view: Call, finding: Finding, scope: Scope) -> Iterator[Fix]:
        del finding, scope
        start = view.span.start
        edits = (Edit(view.span._replace(end=start), "await "), Edit(view.function.span, "asyncio.sleep"))
        yield Fix("Await `asyncio.sleep`", edits, (NeededImport("asyncio"),))


class CrashingFunction(Rule):
    """Function whose name makes this rule raise."""

    message = "`{name}` is fine"
    crashes: ClassVar[tuple[type[BaseException], ...]] = (RecursionError, MemoryError, ValueError)

    @on(Function)
    def check(self, function: Function, scope: Scope) -> Iterator[Finding]:
        del scope
        for error in self.crashes:
            if function.name == error.__name__.lower():
                raise error
        yield self.finding(function.name_view, name=function.name)


class BreakingFix(Rule):
    """Call of `broken`, with fixes that must not be offered."""

    message = "`broken` is called"
    fixable = Safety.SAFE

    @on(Call, names=frozenset({"broken"}))
    def check(self, call: Call, scope: Scope) -> Iterator[Finding]:
        del scope
        yield self.finding(call)

    def fixes(self, view: Call, finding: Finding, scope: Scope) -> Iterator[Fix]:
        del finding, scope
        yield Fix("Break the syntax", (Edit(view.span, "if ("),))
        yield Fix("Change nothing", (Edit(view.span, view.text),))
        yield Fix("Make two of it", (Edit(view.span, "broken(), broken()"),))
        yield Fix("Remove it", (Edit(view.span, "None"),))


class HopelessFix(Rule):
    """Call of `hopeless`, with fixes that are all refused; without arguments there is none."""

    message = "`hopeless` is called"
    fixable = Safety.SAFE

    @on(Call, names=frozenset({"hopeless"}))
    def check(self, call: Call, scope: Scope) -> Iterator[Finding]:
        del scope
        yield self.finding(call)

    def fixes(self, view: Call, finding: Finding, scope: Scope) -> Iterator[Fix]:
        del finding, scope
        if view.arguments:
            yield Fix("Break the syntax", (Edit(view.span, "if ("),))
            yield Fix("Change nothing", (Edit(view.span, view.text),))
            yield Fix("Trip over itself", (Edit(view.span, "1"), Edit(view.span, "2")))
            yield Fix("Trade one for two", (Edit(view.span, "broken(), hopeless()"),))


REGISTRY = Registry([Pack("tests", "1", (BreakingFix, CrashingFunction, HopelessFix, SleepingCall))])


def checker(*rules: str) -> Checker:
    return Checker(REGISTRY, Settings(select=frozenset(rules)))


def document(
    text: str | bytes, *rules: str, path: str = "/work/app/main.py", project: Project | None = None
) -> Document:
    encoded = text if isinstance(text, bytes) else text.encode()
    module = path.removeprefix("/work/").removesuffix(".py").replace("/", ".")
    return Document(path, module, Source(encoded), project or Project(), checker(*rules or ("sleeping-call",)))


def found(document: Document) -> list[str]:
    return [each.message for each in document.check().findings()]


def fixed(document: Document, *, unsafe: bool = False) -> str:
    edit = document.fix_all(unsafe=unsafe)
    text = document.source.text
    if edit is None:
        return text.decode()
    return (text[: edit.span.start] + edit.replacement.encode() + text[edit.span.end :]).decode()
