"""What is proven to run well beside other things: coroutines that ask another service, and change nothing anywhere."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from fastidious_rules.knowledge import names
from fastidious_rules.semantics.asynchrony.coroutines import coroutine
from fastidious_rules.semantics.asynchrony.effects import body_of
from fastidious_rules.semantics.asynchrony.http_calls import http_call
from fastidious_rules.semantics.inference import callee_of
from fastidious_rules.semantics.names import class_shape, signature
from fastidious_rules.syntax.terms import Apply, Literal, Member, Ref, Term, called_name

if TYPE_CHECKING:
    from fastidious_rules.semantics.asynchrony.effects import Body
    from fastidious_rules.semantics.project import Asker, Project
    from fastidious_rules.semantics.types import Environment

UNSAFE = ""
QUIET = "quiet"
ASKS = "asks"
"""What awaiting a call does: nobody knows or others would notice; nothing that takes long; it asks another service."""

_TABLE = "concurrency"
_DEEPEST = "4"
_WORD = re.compile(r"[a-z]+")


def awaiting(asker: Asker, where: Environment, call: Term, depth: str = _DEEPEST) -> str:
    """Return what awaiting `call` in `where` does: `ASKS`, `QUIET`, or `UNSAFE`."""
    if not isinstance(call, Apply):
        return UNSAFE
    callee = callee_of(asker, where, call)
    if not callee:
        return UNSAFE
    direct = _of_library(callee, call)
    if direct is not None:
        return direct
    return (asker.ask(running, callee, depth) or UNSAFE) if not is_changing(callee) else UNSAFE


def _of_library(callee: str, call: Apply) -> str | None:
    """Return what awaiting a call of a library does; None if it is none that is known."""
    request = http_call(callee)
    if request is not None:
        method = callee.rpartition(".")[2]
        if method in {"request", "stream"}:
            given = call.arguments[0] if call.arguments else call.keyword("method")
            method = given.text.lower() if isinstance(given, Literal) else ""
        return ASKS if request.is_async and method in names(_TABLE, "reading") else UNSAFE
    if callee in names(_TABLE, "asking"):
        return ASKS if call.keyword("stream") is None else UNSAFE
    return QUIET if callee in names(_TABLE, "answering") else None


def is_changing(callee: str) -> bool:
    """Tell whether the name of a function says that it changes something."""
    words = _WORD.findall(callee.rpartition(".")[2].lower())
    return not names(_TABLE, "changing").isdisjoint(words)


def running(project: Project, qualified: str, depth: str) -> str:
    """Return what running a coroutine function of the project does: see `awaiting`."""
    body = project.ask(body_of, qualified)
    if body is None or depth == "0" or project.ask(coroutine, qualified) is None:
        return UNSAFE
    if _keeps_something(body) or not all(
        _may_be_entered(project, body.environment, each) for each in body.fact.contexts
    ):
        return UNSAFE
    asks = False
    for call in body.fact.calls:
        done = _calling(project, body, call.term, str(int(depth) - 1), awaited=call.awaited)
        if done == UNSAFE:
            return UNSAFE
        asks = asks or done == ASKS
    return ASKS if asks else QUIET


def _keeps_something(body: Body) -> bool:
    """Tell whether a function assigns to its object, or to items of what it did not make: a cache, a token."""
    return bool(body.fact.attributes) or any(name not in body.fact.local for name in body.fact.stored)


def _may_be_entered(project: Project, where: Environment, context: Term) -> bool:
    if not isinstance(context, Apply):
        return False
    callee = callee_of(project, where, context)
    return callee in names(_TABLE, "entering") or bool(_of_library(callee, context))


def _calling(project: Project, body: Body, call: Apply, depth: str, *, awaited: bool) -> str:
    """Return what a call in the body of a coroutine function does; what is not awaited asks nobody."""
    where = body.environment
    callee = callee_of(project, where, call)
    direct = _of_library(callee, call) if callee else None
    if direct is not None:
        return direct
    if awaited:
        return awaiting(project, where, call, depth)
    if callee and project.ask(coroutine, callee) is not None:
        return UNSAFE  # a task, or a coroutine that is handed on: nobody knows when it runs
    if called_name(call) in names(_TABLE, "mutating") and not _is_own(body, call):
        return UNSAFE
    if callee.startswith("contextvars."):
        return UNSAFE
    known = project.ask(signature, callee) if callee else None
    if known is None:
        return QUIET
    return UNSAFE if is_changing(callee) and project.ask(class_shape, callee) is None else QUIET


def _is_own(body: Body, call: Apply) -> bool:
    """Tell whether what a method is called on was made by the function itself."""
    match call.function:
        case Ref(dotted):
            return "." in dotted and dotted.partition(".")[0] in body.fact.local
        case Member(Ref(dotted), _):
            return dotted.partition(".")[0] in body.fact.local
        case _:
            return True
