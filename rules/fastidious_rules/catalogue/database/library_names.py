"""Names of SQLAlchemy as they are called in a module."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from fastidious_rules.api import NeededImport

if TYPE_CHECKING:
    from fastidious_rules.api import Environment, Scope

_MODULES = ("sa", "sqlalchemy", "sqlmodel")
_LIBRARIES = ("sqlalchemy.", "sqlmodel.")


class LibraryName(NamedTuple):
    """How a function of the library is called here, and the import that this takes."""

    text: str
    needed: NeededImport | None = None


def library_name(name: str, library: str, scope: Scope) -> LibraryName | None:
    """Return how a function of SQLAlchemy is called where the view stands, None where its name means something else."""
    if is_local_name(name, scope):
        return None
    known = scope.resolve_in_module(name)
    if known.startswith(_LIBRARIES) and known.rpartition(".")[2] == name:
        return LibraryName(name)
    for module in _MODULES:
        if scope.resolve_in_module(module) in {"sqlalchemy", "sqlmodel"}:
            return LibraryName(f"{module}.{name}")
    return LibraryName(name, NeededImport(library, name)) if not known else None


def is_local_name(name: str, scope: Scope) -> bool:
    """Tell whether a function around the view binds a name itself."""
    place: Environment | None = scope.environment
    while place is not None and place.function is not None:
        function = place.function
        if name in function.local or any(each.name == name for each in function.parameters):
            return True
        place = place.outer
    return False
