"""What leads to a coroutine."""

from __future__ import annotations

from fastidious_rules.semantics.extract import module_facts
from fastidious_rules.semantics.project import Project
from fastidious_rules.semantics.references import SCRIPT, reached_from


def reached(text: str, name: str) -> str:
    project = Project()
    project.update("/project/main.py", "main", module_facts(text.encode()))
    return project.ask(reached_from, f"main.{name}")


def test_command_of_a_command_line_is_a_script() -> None:
    text = "import click\n\n@click.command('create')\n@run\nasync def create():\n    await seed()\n\nasync def seed(): ...\n"
    assert reached(text, "create") == SCRIPT
    assert reached(text, "seed") == SCRIPT


def test_command_of_a_bot_runs_on_its_event_loop() -> None:
    assert not reached("import discord\n\n@bot.command()\nasync def create(): ...\n", "create")
