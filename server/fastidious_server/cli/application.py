"""The command `fastidious`: finds the subcommand, and turns what goes wrong into an exit code."""

from __future__ import annotations

import importlib
import os
import sys
from typing import TYPE_CHECKING

import click

import fastidious_rules
from fastidious_server.cli.exits import INTERRUPTED

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fastidious_server.cli.services import Services

_COMMANDS = ("baseline", "check", "explain", "routes", "rules", "server")


class _LazyGroup(click.Group):
    """Group that imports a subcommand when somebody wants it."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        del ctx
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        del ctx
        if cmd_name not in _COMMANDS:
            return None
        module = importlib.import_module(f"fastidious_server.cli.{cmd_name}_command")
        command: click.Command = module.command
        return command


@click.group(cls=_LazyGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(fastidious_rules.__version__, message="%(prog)s %(version)s", prog_name="fastidious")
def _application() -> None:
    """Review a FastAPI backend, and say why."""


def run(arguments: Sequence[str], services: Services) -> int:
    """Run the command line and return its exit code."""
    try:
        code = _application.main(list(arguments), "fastidious", standalone_mode=False, obj=services)
        sys.stdout.flush()
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (KeyboardInterrupt, click.Abort):
        click.echo("Interrupted.", err=True)
        return INTERRUPTED
    except BrokenPipeError:
        # Whoever read the output has seen enough; keep the interpreter from saying so at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    return code if isinstance(code, int) else 0
