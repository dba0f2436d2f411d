"""The way from a call to what it ends in, as messages, evidence and editors show it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastidious_rules.api import Related

if TYPE_CHECKING:
    from fastidious_rules.api import EffectiveCall

_LONGEST = 40


def hops(call: EffectiveCall) -> tuple[Related, ...]:
    """Return the places of the calls on the way, the last of them that of the library."""
    steps = call.effect.steps
    callers = [call.callee, *(step.callee for step in steps)]
    called = [*(short(step.callee) for step in steps[:-1]), short_library(call.effect.leaf)]
    return tuple(
        Related(step.place, f"`{short(caller)}` calls `{name}`")
        for caller, step, name in zip(callers, steps, called, strict=False)
    )


def chain(function: str, call: EffectiveCall, first: int = 0) -> str:
    """Return the way as text; `{@first}` and those after it are the places that `hops` gives."""
    steps = call.effect.steps
    names = [*(short(step.callee) for step in steps[:-1]), short_library(call.effect.leaf)]
    shown = [f"`{name}` ({{@{number}}})" for number, name in enumerate(names, first)]
    return " → ".join([f"`{function}`", f"`{short(call.callee)}`", *shown])


def short(qualified: str) -> str:
    """Return the last name; of a method with its class."""
    owner, _, name = qualified.rpartition(".")
    last = owner.rpartition(".")[2]
    return f"{last}.{name}" if last.lstrip("_")[:1].isupper() else name


def short_library(qualified: str) -> str:
    """Return the name of a library's function as far as it fits into a message."""
    return qualified.removeprefix("builtins.") if len(qualified) <= _LONGEST else short(qualified)
