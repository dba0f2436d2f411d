"""What `unverified-tls` says about contexts and clients, seen in the libraries themselves."""

from __future__ import annotations

import importlib
import inspect
import ssl

import pytest

from fastidious_rules.knowledge import table


def test_every_argument_of_the_table_exists() -> None:
    for qualified, arguments in table("tls")["arguments"].items():
        module, *names = qualified.split(".")
        found: object = pytest.importorskip(module)
        for name in names:
            found = getattr(found, name)
        assert callable(found), qualified
        if inspect.isclass(found) and module != "urllib3":  # whose pools hand on what they are given
            assert {name for name, _ in arguments} <= set(inspect.signature(found).parameters)


def test_the_default_context_checks_names_and_certificates() -> None:
    context = ssl.create_default_context()
    assert context.check_hostname
    assert context.verify_mode is ssl.CERT_REQUIRED


def test_the_unverified_context_checks_nothing() -> None:
    for name in table("tls")["contexts"]["unverified"]:
        module, _, function = name.rpartition(".")
        context = getattr(importlib.import_module(module), function)()
        assert not context.check_hostname
        assert context.verify_mode is ssl.CERT_NONE


def test_certificates_cannot_be_ignored_while_names_are_checked() -> None:
    context = ssl.create_default_context()
    with pytest.raises(ValueError, match="check_hostname"):
        context.verify_mode = ssl.CERT_NONE


@pytest.mark.parametrize("library", ["httpx", "httpx2"])
def test_a_client_takes_a_context_of_its_own(library: str) -> None:
    client = pytest.importorskip(library).Client(verify=ssl.create_default_context())
    client.close()
