"""What is done with the claims that a call gives."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastidious_rules.api import Assignment, Attribute, Call, Literal, Name, Subscript

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastidious_rules.api import Function, View


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
