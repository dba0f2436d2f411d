"""Fixes that put `await` in front of a call: of another function, or of the same one in a thread."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from fastidious_rules.api import (
    Comprehension,
    DoubleStarred,
    Edit,
    Fix,
    Keyword,
    NeededImport,
    Safety,
    Span,
    With,
    async_library,
    imported_from,
    is_connection,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastidious_rules.api import Call, Scope, View


class _Runner(NamedTuple):
    """A function that runs another one elsewhere."""

    name: str
    needed: NeededImport
    style: str = "arguments"
    """How it takes arguments: `arguments` passes them on, `lambda` takes none, `wrapper` gives a function for them."""


_TO_THREAD = _Runner("asyncio.to_thread", NeededImport("asyncio"))
_ANYIO = _Runner("to_thread.run_sync", NeededImport("anyio", "to_thread"), "lambda")
_TRIO = _Runner("trio.to_thread.run_sync", NeededImport("trio"), "lambda")
_LIBRARIES = {"asyncio": _TO_THREAD, "anyio": _ANYIO, "trio": _TRIO}


def awaited_instead(call: Call, alternative: str, safety: Safety) -> Iterator[Fix]:
    """Yield the fix that awaits the function `alternative`, of another module, with the same arguments."""
    if _runs_lazily(call):
        return
    needed = NeededImport(alternative.partition(".")[0])
    edits = _surrounded(call, f"await {alternative}", call.function.span, "")
    yield Fix(f"Await `{alternative}` instead", edits, (needed,), safety)


def in_thread(call: Call, scope: Scope) -> Iterator[Fix]:
    """Yield the fix that runs the call in a thread, unless it takes a connection along."""
    arguments = call.argument_list
    if arguments is None or isinstance(arguments, Comprehension) or isinstance(call.parent, With):
        return
    if _runs_lazily(call) or _takes_connection(call, scope):
        return
    runner = _runner(scope)
    title = f"Run `{call.last_name}` in a worker thread: it gets a copy of the context variables"
    yield Fix(title, _wrapped(call, runner, arguments), (runner.needed,), Safety.UNSAFE)


def in_process(call: Call) -> Iterator[Fix]:
    """Yield the fix that runs the call of a function, with arguments by position, in a process of its own."""
    arguments = call.argument_list
    if arguments is None or _runs_lazily(call) or isinstance(call.parent, With):
        return
    if any(isinstance(each, Keyword | Comprehension | DoubleStarred) for each in call.all_arguments):
        return
    title = f"Run `{call.last_name}` in a worker process: arguments and result are pickled"
    runner = _Runner("to_process.run_sync", NeededImport("anyio", "to_process"))
    yield Fix(title, _wrapped(call, runner, arguments), (runner.needed,), Safety.UNSAFE)


def _wrapped(call: Call, runner: _Runner, arguments: View) -> tuple[Edit, ...]:
    start, open_end = call.span.start, arguments.span.start + 1
    if runner.style == "lambda":
        return _surrounded(call, f"await {runner.name}(lambda: ", Span(start, start), ")")
    function = call.function.text
    if runner.style == "wrapper":
        return _surrounded(call, f"await {runner.name}({function})", call.function.span, "")
    rest = arguments.text[1:]
    # Where the arguments have lines of their own, the function gets one too.
    space = rest[: len(rest) - len(rest.lstrip())] if rest[:1] in {"\r", "\n"} else ""
    comma = "" if not call.all_arguments else "," if space and not _share_line(call) else ", "
    end = open_end + (len(space) if comma == ", " else 0)
    return _surrounded(call, f"await {runner.name}({space}{function}{comma}", Span(start, end), "")


def _share_line(call: Call) -> bool:
    """Tell whether several arguments stand on one line."""
    first, last = call.all_arguments[0].span, call.all_arguments[-1].span
    return first != last and b"\n" not in call.unit.text[first.start : last.start]


def _surrounded(call: Call, opening: str, replaced: Span, closing: str) -> tuple[Edit, ...]:
    """Return the edits that replace the beginning of a call and add to its end, in parentheses where needed."""
    if call.is_receiver:
        opening, closing = f"({opening}", f"{closing})"
    end = call.span.end
    return (Edit(replaced, opening), *((Edit(Span(end, end), closing),) if closing else ()))


def _runner(scope: Scope) -> _Runner:
    """Return the way into a thread that the module already knows, else that of its library."""
    for name, style in (("run_in_threadpool", "arguments"), ("asyncify", "wrapper")):
        module = scope.ask(imported_from, scope.module, name)
        if module:
            return _Runner(name, NeededImport(module, name), style)
    return _LIBRARIES[scope.ask(async_library, scope.module)]


def _runs_lazily(call: Call) -> bool:
    """Tell whether the call stands in a generator expression, which an `await` would make an asynchronous one."""
    return any(isinstance(each, Comprehension) and each.is_generator for each in call.ancestors())


def _takes_connection(call: Call, scope: Scope) -> bool:
    values = [each.value if isinstance(each, Keyword) else each for each in call.all_arguments]
    receiver = call.receiver
    types = [scope.at(call).type_of(each) for each in (*values, *(() if receiver is None else (receiver,)))]
    return any(is_connection(scope.asker, member.name) for each in types for member in each.members if member)
