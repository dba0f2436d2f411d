"""Tokens that are believed without a look at their signature."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastidious_rules.api import (
    UNVERIFIED_NAMES,
    Call,
    DictDisplay,
    Edit,
    ExceptHandler,
    Fix,
    Literal,
    Related,
    Rule,
    Safety,
    Severity,
    on,
    option_of,
    reads_claims_unverified,
    token_source,
    verifier,
    words_of,
)
from fastidious_rules.catalogue.security.claims import claims_read
from fastidious_rules.catalogue.security.tokens import keyword_removed, verifies

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastidious_rules.api import Finding, Function, Scope, TokenFunction, TokenSource, View

_FALSE = Literal("bool", "False")
_MOST_RELATED = 5
_HARMLESS_CLAIMS = frozenset({"exp", "iat", "nbf", "iss", "kid", "alg"})
_FROM_PROVIDERS = frozenset({"sso", "assertion", "idp", "provider", "oidc"})
_DELIBERATE = frozenset({"unverified", "peek", "unsafe", "insecure", "debug", "inspect", "untrusted"})
_CHECKING = frozenset({"verify", "verified", "validate", "authenticate"})


class JwtUnverifiedDecode(Rule):
    """Token whose claims are used though nobody verifies its signature."""

    severity = Severity.ERROR
    message = "`{call}` believes any token, a forged one too; verify its signature before you use its claims"
    fixable = Safety.SAFE

    @on(Call, names=UNVERIFIED_NAMES)
    def check(self, call: Call, scope: Scope) -> Iterator[Finding]:
        """Report claims that are read unverified, unless that is how the right key is found."""
        if call.last_name == "decode" and not call.keywords and len(call.arguments) <= _KEY_POSITION:
            return
        qualified = scope.resolve(call)
        known = verifier(qualified)
        if known is not None and "verify" in call.keywords and call.keywords["verify"].term == _FALSE:
            yield self._asking_in_vain(call, scope)
        token = _token(call, known, scope) if known is not None else _first(call, qualified)
        if token is None or _is_exempt(call, token, scope):
            return
        source = token_source(scope.asker, scope.environment, token.term)
        severity = _severity(source, token, scope)
        if severity is not None:
            yield self._finding(call, source, severity)

    def _finding(self, call: Call, source: TokenSource, severity: Severity) -> Finding:
        places = source.callers[:_MOST_RELATED] if source.is_clients else ()
        related = tuple(Related(each, "a client's token is passed on here") for each in places)
        return self.finding(call, severity=severity, related=related, call=call.function.text)

    def _asking_in_vain(self, call: Call, scope: Scope) -> Finding:
        version = scope.version("pyjwt")
        is_old = version is not None and version.major < _FIRST_STRICT
        return self.finding(call, severity=None if is_old else Severity.WARNING, message=_OLD if is_old else _IN_VAIN)

    def fixes(self, view: Call, finding: Finding, scope: Scope) -> Iterator[Fix]:
        """Yield the fix that turns verification on, where the call has what it needs for that."""
        known = verifier(scope.resolve(view))
        if known is None:
            return
        flag = next((each for each in _flags(view, known) if each.term == _FALSE), None)
        if "verify=False" in finding.message:
            edit = keyword_removed(view, "verify")
            yield Fix("Leave out `verify=False`, so that the signature is verified", (edit,) if edit else ())
        elif flag is not None and view.argument(*known.key) and view.argument(*known.algorithms):
            yield Fix("Verify the signature", (Edit(flag.span, "True"),))


_KEY_POSITION = 3
_FIRST_STRICT = 2
_OLD = "`verify=False` makes PyJWT believe any token, a forged one too; leave it out"
_IN_VAIN = "`verify=False` does nothing since PyJWT 2, and without verification in PyJWT 1; leave it out"


def _token(call: Call, known: TokenFunction, scope: Scope) -> View | None:
    """Return the token of a call that is told not to verify it."""
    given = call.argument(*known.options) if known.options else None
    options = given.term if given is not None else None
    if option_of(scope.asker, scope.environment, options, "verify_signature") != _FALSE:
        return None
    return call.argument(*known.token)


def _first(call: Call, qualified: str) -> View | None:
    """Return the token of a call that never verifies."""
    return call.argument(0, "token") if reads_claims_unverified(qualified) else None


def _flags(call: Call, known: TokenFunction) -> Iterator[View]:
    options: DictDisplay | View | None = call.argument(*known.options) if known.options else None
    pairs = options.pairs if isinstance(options, DictDisplay) else ()
    yield from (value for key, value in pairs if key.term == Literal("str", "verify_signature"))


def _is_exempt(call: Call, token: View, scope: Scope) -> bool:
    """Tell whether the claims only lead to the key, or to the time left, or the token is verified too."""
    function = scope.function
    if function is None:
        return True
    claims = claims_read(call, function)
    if claims is not None and claims <= _HARMLESS_CLAIMS:
        return True
    handler = call.nearest(ExceptHandler)
    if handler is not None:
        return handler.caught is not None and handler.caught.text.endswith("ExpiredSignatureError")  # signed, but late
    others = [each for each in function.body.find(Call) if each != call]
    return any(_verifies_it(each, token, scope) for each in others)


def _verifies_it(call: Call, token: View, scope: Scope) -> bool:
    if verifies(call, scope):
        return True
    takes_it = any(each.text == token.text for each in call.arguments)
    return takes_it and not _CHECKING.isdisjoint(words_of(call.last_name))


def _severity(source: TokenSource, token: View, scope: Scope) -> Severity | None:
    """Return how bad it is: an error for a client's token, nothing for one that a provider has just sent."""
    if source.is_clients:
        return Severity.ERROR
    function = scope.function
    if function is not None and _says_so(function):
        return None
    said = {*words_of(token.text), *words_of(function.name if function is not None else "")}
    is_known = bool(source.callers) or not source.parameter or words_of(token.text)[-2:] == ("id", "token")
    return None if is_known or said & (_FROM_PROVIDERS | _DELIBERATE) else Severity.WARNING


def _says_so(function: Function) -> bool:
    """Tell whether the docstring of a function warns its callers that nothing is verified."""
    text = function.docstring.text.lower() if function.docstring is not None else ""
    return any(each in text for each in ("without verif", "not verif", "unverified", "without signature"))
