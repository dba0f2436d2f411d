"""The rule `secret-in-log`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastidious_rules.api import (
    Call,
    Keyword,
    Related,
    Rule,
    Severity,
    String,
    is_called_logger,
    is_run_by_hand,
    is_writer,
    on,
    writer_names,
)
from fastidious_rules.catalogue.security.logged_values import logged

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastidious_rules.api import Finding, Scope, View
    from fastidious_rules.catalogue.security.logged_values import Logged

_WITH_FIELD = "`{value}` goes to the log with its `{field}` in clear; leave it out, or make the field a `SecretStr`"
_WITH_HEADER = "`{value}` goes to the log with its `{field}` header in clear; leave that header out"


class SecretInLog(Rule):
    """Secret that is written to a log."""

    severity = Severity.WARNING
    message = "`{value}` goes to the log in clear, and to all who read logs; leave it out, or log whose it is"

    @on(Call, names=writer_names())
    def check(self, call: Call, scope: Scope) -> Iterator[Finding]:
        """Report what a log must not show among the arguments of a call that writes to one."""
        arguments = [each.value if isinstance(each, Keyword) else each for each in call.all_arguments]
        telling = [each for each in arguments if not isinstance(each, String) or each.interpolations]
        if not telling or not _writes(call, scope) or _is_for_the_user(call, scope):
            return
        for argument in telling:
            found = next(logged(argument, scope), None)
            if found is not None:
                yield self._report(argument, found)
                return

    def _report(self, where: View, found: Logged) -> Finding:
        field = found.field
        if field is None:
            message = _WITH_HEADER if found.header else ""
            return self.finding(where, message=message, value=found.shown, field=found.header)
        related = (Related(field.place, f"`{field.name}` is declared here"),)
        evidence = f"The text of a Pydantic model shows all its fields, `{field.name}` ({{@0}}) among them."
        return self.finding(
            where, message=_WITH_FIELD, value=found.shown, field=field.name, related=related, evidence=evidence
        )


def _writes(call: Call, scope: Scope) -> bool:
    """Tell whether a call writes to a log: its receiver is called a logger, or is one."""
    receiver = call.receiver
    name = receiver.text if receiver is not None else ""
    return is_called_logger(name) or is_writer(scope.asker, scope.resolve(call))


def _is_for_the_user(call: Call, scope: Scope) -> bool:
    """Tell whether what is printed is what somebody at a terminal has asked for."""
    if call.receiver is not None:
        return False
    function = scope.function
    return function is None or scope.ask(is_run_by_hand, scope.qualified(function))
