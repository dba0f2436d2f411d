"""Types of what has a qualified name: variables, results of calls, attributes of classes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastidious_rules.knowledge import table
from fastidious_rules.semantics import (
    inference,  # each half needs the other: an attribute is inferred from what a method assigns
)
from fastidious_rules.semantics.asynchrony.blocking import namespaces
from fastidious_rules.semantics.facts import FunctionFact
from fastidious_rules.semantics.names import (
    Signature,
    ancestry,
    class_shape,
    definitions,
    find_member,
    function_fact,
    resolve,
    signature,
    split_qualified,
    variable_fact,
)
from fastidious_rules.semantics.types import PRODUCERS, UNKNOWN, Environment, Type, alias_of, annotated, produced
from fastidious_rules.syntax.terms import (
    Apply,
    Awaited,
    Index,
    Member,
    Operation,
    Ref,
    Term,
)

if TYPE_CHECKING:
    from fastidious_rules.semantics.project import Asker, Project

_CONTEXT_MANAGERS = frozenset({"contextlib.contextmanager", "contextlib.asynccontextmanager"})
_PROPERTIES = frozenset({"cached_property", "property"})
_BARE_QUALIFIERS = frozenset({"typing.Final", "typing.ClassVar"})


def find_defined(project: Project, qualified: str) -> str:
    """Return the qualified name of a method named through its class, looked for in the bases; else the name itself."""
    owner, _, name = qualified.rpartition(".")
    if project.ask(class_shape, owner) is None:
        return qualified
    return project.ask(find_member, owner, name) or qualified


def call_type(project: Project, callee: str, awaited: str) -> Type:
    """Return the type that a call of `callee` gives, or that awaiting the call gives."""
    found = project.ask(signature, callee)
    if found is not None:
        return _returned(project, found, awaited=bool(awaited))
    if project.ask(class_shape, callee) is not None:
        return Type(callee)
    factories: dict[str, str] = table("libraries")["factories"]
    made = project.ask(value_type, callee) or UNKNOWN
    if made.name in factories:
        return Type(made.arguments[0].name if made.arguments else factories[made.name])
    alias = project.ask(alias_of, callee)
    if alias is not None and isinstance(alias[1], Index):
        return annotated(project, *alias)
    return UNKNOWN if split_qualified(project, callee) is not None else _library_call_type(project, callee)


def _library_call_type(asker: Asker, callee: str) -> Type:
    owner, _, name = callee.rpartition(".")
    is_derived = owner in table("libraries")["bases"]
    for each in asker.ask(ancestry, owner) if is_derived else (owner,):
        known = _returned_by_library(each, name)
        if known:
            return Type(known)
    return Type(callee) if name[:1].isupper() or callee in table("libraries")["factories"] else UNKNOWN


def _returned_by_library(owner: str, name: str) -> str:
    """Return the class of what a function of a module, or a method of a class, gives."""
    libraries = table("libraries")
    if name in libraries["fluent"].get(owner, ()):
        return owner
    known: dict[str, str] = libraries["returns"]
    return known.get(f"{owner}.{name}" if owner not in {"", "builtins"} else name, "")


def _returned(project: Project, found: Signature, *, awaited: bool) -> Type:
    declared = annotated(project, found.module, found.returns)
    decorators = {resolve(project, found.module, each.dotted) for each in found.decorators if isinstance(each, Ref)}
    if declared.short == "Self":
        return Type(found.qualified.rpartition(".")[0])
    if decorators & _CONTEXT_MANAGERS:
        return Type("contextlib.AbstractContextManager", (produced(declared),))
    if found.is_async and not found.is_generator and not awaited:
        return Type("collections.abc.Coroutine", (declared,))
    return declared


def value_type(project: Project, qualified: str) -> Type:
    """Return the type of a variable of a module: annotated, or what it is assigned."""
    found = variable_fact(project, qualified)
    if found is None:
        return UNKNOWN
    module, fact = found
    if fact.annotation is not None and fact.annotation != Ref("typing.TypeAlias"):
        declared = annotated(project, module.name, fact.annotation)
        if declared.name not in _BARE_QUALIFIERS:
            return declared
    if isinstance(fact.value, Apply):
        return _with_factory_class(project, module.name, fact.value)
    if isinstance(fact.value, Member | Operation):
        return inference.inferred(project, Environment(module.name), fact.value)
    return UNKNOWN


def _with_factory_class(project: Project, module: str, value: Apply) -> Type:
    """Return the type of a value; a session factory keeps the class of its sessions as parameter."""
    made = inference.inferred(project, Environment(module), value)
    chosen = value.keyword("class_")
    if made.name in table("libraries")["factories"] and chosen is not None:
        return Type(made.name, (annotated(project, module, chosen),))
    return made


def member_type(asker: Asker, owner: Type, name: str) -> Type:
    """Return the type of an attribute of a value of type `owner`."""
    if not owner or owner.name == "typing.Union":
        return UNKNOWN
    return asker.ask(field_type, owner.name, name) or UNKNOWN


def field_type(project: Project, qualified_class: str, name: str) -> Type:
    """Return the type of an attribute of a class: a field, a property, or what a method assigns to `self`."""
    for each in project.ask(ancestry, qualified_class):
        found = _own_field(project, each, name) or _assigned_field(project, each, name)
        if found:
            return found
        known: str | None = table("libraries")["attributes"].get(f"{each}.{name}")
        if known is not None:
            return Type(known)
        if f"{each}.{name}" in namespaces():
            return Type(f"{each}.{name}")
    return UNKNOWN


def _own_field(project: Project, qualified_class: str, name: str) -> Type:
    qualified = f"{qualified_class}.{name}"
    declared = project.ask(value_type, qualified)
    if declared:
        return declared
    found = definitions(project, qualified)
    for each in found[2] if found is not None else ():
        fact = each.fact
        if isinstance(fact, FunctionFact) and not _PROPERTIES.isdisjoint(_last_names(fact)):
            return annotated(project, found[0].name, fact.returns) if found is not None else UNKNOWN
    return UNKNOWN


def _last_names(fact: FunctionFact) -> frozenset[str]:
    return frozenset(each.dotted.rpartition(".")[2] for each in fact.decorators if isinstance(each, Ref))


def _assigned_field(project: Project, qualified_class: str, name: str) -> Type:
    found = definitions(project, qualified_class)
    if found is None:
        return UNKNOWN
    module, symbol, _ = found
    for _, definition in project.members(module, symbol):
        fact = definition.fact
        if isinstance(fact, FunctionFact) and name in fact.attributes:
            known = _stable(fact.attributes[name])
            return (
                inference.inferred(project, Environment(module.name, fact, symbol), known)
                if known is not None
                else UNKNOWN
            )
    return UNKNOWN


def _stable(term: Term) -> Term | None:
    """Return a term that can be understood without asking for another attribute of the same object."""
    inner = term.value if isinstance(term, Awaited) else term
    function = inner.function if isinstance(inner, Apply) else inner
    return None if isinstance(function, Ref) and function.dotted.startswith("self.") else term


def entered_type(asker: Asker, context: Type) -> Type:
    """Return the type of what `with` gives for a context manager of this type."""
    if context.name in PRODUCERS:
        return produced(context)
    if asker.ask(class_shape, context.name) is not None:
        for method in ("__aenter__", "__enter__"):
            found = asker.ask(find_member, context.name, method)
            if found:
                return asker.ask(call_type, found, "await") or context
    return context


def element_type(container: Type) -> Type:
    """Return the type of the items of a container."""
    if container.short in {"dict", "Mapping", "MutableMapping"}:
        return UNKNOWN
    return container.arguments[0] if len(container.arguments) == 1 else UNKNOWN


def provided(asker: Asker, module: str, provider: Term) -> Type:
    """Return the type that a dependency gives: what the provider returns or yields, or the class that it is."""
    if not isinstance(provider, Ref):
        return UNKNOWN
    qualified = resolve(asker, module, provider.dotted)
    found = asker.ask(signature, qualified)
    if found is None:
        return Type(qualified) if qualified and asker.ask(class_shape, qualified) is not None else UNKNOWN
    if found.returns is None:
        return asker.ask(handed_out, found.qualified) or UNKNOWN
    return produced(annotated(asker, found.module, found.returns))


def handed_out(project: Project, qualified: str) -> Type:
    """Return the type of what a function without a return annotation yields, or else returns, if it is always the same."""
    found = function_fact(project, qualified)
    if found is None:
        return UNKNOWN
    module, fact = found
    values = fact.yielded if fact.is_generator else fact.returned
    types = {inference.inferred(project, Environment(module.name, fact), each) for each in values}
    return types.pop() if len(types) == 1 else UNKNOWN
