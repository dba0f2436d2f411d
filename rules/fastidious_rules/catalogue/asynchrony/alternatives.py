"""What to await in the place of a call that blocks, with the libraries of the project."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastidious_rules.api import async_library

if TYPE_CHECKING:
    from fastidious_rules.api import Blocking, Scope

_CLIENTS = {"httpx2": "httpx2.AsyncClient", "httpx": "httpx.AsyncClient", "aiohttp": "aiohttp.ClientSession"}


def alternative_to(known: Blocking, scope: Scope) -> str:
    """Return what to await in the place of `known`, as the project spells it; empty if there is nothing."""
    library = scope.ask(async_library, scope.module) if "{library}" in known.alternative else ""
    text = known.alternative.replace("{library}", library)
    return text.replace("{client}", async_client(known.name, scope)) if "{client}" in text else text


def remedy_for(known: Blocking, scope: Scope) -> str:
    """Return what a message advises."""
    other = alternative_to(known, scope)
    if not other:
        return "run it in a thread"
    return f"use {other}" if "`" in other else f"use `{other}`"


def async_client(called: str, scope: Scope) -> str:
    """Return the asynchronous HTTP client of the library that is called, else of one that the project depends on."""
    own = called.partition(".")[0]
    if own in _CLIENTS:
        return _CLIENTS[own]
    packages = scope.settings.target.packages
    return next((client for name, client in _CLIENTS.items() if name in packages), _CLIENTS["httpx"])
