"""Applications that let every website read their answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastidious_rules.api import Apply, Call, Related, Rule, Severity, any_origin, any_pattern, is_true, on, options_of
from fastidious_rules.catalogue.security.cors_calls import CORS_CALLS, adds_cors

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastidious_rules.api import Finding, Scope, View, Written

_WITH_CREDENTIALS = (
    "`{option}` with `allow_credentials` lets every website act as the signed-in user; list the origins you trust"
)


class PermissiveCors(Rule):
    """CORS that lets every website read what the application answers."""

    severity = Severity.INFORMATION
    message = "`{option}` lets every website read the answers of this application; list the origins you trust"

    @on(Call, names=CORS_CALLS)
    def check(self, call: Call, scope: Scope) -> Iterator[Finding]:
        """Report origins that are a star, or a pattern that matches everything."""
        term = call.term
        if not isinstance(term, Apply) or not _may_allow(call) or not adds_cors(call, scope):
            return
        where = scope.environment
        options = options_of(scope.asker, where, term)
        with_credentials = is_true(scope.asker, where, options.get("allow_credentials"))
        for name, allows in (("allow_origins", any_origin), ("allow_origin_regex", any_pattern)):
            found = allows(scope.asker, where, options[name]) if name in options else None
            if found is not None:
                yield self._finding(name, call, found, with_credentials=with_credentials)
                return

    def _finding(self, name: str, call: Call, found: Written, *, with_credentials: bool) -> Finding:
        given = call.keywords.get(name)
        related = (Related(found.place, "the origins are defined here"),) if found.place is not None else ()
        defined = " The value comes from {@0}." if related else ""
        reflected = "Starlette answers with the `Origin` of whoever asks"
        evidence = (
            f"{reflected}, and `Access-Control-Allow-Credentials: true`: browsers send cookies along.{defined}"
            if with_credentials
            else f"Every origin is allowed, without cookies.{defined}"
        )
        return self.finding(
            given or (call.arguments[0] if call.arguments else call),
            severity=Severity.ERROR if with_credentials else Severity.INFORMATION,
            message=_WITH_CREDENTIALS if with_credentials else "",
            related=related,
            evidence=evidence,
            option=f"{name}={_shown(name, given)}",
        )


def _may_allow(call: Call) -> bool:
    options = call.keywords
    return "allow_origins" in options or "allow_origin_regex" in options or "**" in call.text


def _shown(name: str, given: View | None) -> str:
    if given is None:
        return '["*"]' if name == "allow_origins" else '".*"'
    return given.text if "\n" not in given.text else "[...]"
