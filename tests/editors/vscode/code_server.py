"""A VS Code that serves browsers, started for one test module."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import signal
import socket
import subprocess
import time
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from tests.editors.vscode.workshop import Workshop

QUIET: Mapping[str, Any] = {
    "chat.commandCenter.enabled": False,
    "chat.disableAIFeatures": True,
    "editor.hover.delay": 200,
    "editor.lightbulb.enabled": "on",
    "editor.minimap.enabled": False,
    "extensions.autoCheckUpdates": False,
    "extensions.autoUpdate": False,
    "extensions.ignoreRecommendations": True,
    "files.autoSave": "off",
    "git.enabled": False,
    "security.workspace.trust.startupPrompt": "never",
    "telemetry.telemetryLevel": "off",
    "update.mode": "none",
    "workbench.colorTheme": "Default Dark Modern",
    "workbench.reduceMotion": "on",
    "workbench.secondarySideBar.defaultVisibility": "hidden",
    "workbench.startupEditor": "none",
    "workbench.tips.enabled": False,
}
"""Settings that keep a fresh profile from asking, greeting and looking for updates."""
_SECONDS_TO_START = 90
_SECONDS_TO_STOP = 10


class CodeServer(NamedTuple):
    """Address of a VS Code, and the folder with its profile."""

    url: str
    home: Path

    @property
    def host(self) -> str:
        """Name and port, as addresses of remote files begin."""
        return self.url.partition("://")[2]


@contextlib.contextmanager
def serving(
    workshop: Workshop,
    home: Path,
    *,
    settings: Mapping[str, Any] | None = None,
    environment: Mapping[str, str] | None = None,
    options: Sequence[str] = ("--disable-workspace-trust",),
) -> Iterator[CodeServer]:
    """Run a VS Code with our extension until the block ends."""
    variables = {**os.environ, "HOME": str(home), "XDG_CACHE_HOME": str(home / "cache"), **(environment or {})}
    _write_profile(home, {**QUIET, **(settings or {})}, variables["PATH"])
    command = [str(workshop.node), str(workshop.code_server), *_places(home)]
    subprocess.run(
        [*command, "--install-extension", str(workshop.package)], env=variables, check=True, capture_output=True
    )
    port = _free_port()
    arguments = [*command, "--bind-addr", f"127.0.0.1:{port}", *_ALONE, *options]
    with (home / "code-server.log").open("wb") as log:
        process = subprocess.Popen(arguments, env=variables, stdout=log, stderr=log, start_new_session=True)
    try:
        _wait_for(process, port)
        yield CodeServer(f"http://127.0.0.1:{port}", home)
    finally:
        _stop(process)


_ALONE = (
    "--auth=none",
    "--disable-telemetry",
    "--disable-update-check",
    "--disable-getting-started-override",
    "--disable-proxy",
)


def _write_profile(home: Path, settings: Mapping[str, Any], search_path: str) -> None:
    # Settings that depend on the machine are read from another file than all others.
    for scope in ("User", "Machine"):
        folder = home / "user" / scope
        folder.mkdir(parents=True)
        (folder / "settings.json").write_text(json.dumps(settings), "utf-8")
    # VS Code asks a login shell for the variables that extensions see.
    for name in (".profile", ".bashrc", ".zshrc"):
        (home / name).write_text(f"export PATH='{search_path}'\n", "utf-8")
    (home / "config.yaml").write_text("auth: none\n", "utf-8")


def _places(home: Path) -> list[str]:
    config, user, extensions = (str(home / name) for name in ("config.yaml", "user", "extensions"))
    return ["--config", config, "--user-data-dir", user, "--extensions-dir", extensions]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(process: subprocess.Popen[bytes], port: int) -> None:
    deadline = time.monotonic() + _SECONDS_TO_START
    while process.poll() is None and time.monotonic() < deadline:
        if _is_healthy(port):
            return
        time.sleep(0.1)
    message = f"VS Code did not start: exit code {process.poll()}"
    raise AssertionError(message)


def _is_healthy(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == http.HTTPStatus.OK
    except OSError:
        return False
    finally:
        connection.close()


def _stop(process: subprocess.Popen[bytes]) -> None:
    """End it with all processes that it started."""
    for signal_number in (signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal_number)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(_SECONDS_TO_STOP)
