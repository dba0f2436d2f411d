"""`fastidious server`: the language server."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from fastidious_server.cli.services import Transport

if TYPE_CHECKING:
    from fastidious_server.cli.services import Services

_PORT = click.IntRange(0, 65535)


@click.command("server")
@click.option("--stdio", is_flag=True, help="Talk over standard input and output (the default).")
@click.option("--tcp", type=_PORT, metavar="PORT", help="Listen on a TCP port.")
@click.option("--ws", type=_PORT, metavar="PORT", help="Listen for WebSocket connections on a port.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.pass_obj
def command(services: Services, *, stdio: bool, tcp: int | None, ws: int | None, host: str) -> int:
    """Start the language server that editors talk to."""
    if stdio + (tcp is not None) + (ws is not None) > 1:
        message = "choose one of --stdio, --tcp and --ws"
        raise click.UsageError(message)
    return services.serve(Transport(tcp, ws, host))
