"""Tokens without an expiry, that are accepted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastidious_rules.api import (
    DECODE_NAMES,
    Call,
    Collection,
    DictDisplay,
    Display,
    Edit,
    Fix,
    Literal,
    Rule,
    Safety,
    Severity,
    Span,
    on,
    option_of,
    token_source,
    with_argument,
)
from fastidious_rules.catalogue.security.claims import claims_read, needs_claim
from fastidious_rules.catalogue.security.tokens import verifying

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastidious_rules.api import Finding, Function, Scope, Term, TokenFunction, View

_EXPIRY = Literal("str", "exp")
_TRUE = Literal("bool", "True")
_VERIFYING = (None, _TRUE)
_TIMES = frozenset({"exp", "iat", "nbf"})


class JwtExpirationNotRequired(Rule):
    """Token of a client that is accepted though it may have no `exp`."""

    severity = Severity.INFORMATION
    card_severity = Severity.WARNING
    message = "`{call}` accepts tokens without `exp`, which never expire; require it with `options={{{option}}}`"
    fixable = Safety.UNSAFE

    @on(Call, names=DECODE_NAMES)
    def check(self, call: Call, scope: Scope) -> Iterator[Finding]:
        """Report verification of clients' tokens that does not insist on an expiry."""
        known = verifying(call, scope)
        function = scope.function
        token = call.argument(*known.token) if known is not None else None
        if known is None or token is None or function is None or known.library not in _OPTIONS:
            return
        if not _is_lenient(call, known, scope) or _looks_itself(call, function, scope):
            return
        if token_source(scope.asker, scope.environment, token.term).is_clients:
            yield self.finding(call, call=call.function.text, option=_OPTIONS[known.library])

    def fixes(self, view: Call, finding: Finding, scope: Scope) -> Iterator[Fix]:
        """Yield the option that requires `exp`."""
        del finding
        known = verifying(view, scope)
        if known is None:
            return
        edit = _edit(view, view.argument(*known.options), _OPTIONS[known.library])
        if edit is not None:
            yield Fix("Refuse tokens without `exp`, also those that are in use now", (edit,), (), Safety.UNSAFE)


def _looks_itself(call: Call, function: Function, scope: Scope) -> bool:
    """Tell whether the code fails without the claim anyway, or reads nothing but times."""
    read = claims_read(call, function)
    return needs_claim(call, "exp", function, scope) or (read is not None and read <= _TIMES)


_OPTIONS = {"PyJWT": '"require": ["exp"]', "python-jose": '"require_exp": True'}


def _is_lenient(call: Call, known: TokenFunction, scope: Scope) -> bool:
    """Tell whether a call verifies, expiries too, and provably does not require them."""
    given = call.argument(*known.options)
    term = given.term if given is not None else None
    spread = any(not isinstance(each, Call) and each.text.startswith("**") for each in call.all_arguments)

    def told(name: str) -> Term | None:
        return option_of(scope.asker, scope.environment, term, name)

    if spread or any(told(name) not in _VERIFYING for name in ("verify_signature", "verify_exp")):
        return False
    if known.library == "python-jose":
        return told("require_exp") in (None, Literal("bool", "False"))
    required = told("require")
    return required is None or (isinstance(required, Collection) and _is_without_expiry(required))


def _is_without_expiry(required: Collection) -> bool:
    return all(isinstance(each, Literal) for each in required.items) and _EXPIRY not in required.items


def _edit(call: Call, options: View | None, option: str) -> Edit | None:
    if options is None:
        return with_argument(call, f"options={{{option}}}")
    if not isinstance(options, DictDisplay):
        return None
    listed = next((value for key, value in options.pairs if key.term == Literal("str", "require")), None)
    if listed is not None:
        items = listed.items if isinstance(listed, Display) else []
        return Edit(Span(items[-1].span.end, items[-1].span.end), ', "exp"') if items else None
    children = list(options.children())
    if not children:
        return Edit(options.span, f"{{{option}}}")
    return Edit(Span(children[-1].span.end, children[-1].span.end), f", {option}")
