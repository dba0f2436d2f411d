"""The smallest pygls server: what every server built on pygls pays before it does anything."""

from __future__ import annotations

from pygls.lsp.server import LanguageServer

LanguageServer("bare", "1").start_io()
