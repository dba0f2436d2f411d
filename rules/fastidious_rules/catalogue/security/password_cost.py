"""Parameters of password hashes that make guessing cheap."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from fastidious_rules.api import (
    Display,
    Number,
    Severity,
    String,
    argon2_minima,
    minimum_iterations,
    minimum_rounds,
    weak_schemes,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastidious_rules.api import Call, Scope, View

COSTLY = frozenset(
    {"gensalt", "BcryptHasher", "CryptContext", "using", "pbkdf2_hmac", "PasswordHasher", "Argon2Hasher"}
)


class Cheap(NamedTuple):
    """A parameter that is too low."""

    view: View
    message: str
    severity: Severity
    evidence: str = ""


def cheap(call: Call, scope: Scope) -> Iterator[Cheap]:
    """Yield the parameters of a call that are below what OWASP recommends."""
    if not call.all_arguments:
        return
    called = scope.resolve(call)
    yield from _low_rounds(call, called)
    yield from _weak_scheme(call, called)
    if called == "hashlib.pbkdf2_hmac":
        yield from _low_iterations(call)
    yield from _low_memory(call, called)


def _low_rounds(call: Call, called: str) -> Iterator[Cheap]:
    known = minimum_rounds().get(called)
    if known is None:
        return
    name, position, least = known
    given = call.argument(position, name)
    if isinstance(given, Number) and int(given.text) < least:
        message = f"`{name}={given.text}` makes guessing cheap; leave the default of 12, never below {least}"
        yield Cheap(given, message, Severity.ERROR)


def _weak_scheme(call: Call, called: str) -> Iterator[Cheap]:
    if called != "passlib.context.CryptContext":
        return
    schemes = call.argument(0, "schemes")
    first = next((each for each in schemes.items), None) if isinstance(schemes, Display) else None
    if isinstance(first, String) and first.value in weak_schemes():
        message = (
            f"`{first.value}` is how new passwords are hashed: guessed by the billion; put `argon2` or `bcrypt` first"
        )
        yield Cheap(first, message, Severity.ERROR)


def _low_iterations(call: Call) -> Iterator[Cheap]:
    algorithm, iterations = call.argument(0, "hash_name"), call.argument(3, "iterations")
    least = minimum_iterations().get(algorithm.value or "") if isinstance(algorithm, String) else None
    if least is None or not isinstance(iterations, Number):
        return
    given = int(iterations.text.replace("_", ""))
    if given < least:
        message = f"`{iterations.text}` iterations make guessing cheap; OWASP asks for {least:,} with this hash"
        yield Cheap(iterations, message, Severity.WARNING)


def _low_memory(call: Call, called: str) -> Iterator[Cheap]:
    known = argon2_minima()
    if called not in known.calls:
        return
    given = {name: call.argument(position, name) for position, name in enumerate(("time_cost", "memory_cost"))}
    values = {**known.defaults, **{name: int(each.text) for name, each in given.items() if isinstance(each, Number)}}
    if any(each is not None and not isinstance(each, Number) for each in given.values()):
        return
    if any(values["memory_cost"] >= memory and values["time_cost"] >= time for memory, time in known.minima):
        return
    where = given["memory_cost"] or given["time_cost"]
    if where is not None:
        shown = f"memory_cost={values['memory_cost']}, time_cost={values['time_cost']}"
        message = f"`{shown}` is below OWASP's minima for argon2id; leave the defaults, which are above"
        yield Cheap(where, message, Severity.WARNING)
