"""Which route a request of a test leads to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fastidious_rules.semantics.extract import module_facts
from fastidious_rules.semantics.web.route_list import known_routes
from fastidious_rules.semantics.web.route_tests import aimed_in, calls_by_route
from tests.semantics.bookstore import FILES, bookstore, project_of

if TYPE_CHECKING:
    from fastidious_rules.semantics.project import Project

PROJECT = bookstore()
ROUTES = """
from fastapi import FastAPI

app = FastAPI()


@app.get("/books/latest")
def read_latest(): ...


@app.get("/books/{number:int}")
def read_number(number: int): ...


@app.get("/books/{name}")
def read_name(name: str): ...


@app.api_route("/files/{path:path}", methods=["GET", "PUT"])
def read_file(path: str): ...
"""


def called(project: Project) -> dict[str, list[str]]:
    found = project.ask(calls_by_route)
    return {each.title: [call.symbol for call in found.get(each.entry, ())] for each in project.ask(known_routes)}


def led_to(request: str, head: str = "") -> list[str]:
    """Return the functions that take a request, which a test sends."""
    test = f"{head}\n\ndef test_it(client, book):\n    client.{request}\n"
    project = project_of({"main.py": ROUTES, "test_main.py": test})
    return [route.entry.symbol for aimed in project.ask(aimed_in, "test_main") for route in aimed.routes]


def test_each_route_knows_the_requests_of_its_tests() -> None:
    assert called(PROJECT) == {
        "GET /api/v1/books/": ["test_lists", "test_lists"],
        "GET /api/v1/books/latest": ["test_reads", "test_refuses", "TestWriting.test_looks_up"],
        "GET /api/v1/books/{number}": ["test_reads", "test_refuses"],
        "POST /api/v1/books/": ["TestWriting.test_creates"],
        "WS /api/v1/books/feed": ["test_listens"],
        "GET /admin/stock": ["test_misses"],
        "GET /health": ["test_misses"],
    }


@pytest.mark.parametrize(
    ("request_", "function"),
    [
        ("get('/books/latest')", "read_latest"),
        ("get('/books/latest/')", "read_latest"),
        ("get('/books/12')", "read_number"),
        ("get('/books/twelve')", "read_name"),
        ("get(f'/books/{book.id}')", "read_number"),
        ("get('/books/{}'.format(book.id))", "read_number"),
        ("get('/books/%s' % book.id)", "read_number"),
        ("get('/books/' + book.id)", "read_number"),
        ("get(f'{BASE}/books/latest')", "read_latest"),
        ("get('http://testserver/books/latest?a=1')", "read_latest"),
        ("get(url='books/latest')", "read_latest"),
        ("request('PUT', '/files/a/b')", "read_file"),
        ("stream('GET', '/files/a/b')", "read_file"),
        ("get(app.url_path_for('read_name', name='x'))", "read_name"),
    ],
)
def test_a_request_leads_to_the_first_route_that_takes_it(request_: str, function: str) -> None:
    assert led_to(request_) == [function]


@pytest.mark.parametrize(
    "request_",
    ["post('/books/latest')", "get('/authors')", "get(book.url)", "get('/books')", "get('books')", "get(*book)"],
)
def test_a_request_that_nothing_is_known_to_take_leads_nowhere(request_: str) -> None:
    assert led_to(request_) == []


def test_values_that_are_no_clients_send_no_requests() -> None:
    project = project_of({"main.py": ROUTES, "test_main.py": "import requests\n\n\ndef test_it(prices: dict):\n"
                          "    prices.get('/books/latest')\n    requests.get('/books/latest')\n"})  # fmt: skip
    assert project.ask(aimed_in, "test_main") == ()


def test_a_client_of_one_application_calls_its_routes_alone() -> None:
    second = ROUTES.replace("app = FastAPI()", "app = FastAPI()\nother = FastAPI()").replace(
        '@app.get("/books/latest")', '@app.get("/books/latest")\n@other.get("/books/latest")'
    )
    test = "from fastapi.testclient import TestClient\nfrom main import other\n\nclient = TestClient(other)\n\n\n"
    project = project_of(
        {"main.py": second, "test_main.py": f"{test}def test_it():\n    client.get('/books/latest')\n"}
    )
    [aimed] = project.ask(aimed_in, "test_main")
    assert [each.root for each in aimed.routes] == ["main.other"]


def test_tests_follow_edits() -> None:
    project = bookstore()
    edited = FILES["tests/test_books.py"].replace('client.delete("/api/v1/books/1")', 'client.get("/api/v1/books/1")')
    project.ask(calls_by_route)
    project.update("/project/tests/test_books.py", "tests.test_books", module_facts(edited.encode()))
    assert called(project)["GET /api/v1/books/{number}"] == ["test_reads", "test_refuses", "test_misses"]
