"""The rule layer-import-violation."""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from fastidious_rules.api import (
    Finding,
    Import,
    ImportFrom,
    Layer,
    Related,
    Rule,
    Scope,
    Severity,
    declared_layer,
    imported,
    is_above,
    is_declared_above,
    layer_of,
    on,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastidious_rules.api import Imported, View


@dataclass(frozen=True, slots=True)
class Options:
    """`ignore` holds edges as import-linter writes them; `type_checking` looks at imports for types too."""

    ignore: tuple[str, ...] = ()
    type_checking: bool = False


class LayerImportViolation(Rule):
    """Import that makes a lower layer depend on a higher one."""

    severity = Severity.WARNING
    message = "{layer} imports `{target}` from the {other} layer above it; {remedy}"
    Options = Options

    @on(Import)
    @on(ImportFrom)
    def check(self, statement: Import | ImportFrom, scope: Scope) -> Iterator[Finding]:
        """Report a statement once for each module that it must not import."""
        if scope.path.endswith("/__init__.py") or _is_for_types(statement, scope):
            return
        layer = _layer(scope.module, scope)
        seen: set[str] = set()
        for name, found in _targets(statement, scope) if layer.name else ():
            other = _layer(found.module, scope)
            if (
                found.module not in seen
                and _points_up(layer, other, scope, found.module)
                and not _is_ignored(found, scope)
            ):
                seen.add(found.module)
                yield self._reported(statement, scope, (layer.name, other.name), name, found)

    def _reported(
        self, statement: Import | ImportFrom, scope: Scope, layers: tuple[str, str], name: str, found: Imported
    ) -> Finding:
        hidden = statement.enclosing_function is not None
        related = (Related(found.place, f"defined in the {layers[1]} layer"),) if found.place is not None else ()
        return self.finding(
            statement,
            severity=Severity.HINT if hidden else None,
            related=related,
            evidence=f"`{scope.module}` belongs to the {layers[0]} layer, `{found.module}` to the {layers[1]} layer.",
            layer=layers[0],
            other=layers[1],
            target=found.module,
            remedy="here it only hides the cycle" if hidden else _remedy(name),
        )


def _remedy(name: str) -> str:
    return f"move `{name}` down or pass it in" if name else "move what it needs down or pass it in"


def _is_for_types(statement: View, scope: Scope) -> bool:
    """Tell whether the import stands under `if TYPE_CHECKING`, where it binds nothing at run time."""
    spans = {each.span for each in scope.facts.imports if each.type_checking}
    inside = any(statement.span.contains(type(statement.span)(*span)) for span in spans)
    return inside and not scope.options.type_checking


def _targets(statement: Import | ImportFrom, scope: Scope) -> Iterator[tuple[str, Imported]]:
    for each in statement.names:
        written, name = (statement.module, each.target) if isinstance(statement, ImportFrom) else (each.target, "")
        found = scope.ask(imported, scope.module, written, name)
        if found is not None:
            yield name, found


def _layer(module: str, scope: Scope) -> Layer:
    layers = scope.settings.layers
    return Layer(declared_layer(module, layers)) if layers else scope.ask(layer_of, module)


def _points_up(layer: Layer, other: Layer, scope: Scope, target: str) -> bool:
    if not other.name or other.holds(scope.module) or layer.holds(target):
        return False
    layers = scope.settings.layers
    return is_declared_above(layer.name, other.name, layers) if layers else is_above(layer.name, other.name)


def _is_ignored(found: Imported, scope: Scope) -> bool:
    """Tell whether the user accepts the edge: `app.repositories.* -> app.services.audit`."""
    for edge in scope.options.ignore:
        importer, _, target = (part.strip() for part in edge.partition("->"))
        if fnmatchcase(scope.module, importer) and fnmatchcase(found.module, target):
            return True
    return False
