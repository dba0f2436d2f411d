"""Where redirects lead that a client had a hand in."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import urljoin

import pytest

fastapi = pytest.importorskip("fastapi")
testclient = pytest.importorskip("fastapi.testclient")
responses = pytest.importorskip("fastapi.responses")

HERE = "https://shop.example/login"
LOCAL_PATH = r"^/([^/\\].*)?$"

pytestmark = pytest.mark.filterwarnings("ignore")


def location(application: Any, path: str, **query: str) -> tuple[int, str]:
    """Return status and location of the answer to a request."""
    client = testclient.TestClient(application, follow_redirects=False)
    answer = client.get(path, params=query)
    return answer.status_code, answer.headers.get("location", "")


def test_a_location_that_begins_with_two_slashes_is_another_site() -> None:
    assert urljoin(HERE, "//evil.example") == "https://evil.example"
    assert responses.RedirectResponse("//evil.example").headers["location"] == "//evil.example"


def test_a_path_parameter_behind_a_slash_gives_two() -> None:
    application = fastapi.FastAPI()

    @application.get("/old/{path:path}")
    def moved(path: str) -> Any:  # pyright: ignore[reportUnusedFunction]
        return responses.RedirectResponse(f"/{path}")

    assert location(application, "/old//evil.example") == (307, "//evil.example")


def test_a_text_becomes_a_redirect_by_the_class_of_the_response() -> None:
    application = fastapi.FastAPI()

    @application.get("/out", response_class=responses.RedirectResponse)
    def out(url: str) -> Any:  # pyright: ignore[reportUnusedFunction]
        return url

    assert location(application, "/out", url="https://evil.example") == (307, "https://evil.example")


@pytest.mark.parametrize(
    ("value", "status"),
    [("/", 307), ("/cart?x=1", 307), ("//evil.example", 422), ("/\\evil.example", 422), ("https://evil.example", 422)],
)
def test_a_pattern_lets_paths_of_the_site_through_and_nothing_else(value: str, status: int) -> None:
    application = fastapi.FastAPI()

    @application.get("/done")
    def done(target: Annotated[str, fastapi.Query(pattern=LOCAL_PATH)] = "/") -> Any:  # pyright: ignore[reportUnusedFunction]
        return responses.RedirectResponse(target)

    assert location(application, "/done", target=value)[0] == status
