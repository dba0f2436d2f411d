"""Requests that tell a client to ask again."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fastidious_server.lsp.wire.client import Client


class Refresh:
    """Request of one method, sent one at a time: what happens meanwhile is told by one more."""

    def __init__(self, client: Client, method: str, *, is_supported: bool) -> None:
        self._client = client
        self._method = method
        self._is_supported = is_supported
        self._is_under_way = False
        self._is_wanted_again = False

    def ask(self) -> None:
        """Tell the client to ask again, if it lets itself be told."""
        if self._is_under_way:
            self._is_wanted_again = True
        elif self._is_supported:
            self._is_under_way = True
            self._client.request(self._method, None, self._answered)

    def _answered(self, _answer: object) -> None:
        self._is_under_way = False
        if self._is_wanted_again:
            self._is_wanted_again = False
            self.ask()
