"""Parameters that take the columns of an entity, and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastidious_rules.api import Edit, Fix, Name, NeededImport, Safety, String, columns, is_secret_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastidious_rules.api import Parameter, Scope

_MOST = 12


def allowed_columns(name: str, entity: str, scope: Scope) -> Iterator[Fix]:
    """Yield the fix that makes a parameter of the function a `Literal` of the entity's columns."""
    function = scope.function
    parameter = next((each for each in function.parameters if each.name == name), None) if function else None
    extra = scope.settings.sensitive_names
    found = [each.name for each in scope.ask(columns, entity) if not is_secret_name(each.name, extra)]
    if parameter is None or parameter.annotation is None or not 0 < len(found) <= _MOST or not _fits(parameter, found):
        return
    annotation = parameter.annotation
    strings = [each for each in annotation.find(Name) if each.text == "str"]
    if len(strings) != 1 or scope.resolve_in_module("Literal") not in {"", "typing.Literal"}:
        return
    text = _literal(found)
    title = f"Take columns of `{entity.rpartition('.')[2]}` only, as a `Literal` (all else gets 422)"
    yield Fix(title, (Edit(strings[0].span, text),), (NeededImport("typing", "Literal"),), Safety.UNSAFE)


def _literal(names: list[str]) -> str:
    quoted = ", ".join(f'"{each}"' for each in names)
    return f"Literal[{quoted}]"


def _fits(parameter: Parameter, names: list[str]) -> bool:
    """Tell whether the default of a parameter is one of the columns, if it is a string."""
    default = parameter.default
    return not isinstance(default, String) or default.value in names
