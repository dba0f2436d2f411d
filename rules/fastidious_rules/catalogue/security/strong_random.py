"""The fix that draws from `secrets` what was drawn from `random`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastidious_rules.api import (
    Call,
    Edit,
    Fix,
    NeededImport,
    Number,
    Safety,
    Starred,
    foreseeable,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastidious_rules.api import Scope

_SYSTEM = "secrets.SystemRandom()"


def from_secrets(call: Call, scope: Scope) -> Iterator[Fix]:
    """Yield the draw that cannot be foretold and gives the same sort of value."""
    called = scope.resolve(call)
    twin = foreseeable().get(called, "")
    text = "" if twin or called.startswith("random.Random.") else _other(call)
    if twin:
        yield _fix(twin, Edit(call.function.span, twin))
    elif text:
        yield _fix("secrets", Edit(call.span, text))
    else:
        drawn = f"{_SYSTEM}.{called.rpartition('.')[2]}"
        yield _fix(drawn, Edit(call.function.span, drawn))


def _fix(shown: str, edit: Edit) -> Fix:
    return Fix(f"Draw with `{shown}`", (edit,), (NeededImport("secrets"),), Safety.SAFE)


def _other(call: Call) -> str:
    """Return what `secrets` has for a call that takes other arguments there; empty if it has nothing."""
    arguments = call.all_arguments
    if any(isinstance(each, Starred) for each in arguments):
        return ""
    match call.last_name:
        case "randint":
            return _between(call)
        case "randrange" if len(arguments) == 1 and call.arguments:
            return f"secrets.randbelow({call.arguments[0].text})"
        case "choices" if len(arguments) == len(call.arguments) + 1 == _PAIR and "k" in call.keywords:
            return _several(call)
        case _:
            return ""


_PAIR = 2


def _between(call: Call) -> str:
    """Return the number between two that are written out."""
    first, last = (call.argument(position, name) for position, name in enumerate(("a", "b")))
    if not isinstance(first, Number) or not isinstance(last, Number) or not (first.text + last.text).isdigit():
        return ""
    start, count = int(first.text), int(last.text) - int(first.text) + 1
    drawn = f"secrets.randbelow({count})"
    if not start or count < 1:
        return drawn if count >= 1 else ""
    is_part = call.is_receiver or (call.cst.parent is not None and call.cst.parent.type == "binary_operator")
    return f"({start} + {drawn})" if is_part else f"{start} + {drawn}"


def _several(call: Call) -> str:
    """Return a draw of each of several characters; without brackets where it is all that is joined."""
    drawn = f"secrets.choice({call.arguments[0].text}) for _ in range({call.keywords['k'].text})"
    outer = call.parent
    is_joined = isinstance(outer, Call) and outer.last_name == "join" and outer.all_arguments == [call]
    return drawn if is_joined else f"[{drawn}]"
