"""Values among the arguments of a call that must not get into a log."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from fastidious_rules.api import (
    Apply,
    If,
    Ref,
    as_written,
    called_name,
    callee_of,
    carried,
    carries_header,
    evidence_of,
    injection,
    is_class_member,
    is_masked,
    is_text,
    is_weakened,
    makes_token,
    must_not_be_logged,
    name_of,
    parts,
    readable_secret,
    receiver_of,
    resolve,
    text_of,
    value_type,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastidious_rules.api import FunctionFact, ModelField, Scope, Term, View

_TOKEN = "token"  # noqa: S105  a name
_REQUESTS = frozenset({"fastapi.Request", "fastapi.WebSocket"})
_ANYTHING = frozenset({"typing.Any", "builtins.object"})
_LEAVING_OUT = frozenset({"exclude", "include"})
_SCHEMES = "fastapi.security."


class Logged(NamedTuple):
    """A value that must not be logged, as it is written; the field, or the header, that makes it one."""

    shown: str
    field: ModelField | None = None
    header: str = ""


def logged(argument: View, scope: Scope) -> Iterator[Logged]:
    """Yield the values with secrets that an argument contains readably."""
    term = argument.term
    for each in carried(term):
        name = name_of(each)
        if must_not_be_logged(name, scope.settings.sensitive_names) or (name == _TOKEN and _opens(each, scope)):
            if _is_readable(each, term, scope) and not _is_absent(argument, each):
                yield Logged(as_written(each))
        else:
            yield from _inside(each, term, scope)


def _fact(scope: Scope) -> FunctionFact | None:
    return scope.fact_of(scope.function) if scope.function is not None else None


def _values(term: Term, scope: Scope) -> tuple[Term, ...]:
    """Return what the function assigns to a local name."""
    fact = _fact(scope)
    return fact.local.get(term.dotted, ()) if fact is not None and isinstance(term, Ref) else ()


def _is_readable(value: Term, argument: Term, scope: Scope) -> bool:
    """Tell whether a value is text that is neither masked nor cut, and no mere label."""
    if is_weakened(_values(value, scope)) or is_class_member(scope.asker, scope.module, value):
        return False
    text = text_of(scope.asker, scope.module, value) if isinstance(value, Ref) else None
    if text is not None:
        return evidence_of(name_of(value), text, is_setting=True) is not None
    known = scope.type_of_term(value)
    if not known or known.name in _ANYTHING:
        return True
    return _is_unmasked(value, argument) if is_masked(known) else is_text(known)


def _is_unmasked(value: Term, argument: Term) -> bool:
    return any(
        isinstance(each, Apply) and called_name(each) == "get_secret_value" and receiver_of(each)[0] == value
        for each in parts(argument)
    )


def _is_absent(argument: View, value: Term) -> bool:
    """Tell whether a value is logged where a test has shown that there is none: `if not api_key:`."""
    branch = argument.nearest(If)
    if branch is None or not branch.body.span.contains(argument.span):
        return False
    shown, tests = as_written(value), branch.condition.text.split(" and ")
    return any(each in {f"not {shown}", f"{shown} is None", f'{shown} == ""'} for each in tests)


def _opens(token: Term, scope: Scope) -> bool:
    """Tell whether something called `token` is one that opens something: it was made so, or is what a client showed."""
    if not isinstance(token, Ref):
        return False
    for value in _values(token, scope):
        call = getattr(value, "value", value)
        if isinstance(call, Apply) and makes_token(callee_of(scope.asker, scope.environment, call), call):
            return True
    fact = _fact(scope)
    parameter = (
        next((each for each in fact.parameters if each.name == token.dotted), None) if fact is not None else None
    )
    injected = (
        injection(scope.asker, scope.module, parameter.annotation, parameter.default) if parameter is not None else None
    )
    provider = injected.arguments[0] if injected is not None and injected.arguments else None
    if not isinstance(provider, Ref):
        return False
    return scope.ask(value_type, resolve(scope.asker, scope.module, provider.dotted)).name.startswith(_SCHEMES)


def _inside(value: Term, argument: Term, scope: Scope) -> Iterator[Logged]:
    """Yield a dictionary with a header, the headers of a request, or a model with a field that has a secret."""
    values = _values(value, scope)
    header = next((found for each in values if (found := carries_header(each))), "")
    if header:
        yield Logged(as_written(value), None, header)
    elif name_of(value) == "headers":
        yield from _of_request(value, scope)
    elif isinstance(value, Ref) and "." not in value.dotted and not _leaves_out(value, argument):
        field = readable_secret(scope.asker, scope.type_of_term(value), scope.settings.sensitive_names)
        if field is not None:
            yield Logged(as_written(value), field)


def _of_request(headers: Term, scope: Scope) -> Iterator[Logged]:
    owner = headers.dotted.rpartition(".")[0] if isinstance(headers, Ref) else ""
    if owner and scope.type_of_term(Ref(owner)).name in _REQUESTS:
        yield Logged(as_written(headers), None, "Authorization")


def _leaves_out(value: Term, argument: Term) -> bool:
    """Tell whether a model is dumped with fields left out."""
    return any(
        isinstance(each, Apply)
        and receiver_of(each)[0] == value
        and any(key in _LEAVING_OUT for key, _ in each.keywords)
        for each in parts(argument)
    )
