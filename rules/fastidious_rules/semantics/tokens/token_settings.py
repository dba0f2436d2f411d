"""The project's own settings for tokens: how long they live, what signs them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from fastidious_rules.semantics.names import ancestry, resolve
from fastidious_rules.semantics.place import Place
from fastidious_rules.semantics.role import Role
from fastidious_rules.semantics.values import value_type
from fastidious_rules.syntax.text import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastidious_rules.semantics.facts import VariableFact
    from fastidious_rules.semantics.module import Module
    from fastidious_rules.semantics.project import Project

SETTINGS = "pydantic_settings.BaseSettings"
_SETTINGS_BASES = frozenset({SETTINGS, "pydantic.BaseSettings", "pydantic.v1.BaseSettings"})
_LIFETIME = re.compile(
    r"(?:(?:jwt|access|auth|token)_)*expir(?:e|es|y|ation)_?(?:in_|time_)?(?P<unit>minutes|seconds|hours|days)\Z",
    re.IGNORECASE,
)
_WORDS = ("expir",)
_SECRETS = ("jwt_secret_key", "jwt_secret", "secret_key", "jwt_key", "secret")


class Setting(NamedTuple):
    """A setting, as a module can write it: `settings.SECRET_KEY`, and the import that this needs."""

    expression: str
    module: str = ""
    name: str = ""


class Lifetime(NamedTuple):
    """A setting that says how long a token lives, and its unit: `minutes`."""

    setting: Setting
    unit: str


def lifetime_of(project: Project, module: str) -> Lifetime | None:
    """Return the project's setting for the life of an access token: that of `module` itself first."""
    found = [each for home in _holding(project, *_WORDS) for each in _lifetimes(project, home, module)]
    return min(found, key=lambda each: (each.setting.module not in {"", module}, each.setting), default=None)


def _holding(project: Project, *words: str) -> list[Module]:
    """Return the modules of production code that mention one of `words`, as written, in upper or in lower case."""
    spellings = {spelling for word in words for spelling in (word, word.lower(), word.upper())}
    found = {each.name: each for word in sorted(spellings) for each in project.mentioning(word)}
    return [each for each in found.values() if project.role_of(each.path, each.name) is Role.CODE]


def _lifetimes(project: Project, home: Module, module: str) -> Iterator[Lifetime]:
    for owner, fact in _variables(home):
        match = _LIFETIME.match(fact.name)
        if match is None:
            continue
        setting = (
            field_setting(project, f"{home.name}.{owner}", fact.name, module)
            if owner
            else _constant(home, fact, module)
        )
        if setting is not None:
            yield Lifetime(setting, match["unit"].lower())


def _variables(home: Module) -> Iterator[tuple[str, VariableFact]]:
    for unit in home.facts.units:
        for fact in unit.variables:
            yield unit.class_name, fact


def _constant(home: Module, fact: VariableFact, module: str) -> Setting | None:
    if fact.value is None:
        return None
    return Setting(fact.name) if home.name == module else Setting(fact.name, home.name, fact.name)


def is_settings(project: Project, qualified_class: str) -> bool:
    """Tell whether a class reads its fields from the environment: a `BaseSettings`."""
    return not _SETTINGS_BASES.isdisjoint(project.ask(ancestry, qualified_class))


def field_setting(project: Project, qualified_class: str, field: str, module: str) -> Setting | None:
    """Return how `module` reads a field of a class of settings: through an object that the project has of it."""
    if not is_settings(project, qualified_class):
        return None
    name = qualified_class.rpartition(".")[2]
    holders = [holder for each in project.mentioning(name) for holder in _objects_in(project, each, qualified_class)]
    bound = bound_as(project, module, *holders)
    if bound:
        return Setting(f"{bound}.{field}")
    if not holders:
        return None
    home, _, held = min(holders).rpartition(".")
    return Setting(f"{held}.{field}", home, held)


def _objects_in(project: Project, home: Module, qualified_class: str) -> Iterator[str]:
    for owner, fact in _variables(home):
        qualified = f"{home.name}.{fact.name}"
        if (
            not owner
            and fact.value is not None
            and qualified_class in project.ask(ancestry, project.ask(value_type, qualified).name)
        ):
            yield qualified


def bound_as(project: Project, module: str, *meanings: str) -> str:
    """Return the name under which the body of a module knows something, by its qualified names; empty if it does not."""
    found = project.module(module)
    names = found.names() if found is not None else ()
    return next((name for name in names if resolve(project, module, name) in meanings), "")


def secret_setting(project: Project, module: str) -> Setting | None:
    """Return the project's setting for the key that signs tokens, as `module` reads it; None if it has none."""
    found = [each for home in _holding(project, *_SECRETS) for each in _secrets(project, home, module)]
    return min(found, key=lambda each: (_SECRETS.index(each[0]), each[1]))[1] if found else None


def _secrets(project: Project, home: Module, module: str) -> Iterator[tuple[str, Setting]]:
    for owner, fact in _variables(home):
        if owner and fact.name.lower() in _SECRETS:
            setting = field_setting(project, f"{home.name}.{owner}", fact.name, module)
            if setting is not None:
                yield fact.name.lower(), setting


class Room(NamedTuple):
    """A class of settings that has no field for the key yet: the field as a module would read it, and the last one it has."""

    setting: Setting
    field: str
    last: Place


def room_for_secret(project: Project, module: str) -> Room | None:
    """Return where the project's settings could have a field for the key that signs tokens, None without settings."""
    for home in _holding(project, "BaseSettings"):
        for unit in home.facts.units:
            for fact in unit.classes:
                found = _room_in(project, home, fact.name, module)
                if found is not None:
                    return found
    return None


def _room_in(project: Project, home: Module, owner: str, module: str) -> Room | None:
    fields = [fact for name, fact in _variables(home) if name == owner and fact.annotation is not None]
    if not fields:
        return None
    last = fields[-1]
    field = _SECRETS[0].upper() if last.name.isupper() else _SECRETS[0]
    setting = field_setting(project, f"{home.name}.{owner}", field, module)
    place = Place(home.path, f"{owner}.{last.name}", Span(*last.span))
    return Room(setting, field, place) if setting is not None else None
