"""Applications that let every website read their answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastidious_rules.api import Call, Related, Rule, Severity, any_origin, any_pattern, is_true, on
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
        options = call.keywords
        if not ("allow_origins" in options or "allow_origin_regex" in options) or not adds_cors(call, scope):
            return
        where = scope.environment
        credentials = options.get("allow_credentials")
        with_credentials = is_true(scope.asker, where, credentials.term if credentials is not None else None)
        for name, allows in (("allow_origins", any_origin), ("allow_origin_regex", any_pattern)):
            given = options.get(name)
            found = allows(scope.asker, where, given.term) if given is not None else None
            if given is not None and found is not None:
                yield self._finding(name, given, found, with_credentials=with_credentials)
                return

    def _finding(self, name: str, given: View, found: Written, *, with_credentials: bool) -> Finding:
        related = (Related(found.place, "the origins are defined here"),) if found.place is not None else ()
        defined = " The value comes from {@0}." if related else ""
        reflected = "Starlette answers with the `Origin` of whoever asks"
        evidence = (
            f"{reflected}, and `Access-Control-Allow-Credentials: true`: browsers send cookies along.{defined}"
            if with_credentials
            else f"Every origin is allowed, without cookies.{defined}"
        )
        return self.finding(
            given,
            severity=Severity.ERROR if with_credentials else Severity.INFORMATION,
            message=_WITH_CREDENTIALS if with_credentials else "",
            related=related,
            evidence=evidence,
            option=f"{name}={_shown(given)}",
        )


def _shown(given: View) -> str:
    return given.text if "\n" not in given.text else "[...]"
