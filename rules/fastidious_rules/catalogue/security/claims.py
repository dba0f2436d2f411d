"""What is done with the claims that a call gives."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastidious_rules.api import Assignment, Attribute, Call, Literal, Name, Subscript, Type, fields_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastidious_rules.api import Function, Scope, View


def claims_read(call: Call, function: Function) -> frozenset[str] | None:
    """Return the claims that are read of what `call` gives, None where all of them go somewhere.

    `jwt.decode(...)["exp"]`, `claims.get("iss")` after `claims = jwt.decode(...)`.
    """
    direct = _claim(_outer(call))
    if direct is not None:
        return frozenset({direct})
    outer = call.parent
    if not isinstance(outer, Assignment) or outer.value != call or not isinstance(outer.target, Name):
        return None
    return _read_of(outer.target, function)


def _read_of(target: View, function: Function) -> frozenset[str] | None:
    uses = [each for each in _names(function.body, target.text) if each.span != target.span]
    claims = [_claim(_outer(each)) for each in uses]
    return None if not claims or None in claims else frozenset(each for each in claims if each is not None)


def _names(view: View, name: str) -> Iterator[Name]:
    for child in view.children():
        if isinstance(child, Name) and child.text == name:
            yield child
        elif not isinstance(child, Name):
            yield from _names(child, name)


def _outer(view: View) -> View | None:
    """Return the expression directly around `view`."""
    node = view.cst.parent
    return view.unit.view(node, view.parent) if node is not None else None


def _claim(view: View | None) -> str | None:
    """Return the claim that `value["exp"]`, or `value.get("exp")`, reads."""
    if isinstance(view, Subscript):
        index = view.indexes[0].term if len(view.indexes) == 1 else None
        return index.text if isinstance(index, Literal) else None
    if isinstance(view, Attribute) and view.name.text == "get":
        outer = _outer(view)
        first = outer.arguments[0].term if isinstance(outer, Call) and outer.arguments else None
        return first.text if isinstance(first, Literal) else None
    return None


def needs_claim(call: Call, claim: str, function: Function, scope: Scope) -> bool:
    """Tell whether code that takes the claims of `call` fails where one is missing: `claims["exp"]`, a model with that field."""
    outer = _outer(call)
    if _demands(outer, claim, scope):
        return True
    assignment = call.parent
    if not isinstance(assignment, Assignment) or not isinstance(assignment.target, Name):
        return False
    uses = _names(function.body, assignment.target.text)
    return any(_demands(_outer(each), claim, scope) for each in uses)


def _demands(view: View | None, claim: str, scope: Scope) -> bool:
    if isinstance(view, Subscript):
        return _claim(view) == claim
    around = _outer(view) if view is not None and not isinstance(view, Call) else view
    while (
        around is not None and not isinstance(around, Call) and around.cst.type in {"argument_list", "keyword_argument"}
    ):
        around = _outer(around)
    return isinstance(around, Call) and _is_required(around, claim, scope)


def _is_required(call: Call, claim: str, scope: Scope) -> bool:
    """Tell whether a call makes a model that has no default for a claim."""
    made = scope.resolve(call)
    model = made.rpartition(".")[0] if call.last_name in {"model_validate", "parse_obj"} else made
    return any(each.name == claim and not each.has_default for each in fields_of(scope.asker, Type(model)))
