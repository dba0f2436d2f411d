"""Keys for tokens that everybody has who has the code."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastidious_rules.api import (
    DECODE_NAMES,
    ENCODE_NAMES,
    Call,
    Place,
    Related,
    Rule,
    Safety,
    Severity,
    Sort,
    first_uses,
    on,
    written_key,
)
from fastidious_rules.catalogue.security.secret_sources import from_environment
from fastidious_rules.catalogue.security.tokens import key_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastidious_rules.api import Finding, Fix, Scope, WrittenKey


class HardcodedJwtSecret(Rule):
    """Key for tokens that is written in the code."""

    severity = Severity.ERROR
    message = "the key of `{call}` is written in the code: whoever reads it signs tokens; read it from the environment"
    fixable = Safety.UNSAFE

    @on(Call, names=ENCODE_NAMES | DECODE_NAMES)
    def check(self, call: Call, scope: Scope) -> Iterator[Finding]:
        """Report keys written in the call, in a constant, or as a default; each where it is used first."""
        key = key_of(call, scope)
        found = written_key(scope.asker, scope.environment, key.term) if key is not None else None
        if key is None or found is None or not _is_first(found, call, scope):
            return
        related = (Related(found.place, f"`{found.name}` is declared here"),) if found.place is not None else ()
        yield self.finding(
            key,
            severity=Severity.WARNING if found.sort is Sort.DEFAULT else None,
            message=_message(found),
            related=related,
            call=call.function.text,
            name=found.name,
            variable=found.variable,
        )

    def fixes(self, view: Call, finding: Finding, scope: Scope) -> Iterator[Fix]:
        """Yield the fix that reads the key from the project's settings, or from the environment."""
        del finding
        key = key_of(view, scope)
        found = written_key(scope.asker, scope.environment, key.term) if key is not None else None
        if key is not None and found is not None:
            yield from from_environment(key, found, scope)


_DECLARED = "`{name}` ({{@0}}) is written in the code: whoever reads it signs tokens; read it from the environment"
_SETTING = (
    "without `{variable}` in the environment tokens are signed with a value of the code ({{@0}}); drop the default"
)
_FALLBACK = "without `{variable}` in the environment `{call}` takes a value of the code as its key; drop the default"


def _is_first(found: WrittenKey, call: Call, scope: Scope) -> bool:
    """Tell whether no other call that uses the same declared key is to be reported instead."""
    if found.place is None:
        return True
    fact = scope.environment.function
    here = Place(scope.path, fact.name if fact is not None else "", call.span)
    return dict(scope.ask(first_uses)).get(found.place, here) == here


def _message(found: WrittenKey) -> str:
    if found.sort is Sort.DEFAULT and found.variable:
        return _SETTING if found.place is not None else _FALLBACK
    return _DECLARED if found.place is not None else ""
