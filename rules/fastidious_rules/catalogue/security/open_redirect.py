"""Redirects that a client chooses the target of."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from fastidious_rules.api import (
    LOCATION,
    Assignment,
    Call,
    DictDisplay,
    Function,
    Origin,
    Return,
    Rule,
    Safety,
    Severity,
    String,
    Subscript,
    View,
    answered,
    dotted,
    holding,
    on,
    openings,
    provenance,
    redirected,
    redirecting_names,
    resolve,
    source_of,
)
from fastidious_rules.catalogue.security.flows import handed_on, way_of, written_by_client
from fastidious_rules.catalogue.security.local_paths import local_parameter, without_slashes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastidious_rules.api import Finding, Fix, Opening, Provenance, Route, Scope

_REDIRECTING = re.compile(r"\A30[12378]\Z|HTTP_30[12378]_|\.(?:FOUND|SEE_OTHER|MOVED_PERMANENTLY|\w+_REDIRECT)\Z")
_LOCATION = "location"
_LONG = 40


class _Suspect(NamedTuple):
    """A value in a URL that decides about the host, and where it comes from."""

    opening: Opening
    found: Provenance


class OpenRedirect(Rule):
    """Redirect to a site that a client chooses."""

    severity = Severity.WARNING
    message = (
        "`{value}` lets whoever writes a link choose the site that it redirects to; accept paths of this site only"
    )
    fixable = Safety.SAFE

    @on(Call, names=redirecting_names())
    def check(self, call: Call, scope: Scope) -> Iterator[Finding]:
        """Report redirecting responses and errors whose URL a client begins."""
        url = _target(call, scope)
        if url is not None:
            yield from self._findings(url, scope)

    @on(Assignment, when=holding("ocation", "OCATION"))
    def check_header(self, assignment: Assignment, scope: Scope) -> Iterator[Finding]:
        """Report `response.headers["Location"] = value` in a function that redirects."""
        value = assignment.value
        if value is not None and _is_location(assignment.target) and _sets_redirecting_status(scope):
            yield from self._findings(value, scope)

    @on(Return, when=holding("response_class"))
    def check_returned(self, statement: Return, scope: Scope) -> Iterator[Finding]:
        """Report URLs that an endpoint with `response_class=RedirectResponse` returns."""
        function, value = scope.function, statement.value
        if function is None or value is None or "response_class" not in _decorators(function):
            return
        if not isinstance(value, Call) and any(_is_redirecting(route, scope) for route in scope.routes(function)):
            yield from self._findings(value, scope)

    def _findings(self, url: View, scope: Scope) -> Iterator[Finding]:
        suspect = _suspect(url, scope)
        if suspect is None:
            return
        found = suspect.found
        yield self.finding(
            url,
            severity=Severity.INFORMATION if ".headers." in found.source.path else Severity.WARNING,
            message=_AFTER_SLASH if suspect.opening.is_after_slash else "",
            related=handed_on(found),
            evidence=_evidence(suspect),
            value=_shown(suspect, url, scope),
        )

    def fixes(self, view: View, finding: Finding, scope: Scope) -> Iterator[Fix]:
        """Offer to drop the slashes that follow a slash, or to let the parameter be a path only."""
        url = _url_of(view, finding, scope)
        suspect = _suspect(url, scope) if url is not None else None
        if url is None or suspect is None:
            return
        if suspect.opening.is_after_slash:
            yield from without_slashes(url, suspect.opening.value, scope)
        elif suspect.opening.is_start and not suspect.found.passings:
            yield from local_parameter(suspect.found.source, scope)


_AFTER_SLASH = "`{value}` may begin with a slash, and `//evil.example` is another site; strip its leading slashes"


def _url_of(view: View, finding: Finding, scope: Scope) -> View | None:
    """Return the URL that a finding stands on."""
    url: View | None = None
    if isinstance(view, Call):
        url = _target(view, scope)
    elif isinstance(view, Assignment | Return):
        url = view.value
    return url if url is not None and url.span == finding.span else None


def _target(call: Call, scope: Scope) -> View | None:
    """Return where a call sends a browser, None if it sends it nowhere."""
    qualified = scope.resolve(call)
    sends = redirected(qualified)
    if sends:
        return call.argument(*sends)
    answers = answered(qualified)
    status = call.argument(*answers) if answers else None
    headers = call.keywords.get("headers")
    if status is None or not isinstance(headers, DictDisplay) or not _REDIRECTING.search(status.text):
        return None
    return next((value for key, value in headers.pairs if _says_location(key)), None)


def _says_location(key: View) -> bool:
    return isinstance(key, String) and (key.value or "").lower() == _LOCATION


def _is_location(target: View) -> bool:
    if not isinstance(target, Subscript) or not target.value.text.endswith(".headers"):
        return False
    return any(_says_location(each) for each in target.indexes)


def _sets_redirecting_status(scope: Scope) -> bool:
    """Tell whether the function around, or its route, answers with a status that a browser follows."""
    function = scope.function
    if function is None:
        return False
    assigned = (each for each in function.body.find(Assignment) if each.target.text.endswith(".status_code"))
    said = [each.value.text for each in assigned if each.value is not None]
    return any(_REDIRECTING.search(each) for each in said) or bool(_REDIRECTING_ROUTE.search(_decorators(function)))


_REDIRECTING_ROUTE = re.compile(r"status_code\s*=\s*(?:30[12378]|[\w.]*HTTP_30[12378])")


def _decorators(function: Function) -> str:
    return " ".join(each.value.text for each in function.decorators)


def _is_redirecting(route: Route, scope: Scope) -> bool:
    declared = route.argument("response_class")
    return declared is not None and bool(redirected(resolve(scope.asker, scope.module, dotted(declared))))


def _suspect(url: View, scope: Scope) -> _Suspect | None:
    """Return the value of a URL that a client chooses the site with, None if there is none."""
    if isinstance(url, String) and not url.is_formatted:
        return None
    where = scope.environment
    for opening in openings(scope.asker, where, url.term):
        found = provenance(scope.asker, where, opening.value, LOCATION)
        if found.origin is Origin.REQUEST and found.source.path and not found.is_screened:
            return _Suspect(opening, found)
    return None


def _shown(suspect: _Suspect, url: View, scope: Scope) -> str:
    """Return how the code writes the value, if that is short."""
    value = suspect.opening.value
    path = source_of(scope.asker, scope.environment, value).path
    return dotted(value) or (url.text if len(url.text) <= _LONG and "\n" not in url.text else path) or "the URL"


def _evidence(suspect: _Suspect) -> str:
    way = f" {way_of(suspect.found, 'redirect')}." if suspect.found.passings else ""
    said = "A link to your site with another site in it leads there, and looks as if it led to you."
    return f"{written_by_client(suspect.found)}{way} {said}"
