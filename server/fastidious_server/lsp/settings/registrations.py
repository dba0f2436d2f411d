"""What the client was asked, after `initialize`, to tell of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lsprotocol import types as lsp

from fastidious_server.lsp.wire.client import Refused

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from fastidious_server.lsp.wire.client import Client


class Registrations:
    """Methods that are registered, with their options. No two registrations ever have the same id."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._registered: dict[str, lsp.Registration] = {}
        self._count = 0

    def update(self, wanted: Mapping[str, Any], refused: Callable[[], object] | None = None) -> None:
        """Register methods with their options, in place of what was registered for them, unless that is the same.

        `refused` is called if the client will have none of it.
        """
        new = {method: options for method, options in wanted.items() if self._options(method) != options}
        self._unregister([self._registered.pop(method) for method in new if method in self._registered])
        added = [self._registration(method, options) for method, options in new.items()]
        if not added:
            return
        self._registered.update((registration.method, registration) for registration in added)

        def answered(answer: Any) -> None:
            if isinstance(answer, Refused):
                self._forget(added)
                if refused is not None:
                    refused()

        params = lsp.RegistrationParams(registrations=added)
        self._client.request(lsp.CLIENT_REGISTER_CAPABILITY, params, answered)

    def _options(self, method: str) -> Any:
        registered = self._registered.get(method)
        return None if registered is None else registered.register_options

    def _registration(self, method: str, options: Any) -> lsp.Registration:
        self._count += 1
        return lsp.Registration(id=f"fastidious:{self._count}:{method}", method=method, register_options=options)

    def _unregister(self, registrations: list[lsp.Registration]) -> None:
        if not registrations:
            return
        old = [lsp.Unregistration(id=each.id, method=each.method) for each in registrations]
        params = lsp.UnregistrationParams(unregisterations=old)
        self._client.request(lsp.CLIENT_UNREGISTER_CAPABILITY, params, lambda _answer: None)

    def _forget(self, registrations: list[lsp.Registration]) -> None:
        for registration in registrations:
            if self._registered.get(registration.method) is registration:
                del self._registered[registration.method]
