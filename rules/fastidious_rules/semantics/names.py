"""Names: what a dotted name in a module stands for, through imports and re-exports."""

from __future__ import annotations

import builtins
from typing import TYPE_CHECKING, NamedTuple

from fastidious_rules.knowledge import table
from fastidious_rules.semantics.facts import ClassFact, FunctionFact, ImportFact, VariableFact
from fastidious_rules.semantics.module import RENAMED, key_of
from fastidious_rules.semantics.place import Place
from fastidious_rules.syntax.terms import Literal, Term, dotted
from fastidious_rules.syntax.text import Span

if TYPE_CHECKING:
    from fastidious_rules.semantics.facts import ParameterFact
    from fastidious_rules.semantics.module import Definition, Module
    from fastidious_rules.semantics.project import Asker, Project

_NOTHING = (Literal("None", "None"), Literal("bool", "False"))
_BUILTINS = frozenset(name for name in dir(builtins) if not name.startswith("_"))


class Signature(NamedTuple):
    """A function of the project, seen from outside."""

    qualified: str
    module: str
    place: Place
    is_async: bool
    is_generator: bool
    parameters: tuple[ParameterFact, ...]
    returns: Term | None
    decorators: tuple[Term, ...]

    @property
    def name(self) -> str:
        """Its own name."""
        return self.qualified.rpartition(".")[2]


class ClassShape(NamedTuple):
    """A class of the project, seen from outside. `bases` are qualified names, empty where unknown."""

    qualified: str
    module: str
    symbol: str
    place: Place
    bases: tuple[str, ...]
    keywords: tuple[tuple[str, Term], ...]
    decorators: tuple[Term, ...]
    parameters: tuple[str, ...] = ()
    """Type parameters in brackets after the name."""
    base_terms: tuple[Term, ...] = ()
    """The bases as they are written, with their arguments."""


def resolve(asker: Asker, module: str, name: str) -> str:
    """Return the qualified name of what the dotted `name` means in the body of `module`, empty if nobody knows.

    `crud.get_user` gives `app.crud.users.get_user` where `app.crud` re-exports it; names of other
    distributions come out as they are imported: `fastapi.Depends`.
    """
    first, _, rest = name.partition(".")
    target = asker.ask(_resolve_first, module, first)
    if not target:
        return f"builtins.{name}" if first in _BUILTINS else ""
    return asker.ask(canonical, f"{target}.{rest}" if rest else target)


def _resolve_first(project: Project, module: str, name: str) -> str:
    """Return the qualified name of a name bound in the body of `module`."""
    found = project.module(module)
    if found is None:
        return ""
    project.read(module, name)
    definitions = found.top(name)
    if definitions:
        return _meaning(found, _binding(definitions), name)
    project.read(module, "*")
    for star in found.stars():
        source = absolute_module(found, star)
        known = project.module(source)
        if known is not None and project.ask(_resolve_first, source, name):
            return f"{source}.{name}"
    return ""


def _binding(definitions: list[Definition]) -> Definition:
    """Return the definition that counts: the last one, but an import before `name = None`, for want of the library."""
    fact = definitions[-1].fact
    if isinstance(fact, VariableFact) and fact.value in _NOTHING:
        return next((each for each in definitions if isinstance(each.fact, ImportFact)), definitions[-1])
    return definitions[-1]


def _meaning(module: Module, definition: Definition, name: str) -> str:
    fact = definition.fact
    if not isinstance(fact, ImportFact):
        return f"{module.name}.{name}"
    source = absolute_module(module, fact.module)
    return f"{source}.{fact.name}" if fact.name else source


def absolute_module(module: Module, written: str) -> str:
    """Return the absolute name of the module that an import in `module` names as `written`."""
    dots = len(written) - len(written.lstrip("."))
    if not dots:
        return written
    package = module.package.split(".")
    kept = package[: len(package) - dots + 1]
    rest = written[dots:]
    return ".".join([*kept, rest] if rest else kept)


def canonical(project: Project, qualified: str) -> str:
    """Return where a qualified name is defined, following re-exports inside the project."""
    split = split_qualified(project, qualified)
    if split is None:
        return library_name(qualified)
    module, symbol = split
    if not symbol:
        return module
    first, _, rest = symbol.partition(".")
    target = project.ask(_resolve_first, module, first)
    if not target:
        return f"{module}.{symbol}"
    if target == f"{module}.{first}":
        return f"{target}.{rest}" if rest else target
    again = f"{target}.{rest}" if rest else target
    return project.ask(canonical, again) or again


