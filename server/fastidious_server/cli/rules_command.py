"""`fastidious rules`: all rules, by family."""

from __future__ import annotations

import json
from itertools import groupby
from typing import TYPE_CHECKING

import click

from fastidious_rules.engine.guide import guide_of
from fastidious_rules.engine.settings import Profile

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fastidious_rules.engine.rule import Rule
    from fastidious_server.cli.services import Services


@click.command("rules")
@click.option("--format", "shape", type=click.Choice(["text", "json"]), default="text", help="How to show them.")
@click.pass_obj
def command(services: Services, shape: str) -> None:
    """List all rules."""
    rules = services.registry().rules.values()
    if shape == "json":
        click.echo(json.dumps([_described(rule) for rule in rules], indent=2, ensure_ascii=False))
    else:
        _show(rules)


def _described(rule: Rule) -> dict[str, object]:
    return {
        "rule": rule.name,
        "family": rule.family,
        "summary": rule.summary,
        "severity": {profile.value: _level(rule, profile) for profile in Profile},
        "fix": rule.fixable.value if rule.fixable is not None else None,
        "equivalents": list(guide_of(type(rule)).equivalents),
    }


def _level(rule: Rule, profile: Profile) -> str:
    severity = rule.severity_in(profile)
    return severity.value if severity is not None else "off"


def _show(rules: Iterable[Rule]) -> None:
    by_family = groupby(sorted(rules, key=lambda rule: (rule.family, rule.name)), key=lambda rule: rule.family)
    for family, members in by_family:
        click.secho(family, bold=True)
        for rule in members:
            fix = f"{rule.fixable.value} fix" if rule.fixable is not None else ""
            click.echo(f"  {rule.name:<36} {_level(rule, Profile.RECOMMENDED):<12} {fix:<11} {rule.summary}".rstrip())
