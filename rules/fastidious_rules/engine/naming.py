"""Who chooses the names of parameters: the author of a function, or somebody who calls it by them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastidious_rules.semantics.names import ancestry, class_shape, definitions, resolve
from fastidious_rules.semantics.types import alias_of
from fastidious_rules.semantics.web.fastapi import INJECTORS, Use, is_dependency
from fastidious_rules.syntax.terms import Apply, Ref, parts

if TYPE_CHECKING:
    from fastidious_rules.engine.scope import Scope
    from fastidious_rules.semantics.project import Project
    from fastidious_rules.syntax.nodes import Function, Parameter

_PLAIN_BASES = frozenset({"typing.Protocol", "typing.Generic", "abc.ABC", "builtins.object"})


def takes_requests(scope: Scope, function: Function) -> bool:
    """Tell whether FastAPI reads the names of parameters: those of a route, a dependency, a class that is one."""
    if scope.uses(function) & {Use.ENDPOINT, Use.DEPENDENCY}:
        return True
    return bool(scope.class_name) and scope.ask(is_dependency, f"{scope.module}.{scope.class_name}")


def is_injectable(scope: Scope, parameter: Parameter) -> bool:
    """Tell whether FastAPI fills a parameter with the result of a dependency, so that no request names it."""
    terms = [each.term for each in (parameter.default, parameter.annotation) if each is not None]
    found = [(scope.module, each) for each in terms]
    for each in terms:
        alias = scope.ask(alias_of, scope.resolve_in_module(each.dotted)) if isinstance(each, Ref) else None
        if alias is not None:
            found.append(alias)
    return any(
        isinstance(part, Apply)
        and isinstance(part.function, Ref)
        and resolve(scope.asker, module, part.function.dotted) in INJECTORS
        for module, term in found
        for part in parts(term)
    )


def is_override(scope: Scope, method: Function) -> bool:
    """Tell whether a base class may have a method of this name, whose parameters callers know."""
    return not method.name.startswith("__") and scope.ask(overrides, f"{scope.module}.{scope.class_name}", method.name)


def overrides(project: Project, qualified_class: str, method: str) -> bool:
    """Tell whether some base of a class has, or may have, a method of that name."""
    shape = project.ask(class_shape, qualified_class)
    if shape is None or any(not base for base in shape.bases):
        return True
    for base in project.ask(ancestry, qualified_class)[1:]:
        if base in _PLAIN_BASES:
            continue
        found = definitions(project, f"{base}.{method}")
        if project.ask(class_shape, base) is None or (found is not None and found[2]):
            return True
    return False
