"""Tokens that never expire."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastidious_rules.api import (
    DECODE_NAMES,
    ENCODE_NAMES,
    Assignment,
    Call,
    If,
    Literal,
    Name,
    Operation,
    Ref,
    Related,
    Rule,
    Safety,
    Severity,
    is_called,
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

    from fastidious_rules.api import Finding, Fix, Function, FunctionFact, Keys, PassedKeys, Scope, Term, View

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
        if keys.is_open or _EXPIRY in keys.always or _is_read_at_once(call, scope):
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
        if keys.passed and _all_expire(scope.ask(passed_keys, scope.qualified(function), *sorted(keys.passed))):
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
        found = scope.ask(passed_keys, scope.qualified(function), *sorted(keys.passed))
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
        elif not found and makes_token(function.name) and not scope.ask(is_called, scope.qualified(function)):
            yield self.finding(
                call,
                severity=Severity.WARNING,
                message=_ALONE,
                function=function.name,
                passed="`, `".join(sorted(keys.passed)),
            )

    def fixes(self, view: Call, finding: Finding, scope: Scope) -> Iterator[Fix]:
        """Yield the fix that gives the payload an expiry, from the project's settings where they have one."""
        del finding
        known = signing(view, scope)
        payload = view.argument(*known.payload) if known is not None else None
        if payload is not None:
            yield from expiring(view, payload, scope, has_some=_may_have(payload, scope))


_SOMETIMES = "`{function}` signs a token without `exp` unless `{condition}`: it is then valid for ever; add a default"
_PASSED = "`{caller}` ({{@0}}) passes no `exp`, `{function}` adds none: the token never expires; add an expiry"
_ALONE = "`{function}` signs `{passed}` and adds no `exp`: a token without it is valid for ever; add an expiry"
_LONG = 40


def _is_read_at_once(call: Call, scope: Scope) -> bool:
    """Tell whether nothing but the same function ever reads the token: it tries its keys out."""
    assignment, function = call.parent, scope.function
    if function is None or not isinstance(assignment, Assignment) or not isinstance(assignment.target, Name):
        return False
    name = assignment.target
    uses = [each for each in function.body.find(Name) if each.text == name.text and each.span != name.span]
    readers = [each for each in function.body.find(Call) if each.last_name in DECODE_NAMES]
    return bool(uses) and all(any(reader.span.contains(use.span) for reader in readers) for use in uses)


def _may_have(payload: View, scope: Scope) -> bool:
    """Tell whether the payload may have an expiry at times, which a fix must leave alone."""
    keys = keys_at(scope.asker, scope.environment, payload, scope.function)
    if _EXPIRY in keys.possible or scope.function is None or not keys.passed:
        return _EXPIRY in keys.possible
    found = scope.ask(passed_keys, scope.qualified(scope.function), *sorted(keys.passed))
    return any(each.keys.is_open or _EXPIRY in each.keys.possible for each in found)


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


def _tested(branch: If) -> list[str]:
    """Return the dotted names that a condition reads."""
    return list(dict.fromkeys(_names(branch.condition)))


def _names(view: View) -> Iterator[str]:
    yield from (part.dotted for part in parts(view.term) if isinstance(part, Ref))
    for child in view.children():
        yield from _names(child)


def _is_settled(branch: If, scope: Scope) -> bool:
    """Tell whether a condition may well hold always: its names are set before, must be given, or belong to settings."""
    fact = scope.environment.function
    return fact is None or all(_is_given(each, fact) for each in _tested(branch))


def _is_given(name: str, fact: FunctionFact) -> bool:
    first, _, rest = name.partition(".")
    parameter = next((each for each in fact.parameters if each.name == first), None)
    if first in {"self", "cls"}:
        return True
    if first in fact.local:
        return parameter is not None or not any(_may_be_nothing(each) for each in fact.local[first])
    if parameter is None:
        return True
    if rest or parameter.default is not None:
        return False
    annotation = list(parts(parameter.annotation)) if parameter.annotation is not None else []
    return _NOTHING not in annotation and not any(Ref(each) in annotation for each in ("Optional", "bool"))


def _may_be_nothing(term: Term) -> bool:
    """Tell whether a value is None, or `other if condition else None`."""
    if isinstance(term, Operation) and term.operator == "else":
        return _may_be_nothing(term.left) or _may_be_nothing(term.right)
    return term == _NOTHING


def _parameter(branch: If, scope: Scope) -> str:
    """Return the parameter that a condition tests, itself or through a name made of it; empty if it tests none."""
    fact = scope.environment.function
    if fact is None:
        return ""
    tested = _tested(branch)
    made_of = [part for name in tested for term in fact.local.get(name, ()) for part in parts(term)]
    optional = {each.name for each in fact.parameters if each.default is not None}
    direct = [each for each in tested if each in {parameter.name for parameter in fact.parameters}]
    return next(
        iter([*direct, *(part.dotted for part in made_of if isinstance(part, Ref) and part.dotted in optional)]), ""
    )
