"""What the guides and `http_clients.toml` say about waiting for answers is so."""

from __future__ import annotations

import importlib
import inspect
import socket
import urllib.request
from http.client import HTTPConnection
from typing import Any

import pytest

from fastidious_rules.knowledge import table

_CLIENTS = [(name, entry) for entry in table("http_clients")["clients"] for name in entry["names"]]
_FUNCTIONS = [(name, entry) for entry in table("http_clients")["requests"] for name in entry.get("names", ())]
_METHODS = [
    (f"{owner}.{method}", entry)
    for entry in table("http_clients")["requests"]
    for owner in entry.get("owners", ())
    for method in entry["methods"]
]
_ELSEWHERE = {
    "urllib3.PoolManager": "urllib3.HTTPSConnectionPool",
    "urllib3.ProxyManager": "urllib3.HTTPSConnectionPool",
}
"""What passes on its keywords -> what they are passed to, as far as a signature does not say."""


def _found(name: str) -> Any:
    parts = name.split(".")
    pytest.importorskip(parts[0])
    for size in range(len(parts) - 1, 0, -1):
        try:
            value: Any = importlib.import_module(".".join(parts[:size]))
        except ModuleNotFoundError:
            continue
        for part in parts[size:]:
            value = getattr(value, part)
        return value
    raise AssertionError(name)


def _parameters(name: str) -> list[str]:
    found = inspect.signature(_found(name)).parameters
    return [each for each in found if each != "self"]


def _passes_on(name: str) -> bool:
    found = inspect.signature(_found(name)).parameters.values()
    return any(each.kind is inspect.Parameter.VAR_KEYWORD for each in found)


def _takes(name: str, keyword: str) -> bool:
    """Tell whether a function takes a keyword itself, or hands on whatever it is given."""
    return keyword in _parameters(_ELSEWHERE.get(name, name)) or _passes_on(name)


@pytest.mark.parametrize(("name", "entry"), _CLIENTS)
def test_clients_take_the_arguments_of_the_table(name: str, entry: dict[str, Any]) -> None:
    position, url = entry.get("url", (-1, ""))
    if url:
        assert url in _parameters(name)
    if position >= 0:
        assert _parameters(name)[position] == url
    for keyword in (entry.get("timeout"), entry.get("verify")):
        assert not keyword or _takes(name, keyword)
        assert not keyword or keyword in _parameters(_ELSEWHERE.get(name, name))


@pytest.mark.parametrize(("name", "entry"), [*_FUNCTIONS, *_METHODS])
def test_requests_take_the_arguments_of_the_table(name: str, entry: dict[str, Any]) -> None:
    for position, keyword in (
        entry.get("url", (-1, "")),
        entry.get("timeout", (-1, "")),
        (-1, entry.get("verify", "")),
    ):
        assert not keyword or _takes(name, keyword)
        if keyword and position >= 0:
            assert _parameters(name)[position] == keyword


@pytest.mark.parametrize("library", ["httpx", "httpx2"])
def test_httpx_waits_five_seconds(library: str) -> None:
    httpx = pytest.importorskip(library)
    with httpx.Client() as client:
        assert client.timeout == httpx.Timeout(5)
    assert inspect.signature(httpx.get).parameters["timeout"].default == httpx.Timeout(5)
    assert httpx.Timeout(None).read is None
    assert httpx.Timeout(10, read=None).connect == 10


def test_aiohttp_waits_five_minutes_unless_its_timeout_is_empty() -> None:
    aiohttp = pytest.importorskip("aiohttp")
    assert aiohttp.client.DEFAULT_TIMEOUT.total == 300
    assert aiohttp.ClientTimeout(connect=3).total is None
    assert aiohttp.ClientTimeout(connect=3).sock_read is None


def test_requests_waits_for_ever() -> None:
    requests = pytest.importorskip("requests")
    assert inspect.signature(requests.Session.request).parameters["timeout"].default is None
    assert not hasattr(requests.Session(), "timeout")


def test_urllib_waits_as_long_as_sockets_do_which_is_for_ever() -> None:
    assert socket.getdefaulttimeout() is None
    default = inspect.signature(urllib.request.urlopen).parameters["timeout"].default
    assert HTTPConnection("localhost").timeout is default
    assert "timeout" not in inspect.signature(urllib.request.urlretrieve).parameters


def test_urllib3_waits_three_seconds_in_its_function_and_for_ever_in_its_pools() -> None:
    urllib3 = pytest.importorskip("urllib3")
    assert inspect.signature(urllib3.request).parameters["timeout"].default == 3
    with urllib3.HTTPConnectionPool("localhost") as pool:
        assert pool.timeout.read_timeout is None
