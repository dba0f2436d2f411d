"""The rule `hardcoded-secret`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastidious_rules.api import (
    Assignment,
    Call,
    Comparison,
    DictDisplay,
    Evidence,
    Function,
    If,
    Return,
    Rule,
    Safety,
    Severity,
    ancestry,
    documents,
    evidence_of,
    has_password,
    issuer_of,
    may_hold_secrets,
    on,
    opens_something,
)
from fastidious_rules.catalogue.security.literal_keys import KEYED, is_key_of_tokens, key_in
from fastidious_rules.catalogue.security.literal_replacement import from_environment
from fastidious_rules.catalogue.security.literals import Named, named_literals

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastidious_rules.api import Finding, Fix, Scope, View

_ENUMS = frozenset({"enum.Enum", "enum.StrEnum", "enum.IntEnum"})
_SETTINGS = frozenset({"pydantic_settings.BaseSettings", "pydantic.BaseSettings"})
_MESSAGES = {
    Evidence.ISSUED: "{where} a real token of {issuer}, and in the repository; revoke it, read the new one from the environment",
    Evidence.DEFAULT: "`{name}` falls back to a value that attackers try first; have no default, so that it must be set",
    Evidence.ADDRESS: "{where} an address with its password, and whoever reads the repository has it; read it from outside",
    Evidence.KEY: "the key of `{name}` is in the code, so whoever reads it can sign as you; read it from the environment",
}


class HardcodedSecret(Rule):
    """Secret that is written in the code."""

    severity = Severity.ERROR
    message = "`{name}` is a secret in the code, and whoever reads the repository has it; read it from the environment"
    fixable = Safety.UNSAFE

    @on(Assignment, when=may_hold_secrets)
    @on(Call, when=may_hold_secrets)
    @on(Comparison, when=may_hold_secrets)
    @on(DictDisplay, when=may_hold_secrets)
    @on(Function, when=may_hold_secrets)
    @on(Return, when=may_hold_secrets)
    def check(self, view: View, scope: Scope) -> Iterator[Finding]:
        """Report the literals that are secrets by their looks, by their name and looks, or by what they are used for."""
        for each in named_literals(view, scope):
            issuer = issuer_of(each.value)
            found = Evidence.ISSUED if issuer else _evidence(each, scope)
            if found is None or _is_shown(each.literal):
                continue
            if issuer or not (is_key_of_tokens(view, scope) or _is_key(view, each, scope)):
                yield self._report(each, found, issuer)

    @on(Call, names=KEYED)
    def check_key(self, call: Call, scope: Scope) -> Iterator[Finding]:
        """Report a literal that is given where a function takes its key."""
        key = key_in(call, scope)
        if key is not None and not issuer_of(key.value):
            yield self._report(key, Evidence.KEY, "")

    def _report(self, found: Named, evidence: Evidence, issuer: str) -> Finding:
        is_certain = evidence in {Evidence.ISSUED, Evidence.RANDOM, Evidence.KEY}
        return self.finding(
            found.literal,
            severity=Severity.ERROR if is_certain else Severity.WARNING,
            message=_MESSAGES.get(evidence, ""),
            name=found.name,
            where=f"`{found.name}` is" if found.name else "this is",
            issuer=issuer,
        )

    def fixes(self, view: View, finding: Finding, scope: Scope) -> Iterator[Fix]:
        """Yield the same value read from the environment; of settings, the field without its default."""
        found = next((each for each in named_literals(view, scope) if each.literal.span == finding.span), None)
        if found is not None and found.name:
            yield from from_environment(view, found, scope)


def _is_key(view: View, found: Named, scope: Scope) -> bool:
    """Tell whether a literal is reported as the key of what is called."""
    key = key_in(view, scope) if isinstance(view, Call) else None
    return key is not None and key.literal == found.literal


def _evidence(found: Named, scope: Scope) -> Evidence | None:
    """Return what makes a literal a secret under its name."""
    if has_password(found.value):
        return Evidence.ADDRESS
    if len(found.value) < _SHORTEST or not opens_something(found.name, scope.settings.sensitive_names):
        return None
    bases = frozenset(scope.ask(ancestry, f"{scope.module}.{scope.class_name}") if scope.class_name else ())
    if bases & _ENUMS or _is_tried_out(found.literal):
        return None
    is_setting = found.fallback is not None or not bases.isdisjoint(_SETTINGS)
    return evidence_of(found.name, found.value, is_setting=is_setting)


_SHORTEST = 4


def _is_tried_out(literal: View) -> bool:
    """Tell whether a module tries itself out there, when it is run by hand."""
    return any(isinstance(each, If) and "__main__" in each.condition.text for each in literal.ancestors())


def _is_shown(literal: View) -> bool:
    """Tell whether a literal is part of an example in the documentation of an API."""
    return any(_documents(each, literal) for each in literal.ancestors())


def _documents(outer: View, literal: View) -> bool:
    match outer:
        case Call():
            return any(documents(name) and value.span.contains(literal.span) for name, value in outer.keywords.items())
        case Assignment():
            return documents(outer.target.text)
        case DictDisplay():
            return any(
                documents(key.text.strip("\"'")) and value.span.contains(literal.span) for key, value in outer.pairs
            )
        case _:
            return False
