"""Upper bounds of numbers that clients send: `Query(le=100)`, `Field(lt=...)`, `conint(le=...)`, in `Annotated` or not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastidious_rules.semantics.names import resolve, variable_fact
from fastidious_rules.semantics.types import annotated
from fastidious_rules.syntax.terms import Apply, Index, Literal, Operation, Ref, Term, called_name, dotted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastidious_rules.semantics.project import Asker, Project

_INTEGERS = frozenset(
    {"builtins.int", "pydantic.PositiveInt", "pydantic.NonNegativeInt", "pydantic.types.PositiveInt"}
    | {"pydantic.types.NonNegativeInt"}
)
_PARAMETERS = frozenset({"Query", "Path", "Body", "Form", "Header", "Cookie", "Field", "Param"})
_CONSTRAINTS = frozenset({"conint", "Le", "Lt", "Ge", "Gt", "Interval", "Meta", "Doc", "Depends"})
_BOUNDS = ("le", "lt")
_DEEPEST = 4
_UNKNOWN = -1


def is_integer(asker: Asker, module: str, annotation: Term | None) -> bool:
    """Tell whether an annotation stands for an integer, or one that may be left out."""
    if annotation is None:
        return False
    if any(_called(asker, module, each) == "conint" for each in _declared(asker, module, annotation)):
        return True
    members = annotated(asker, module, annotation).members
    return bool(members) and all(each.name in _INTEGERS for each in members)


def upper_bound(asker: Asker, module: str, annotation: Term | None, default: Term | None) -> int | None:
    """Return the greatest number that a parameter takes, -1 where that is not known, None where nothing limits it."""
    found = [
        bound
        for term in (annotation, default)
        if term is not None
        for part in _declared(asker, module, term)
        if (bound := _bound(asker, module, part)) is not None
    ]
    return min(found) if found else None


def _declared(asker: Asker, module: str, term: Term, depth: int = 0) -> Iterator[Term]:
    """Yield what a declaration says beyond the type: calls and names in `Annotated`, a default that is a call."""
    if depth > _DEEPEST:
        return
    match term:
        case Apply():
            yield term
        case Index(Ref(name), (inner, *metadata)) if resolve(asker, module, name) == "typing.Annotated":
            yield from _declared(asker, module, inner, depth + 1)
            for each in metadata:
                yield from _declared(asker, module, each, depth + 1) if isinstance(each, Ref) else (each,)
        case Index(_, arguments):
            for each in arguments:
                yield from _declared(asker, module, each, depth + 1)
        case Operation(_, left, right):
            yield from _declared(asker, module, left, depth + 1)
            yield from _declared(asker, module, right, depth + 1)
        case Ref(name):
            found = asker.ask(declared_value, resolve(asker, module, name))
            if found is not None:
                yield from _declared(asker, found[0], found[1], depth + 1)
        case _:
            pass


def declared_value(project: Project, qualified: str) -> tuple[str, Term] | None:
    """Return module and value of a variable that stands for an annotation or for a part of one."""
    found = variable_fact(project, qualified) if qualified else None
    if found is None or not isinstance(found[1].value, Apply | Index | Operation):
        return None
    return found[0].name, found[1].value


def _bound(asker: Asker, module: str, part: Term) -> int | None:
    """Return the bound that a part of a declaration sets, -1 where it may set one."""
    if isinstance(part, Literal):
        return None
    name = _called(asker, module, part)
    if not isinstance(part, Apply) or name not in _PARAMETERS | _CONSTRAINTS:
        return _UNKNOWN
    if any(not keyword for keyword, _ in part.keywords):
        return _UNKNOWN
    if name in {"Le", "Lt"}:
        return _number(asker, module, part.arguments[0] if part.arguments else None)
    given = [part.keyword(each) for each in _BOUNDS]
    values = [_number(asker, module, each) for each in given if each is not None]
    return min(values) if values else None


def _called(asker: Asker, module: str, part: Term) -> str:
    """Return the last name of what is called, as it is called where it is defined."""
    written = dotted(part.function) if isinstance(part, Apply) else ""
    return resolve(asker, module, written).rpartition(".")[2] or called_name(part)


def _number(asker: Asker, module: str, term: Term | None) -> int:
    if isinstance(term, Ref):
        found = asker.ask(constant_number, resolve(asker, module, dotted(term)))
        return found if found is not None else _UNKNOWN
    if not isinstance(term, Literal) or term.kind != "int":
        return _UNKNOWN
    digits = term.text.replace("_", "")
    return int(digits) if digits.isdecimal() else _UNKNOWN


def constant_number(project: Project, qualified: str) -> int | None:
    """Return the value of a constant that is an integer."""
    found = variable_fact(project, qualified) if qualified else None
    value = found[1].value if found is not None else None
    if not isinstance(value, Literal) or value.kind != "int" or not value.text.replace("_", "").isdecimal():
        return None
    return int(value.text.replace("_", ""))
