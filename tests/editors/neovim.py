"""Neovim without a screen, told what its user would type."""

from __future__ import annotations

import contextlib
import itertools
import socket
import subprocess
from typing import TYPE_CHECKING, Any

import msgpack

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_SECONDS = 90
_MILLISECONDS = 60_000
_READY = "lua io.stdout:write('ready\\n') io.stdout:flush()"


class Neovim:
    """Neovim with the configuration that is in its home."""

    def __init__(self, process: subprocess.Popen[str], connection: socket.socket) -> None:
        self.process = process
        self._connection = connection
        self._answers = msgpack.Unpacker()
        self._numbers = itertools.count()

    def call(self, method: str, *arguments: Any) -> Any:
        """Return what a function of Neovim's API returns."""
        self._connection.sendall(msgpack.packb((0, next(self._numbers), method, arguments)))
        while True:
            for _, _, error, result in self._answers:
                assert error is None, error[1]
                return result
            received = self._connection.recv(1 << 16)
            if not received:
                raise EOFError
            self._answers.feed(received)

    def lua(self, code: str, *arguments: Any) -> Any:
        """Return what Lua code returns."""
        return self.call("nvim_exec_lua", code, arguments)

    def configure(self, settings: dict[str, Any]) -> None:
        """Change what `lsp/fastidious.lua` says, as a user's `init.lua` does."""
        self.lua("vim.lsp.config('fastidious', ...)", settings)

    def wait(self, claim: str, *arguments: Any) -> None:
        """Wait until a Lua expression, over `a` and `b`, is true."""
        code = f"local a, b = ...; return vim.wait({_MILLISECONDS}, function() return {claim} end, 10)"
        assert self.lua(code, *arguments), f"not in time: {claim} {arguments}; the buffer has {self.lines}"

    def command(self, command: str) -> None:
        """Run an Ex command."""
        self.call("nvim_command", command)

    def put(self, line: int, text: str) -> None:
        """Replace a line, counted from one."""
        self.call("nvim_call_function", "setline", (line, text))

    def fill(self, text: str) -> None:
        """Type a whole text into an empty buffer."""
        self.call("nvim_call_function", "setline", (1, text.splitlines()))

    def append(self, *lines: str) -> None:
        """Add lines at the end."""
        self.call("nvim_call_function", "append", ("$", lines))

    @property
    def server(self) -> int:
        """Number of the server's process."""
        (process,) = self.lua("return vim.api.nvim_get_proc_children(vim.fn.getpid())")
        return process

    @property
    def lines(self) -> list[str]:
        """Lines of the buffer."""
        return self.lua("return vim.api.nvim_buf_get_lines(0, 0, -1, true)")

    def attached(self) -> None:
        """Wait until the server knows the buffer."""
        self.wait("vim.tbl_get(vim.lsp.get_clients({ bufnr = 0 }), 1, 'initialized')")

    def diagnostics(self, count: int) -> list[dict[str, Any]]:
        """Wait until the buffer has `count` diagnostics, those of its text as it is, and return them."""
        self.attached()
        self.lua("vim.lsp.buf_request_sync(0, 'fastidious/sync', vim.empty_dict(), ...)", _MILLISECONDS)
        self.wait("#vim.diagnostic.get(0) == a", count)
        return self.lua("return vim.diagnostic.get(0)")

    def act(self, title: str) -> None:
        """Take the code action with that title, where the cursor is, and wait for what it changes."""
        code = """
        local title = ...
        vim.lsp.buf.code_action({
          apply = true, filter = function(action) return action.title == title end,
        })
        """
        before = self.lines
        self.lua(code, title)
        self.wait("not vim.deep_equal(a, vim.api.nvim_buf_get_lines(0, 0, -1, true))", before)

    def choose(self, title: str) -> None:
        """Choose what has that title from whatever Neovim asks for next."""
        code = """
        local title = ...
        vim.ui.select = function(items, options, choose)
          for number, item in ipairs(items) do
            if vim.startswith(options.format_item(item), title) then return choose(item, number) end
          end
          error(vim.inspect(vim.tbl_map(options.format_item, items)))
        end
        """
        self.lua(code, title)

    def quit(self) -> int:
        """Leave Neovim and return its exit code."""
        with contextlib.suppress(OSError, EOFError):
            self.command("qall!")
        return self.process.wait(30)


@contextlib.contextmanager
def running(executable: str, address: Path, *arguments: str) -> Iterator[Neovim]:
    """Start Neovim, and end it afterwards."""
    command = (executable, "--headless", "-n", "-i", "NONE", "--listen", str(address), "-c", _READY, *arguments)
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=pipe, text=True) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
            with socket.socket(socket.AF_UNIX) as connection:
                connection.settimeout(_SECONDS)
                connection.connect(str(address))
                yield Neovim(process, connection)
        finally:
            process.kill()
