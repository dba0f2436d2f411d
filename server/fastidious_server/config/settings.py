"""Settings of the core, put together from what the files around a document say."""

# ruff: noqa: PLC0415 - imported when wanted: every command pays for what it imports

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from fastidious_rules.engine.finding import Severity
from fastidious_rules.engine.settings import Profile, Settings, Target

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fastidious_rules.engine.baseline import Baseline
    from fastidious_server.config.known_rule import KnownRule
    from fastidious_server.config.model import FastidiousTable, PathTable

_OFF = "off"


class Surroundings(NamedTuple):
    """What is known of a directory apart from the configuration of Fastidious."""

    target: Target
    pytest: Mapping[str, str]
    muted: frozenset[str]
    baseline: Baseline


class Choices(NamedTuple):
    """Rules that are chosen, and how loud they are."""

    select: frozenset[str] = frozenset()
    ignore: frozenset[str] = frozenset()
    severity: Mapping[str, str] = MappingProxyType({})

    def refined(self, table: PathTable) -> Choices:
        """Return these choices with what `table` says of some paths on top."""
        select = self.select if table.select is None else frozenset(table.select)
        return Choices(select, self.ignore | set(table.ignore), {**self.severity, **table.severity})


def choices_of(table: FastidiousTable) -> Choices:
    """Return what `table` chooses for all paths."""
    return Choices(frozenset(table.select), frozenset(table.ignore), table.severity)


def overridden(table: FastidiousTable, overrides: FastidiousTable) -> FastidiousTable:
    """Return `table` with what `overrides` sets in its place.

    To ignore more never brings back what was ignored; to select a rule by name does.
    """
    update = {name: getattr(overrides, name) for name in overrides.model_fields_set}
    brought_back = set(overrides.select)
    ignore = [name for name in table.ignore if name not in brought_back]
    return table.model_copy(update={**update, "ignore": [*ignore, *overrides.ignore]})


def build_settings(
    table: FastidiousTable,
    choices: Choices,
    surroundings: Surroundings,
    rules: Mapping[str, KnownRule],
) -> Settings:
    """Return the settings of files for which `choices` are made."""
    # Imported here: without a configuration nothing needs pydantic.
    from fastidious_server.config.validation import options_of

    options = {name: options_of(rules[name], values) for name, values in table.rules.items()}
    return replace(
        default_settings(surroundings),
        profile=Profile(table.profile),
        select=choices.select,
        ignore=choices.ignore | {name for name, level in choices.severity.items() if level == _OFF},
        severity={name: Severity(level) for name, level in choices.severity.items() if level != _OFF},
        options=options,
        extra_blocking=table.extra_blocking,
        sensitive_names=tuple(table.sensitive_names),
        layers={layer: tuple(patterns) for layer, patterns in table.layers.items()},
        muted=surroundings.muted if table.defer_to_ruff else frozenset(),
        target=_target(table, surroundings.target),
    )


def default_settings(surroundings: Surroundings) -> Settings:
    """Return the settings of files that nobody configured."""
    return Settings(
        muted=surroundings.muted,
        pytest=surroundings.pytest,
        target=surroundings.target,
        baseline=surroundings.baseline,
    )


def _target(table: FastidiousTable, found: Target) -> Target:
    from fastidious_server.config.versions import normalized

    packages = {normalized(name): version for name, version in table.target.packages.items()}
    return Target(table.target.python or found.python, {**found.packages, **packages})
