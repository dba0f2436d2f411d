"""Loader options: which relationships a statement loads along with its rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastidious_rules.knowledge import table
from fastidious_rules.syntax.terms import Apply, Literal, Member, Ref, Term

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

EVERYTHING = "*"
"""Stands for all relationships: a wildcard, or an option that nobody understands."""

_UNKNOWN = frozenset({EVERYTHING})


def loaded_by(options: Iterable[Term]) -> frozenset[str]:
    """Return the relationships that options load, as dotted paths from the entity: `lines`, `lines.book`."""
    return frozenset[str]().union(*(_loaded(each, "") for each in options))


def joined_by(options: Iterable[Term]) -> frozenset[str]:
    """Return the relationships that options load by joining them to the rows, as dotted paths from the entity."""
    return frozenset(path for each in options for path in _joined(each, ""))


def below(paths: frozenset[str], name: str) -> frozenset[str]:
    """Return the paths that go on after the relationship `name`."""
    prefix = f"{name}."
    inner = {each.removeprefix(prefix) for each in paths if each.startswith(prefix)}
    return frozenset(inner | (paths & _UNKNOWN))


def _loaded(option: Term, prefix: str) -> frozenset[str]:
    steps = _steps(option)
    found: set[str] = set()
    for name, call in steps:
        kinds = _kind(name)
        if name == "options":
            found |= frozenset[str]().union(*(_loaded(each, prefix) for each in call.arguments))
            continue
        if kinds is None:
            return _UNKNOWN
        for argument in call.arguments if kinds != "ignores" else ():
            path = _path(argument)
            if not path:
                return _UNKNOWN
            before, prefix = prefix, f"{prefix}.{path}" if prefix else path
            found |= _prefixes(before, path) if kinds == "loads" else set()
    return frozenset(found) if steps else _UNKNOWN


def _joined(option: Term, prefix: str) -> Iterator[str]:
    """Yield what an option joins; what it loads by a query of its own ends the path."""
    kinds: dict[str, list[str]] = table("orm")["loading"]
    for name, call in _steps(option):
        if name == "options":
            for each in call.arguments:
                yield from _joined(each, prefix)
            continue
        if name not in (*kinds["joins"], *kinds["ignores"]):
            return
        for argument in call.arguments if name in kinds["joins"] else ():
            path = _path(argument)
            if not path or path == EVERYTHING:
                return
            prefix = f"{prefix}.{path}" if prefix else path
            yield prefix


def _prefixes(before: str, path: str) -> set[str]:
    """Return a path written in one piece, `lines.book`, and all that leads to it."""
    parts = path.split(".")
    joined = (".".join(parts[: size + 1]) for size in range(len(parts)))
    return {EVERYTHING if path == EVERYTHING else f"{before}.{each}" if before else each for each in joined}


def _steps(option: Term) -> list[tuple[str, Apply]]:
    """Return the calls of a chain of options from the first one, each with its name."""
    found: list[tuple[str, Apply]] = []
    while isinstance(option, Apply):
        function = option.function
        if isinstance(function, Ref):
            found.append((function.dotted.rpartition(".")[2], option))
            break
        if not isinstance(function, Member):
            return []
        found.append((function.name, option))
        option = function.value
    return found[::-1]


def _kind(name: str) -> str | None:
    known: dict[str, list[str]] = table("orm")["loading"]
    return next((kind for kind, names in known.items() if name in names), None)


def _path(argument: Term) -> str:
    """Return the relationship that an argument names: `Order.lines`, `"lines"`, `Order.lines.of_type(Gift)`."""
    if isinstance(argument, Literal):
        return argument.text
    if isinstance(argument, Apply) and isinstance(argument.function, Ref):
        return argument.function.dotted.rpartition(".")[0].rpartition(".")[2]
    return argument.dotted.rpartition(".")[2] if isinstance(argument, Ref) and "." in argument.dotted else ""
