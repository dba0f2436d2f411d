"""Types of expressions as they are written in annotations: only what is certain, `None` included."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastidious_rules.engine.rewrite.annotations import term_text
from fastidious_rules.knowledge import table
from fastidious_rules.semantics.names import class_shape, resolve, signature
from fastidious_rules.semantics.types import alias_of
from fastidious_rules.semantics.values import value_type
from fastidious_rules.syntax.nodes import (
    Assignment,
    Await,
    BinaryOperation,
    BooleanOperation,
    Call,
    Comparison,
    Comprehension,
    ConcatenatedString,
    Conditional,
    Constant,
    DictDisplay,
    Display,
    Function,
    Name,
    Not,
    Number,
    Parenthesized,
    Starred,
    String,
    View,
)
from fastidious_rules.syntax.terms import Index, Ref, parts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from fastidious_rules.engine.scope import Scope
    from fastidious_rules.semantics.names import Signature
    from fastidious_rules.syntax.terms import Term

_PLAIN = frozenset({"int", "float", "str", "bytes", "bool"})
_IDENTITY = frozenset({"is", "is not", "in", "not in"})
_DEEPEST = 6
_MOST_MEMBERS = 3
_BUILTINS = {
    "str": "str", "repr": "str", "format": "str", "chr": "str", "hex": "str", "bin": "str", "input": "str",
    "len": "int", "int": "int", "ord": "int", "hash": "int", "id": "int", "float": "float", "bytes": "bytes",
    "bool": "bool", "isinstance": "bool", "issubclass": "bool", "callable": "bool", "hasattr": "bool", "any": "bool",
    "all": "bool",
}  # fmt: skip
_STRING_METHODS: dict[str, str] = table("builtins")["string_methods"]
_CERTAIN_CLASSES = frozenset(
    {
        "datetime.datetime",
        "datetime.date",
        "datetime.timedelta",
        "decimal.Decimal",
        "pathlib.Path",
        "uuid.UUID",
        "fastapi.FastAPI",
        "fastapi.APIRouter",
    }
)
_CERTAIN_ENDINGS = ("Response", "Error", "Exception")
_TYPE_VARIABLES = frozenset({"typing.TypeVar", "typing_extensions.TypeVar"})
_TRANSPARENT_DECORATORS = frozenset({"staticmethod", "classmethod", "functools.cache"})


def expression_text(scope: Scope, view: View, depth: int = 0) -> str:
    """Return the type of an expression of the unit as an annotation, empty unless it is certain."""
    reader = _READERS.get(type(view)) if depth <= _DEEPEST else None
    return reader(scope, view, depth + 1) if reader is not None else ""


def union_text(types: Iterable[str]) -> str:
    """Return the union of annotations, `None` last; empty if one of them is unknown or there are too many."""
    members = dict.fromkeys(member for each in types for member in _members(each))
    if "" in members or len(members) > _MOST_MEMBERS:
        return ""
    return " | ".join(sorted(members, key=lambda each: each == "None"))


def _members(text: str) -> list[str]:
    if "[" not in text:
        return text.split(" | ")
    return [text.removesuffix(" | None"), "None"] if text.endswith(" | None") else [text]


def _string(_scope: Scope, view: String, _depth: int) -> str:
    return "bytes" if "b" in view.prefix else "str"


def _strings(scope: Scope, view: ConcatenatedString, _depth: int) -> str:
    return _string(scope, view.strings[0], 0) if view.strings else ""


def _number(_scope: Scope, view: Number, _depth: int) -> str:
    if view.text[-1:] in "jJ":
        return "complex"
    return "float" if view.cst.type == "float" else "int"


def _constant(_scope: Scope, view: Constant, _depth: int) -> str:
    return {"True": "bool", "False": "bool", "None": "None"}.get(view.text, "")


def _comparison(scope: Scope, view: Comparison, depth: int) -> str:
    if set(view.operators) <= _IDENTITY:
        return "bool"
    return "bool" if all(expression_text(scope, each, depth) in _PLAIN for each in view.operands) else ""


def _not(_scope: Scope, _view: Not, _depth: int) -> str:
    return "bool"


def _boolean(scope: Scope, view: BooleanOperation, depth: int) -> str:
    left, right = (expression_text(scope, each, depth) for each in (view.left, view.right))
    return left if left == right else ""


def _conditional(scope: Scope, view: Conditional, depth: int) -> str:
    value, _, other = view.choices
    return union_text(expression_text(scope, each, depth) for each in (value, other))


def _parenthesized(scope: Scope, view: Parenthesized, depth: int) -> str:
    return expression_text(scope, view.value, depth)


def _operation(scope: Scope, view: BinaryOperation, depth: int) -> str:
    left, right = (expression_text(scope, each, depth) for each in (view.left, view.right))
    if view.operator == "%" and left == "str":
        return "str"
    if view.operator in {"+", "-", "*"} and left == right and left in {"int", "float"}:
        return left
    return "str" if view.operator == "+" and left == right == "str" else ""


def _display(scope: Scope, view: Display, depth: int) -> str:
    items = [expression_text(scope, each, depth) for each in view.items]
    if not items or not all(items) or any(isinstance(each, Starred) for each in view.items):
        return ""
    if view.cst.type in {"tuple", "expression_list"}:
        return f"tuple[{', '.join(items)}]"
    return f"{view.cst.type}[{items[0]}]" if view.cst.type in {"list", "set"} and len(set(items)) == 1 else ""


def _dict(scope: Scope, view: DictDisplay, depth: int) -> str:
    pairs = list(view.pairs)
    kinds = {tuple(expression_text(scope, each, depth) for each in pair) for pair in pairs}
    if len(kinds) != 1 or len(pairs) != len(list(view.children())):
        return ""
    key, value = kinds.pop()
    return f"dict[{key}, {value}]" if key and value else ""


def _comprehension(scope: Scope, view: Comprehension, depth: int) -> str:
    name = {"list_comprehension": "list", "set_comprehension": "set"}.get(view.cst.type)
    element = expression_text(scope, view.element, depth) if name else ""
    return f"{name}[{element}]" if element else ""


def _name(scope: Scope, view: Name, depth: int) -> str:
    function = view.enclosing_function
    fact = scope.fact_of(function) if isinstance(function, Function) else None
    if fact is None or not isinstance(function, Function):
        return ""
    terms = fact.local.get(view.text, ())
    if not terms:
        parameter = next((each for each in function.parameters if each.name == view.text and not each.stars), None)
        annotation = parameter.annotation if parameter is not None else None
        return _plain_text(scope, scope.module, annotation.term) if annotation is not None else ""
    return _of_assignments(scope, view.text, function, depth)


def _plain_text(scope: Scope, module: str, term: Term) -> str:
    """Return an annotation without what `Annotated` adds to it."""
    if isinstance(term, Ref):
        alias = scope.ask(alias_of, resolve(scope.asker, module, term.dotted))
        if alias is not None and isinstance(alias[1], Index) and alias[1].value == Ref("Annotated"):
            return _plain_text(scope, *alias)
    if isinstance(term, Index) and term.value == Ref("Annotated"):
        return _plain_text(scope, module, term.arguments[0])
    return term_text(scope, module, term)


def _of_assignments(scope: Scope, name: str, function: Function, depth: int) -> str:
    found = [
        each for each in function.body.find(Assignment) if isinstance(each.target, Name) and each.target.text == name
    ]
    fact = scope.fact_of(function)
    if not found or fact is None:
        return ""
    if found[0].annotation is not None:
        return term_text(scope, scope.module, found[0].annotation.term)
    value = found[0].final_value
    return expression_text(scope.at(found[0]), value, depth) if len(fact.local[name]) == 1 and value is not None else ""


def _awaited(scope: Scope, view: Await, depth: int) -> str:
    value = view.value
    return _called(scope, value, depth, awaited=True) if isinstance(value, Call) else ""


def _call(scope: Scope, view: Call, depth: int) -> str:
    return _called(scope, view, depth, awaited=False)


def _called(scope: Scope, view: Call, depth: int, *, awaited: bool) -> str:
    receiver = view.receiver
    if receiver is not None and view.last_name in _STRING_METHODS and expression_text(scope, receiver, depth) == "str":
        return _STRING_METHODS[view.last_name]
    qualified = scope.at(view).resolve(view)
    if not qualified:
        return ""
    if qualified.startswith("builtins."):
        return _BUILTINS.get(qualified.removeprefix("builtins."), "")
    found = scope.ask(signature, qualified)
    if found is not None:
        return _declared(scope, found, awaited=awaited)
    return view.function.text if not awaited and _is_class(scope, view, qualified) else ""


def _declared(scope: Scope, found: Signature, *, awaited: bool) -> str:
    if found.is_async != awaited or found.returns is None:
        return ""
    decorators = {resolve(scope.asker, found.module, getattr(each, "dotted", "")) for each in found.decorators}
    if decorators - {f"builtins.{each}" for each in _TRANSPARENT_DECORATORS} - _TRANSPARENT_DECORATORS:
        return ""
    return (
        ""
        if any(_is_variable(scope, found.module, each) for each in parts(found.returns))
        else term_text(scope, found.module, found.returns)
    )


def _is_variable(scope: Scope, module: str, term: Term) -> bool:
    """Tell whether a name stands for a type variable, or for the class around it."""
    if not isinstance(term, Ref):
        return False
    return (
        term.dotted.rpartition(".")[2] == "Self"
        or len(term.dotted) == 1
        or (scope.ask(value_type, resolve(scope.asker, module, term.dotted)).name in _TYPE_VARIABLES)
    )


def _is_class(scope: Scope, view: Call, qualified: str) -> bool:
    if scope.resolve_in_module(view.function.text) != qualified:
        return False
    shape = scope.ask(class_shape, qualified)
    if shape is not None:
        return not {"typing.Generic", "typing.Protocol"} & {*shape.bases} and not dict(shape.keywords).get("metaclass")
    return qualified in _CERTAIN_CLASSES or qualified.endswith(_CERTAIN_ENDINGS)


_READERS: dict[type[View], Callable[..., str]] = {
    String: _string,
    ConcatenatedString: _strings,
    Number: _number,
    Constant: _constant,
    Comparison: _comparison,
    Not: _not,
    BooleanOperation: _boolean,
    Conditional: _conditional,
    Parenthesized: _parenthesized,
    BinaryOperation: _operation,
    Display: _display,
    DictDisplay: _dict,
    Comprehension: _comprehension,
    Name: _name,
    Await: _awaited,
    Call: _call,
}