def library_name(qualified: str) -> str:
    """Return the spelling that rules use for a name of a library: `fastapi.APIRouter` for `fastapi.routing.APIRouter`."""
    aliases: dict[str, str] = table("libraries")["aliases"]
    return aliases.get(qualified, qualified)


def split_qualified(project: Project, qualified: str) -> tuple[str, str] | None:
    """Split a qualified name into a module of the project and the name in it; None for other distributions."""
    parts = qualified.split(".")
    for size in range(len(parts), 0, -1):
        module = ".".join(parts[:size])
        if project.module(module) is not None:
            return module, ".".join(parts[size:])
    return None


def definitions(project: Project, qualified: str) -> tuple[Module, str, list[Definition]] | None:
    """Return module, symbol and definitions of a canonical qualified name."""
    split = split_qualified(project, qualified)
    if split is None or not split[1]:
        return None
    name, symbol = split
    module = project.module(name)
    if module is None:
        return None
    project.read(name, key_of(symbol))
    return module, symbol, module.member(symbol) if "." in symbol else module.top(symbol)


def function_fact(project: Project, qualified: str) -> tuple[Module, FunctionFact] | None:
    """Return the facts of a function, body and all. For answers only: rules ask for its `signature`."""
    found = definitions(project, qualified)
    facts = [each.fact for each in found[2] if isinstance(each.fact, FunctionFact)] if found else []
    return (found[0], facts[-1]) if found and facts else None


def variable_fact(project: Project, qualified: str) -> tuple[Module, VariableFact] | None:
    """Return the facts of a variable of a module or a class, the last one that says something."""
    found = definitions(project, qualified)
    facts = [each.fact for each in found[2] if isinstance(each.fact, VariableFact)] if found else []
    telling = [fact for fact in facts if fact.annotation is not None or fact.value is not None]
    return (found[0], telling[-1]) if found and telling else None


def signature(project: Project, qualified: str) -> Signature | None:
    """Return the signature of a function of the project. Methods are looked up in their class only."""
    found = function_fact(project, qualified)
    if found is None:
        return None
    module, fact = found
    return Signature(
        f"{module.name}.{fact.name}",
        module.name,
        Place(module.path, fact.name, Span(*fact.span)),
        fact.is_async,
        fact.is_generator,
        fact.parameters,
        fact.returns,
        fact.decorators,
    )


def renamed(project: Project, module: str) -> tuple[tuple[str, str], ...]:
    """Return the other names and the real ones of what the body of `module` imports under another name."""
    found = project.module(module)
    project.read(module, RENAMED)
    units = found.facts.units if found is not None else ()
    return tuple(
        (each.bound, each.name) for unit in units for each in unit.imports if each.name not in {each.bound, ""}
    )


def class_shape(project: Project, qualified: str) -> ClassShape | None:
    """Return the header of a class of the project."""
    found = definitions(project, qualified)
    facts = [each.fact for each in found[2] if isinstance(each.fact, ClassFact)] if found else []
    if found is None or not facts:
        return None
    module, fact = found[0], facts[-1]
    bases = tuple(resolve(project, module.name, _base_name(base)) for base in fact.bases)
    place = Place(module.path, fact.name, Span(*fact.span))
    return ClassShape(
        f"{module.name}.{fact.name}",
        module.name,
        fact.name,
        place,
        bases,
        fact.keywords,
        fact.decorators,
        fact.parameters,
        fact.bases,
    )


def _base_name(base: Term) -> str:
    """Return the dotted name of a base, without the parameters of a generic one."""
    return dotted(getattr(base, "value", base))


def ancestry(project: Project, qualified: str) -> tuple[str, ...]:
    """Return a class and all its bases, nearest first, as far as they are known: `(app.User, app.Base, pydantic.BaseModel)`."""
    found: list[str] = []
    waiting = [qualified]
    while waiting:
        name = waiting.pop(0)
        if not name or name in found:
            continue
        found.append(name)
        shape = project.ask(class_shape, name)
        waiting.extend(shape.bases if shape is not None else table("libraries")["bases"].get(name, ()))
    return tuple(found)


def find_member(project: Project, qualified_class: str, name: str) -> str:
    """Return the qualified name of the member `name` of a class, looked for in its bases too; empty if there is none."""
    for each in project.ask(ancestry, qualified_class):
        found = definitions(project, f"{each}.{name}")
        if found is not None and found[2]:
            return f"{each}.{name}"
    return ""
