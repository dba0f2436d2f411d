"""What the commands need from the rest of the server; `bootstrap` provides it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from fastidious_rules.engine.registry import Registry
    from fastidious_server.workspace.checking.plan import Configuration
    from fastidious_server.workspace.storage.disk import DiskCache


class Transport(NamedTuple):
    """How an editor talks to the language server: over its standard streams unless a port is given."""

    tcp: int | None = None
    ws: int | None = None
    host: str = "127.0.0.1"


class Services(NamedTuple):
    """Everything that the commands are wired to."""

    registry: Callable[[], Registry]
    configuration: Callable[[Mapping[str, object], bool], Configuration]
    """From what the command line puts on top of files, and whether files are ignored."""
    cache: Callable[[], DiskCache]
    serve: Callable[[Transport], int]
