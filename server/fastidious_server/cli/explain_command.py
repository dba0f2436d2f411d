"""`fastidious explain`: the guide of a rule."""

# ruff: noqa: PLC0415 - imported when wanted: every command pays for what it imports

from __future__ import annotations

import difflib
import json
import sys
from typing import TYPE_CHECKING

import click

from fastidious_rules.engine.explain import page
from fastidious_rules.engine.guide import guide_of

if TYPE_CHECKING:
    from fastidious_rules.engine.guide import Guide
    from fastidious_rules.engine.rule import Rule
    from fastidious_server.cli.services import Services


@click.command("explain")
@click.argument("rule")
@click.option("--format", "shape", type=click.Choice(["text", "json"]), default="text", help="How to show it.")
@click.pass_obj
def command(services: Services, rule: str, shape: str) -> None:
    """Say what RULE finds, why that matters, and what to do instead."""
    rules = services.registry().rules
    if rule not in rules:
        near = difflib.get_close_matches(rule, rules, n=1)
        suggestion = f" Did you mean `{near[0]}`?" if near else ""
        message = f"there is no rule `{rule}`.{suggestion} `fastidious rules` lists them all."
        raise click.UsageError(message)
    found = rules[rule]
    guide = guide_of(type(found))
    if shape == "json":
        click.echo(json.dumps(_described(found, guide), indent=2, ensure_ascii=False))
    else:
        _show(page(guide))


def _described(rule: Rule, guide: Guide) -> dict[str, object]:
    return {
        "rule": rule.name,
        "family": rule.family,
        "summary": rule.summary,
        "fix": rule.fixable.value if rule.fixable is not None else None,
        "equivalents": list(guide.equivalents),
        "guide": guide.markdown,
    }


def _show(markdown: str) -> None:
    if not sys.stdout.isatty():
        click.echo(markdown)
        return
    # Imported here: only a terminal needs it.
    from rich.console import Console
    from rich.markdown import Markdown

    Console().print(Markdown(markdown))
