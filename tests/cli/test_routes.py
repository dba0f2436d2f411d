from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.semantics.bookstore import FILES

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Run = Callable[..., int]
    Capture = pytest.CaptureFixture[str]


@pytest.fixture
def backend(project: Path) -> Path:
    """The bookstore in the working directory."""
    for path, text in FILES.items():
        file = project / path
        file.parent.mkdir(exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return project


def columns(capsys: Capture) -> list[list[str]]:
    return [
        [cell.strip() for cell in line.split("  ") if cell.strip()] for line in capsys.readouterr().out.splitlines()
    ]


def test_routes_are_a_table(fastidious: Run, backend: Path, capsys: Capture) -> None:
    assert fastidious("routes") == 0
    head, *rows = columns(capsys)
    assert head == ["METHOD", "PATH", "HANDLER", "SECURITY", "RESPONSE", "STATUS", "TESTS"]
    line = FILES["shop/books.py"][: FILES["shop/books.py"].index("async def read_book")].count("\n") + 1
    assert rows[2] == [
        "GET",
        "/api/v1/books/{number}",
        f"read_book (shop/books.py:{line})",
        "none found",
        "Book | None",
        "200 404 409 410",
        "2",
    ]
    assert rows[3][3] == "OAuth2PasswordBearer, get_current_user"
    assert [row[0] for row in rows] == ["GET", "GET", "GET", "POST", "WS", "GET", "GET"]


def test_only_routes_of_the_paths_are_shown_but_the_whole_project_is_known(
    fastidious: Run, backend: Path, capsys: Capture
) -> None:
    assert fastidious("routes", "shop/admin.py") == 0
    assert [row[1] for row in columns(capsys)[1:]] == ["/admin/stock"]


def test_json_tells_everything(fastidious: Run, backend: Path, capsys: Capture) -> None:
    assert fastidious("routes", "--format", "json") == 0
    found = {tuple(each["paths"]): each for each in json.loads(capsys.readouterr().out)}
    route = found["/api/v1/books/latest",]
    assert (route["methods"], route["handler"]["name"]) == (["GET"], "shop.books.read_latest")
    assert route["security"]["guards"] == ["get_current_user"]
    assert [each["origin"] for each in route["dependencies"]] == ["application", "router", "handler"]
    assert [(each["status"], each["path"]) for each in route["raised"]] == [(401, "shop/security.py")]
    assert {each["test"] for each in route["tests"]} == {
        "tests.test_books.test_reads",
        "tests.test_books.test_refuses",
        "tests.test_books.TestWriting.test_looks_up",
    }


def test_a_second_run_reads_the_cache_and_says_the_same(fastidious: Run, backend: Path, capsys: Capture) -> None:
    fastidious("routes")
    first = capsys.readouterr().out
    fastidious("routes")
    assert capsys.readouterr().out == first


def test_files_without_routes_have_none(fastidious: Run, project: Path, capsys: Capture) -> None:
    (project / "app.py").write_text("x = 1\n")
    (project / "binary.py").write_bytes(b"\x00\xff\xfe")
    assert fastidious("routes") == 0
    captured = capsys.readouterr()
    assert captured.out == "No routes here.\n"


def test_a_path_that_is_not_there_is_a_mistake(fastidious: Run, project: Path, capsys: Capture) -> None:
    assert fastidious("routes", "nowhere") == 2
    assert "no such file or directory: nowhere" in capsys.readouterr().err
