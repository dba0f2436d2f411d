"""How code treats a value: tests it, reads it, drops it ... read from the place that an expression stands in."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from fastidious_rules.syntax.nodes import Assignment, Call, Function, Name, View

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import tree_sitter


class Treatment(StrEnum):
    """What is done with a value."""

    DROPPED = "dropped"
    TESTED = "tested"
    COMPARED = "compared"
    READ = "read"
    ITERATED = "iterated"
    CALCULATED = "calculated"
    WRITTEN = "written"
    RETURNED = "returned"
    GIVEN = "given"


_PATTERNS = frozenset({"pattern_list", "tuple_pattern", "list_pattern"})
_TAKES_VALUES = frozenset(
    {"len", "list", "tuple", "set", "frozenset", "dict", "sorted", "sum", "int", "float", "enumerate", "reversed"}
)
_OWN = frozenset({"close", "send", "throw", "__await__"})
"""Methods of coroutines themselves."""
_CLEAR = frozenset({Treatment.READ, Treatment.ITERATED, Treatment.CALCULATED})
"""Uses that fail for a coroutine, whatever else is done with it."""


def treatment(view: View) -> Treatment | None:
    """Return what is wrongly done with the value of `view`, None where it is awaited, passed on, or nobody knows."""
    node, outer = view.cst, view.cst.parent
    while outer is not None:
        if not _passes(node, outer):
            return _treatment_in(node, outer)
        node, outer = outer, outer.parent
    return None


def _passes(node: tree_sitter.Node, outer: tree_sitter.Node) -> bool:
    """Tell whether the value of `outer` is, or may be, that of `node`."""
    match outer.type:
        case "parenthesized_expression":
            return True
        case "named_expression":
            return outer.child_by_field_name("value") == node
        case "boolean_operator":
            return outer.child_by_field_name("right") == node
        case "conditional_expression":
            return outer.named_child(1) != node
        case _:
            return False


def _treatment_in(node: tree_sitter.Node, outer: tree_sitter.Node) -> Treatment | None:
    reader = _READERS.get(outer.type)
    return reader(node, outer) if reader is not None else None


def _always(use: Treatment) -> Callable[[tree_sitter.Node, tree_sitter.Node], Treatment | None]:
    return lambda _node, _outer: use


def _in_field(field: str, use: Treatment) -> Callable[[tree_sitter.Node, tree_sitter.Node], Treatment | None]:
    return lambda node, outer: use if outer.child_by_field_name(field) == node else None


def _attribute(node: tree_sitter.Node, outer: tree_sitter.Node) -> Treatment | None:
    name = outer.child_by_field_name("attribute")
    text = name.text.decode() if name is not None and name.text is not None else ""
    own = text in _OWN or text.startswith("cr_") or outer.child_by_field_name("object") != node
    return None if own else Treatment.READ


def _iterated(node: tree_sitter.Node, outer: tree_sitter.Node) -> Treatment | None:
    is_async = outer.children[0].type == "async"
    return Treatment.ITERATED if outer.child_by_field_name("right") == node and not is_async else None


def _unpacked(node: tree_sitter.Node, outer: tree_sitter.Node) -> Treatment | None:
    left = outer.child_by_field_name("left")
    return Treatment.ITERATED if left is not None and left.type in _PATTERNS and left != node else None


def _argument(_node: tree_sitter.Node, outer: tree_sitter.Node) -> Treatment | None:
    function = outer.parent.child_by_field_name("function") if outer.parent is not None else None
    name = function.text.decode() if function is not None and function.text is not None else ""
    return Treatment.ITERATED if name in _TAKES_VALUES else None


_READERS: dict[str, Callable[[tree_sitter.Node, tree_sitter.Node], Treatment | None]] = {
    "expression_statement": _always(Treatment.DROPPED),
    "attribute": _attribute,
    "subscript": _in_field("value", Treatment.ITERATED),
    "call": _in_field("function", Treatment.READ),
    "not_operator": _always(Treatment.TESTED),
    "boolean_operator": _in_field("left", Treatment.TESTED),
    "conditional_expression": _always(Treatment.TESTED),
    "if_statement": _in_field("condition", Treatment.TESTED),
    "elif_clause": _in_field("condition", Treatment.TESTED),
    "while_statement": _in_field("condition", Treatment.TESTED),
    "assert_statement": _always(Treatment.TESTED),
    "comparison_operator": _always(Treatment.COMPARED),
    "for_statement": _iterated,
    "for_in_clause": _iterated,
    "binary_operator": _always(Treatment.CALCULATED),
    "augmented_assignment": _in_field("right", Treatment.CALCULATED),
    "interpolation": _in_field("expression", Treatment.WRITTEN),
    "assignment": _unpacked,
    "argument_list": _argument,
    "return_statement": _always(Treatment.RETURNED),
}


_HOLDING = frozenset({"parenthesized_expression", "pair", "dictionary", "list", "tuple", "expression_list"})


def is_returned_inside(view: View) -> bool:
    """Tell whether a function returns a list, tuple or dict that is written out, with `view` in it."""
    node, outer = view.cst, view.cst.parent
    while outer is not None and outer.type in _HOLDING:
        node, outer = outer, outer.parent
    return outer is not None and outer.type == "return_statement" and node != view.cst


def taking(view: View) -> Call | None:
    """Return the call that takes `view` as an argument."""
    outer = view.cst.parent
    if outer is not None and outer.type == "keyword_argument":
        outer = outer.parent
    if outer is None or outer.type != "argument_list" or outer.parent is None:
        return None
    call = view.unit.view(outer.parent, view.parent)
    return call if isinstance(call, Call) else None


def assigned_name(call: Call) -> Name | None:
    """Return the name that the value of a call is assigned to, and nothing else; None where an annotation says what it is."""
    assignment = call.parent
    if not isinstance(assignment, Assignment) or assignment.annotation is not None or assignment.value != call:
        return None
    target = assignment.target
    return target if isinstance(target, Name) else None


def treatment_of_name(target: Name, function: Function) -> Treatment | None:
    """Return what is wrongly done with the one value of a name that is a coroutine.

    Whoever awaits, closes or hands on what the name stands for may know what it is; taking an attribute or an item of
    it is wrong all the same.
    """
    uses = list(readings(target, function))
    if any(is_known_coroutine(each) for each in uses):
        return None
    found = [treatment(each) for each in uses]
    clear = next((each for each in found if each in _CLEAR), None)
    if clear is not None or None in found:
        return clear
    return next((each for each in found if each is not Treatment.RETURNED), None)


def readings(target: Name, function: Function) -> Iterator[View]:
    """Yield the places in a function, and in those inside it, that read the name that `target` assigns to."""
    name = target.text
    return (
        each
        for each in function.body.find(Name, into_functions=True)
        if each.text == name and each != target and _is_read(each)
    )


def _is_read(name: View) -> bool:
    """Tell whether a name stands for a value, and is no attribute and no keyword."""
    outer = name.cst.parent
    if outer is None:
        return False
    if outer.type == "attribute":
        return outer.child_by_field_name("object") == name.cst
    return outer.type != "keyword_argument" or outer.child_by_field_name("value") == name.cst


def is_known_coroutine(name: View) -> bool:
    """Tell whether the code awaits a name, or uses it as the coroutine that it is."""
    outer = name.cst.parent
    while outer is not None and outer.type in {
        "parenthesized_expression",
        "conditional_expression",
        "boolean_operator",
    }:
        outer = outer.parent
    return outer is not None and (
        outer.type == "await" or (outer.type == "attribute" and _attribute(name.cst, outer) is None)
    )
