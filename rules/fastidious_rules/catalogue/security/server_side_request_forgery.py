"""Requests that a client chooses the target of."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from fastidious_rules.api import (
    URL,
    Call,
    ConcatenatedString,
    Edit,
    Fix,
    Origin,
    Related,
    Rule,
    Safety,
    Severity,
    Span,
    String,
    View,
    dotted,
    entry,
    forwarding,
    on,
    openings,
    requested,
    requesting_names,
    source_of,
    ways,
)
from fastidious_rules.catalogue.security.flows import handed_on, short, way_of, written_by_client

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastidious_rules.api import Finding, Interpolation, Opening, Provenance, Scope

_HOST = re.compile(r"https?://[^/?#]+\Z", re.IGNORECASE)
_FARTHEST = 2
_LONG = 40


class _Suspect(NamedTuple):
    """A value in a URL that decides about the host, and where it comes from."""

    opening: Opening
    found: Provenance


class ServerSideRequestForgery(Rule):
    """Request to a host that a client chooses."""

    severity = Severity.ERROR
    message = "`{value}` lets a client choose the host that `{call}` talks to; check it against a list of allowed hosts"
    fixable = Safety.UNSAFE

    @on(Call, names=requesting_names())
    def check(self, call: Call, scope: Scope) -> Iterator[Finding]:
        """Report calls whose URL begins with what a client sent, or has it in the host."""
        qualified = scope.resolve(call) if _may_take_url(call) else ""
        taken = requested(qualified)
        wrapper = scope.ask(forwarding, qualified) if qualified and not taken else None
        taken = wrapper.argument if wrapper is not None else taken
        url = call.argument(*taken) if taken else None
        suspect = _worst(url, scope) if url is not None else None
        if url is not None and suspect is not None:
            inner = (Related(wrapper.place, f"`{short(qualified)}` requests it"),) if wrapper is not None else ()
            yield self._report(call, url, suspect, inner, scope)

    def _report(self, call: Call, url: View, suspect: _Suspect, inner: tuple[Related, ...], scope: Scope) -> Finding:
        found, sink = suspect.found, _name_of(call)
        return self.finding(
            url,
            severity=_severity(suspect, scope),
            message=_CONTINUED if _HOST.match(suspect.opening.before) else "",
            related=(*handed_on(found), *inner),
            evidence=_evidence(suspect, sink),
            value=_shown(suspect, url, scope),
            call=sink,
        )

    def fixes(self, view: Call, finding: Finding, scope: Scope) -> Iterator[Fix]:
        """Offer to end the host with a slash, where that is all that is missing."""
        url = next((each for each in _given(view) if each.span == finding.span), None)
        suspect = _worst(url, scope) if url is not None else None
        if url is None or suspect is None or not _HOST.match(suspect.opening.before):
            return
        place = _place_of(suspect, url)
        if place is not None:
            at = place.span.start
            title = f"Put a slash between host and `{place.value.text}` (one that it begins with is doubled)"
            yield Fix(title, (Edit(Span(at, at), "/"),), (), Safety.UNSAFE)


_CONTINUED = "`{value}` goes on where the host of `{call}` ends: `@evil.example` leads elsewhere; put a `/` before it"


def _given(call: Call) -> list[View]:
    return [*call.arguments[:_FARTHEST], *call.keywords.values()]


def _may_take_url(call: Call) -> bool:
    """Tell whether a call is given anything but literals: the cheap question comes first."""
    return any(not isinstance(each, String) or each.is_formatted for each in _given(call))


def _worst(url: View, scope: Scope) -> _Suspect | None:
    """Return the value of a URL that a client chooses the host with, None if there is none."""
    where = scope.environment
    suspects = [
        _Suspect(opening, way)
        for opening in openings(scope.asker, where, url.term)
        if not opening.is_after_slash
        for way in ways(scope.asker, where, opening.value, URL)
        if way.origin is Origin.REQUEST and way.source.path and not way.is_screened
    ]
    return min(suspects, key=lambda each: _ORDER.index(_severity(each, scope)), default=None)


_ORDER = (Severity.ERROR, Severity.WARNING, Severity.INFORMATION)


def _severity(suspect: _Suspect, scope: Scope) -> Severity:
    found = scope.ask(entry, suspect.found.function)
    if found.is_privileged:
        return Severity.INFORMATION
    return Severity.ERROR if found.is_endpoint else Severity.WARNING


def _evidence(suspect: _Suspect, sink: str) -> str:
    way = f" {way_of(suspect.found, sink)}." if suspect.found.passings else ""
    part = "is the beginning of the URL" if suspect.opening.is_start else "is part of the host"
    return f"{written_by_client(suspect.found)}{way} It {part}, and nothing on the way compares the host with anything."


def _shown(suspect: _Suspect, url: View, scope: Scope) -> str:
    """Return how the code writes the value, if that is short."""
    value = suspect.opening.value
    path = source_of(scope.asker, scope.environment, value).path
    return dotted(value) or (url.text if len(url.text) <= _LONG and "\n" not in url.text else path) or "the URL"


def _name_of(call: Call) -> str:
    text = call.function.text
    return text if len(text) <= _LONG and "\n" not in text else call.last_name


def _place_of(suspect: _Suspect, url: View) -> Interpolation | None:
    """Return where the value stands in the f-string that is the URL."""
    strings = url.strings if isinstance(url, ConcatenatedString) else [url]
    for string in strings:
        for each in string.interpolations if isinstance(string, String) else ():
            if each.value.term == suspect.opening.value:
                return each
    return None
