"""Look for coroutine functions that pytest collects as tests and nobody runs."""

from __future__ import annotations

from fnmatch import fnmatch
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from fastidious_rules.api import (
    Edit,
    Fix,
    Function,
    NeededImport,
    Role,
    Rule,
    Runner,
    Safety,
    Severity,
    Span,
    end_of_imports,
    has_hook,
    has_marks,
    imported_modules,
    is_left_alone,
    is_module_left_alone,
    marker_in_use,
    on,
    runner_of,
    tests_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastidious_rules.api import Finding, Scope

_FILES = "test_*.py *_test.py"
_AUTOMATIC = frozenset({"alt-pytest-asyncio", "pytest-tornasync"})
_ENOUGH = 3
"""From how many tests on one marker for the whole module is offered."""


class AsyncTestNotCollected(Rule):
    """Asynchronous test that pytest cannot run, for want of a marker."""

    severity = Severity.ERROR
    message = "`{test}` is a coroutine that pytest does not run; mark it with `pytest.mark.{marker}`"
    fixable = Safety.SAFE
    roles = frozenset({Role.TEST})

    @on(Function)
    def check(self, function: Function, scope: Scope) -> Iterator[Finding]:
        """Report asynchronous tests without a marker, in modules, classes and projects without one."""
        if not function.is_async or not _is_named_as_test(function.name, scope, "python_functions", "test"):
            return
        if scope.function is not None or not _is_test_file(scope) or _runs_automatically(scope):
            return
        fact = scope.fact_of(function)
        if fact is None or any(each.name == "anyio_backend" for each in fact.parameters):
            return
        if not is_left_alone(scope.asker, scope.module, fact.decorators) or not _is_module_plain(scope):
            return
        yield from self._in_class(function, fact.owner, scope)

    def _in_class(self, function: Function, owner: str, scope: Scope) -> Iterator[Finding]:
        kind = scope.ask(runner_of, f"{scope.module}.{owner}") if owner else Runner.PYTEST
        if kind is Runner.UNITTEST:
            message = "`{test}` is never awaited by `unittest.TestCase`; derive from `unittest.IsolatedAsyncioTestCase`"
            yield self.finding(function.name_view, message=message, test=function.name)
        elif kind is Runner.PYTEST and (not owner or _is_collected_class(owner, scope)):
            evidence = (
                "No marker on the test, its class or its module, no hook of a conftest and no mode of pytest runs it."
            )
            yield self.finding(function.name_view, evidence=evidence, test=function.name, marker=_marker(scope))

    def fixes(self, view: Function, finding: Finding, scope: Scope) -> Iterator[Fix]:
        """Yield a marker for the test, and one for the module where it has several such tests and no plain ones."""
        if "unittest" in finding.message:
            return
        mark = f"pytest.mark.{_marker(scope)}"
        tests = scope.ask(tests_of, scope.module)
        several = tests.unmarked >= _ENOUGH and not scope.ask(has_marks, scope.module)
        for_module = list(_module_fix(mark, scope)) if several else []
        if not tests.synchronous:
            yield from for_module
        yield _function_fix(view, mark)
        if tests.synchronous:
            yield from for_module


def _is_test_file(scope: Scope) -> bool:
    name = PurePosixPath(scope.path).name
    patterns = scope.settings.pytest.get("python_files", _FILES).split()
    return name != "conftest.py" and any(fnmatch(name, pattern) for pattern in patterns)


def _is_named_as_test(name: str, scope: Scope, option: str, default: str) -> bool:
    patterns = scope.settings.pytest.get(option, default).split()
    return any(name.startswith(pattern) or fnmatch(name, pattern) for pattern in patterns)


def _is_collected_class(owner: str, scope: Scope) -> bool:
    return all(_is_named_as_test(each, scope, "python_classes", "Test") for each in owner.split("."))


def _runs_automatically(scope: Scope) -> bool:
    settings = scope.settings.pytest
    if "auto" in {settings.get("asyncio_mode"), settings.get("anyio_mode")} or settings.get("trio_mode") == "true":
        return True
    return not _AUTOMATIC.isdisjoint(scope.settings.target.packages)


def _is_module_plain(scope: Scope) -> bool:
    return scope.ask(is_module_left_alone, scope.module) and not scope.ask(has_hook, scope.path)


def _marker(scope: Scope) -> str:
    """Return the marker that the project uses most, else that of the plugin which it has."""
    uses = {each: scope.ask(marker_in_use, each) for each in ("asyncio", "anyio")}
    if any(uses.values()):
        return max(uses, key=lambda each: uses[each])
    packages = scope.settings.target.packages
    has_anyio = not {"anyio", "starlette", "fastapi"}.isdisjoint(packages)
    return "anyio" if has_anyio and "pytest-asyncio" not in packages else "asyncio"


def _function_fix(view: Function, mark: str) -> Fix:
    start = view.full_span.start
    text = view.unit.text
    newline = "\r\n" if b"\r\n" in text else "\n"
    first = view.decorators[0] if view.decorators else view
    edit = Edit(Span(start, start), f"@{mark}{newline}{first.indent}")
    return Fix(f"Mark the test with `{mark}`", (edit,), (NeededImport("pytest"),))


def _module_fix(mark: str, scope: Scope) -> Iterator[Fix]:
    text = scope.document_text
    name_end = scope.ask(end_of_imports, scope.module)
    line_end = text.find(b"\n", name_end)
    if not name_end or line_end < 0:
        return
    closing = text.find(b")", name_end) if text[name_end:line_end].strip() in {b",", b""} else -1
    statement = text.rfind(b"import", 0, name_end)
    if closing >= 0 and b"(" in text[statement:name_end]:
        line_end = text.find(b"\n", closing)
    newline = "\r\n" if text[line_end - 1 : line_end] == b"\r" else "\n"
    at = line_end - len(newline) + 1 - scope.unit_span.start
    needed = "" if "pytest" in scope.ask(imported_modules, scope.module) else f"{newline}import pytest"
    edit = Edit(Span(at, at), f"{needed}{newline}{newline}pytestmark = {mark}")
    yield Fix(f"Mark all tests of the module with `{mark}`", (edit,))
