"""Claims of tokens that do not mean what they look like: times without a zone, numbers as subjects."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from packaging.version import Version

from fastidious_rules.api import (
    ENCODE_NAMES,
    Assignment,
    Call,
    DictDisplay,
    Edit,
    Fix,
    Literal,
    Name,
    Related,
    Rule,
    Safety,
    Severity,
    holding,
    ignores_subjects,
    on,
    signs_with,
)
from fastidious_rules.catalogue.security.claim_values import Claim, Reading, claims_set, is_used_besides, readings
from fastidious_rules.catalogue.security.clocks import clock_of
from fastidious_rules.catalogue.security.tokens import signing

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastidious_rules.api import Finding, Function, NeededImport, Scope, View

_TIMES = frozenset({"exp", "iat", "nbf"})
_LONG = 2000
"""A dict of more bytes holds no claims."""
_CLOCKS = frozenset({"now", "today", "utcnow"})
_CONVERTING = frozenset({"astimezone", "replace", "strftime", "timetuple", "utctimetuple", "isoformat", "date"})
_NOTHING = Literal("None", "None")
_STRICT = {"PyJWT": ("pyjwt", Version("2.10")), "python-jose": ("python-jose", Version("3.0"))}


class _Wrong(NamedTuple):
    claim: Claim
    reading: Reading
    severity: Severity
    message: str


class JwtNaiveExpiry(Rule):
    """Claim of a token with a time that has no zone, or a subject that is no text."""

    severity = Severity.WARNING
    message = "`{value}` is local time and `{claim}` is read as UTC: it is hours off outside UTC; use `{now}`"
    fixable = Safety.SAFE

    @on(Call, names=ENCODE_NAMES)
    def check(self, call: Call, scope: Scope) -> Iterator[Finding]:
        """Report naive times in the claims that a function signs, once for all calls in it that sign."""
        function = scope.function
        if function is None or not _signs(call, scope) or _signs_before(call, function, scope):
            return
        seen: set[int] = set()
        for wrong in _naive_claims(function, scope):
            clock = wrong.reading.call
            if clock.span.start not in seen:
                seen.add(clock.span.start)
                yield self._finding(wrong, scope)

    def _finding(self, wrong: _Wrong, scope: Scope) -> Finding:
        call = wrong.reading.call
        return self.finding(
            call,
            severity=wrong.severity,
            message=wrong.message,
            value=call.text,
            claim=wrong.claim.name,
            now=_utc(call, scope)[0],
        )

    @on(DictDisplay, when=holding("sub"))
    def check_subject(self, display: DictDisplay, scope: Scope) -> Iterator[Finding]:
        """Report a number as the subject of a dict that is signed here, or by the function that it is passed to."""
        text = display.text if display.span.end - display.span.start < _LONG else ""
        named = display.pairs if '"sub"' in text or "'sub'" in text else ()
        value = next((value for key, value in named if key.term == Literal("str", "sub")), None)
        if value is None or scope.type_of(value).name != "builtins.int":
            return
        found = _signed(display, scope)
        if found is None or not _is_strict(found.library, scope) or scope.ask(ignores_subjects):
            return
        yield self.finding(
            value,
            severity=Severity.ERROR,
            message=_NUMBER,
            related=found.related,
            value=value.text,
            library=found.library,
        )

    def fixes(self, view: Call | DictDisplay, finding: Finding, scope: Scope) -> Iterator[Fix]:
        """Yield the time in UTC, or the text of the subject."""
        if isinstance(view, DictDisplay):
            value = next(value for _, value in view.pairs if value.span == finding.span)
            yield Fix("Make the subject a text", (Edit(value.span, f"str({value.text})"),))
            return
        function = scope.function
        for wrong in _naive_claims(function, scope) if function is not None else ():
            if function is not None and wrong.reading.call.span == finding.span:
                yield _in_utc(wrong, function, scope)
                return


_TIMESTAMP = (
    "`{value}` is UTC, and `.timestamp()` takes it for local time: `{claim}` is hours off outside UTC; use `{now}`"
)
_DEPRECATED = (
    "`{value}` is deprecated: its time in UTC does not say so, and the next `.timestamp()` is wrong; use `{now}`"
)
_NUMBER = "`{value}` is a number as `sub`: {library} signs the token, and refuses it when it comes back; use `str(...)`"


class _Signed(NamedTuple):
    library: str
    related: tuple[Related, ...] = ()


def _signs(call: Call, scope: Scope) -> bool:
    return signing(call, scope.at(call)) is not None


def _signs_before(call: Call, function: Function, scope: Scope) -> bool:
    calls = function.body.find(Call)
    return any(each.span.start < call.span.start and _signs(each, scope) for each in calls)


def _naive_claims(function: Function, scope: Scope) -> Iterator[_Wrong]:
    for claim in claims_set(function, _TIMES):
        for reading in readings(claim.value, function, _CLOCKS):
            found = _judged(reading, scope)
            if found is not None:
                yield _Wrong(claim, reading, *found)


def _judged(reading: Reading, scope: Scope) -> tuple[Severity, str] | None:
    """Return how bad a time is in a claim, and what to say of it; None where it is right."""
    if reading.methods & _CONVERTING:
        return None
    called = scope.at(reading.call).resolve(reading.call)
    zone = reading.call.argument(0, "tz")
    is_timestamp = "timestamp" in reading.methods
    match called:
        case "datetime.datetime.utcnow":
            return (Severity.WARNING, _TIMESTAMP) if is_timestamp else (Severity.INFORMATION, _DEPRECATED)
        case "datetime.datetime.now" | "datetime.datetime.today" if zone is None or zone.term == _NOTHING:
            return None if is_timestamp else (Severity.WARNING, "")
        case _:
            return None


def _in_utc(wrong: _Wrong, function: Function, scope: Scope) -> Fix:
    """Return the fix that reads the clock in UTC, under the name that it has here."""
    call, names = wrong.reading.call, wrong.reading.names
    text, imports = _utc(call, scope)
    values = [each.value for each in claims_set(function, _TIMES)]
    is_shared = is_used_besides(function, names, values)
    other = ", ".join(f"`{each}`" for each in sorted(names))
    title = (
        f"Read the clock in UTC (other uses of {other} get a time with a zone too)"
        if is_shared
        else "Read the clock in UTC"
    )
    return Fix(title, (Edit(call.span, text),), imports, Safety.UNSAFE if is_shared else Safety.SAFE)


def _utc(call: Call, scope: Scope) -> tuple[str, tuple[NeededImport, ...]]:
    """Return how the clock that a call reads is read in UTC, under the name that it has here, and what that needs."""
    clock = clock_of(scope.at(call))
    receiver = call.receiver.text if call.receiver is not None else ""
    outer = receiver.rpartition(".")[0]
    zone = f"{outer}.{clock.zone.removeprefix('datetime.')}" if outer else clock.zone
    imports = () if outer else tuple(each for each in clock.imports if each.name in {"UTC", "timezone"})
    return f"{receiver}.now({zone})", imports


def _signed(display: DictDisplay, scope: Scope) -> _Signed | None:
    """Return the library that signs a dict: in this function, or in one that it is passed to."""
    function = scope.function
    outer = display.parent
    name = outer.target.text if isinstance(outer, Assignment) and isinstance(outer.target, Name) else ""
    for call in function.body.find(Call) if function is not None else ():
        takes_it = any(each == display or (name and each.text == name) for each in _given(call))
        known = signing(call, scope.at(call)) if takes_it else None
        if known is not None:
            return _Signed(known.library)
        found = scope.ask(signs_with, scope.at(call).resolve(call)) if takes_it else None
        if found is not None:
            return _Signed(found[0], (Related(found[1], f"`{call.last_name}` signs it here"),))
    return None


def _given(call: Call) -> list[View]:
    return [*call.arguments, *call.keywords.values()]


def _is_strict(library: str, scope: Scope) -> bool:
    """Tell whether a library refuses subjects that are no text, in the version that the code is written for."""
    if library not in _STRICT:
        return False
    distribution, first = _STRICT[library]
    version = scope.version(distribution)
    return version is None or version >= first
