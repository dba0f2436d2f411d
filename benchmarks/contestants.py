"""The servers that are compared, and how each is started with all its rules on."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Final

from connection import Connection
from session import Session

if TYPE_CHECKING:
    from collections.abc import Mapping

FASTIDIOUS: Final = "fastidious"
RUFF: Final = "ruff"
FASTAPI_LSP: Final = "fastapi-lsp"
BARE_PYGLS: Final = "bare pygls"
BINARIES: Final = Path(sys.executable).parent
RUFF_OPTIONS: Final = {
    "settings": {"configurationPreference": "editorOnly", "lint": {"select": ["ALL"], "preview": False}}
}
CONFIGURATION: Final = {"fastidious.toml": 'select = ["ALL"]\n'}


@dataclass(frozen=True, slots=True, eq=False)
class Contestant:
    """A server, and the files that configure it in its workspace."""

    name: str
    command: tuple[str, ...]
    environment: Mapping[str, str]
    options: object = None
    configuration: Mapping[str, str] = field(default_factory=dict[str, str])
    strides: int = 1
    """It takes part in each such round only, because it is slow."""

    def start(self, workspace: Path) -> Session:
        """Start the server in a workspace."""
        return Session(Connection(self.command, workspace, self.environment), workspace, self.options)

    def prepare(self, workspace: Path) -> None:
        """Write the configuration of the server into a workspace."""
        for name, text in self.configuration.items():
            (workspace / name).write_text(text)


def contestants(peer: Path, scratch: Path) -> tuple[Contestant, ...]:
    """Return the servers, each with caches of its own below a scratch directory."""
    environment = isolated_environment(scratch)
    fastidious = (str(BINARIES / "fastidious"), "server")
    return (
        Contestant(FASTIDIOUS, fastidious, environment, configuration=CONFIGURATION),
        Contestant(RUFF, (str(BINARIES / "ruff"), "server"), environment, RUFF_OPTIONS),
        Contestant(FASTAPI_LSP, (str(peer), "lsp"), environment, strides=4),
    )


def bare_pygls(scratch: Path) -> Contestant:
    """Return the server that shows what pygls itself costs."""
    script = Path(__file__).with_name("bare_pygls.py")
    return Contestant(BARE_PYGLS, (sys.executable, str(script)), isolated_environment(scratch))


def isolated_environment(scratch: Path) -> Mapping[str, str]:
    """Return the environment with caches that nobody filled before."""
    caches = {"XDG_CACHE_HOME": str(scratch / "cache"), "RUFF_CACHE_DIR": str(scratch / "cache" / "ruff")}
    return os.environ | caches


def lone_file(contestant: Contestant, source: Path, scratch: Path) -> Path:
    """Copy a file into a workspace of its own; return the copy."""
    workspace = scratch / "workspaces" / contestant.name.replace(" ", "-") / source.stem
    workspace.mkdir(parents=True, exist_ok=True)
    contestant.prepare(workspace)
    return Path(shutil.copy(source, workspace))


def versions(peer: Path) -> dict[str, str]:
    """Return the version of each contestant."""
    names = {FASTIDIOUS: "fastidious-lsp", RUFF: "ruff", BARE_PYGLS: "pygls"}
    ours = {name: metadata.version(distribution) for name, distribution in names.items()}
    script = "import importlib.metadata as m; print(m.version('fastapi-lsp'))"
    python = peer.with_name("python")
    asked = subprocess.run([python, "-c", script], capture_output=True, text=True, check=False)
    return ours | {FASTAPI_LSP: asked.stdout.strip() or "unknown"}
