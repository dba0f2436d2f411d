"""Times in UTC that do not say so."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastidious_rules.api import Call, Edit, Fix, NeededImport, Rule, Safety, on

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastidious_rules.api import Finding, Scope

UTC_NOW = "datetime.datetime.utcnow"


class NaiveUtcNow(Rule):
    """Time in UTC whose value does not say that it is in UTC."""

    message = "`{call}` gives a time without a time zone; ask for `now(UTC)`"
    fixable = Safety.UNSAFE

    @on(Call, names=frozenset({"utcnow"}))
    def check(self, call: Call, scope: Scope) -> Iterator[Finding]:
        """Yield the calls that forget the time zone."""
        if scope.resolve(call) == UTC_NOW:
            yield self.finding(call, call=f"{call.function.text}()")

    def fixes(self, view: Call, finding: Finding, scope: Scope) -> Iterator[Fix]:
        """Yield the call of `now` that says which time zone."""
        del finding, scope
        if view.receiver is None:
            return
        edit = Edit(view.span, f"{view.receiver.text}.now(UTC)")
        imports = (NeededImport("datetime", "UTC"),)
        yield Fix("Ask for the time zone (comparisons with naive times then fail)", (edit,), imports, Safety.UNSAFE)
