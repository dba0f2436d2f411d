"""The return annotation that a function should have."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from fastidious_rules.engine.finding import NeededImport
from fastidious_rules.engine.rewrite.expressions import expression_text, union_text
from fastidious_rules.semantics.facts import ImportFact
from fastidious_rules.syntax.endings import falls_through
from fastidious_rules.syntax.nodes import ExpressionStatement, Function, Pass, Raise, Return, Yield

if TYPE_CHECKING:
    from fastidious_rules.engine.scope import Scope
    from fastidious_rules.semantics.module import Module

_IDENTIFIER = re.compile(r"[^\W\d]\w*")
_ITERATORS = ("typing", "collections.abc")
_SPECIAL = {
    **dict.fromkeys(("__str__", "__repr__", "__format__"), "str"),
    **dict.fromkeys(("__len__", "__hash__", "__index__"), "int"),
    **dict.fromkeys(("__bool__", "__eq__", "__ne__", "__lt__", "__le__", "__gt__", "__ge__", "__contains__"), "bool"),
    **dict.fromkeys(("__init__", "__post_init__", "__del__", "__setattr__", "__setitem__", "__delitem__"), "None"),
}
_COMPARISONS = frozenset({"__eq__", "__ne__", "__lt__", "__le__", "__gt__", "__ge__"})


class ReturnType(NamedTuple):
    """An annotation, and what it needs to be imported."""

    text: str
    imports: tuple[NeededImport, ...] = ()


def return_type(function: Function, scope: Scope) -> ReturnType | None:
    """Return what a function certainly returns, None unless it is certain."""
    inside = scope.at(function.body)
    if is_stub(function):
        return None
    special = _SPECIAL.get(function.name) if scope.class_name else None
    if special is not None and not (function.name in _COMPARISONS and "NotImplemented" in function.body.text):
        return ReturnType(special)
    if next(function.body.find(Yield), None) is not None:
        return _of_generator(function, inside)
    text = _of_returns(function, inside)
    return ReturnType(text) if text and not (scope.routes(function) and _breaks_a_route(text)) else None


def _breaks_a_route(text: str) -> bool:
    """Tell whether FastAPI cannot make a response model of a type: an error, or a response among other types."""
    return "Exception" in text or "Error" in text or ("Response" in text and "|" in text)


def is_stub(function: Function) -> bool:
    """Tell whether the body says nothing: `...`, a docstring, `pass` in a method, `raise NotImplementedError`."""
    statements = [each for each in function.statements if not _is_constant(each)]
    if not statements:
        return True
    if len(statements) > 1:
        return False
    only = statements[0]
    if isinstance(only, Pass):
        return bool(function.unit.class_name)
    return isinstance(only, Raise) and "NotImplemented" in only.text


def _is_constant(statement: object) -> bool:
    return (
        isinstance(statement, ExpressionStatement)
        and statement.text[:1] in {'"', "'", ".", "r", "R"}
        and (statement.value.cst.type in {"string", "ellipsis", "concatenated_string"})
    )


def _of_returns(function: Function, scope: Scope) -> str:
    values = [each.value for each in function.body.find(Return)]
    ends = falls_through(function.statements)
    if not any(each is not None for each in values):
        return "None" if ends or values else ""
    found = [expression_text(scope.at(each), each) if each is not None else "None" for each in values]
    return union_text([*found, "None"] if ends else found)


def _of_generator(function: Function, scope: Scope) -> ReturnType | None:
    yields = list(function.body.find(Yield))
    plain = all(
        isinstance(each.parent, ExpressionStatement) and not each.text.startswith("yield from") for each in yields
    )
    if not plain or any(each.value is not None for each in function.body.find(Return)):
        return None
    values = [each.value for each in yields]
    text = union_text(expression_text(scope.at(each), each) if each is not None else "None" for each in values)
    name = "AsyncIterator" if function.is_async else "Iterator"
    known = scope.resolve_in_module(name)
    if not text or known not in {"", *(f"{module}.{name}" for module in _ITERATORS)}:
        return None
    imports = () if known else (NeededImport("collections.abc", name),)
    return ReturnType(f"{name}[{text}]", imports)


def in_quotes(text: str, function: Function, scope: Scope) -> str:
    """Return an annotation, in quotes if it names what does not exist yet when the function is defined. For fixes only."""
    module = scope.asker.project.module_at(scope.path)
    fact = scope.fact_of(function)
    if module is None or fact is None or _is_postponed(module):
        return text
    own = module.member(fact.name) if "." in fact.name else module.top(fact.name)
    unit = own[-1].unit if own else 0
    names = {*_IDENTIFIER.findall(text)}
    late = any(_is_late(module, name, unit) for name in names) or bool(scope.class_name and scope.class_name in names)
    return f'"{text}"' if late else text


def _is_postponed(module: Module) -> bool:
    return any(
        isinstance(each.fact, ImportFact) and each.fact.module == "__future__" for each in module.top("annotations")
    )


def _is_late(module: Module, name: str, unit: int) -> bool:
    """Tell whether a name is bound below the unit, or only for type checkers."""
    found = module.top(name)
    return bool(found) and all(
        each.fact.type_checking if isinstance(each.fact, ImportFact) else each.unit >= unit for each in found
    )
