"""Language server with fake services, to be run as a process of its own."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from fastidious_server.lsp.server import Server
from fastidious_server.lsp.wire.transport import serve_stdio, serve_tcp, serve_ws
from tests.lsp.fakes import fake_services

if __name__ == "__main__":
    match sys.argv[1:]:
        case ["--tcp"]:
            serve_tcp(Server(fake_services), "127.0.0.1", 0)
        case ["--ws"]:
            serve_ws(Server(fake_services), "127.0.0.1", 0)
        case _:
            serve_stdio(Server(fake_services))
