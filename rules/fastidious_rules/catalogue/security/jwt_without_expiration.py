"""Tokens that never expire."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from fastidious_rules.api import (
    ENCODE_NAMES,
    Call,
    If,
    Literal,
    Ref,
    Related,
    Rule,
    Safety,
    Severity,
    keys_at,
    omitting,
    on,
    parts,
    passed_keys,
)
from fastidious_rules.catalogue.security.token_expiry import expiring
from fastidious_rules.catalogue.security.tokens import is_for_link, makes_token, signing

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastidious_rules.api import Finding, Fix, Function, Keys, PassedKeys, Scope, View

_EXPIRY = "exp"
_MOST_RELATED = 5
_NOTHING = Literal("None", "None")


class JwtWithoutExpiration(Rule):
    """Token that is signed without `exp`, so it is valid for ever."""

    severity = Severity.ERROR
    message = "`{function}` signs a token without `exp`: whoever steals it can use it for ever; add an expiry"
    fixable = Safety.UNSAFE

    @on(Call, names=ENCODE_NAMES)
    def check(self, call: Call, scope: Scope) -> Iterator[Finding]:
        """Report payloads that provably lack `exp`, on all paths or on some."""
        known = signing(call, scope)
        payload = call.argument(*known.payload) if known is not None else None
        if payload is None:
            return
        keys = keys_at(scope.asker, scope.environment, payload, scope.function)
        if keys.is_open or _EXPIRY in keys.always:
            return
        if _EXPIRY in keys.possible:
            yield from self._on_some_paths(call, keys, scope)
        elif keys.passed:
            yield from self._from_callers(call, keys, scope)
        else:
            yield self.finding(call, severity=_severity(scope), function=_name(scope))

    def _on_some_paths(self, call: Call, keys: Keys, scope: Scope) -> Iterator[Finding]:
        function = scope.function
        branch = _branch(call, function) if function is not None else None
        if function is None or branch is None or _is_settled(branch, scope):
            return
        if keys.passed and _all_expire(scope.ask(passed_keys, scope.qualified(function), keys.passed)):
            return
        parameter = _parameter(branch, scope)
        omitted = scope.ask(omitting, scope.qualified(function), parameter) if parameter else None
        is_sure = bool(parameter) and (omitted is None or bool(omitted))
        yield self.finding(
            call,
            severity=_severity(scope) if is_sure else Severity.WARNING,
            message=_SOMETIMES,
            related=tuple(_related(omitted or (), "passes nothing for it")),
            function=_name(scope),
            condition=_shortened(branch.condition.text),
        )

    def _from_callers(self, call: Call, keys: Keys, scope: Scope) -> Iterator[Finding]:
        function = scope.function
        if function is None:
            return
        found = scope.ask(passed_keys, scope.qualified(function), keys.passed)
        lacking = [each for each in found if not each.keys.is_open and _EXPIRY not in each.keys.possible]
        if lacking:
            yield self.finding(
                call,
                severity=_severity(scope),
                message=_PASSED,
                related=tuple(_related(lacking, "passes no `exp`")),
                function=function.name,
                caller=lacking[0].caller.rpartition(".")[2] or "the module",
            )
        elif not found and makes_token(function.name):
            yield self.finding(
                call, severity=Severity.WARNING, message=_ALONE, function=function.name, passed=keys.passed
            )

    def fixes(self, view: Call, finding: Finding, scope: Scope) -> Iterator[Fix]:
        """Yield the fix that gives the payload an expiry, from the project's settings where they have one."""
        del finding
        known = signing(view, scope)
        payload = view.argument(*known.payload) if known is not None else None
        if payload is not None:
            keys = keys_at(scope.asker, scope.environment, payload, scope.function)
            yield from expiring(view, payload, scope, has_some=_EXPIRY in keys.possible)


_SOMETIMES = "`{function}` signs a token without `exp` unless `{condition}`: it is then valid for ever; add a default"
_PASSED = "`{caller}` ({{@0}}) passes no `exp`, and `{function}` adds none: the token is valid for ever; add an expiry"
_ALONE = "`{function}` signs `{passed}` and adds no `exp`: a token without it is valid for ever; add an expiry"
_LONG = 40


def _severity(scope: Scope) -> Severity:
    function = scope.function
    return Severity.WARNING if function is not None and is_for_link(function.name) else Severity.ERROR


def _name(scope: Scope) -> str:
    return scope.function.name if scope.function is not None else scope.module


def _shortened(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _LONG else f"{line[:_LONG]}..."


def _related(callers: Iterator[PassedKeys] | tuple[PassedKeys, ...] | list[PassedKeys], says: str) -> Iterator[Related]:
    for each in list(callers)[:_MOST_RELATED]:
        yield Related(each.place, f"`{each.caller or 'the module'}` {says}")


def _all_expire(found: tuple[PassedKeys, ...]) -> bool:
    return bool(found) and all(_EXPIRY in each.keys.possible for each in found)


def _branch(call: Call, function: Function) -> If | None:
    """Return the branch that alone gives the payload its expiry."""
    branches = [each for each in function.body.find(If) if not each.span.contains(call.span)]
    return next((each for each in branches if _sets_expiry(each)), None)


def _sets_expiry(branch: If) -> bool:
    return any(mark in branch.text for mark in ('"exp"', "'exp'", "exp="))


class _Tested(NamedTuple):
    name: str
    is_parameter: bool


def _tested(branch: If, scope: Scope) -> Iterator[_Tested]:
    fact = scope.environment.function
    parameters = {each.name for each in fact.parameters} if fact is not None else set[str]()
    for name in _names(branch.condition):
        yield _Tested(name, name in parameters)


def _names(view: View) -> list[str]:
    text = [part.dotted.partition(".")[0] for part in parts(view.term) if isinstance(part, Ref)]
    inner = [name for child in view.children() for name in _names(child)]
    return list(dict.fromkeys([*text, *inner]))


def _is_settled(branch: If, scope: Scope) -> bool:
    """Tell whether the condition may well hold always: it is assigned before, or must be given."""
    fact = scope.environment.function
    if fact is None:
        return True
    for name, is_parameter in _tested(branch, scope):
        if name in fact.local:
            return is_parameter or _NOTHING not in fact.local[name]
        parameter = next((each for each in fact.parameters if each.name == name), None)
        if parameter is not None and parameter.default is None:
            annotation = list(parts(parameter.annotation)) if parameter.annotation is not None else []
            optional = _NOTHING in annotation or any(Ref(each) in annotation for each in ("Optional", "bool"))
            return not optional
    return False


def _parameter(branch: If, scope: Scope) -> str:
    return next((each.name for each in _tested(branch, scope) if each.is_parameter), "")
