"""The rule `timing-unsafe-comparison`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from fastidious_rules.api import (
    Apply,
    BooleanOperation,
    Call,
    Comparison,
    Edit,
    Fix,
    If,
    Literal,
    NeededImport,
    Not,
    Origin,
    Ref,
    Rule,
    Safety,
    Severity,
    called_name,
    carried,
    evidence_of,
    is_class_member,
    is_guessed_at,
    is_plain_password,
    is_query,
    is_signature,
    is_text,
    name_of,
    on,
    provenance,
    text_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastidious_rules.api import Finding, Function, Scope, Term, View

_BYTES = frozenset({"builtins.bytes", "builtins.bytearray", "typing.Any"})


class _Side(NamedTuple):
    """One operand, and what it stands for where it is a local name with one value."""

    view: View
    term: Term
    value: Term


class TimingUnsafeComparison(Rule):
    """Secret that is compared so that the time tells how much of a guess was right."""

    severity = Severity.WARNING
    message = (
        "`{operator}` on `{secret}` stops at the first wrong character, and that can be timed; use `compare_digest`"
    )
    fixable = Safety.UNSAFE

    @on(Comparison)
    def check(self, comparison: Comparison, scope: Scope) -> Iterator[Finding]:
        """Report `==` and `!=` between a secret and what a client has sent."""
        operators = comparison.operators
        if operators not in (["=="], ["!="]):
            return
        one, other = (_side(view, scope) for view in comparison.operands)
        if isinstance(one.term, Literal) or isinstance(other.term, Literal) or not _may_matter((one, other), scope):
            return
        if _is_query(comparison, one, other, scope) or not (_is_text(one, scope) and _is_text(other, scope)):
            return
        secret = _secret(one, other, scope) or _secret(other, one, scope)
        if secret is not None:
            yield self.finding(comparison, operator=operators[0], secret=secret.view.text)

    def fixes(self, view: Comparison, finding: Finding, scope: Scope) -> Iterator[Fix]:
        """Yield the comparison that always takes the same time."""
        del finding
        one, other = (each.text for each in view.operands)
        call = f"secrets.compare_digest({one}, {other})"
        is_equal = view.operators == ["=="]
        text = call if is_equal else f"not {call}"
        sent = _absent(view, scope)
        if isinstance(sent, Call):
            return
        if sent is not None:
            text = f"{sent.text} is not None and {call}" if is_equal else f"{sent.text} is None or not {call}"
            text = f"({text})" if isinstance(view.parent, BooleanOperation | Not) else text
        title = "Compare with `secrets.compare_digest` (a TypeError unless both are bytes, or both ASCII text)"
        yield Fix(title, (Edit(view.span, text),), (NeededImport("secrets"),), Safety.UNSAFE)


def _absent(comparison: Comparison, scope: Scope) -> View | None:
    """Return what a client has sent, if it may be `None` and nothing has looked whether it is."""
    sides = [_side(view, scope) for view in comparison.operands]
    origins = [provenance(scope.asker, scope.environment, each.term).origin for each in sides]
    sent = next((each for each, origin in zip(sides, origins, strict=True) if origin is Origin.REQUEST), None)
    if sent is None or not (_is_optional_lookup(sent.value) or _is_optional_parameter(sent.view, scope.function)):
        return None
    looked_at = rf"\b{re.escape(sent.view.text)}\b"
    operations = (each for each in comparison.ancestors() if isinstance(each, BooleanOperation))
    tests = (each.condition for each in scope.function.body.find(If)) if scope.function is not None else ()
    before = (each.text[: max(comparison.span.start - each.span.start, 0)] for each in (*operations, *tests))
    return None if any(re.search(looked_at, each) for each in before) else sent.view


def _is_optional_lookup(value: Term) -> bool:
    """Tell whether a value is `headers.get(name)`, without a default."""
    return isinstance(value, Apply) and called_name(value) == "get" and len(value.arguments) == 1 and not value.keywords


def _is_optional_parameter(view: View, function: Function | None) -> bool:
    parameters = function.parameters if function is not None else ()
    written = [part for each in parameters if each.name == view.text for part in (each.annotation, each.default)]
    return any(part is not None and re.search(r"\b(None|Optional)\b", part.text) for part in written)


def _may_matter(sides: tuple[_Side, _Side], scope: Scope) -> bool:
    """Tell by names alone whether a secret may be compared."""
    extra = scope.settings.sensitive_names
    return any(
        isinstance(side.value, Apply) or any(_is_named_so(each, extra) for each in _names(side)) for side in sides
    )


def _is_named_so(name: str, extra: tuple[str, ...]) -> bool:
    return is_guessed_at(name, extra) or is_plain_password(name)


def _side(view: View, scope: Scope) -> _Side:
    term = view.term
    function = scope.function
    fact = scope.fact_of(function) if function is not None else None
    values = fact.local.get(term.dotted, ()) if fact is not None and isinstance(term, Ref) else ()
    return _Side(view, term, values[0] if len(values) == 1 else term)


def _is_query(comparison: Comparison, one: _Side, other: _Side, scope: Scope) -> bool:
    """Tell whether a database compares, or a member of a class is one of the two: a column, a kind."""
    if any(is_class_member(scope.asker, scope.module, each.term) for each in (one, other)):
        return True
    return any(isinstance(each, Call) and is_query(each.last_name) for each in comparison.ancestors())


def _is_text(side: _Side, scope: Scope) -> bool:
    known = scope.type_of_term(side.term)
    return not known or is_text(known) or known.name in _BYTES


def _secret(secret: _Side, other: _Side, scope: Scope) -> _Side | None:
    """Return the secret, if the other side is what a client has sent, or whoever calls."""
    where = scope.environment
    if is_signature(scope.asker, where, secret.value):
        return secret if not is_signature(scope.asker, where, other.value) else None
    extra, names = scope.settings.sensitive_names, _names(secret)
    is_password = any(is_plain_password(each) for each in names)
    if not is_password and not any(is_guessed_at(each, extra) for each in names):
        return None
    if _is_label(secret, scope):
        return None
    known = provenance(scope.asker, where, secret.term).origin
    if known >= Origin.PARAMETER or (is_password and known is not Origin.TRUSTED):
        return None
    return secret if provenance(scope.asker, where, other.term).origin is Origin.REQUEST else None


def _names(side: _Side) -> set[str]:
    return {name_of(each) for term in (side.term, side.value) for each in carried(term)}


def _is_label(side: _Side, scope: Scope) -> bool:
    """Tell whether a constant is words and no secret: `NO_API_KEY = "none"`."""
    text = text_of(scope.asker, scope.module, side.term) if isinstance(side.term, Ref) else None
    return text is not None and bool(text) and evidence_of(name_of(side.term), text) is None
