"""All rules that are known, and which of them a user wants."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from packaging.specifiers import SpecifierSet

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from fastidious_rules.engine.finding import Severity
    from fastidious_rules.engine.rule import Pack, Rule
    from fastidious_rules.engine.settings import Settings

ALL = "ALL"


class DuplicateRuleError(ValueError):
    """Two packs bring a rule of the same name."""


class Registry:
    """The rules of all packs, by name."""

    def __init__(self, packs: Sequence[Pack]) -> None:
        rules: dict[str, Rule] = {}
        for pack in packs:
            for rule_class in pack.rules:
                if rule_class.name in rules:
                    message = f"rule {rule_class.name!r} of pack {pack.name!r} exists already: rule names are unique"
                    raise DuplicateRuleError(message)
                rules[rule_class.name] = rule_class()
        self.packs = tuple(packs)
        self.rules: Mapping[str, Rule] = MappingProxyType(dict(sorted(rules.items())))

    @property
    def families(self) -> tuple[str, ...]:
        """Names of the families."""
        return tuple(sorted({rule.family for rule in self.rules.values()}))

    def enabled(self, settings: Settings) -> dict[str, Severity]:
        """Return the severity of each rule that `settings` turn on, by name."""
        chosen: dict[str, Severity] = {}
        for name, rule in self.rules.items():
            severity = self._severity(rule, settings)
            if severity is not None and _fits(rule, settings):
                chosen[name] = severity
        return chosen

    def _severity(self, rule: Rule, settings: Settings) -> Severity | None:
        if rule.name in settings.ignore or rule.family in settings.ignore or rule.name in settings.muted:
            return None
        by_user = settings.severity.get(rule.name)
        by_profile = rule.severity_in(settings.profile)
        if settings.select:
            if settings.select.isdisjoint({ALL, rule.name, rule.family}):
                return None
            return by_user or by_profile or rule.default_severity
        return by_user or by_profile


def _fits(rule: Rule, settings: Settings) -> bool:
    """Tell whether the versions that the code is written for are those that the rule is about."""
    for distribution, specifier in rule.requires.items():
        version = settings.target.python if distribution == "python" else settings.target.packages.get(distribution)
        if version and not SpecifierSet(specifier).contains(version, prereleases=True):
            return False
    return True
