"""Settings that a case runs with."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from fastidious_rules.engine.broken import TOO_COMPLEX
from fastidious_rules.engine.finding import SYNTAX_ERROR
from fastidious_rules.engine.settings import Profile, Settings, Target
from fastidious_rules.engine.suppress import UNUSED

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fastidious_rules.engine.registry import Registry
    from fastidious_rules.testing.cases import Case

_OF_THE_ENGINE = frozenset({SYNTAX_ERROR, TOO_COMPLEX, UNUSED})


class UnknownNameError(LookupError):
    """A mark or option that names no rule, or no option of the rule."""

    def __str__(self) -> str:
        return str(self.args[0])


def settings_of(case: Case, registry: Registry) -> Settings:
    """Return settings under which the rules that `case` is about are on, and no others.

    Raises:
        UnknownNameError: it names a rule that is not in `registry`, or an option that the rule does not have.
    """
    options = case.options
    target = dict(_below("target.", options))
    return Settings(
        profile=Profile(options.get("profile", Profile.RECOMMENDED)),
        select=_rules(case, registry),
        options=MappingProxyType({case.rule: _rule_options(case, registry)}),
        extra_blocking=_mapping(options.get("extra-blocking", "")),
        sensitive_names=_words(options.get("sensitive-names", "")),
        layers=MappingProxyType({name: _words(value) for name, value in _below("layers.", options)}),
        pytest=MappingProxyType(dict(_below("pytest.", options))),
        target=Target(target.pop("python", "3.11"), MappingProxyType(target)),
    )


def _below(prefix: str, options: Mapping[str, str]) -> list[tuple[str, str]]:
    return [(key.removeprefix(prefix), value) for key, value in options.items() if key.startswith(prefix)]


def _words(value: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in value.split(",") if word.strip())


def _rules(case: Case, registry: Registry) -> frozenset[str]:
    marked = {mark.rule for file in case.files for mark in (*file.errors, *file.silent)}
    remaining = {mark.rule for block in case.fixed for mark in block.errors}
    rules = {case.rule, *marked, *remaining, *_words(case.options.get("with", ""))} - _OF_THE_ENGINE
    if unknown := sorted(rules - registry.rules.keys()):
        message = f"there is no rule called {', '.join(unknown)}"
        raise UnknownNameError(message)
    return frozenset(rules)


def _rule_options(case: Case, registry: Registry) -> Mapping[str, Any]:
    """Read options as the type that their defaults have."""
    defaults = registry.rules[case.rule].default_options()
    chosen: dict[str, Any] = {}
    for name, value in _below("options.", case.options):
        if not hasattr(defaults, name):
            message = f"{case.rule} has no option {name}"
            raise UnknownNameError(message)
        chosen[name] = _as_type_of(getattr(defaults, name), value)
    return chosen


def _as_type_of(default: object, value: str) -> Any:
    if isinstance(default, bool):
        return value == "true"
    if isinstance(default, int | float):
        return type(default)(value)
    if isinstance(default, str) or default is None:
        return value
    if isinstance(default, tuple):
        return _words(value)
    return frozenset(_words(value)) if isinstance(default, frozenset) else _mapping(value)


def _mapping(value: str) -> Mapping[str, str]:
    return MappingProxyType({key: text for key, _, text in (word.partition(":") for word in _words(value))})
