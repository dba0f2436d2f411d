"""Who may call a route: the schemes, scopes and guards that stand before it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from fastidious_rules.semantics.web.protection import (
    Shield,
    Strength,
    classes_of,
    decorators_shield,
    dependency_strength,
    middleware_shields,
    shield_types,
)
from fastidious_rules.semantics.web.route_dependencies import short_name

if TYPE_CHECKING:
    from fastidious_rules.semantics.project import Project
    from fastidious_rules.semantics.web.dependencies import Dependency
    from fastidious_rules.semantics.web.route_dependencies import Need
    from fastidious_rules.semantics.web.route_list import Handler


class Security(NamedTuple):
    """What was found: nothing of it does not prove that a route is open to everybody."""

    schemes: tuple[str, ...]
    """Classes of `fastapi.security` on the way: `OAuth2PasswordBearer`."""
    scopes: tuple[str, ...]
    guards: tuple[str, ...]
    """Dependencies that certainly refuse some requests for who sends them."""
    perhaps: tuple[str, ...]
    """What speaks of guarding: dependencies, decorators, some middleware."""

    @property
    def is_found(self) -> bool:
        """Whether anything certain was found."""
        return bool(self.schemes or self.guards)


def security_of(project: Project, handler: Handler | None, needs: tuple[Need, ...]) -> Security:
    """Return who may call a route, by what it depends on."""
    everything = list(dict.fromkeys(each for need in needs for each in need.everything))
    schemes = (_scheme(project, each) for each in everything)
    strengths = {each: dependency_strength(project, Shield.GUARD, each) for each in everything}
    perhaps = [_name(each) for each, known in strengths.items() if known is Strength.POSSIBLE]
    if handler is not None and decorators_shield(Shield.GUARD, handler.fact):
        perhaps.append("a decorator")
    if project.ask(middleware_shields, Shield.GUARD):
        perhaps.append("a middleware")
    return Security(
        schemes=tuple(dict.fromkeys(each for each in schemes if each)),
        scopes=tuple(dict.fromkeys(scope for each in everything for scope in each.scopes)),
        guards=tuple(
            _name(each) for each, known in strengths.items() if known is Strength.CERTAIN and not _scheme(project, each)
        ),
        perhaps=tuple(dict.fromkeys(perhaps)),
    )


def _scheme(project: Project, dependency: Dependency) -> str:
    """Return the scheme of a library that a dependency is: the last name of its class, empty if it is none."""
    classes = classes_of(project, dependency.qualified) if dependency.qualified else ()
    return next((each.rpartition(".")[2] for each in classes if each in shield_types(Shield.GUARD)), "")


def _name(dependency: Dependency) -> str:
    return short_name(dependency) or "an unknown dependency"
