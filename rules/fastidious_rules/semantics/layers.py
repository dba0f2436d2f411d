"""Layers: which part of the architecture a module belongs to, by what it defines and by where it stands."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from fastidious_rules.knowledge import table
from fastidious_rules.semantics.facts import ClassFact, FunctionFact, VariableFact
from fastidious_rules.semantics.module import IMPORTS, SIGNATURES
from fastidious_rules.semantics.names import absolute_module, canonical, definitions, resolve, split_qualified
from fastidious_rules.semantics.place import Place
from fastidious_rules.semantics.web.routing import Endpoint, entries
from fastidious_rules.syntax.terms import Apply, Literal, Ref
from fastidious_rules.syntax.text import Span

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from fastidious_rules.semantics.module import Module
    from fastidious_rules.semantics.project import Project

ROUTER = "router"
MODEL = "model"
COMPOSITION = "composition"
"""Modules that put the application together may import anything."""

_APPLICATIONS = frozenset({"fastapi.FastAPI", "starlette.applications.Starlette"})


class Layer(NamedTuple):
    """A layer, and the package or module that makes what is in it belong there: `app.services` of `app.services.orders`."""

    name: str
    holder: str = ""

    def holds(self, module: str) -> bool:
        """Tell whether `module` stands in the same holder: its own neighbours are not above it."""
        return bool(self.holder) and module.startswith(f"{self.holder}.")


NO_LAYER = Layer("")


class Imported(NamedTuple):
    """What an import brings in: the module that defines it, and the place of its definition."""

    module: str
    place: Place | None


def layer_of(project: Project, module: str) -> Layer:
    """Return the layer of a module: by evidence, else by its name."""
    found = project.module(module)
    if found is None:
        return NO_LAYER
    evidence = _by_evidence(project, found)
    return Layer(evidence, module) if evidence else layer_by_name(module)


def _by_evidence(project: Project, module: Module) -> str:
    project.read(module.name, SIGNATURES)
    project.read(module.name, IMPORTS)
    if layer_by_name(module.name).name == COMPOSITION or _makes_application(project, module):
        return COMPOSITION
    if any(isinstance(entry, Endpoint) for entry in project.ask(entries, module.name)):
        return ROUTER
    return MODEL if any(True for _ in _tables(module)) else ""


def _makes_application(project: Project, module: Module) -> bool:
    values = (each.value for unit in module.facts.units for each in unit.variables if not unit.class_name)
    calls = (call.term for unit in module.facts.units for each in unit.functions for call in each.calls)
    for term in (*values, *calls):
        function = term.function if isinstance(term, Apply) else None
        name = function.dotted if isinstance(function, Ref) else ""
        if name.rpartition(".")[2][:1].isupper() and resolve(project, module.name, name) in _APPLICATIONS:
            return True
    return False


def _tables(module: Module) -> Iterator[str]:
    """Yield the classes of a module that are mapped to a table."""
    for unit in module.facts.units:
        if any(each.name == "__tablename__" for each in unit.variables):
            yield unit.class_name
        for each in unit.classes:
            if ("table", Literal("bool", "True")) in each.keywords:
                yield each.name


@lru_cache(maxsize=8192)
def layer_by_name(module: str) -> Layer:
    """Return the layer that the words of a module's name speak of; the last one that does decides."""
    tokens: dict[str, str] = table("layers")["tokens"]
    suffixes: dict[str, str] = table("layers")["suffixes"]
    parts = module.split(".")
    if parts[-1] in table("layers")["modules"]:
        return Layer(table("layers")["modules"][parts[-1]], module)
    suffix = parts[-1].rpartition("_")[2]
    if suffix != parts[-1] and parts[-1] not in tokens and suffix in suffixes:
        return Layer(suffixes[suffix], module)
    for size in range(len(parts), 0, -1):
        if parts[size - 1] in tokens:
            return Layer(tokens[parts[size - 1]], ".".join(parts[:size]))
    return NO_LAYER


def is_above(layer: str, other: str) -> bool:
    """Tell whether `other` stands above `layer`, so that `layer` must not know of it."""
    above: dict[str, list[str]] = table("layers")["above"]
    return other in above.get(layer, ())


# Layers that the user declares


def declared_layer(module: str, layers: Mapping[str, Sequence[str]]) -> str:
    """Return the layer whose patterns match the path of a module, empty if none does."""
    path = module.replace(".", "/")
    for name, patterns in layers.items():
        for pattern in patterns:
            expression = _expression(pattern)
            if expression.fullmatch(f"{path}.py") or expression.fullmatch(f"{path}/__init__.py"):
                return name
    return ""


def is_declared_above(layer: str, other: str, layers: Iterable[str]) -> bool:
    """Tell whether `other` was declared above `layer`: known names have their order, others stand as they are listed."""
    known: dict[str, str] = table("layers")["names"]
    names = list(layers)
    if all(each in known for each in names):
        return is_above(known[layer], known[other])
    return names.index(other) < names.index(layer)


@lru_cache(maxsize=256)
def _expression(pattern: str) -> re.Pattern[str]:
    """Return the regular expression of a glob: `*` stays in a folder, `**` does not; a folder stands for all in it."""
    pattern = pattern.removeprefix("/")
    anywhere = "" if "/" in pattern.rstrip("/") else "(?:.*/)?"
    text = re.escape(pattern.rstrip("/"))
    text = text.replace(r"\*\*/", "(?:.*/)?").replace(r"\*\*", ".*").replace(r"\*", "[^/]*").replace(r"\?", "[^/]")
    return re.compile(f"{anywhere}{text}(?:/.*)?")


# What imports lead to


def imported(project: Project, module: str, written: str, name: str) -> Imported | None:
    """Return what `from written import name` in `module` leads to inside the project; `name` is empty for `import written`."""
    found = project.module(module)
    if found is None:
        return None
    source = absolute_module(found, written)
    qualified = project.ask(canonical, f"{source}.{name}" if name else source)
    split = split_qualified(project, qualified)
    if split is None or split[0] == module:
        return None
    return Imported(split[0], _place(project, qualified))


def _place(project: Project, qualified: str) -> Place | None:
    found = definitions(project, qualified)
    if found is None:
        return None
    module, symbol, defined = found
    facts = [each.fact for each in defined if isinstance(each.fact, FunctionFact | ClassFact | VariableFact)]
    return Place(module.path, symbol, Span(*facts[-1].span)) if facts else None
