"""What libraries make of a URL that a client had a hand in."""

from __future__ import annotations

from typing import Any
from urllib.parse import urljoin

import pytest

httpx = pytest.importorskip("httpx")
pydantic = pytest.importorskip("pydantic")


def hosts_asked(base: str, *urls: str) -> list[str]:
    """Return the hosts that a client with a base URL asks."""
    asked: list[str] = []

    def answer(request: Any) -> Any:
        asked.append(request.url.host)
        return httpx.Response(200)

    with httpx.Client(base_url=base, transport=httpx.MockTransport(answer)) as client:
        for url in urls:
            client.get(url)
    return asked


@pytest.mark.parametrize("path", ["@evil.example/", ".evil.example/"])
def test_text_behind_a_host_without_a_slash_leads_elsewhere(path: str) -> None:
    assert httpx.URL(f"https://api.example.com{path}").host.endswith("evil.example")
    assert httpx.URL(f"https://api.example.com/{path}").host == "api.example.com"


def test_a_value_in_the_host_can_end_it() -> None:
    region = "evil.example/#"
    assert httpx.URL(f"https://{region}.example.com/").host == "evil.example"


@pytest.mark.parametrize("path", ["https://evil.example/", "//evil.example/"])
def test_joining_forgets_the_base_where_the_path_names_a_host(path: str) -> None:
    assert urljoin("https://api.example.com/v1/", path).partition("//")[2] == "evil.example/"


def test_a_client_forgets_its_base_url_for_a_whole_url_only() -> None:
    asked = hosts_asked("https://api.example.com", "https://evil.example/", "/items", "//evil.example/items")
    assert asked == ["evil.example", "api.example.com", "api.example.com"]


def test_a_checked_url_may_be_that_of_the_metadata_service() -> None:
    checked = pydantic.TypeAdapter(pydantic.HttpUrl).validate_python("http://169.254.169.254/latest/meta-data/")
    assert checked.host == "169.254.169.254"
