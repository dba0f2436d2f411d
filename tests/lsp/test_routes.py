"""What editors show of routes and the tests that call them, from the real engine, over the wire."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

import pytest

from fastidious_rules.catalogue import PACK
from fastidious_rules.engine.registry import Registry
from fastidious_rules.semantics.extract import module_facts
from fastidious_rules.semantics.facts import encode
from fastidious_rules.semantics.project import Project
from fastidious_server.workspace.indexing.frames import IndexedFile
from fastidious_server.workspace.ports import Preferences
from fastidious_server.workspace.reviewer import Reviewer
from tests.lsp.fakes import FakeIndex, FakeSettings, fake_services
from tests.lsp.wire import ALL_CAPABILITIES, Wire, wire
from tests.semantics.bookstore import FILES

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence
    from pathlib import Path

    from fastidious_server.workspace.background import IndexHost


ENCODINGS = {"utf-8": 4, "utf-16": 2, "utf-32": 1}
"""How many units each encoding counts for an emoji."""


class LateIndex(FakeIndex):
    """Index that is done when it is told to be."""

    def start(self, roots: Sequence[str], host: IndexHost) -> None:
        self.started.append(tuple(roots))
        self.host = host


class Backend:
    """The bookstore on the disk, and a session on it."""

    def __init__(self, client: Wire, directory: Path) -> None:
        self.client = client
        self.directory = directory

    def uri(self, path: str) -> str:
        return (self.directory / path).as_uri()

    def open(self, path: str, text: str | None = None) -> dict[str, str]:
        """Open a file, and return what names it in a request."""
        self.client.open(self.uri(path), FILES[path] if text is None else text)
        return {"uri": self.uri(path)}

    async def ask(self, method: str, document: dict[str, str], position: tuple[int, int], **rest: Any) -> Any:
        line, character = position
        at = {"line": line, "character": character}
        return await self.client.call(f"textDocument/{method}", {"textDocument": document, "position": at, **rest})

    async def lenses(self, document: dict[str, str]) -> list[dict[str, Any]]:
        return await self.client.call("textDocument/codeLens", {"textDocument": document})


def position(path: str, text: str, after: int = 0) -> tuple[int, int]:
    """Return line and column of the first `text` in a file, or of what stands `after` characters behind its start."""
    lines = FILES[path][: FILES[path].index(text) + after].split("\n")
    return len(lines) - 1, len(lines[-1])


def line_of(path: str, text: str) -> int:
    return position(path, text)[0]


def capabilities(encoding: str = "utf-16") -> dict[str, Any]:
    return {
        "general": {"positionEncodings": [encoding]},
        "textDocument": {
            **ALL_CAPABILITIES["textDocument"],
            "documentSymbol": {"hierarchicalDocumentSymbolSupport": True},
        },
        "workspace": {"codeLens": {"refreshSupport": True}},
    }


def reviewer_of(directory: Path) -> Reviewer:
    """Return a reviewer that knows the bookstore, which is on the disk now."""
    reviewer = Reviewer(Registry([PACK]), Project())
    for path, text in FILES.items():
        file = directory / path
        file.parent.mkdir(exist_ok=True)
        file.write_text(text, encoding="utf-8")
        module = path.removesuffix(".py").replace("/", ".").removesuffix(".__init__")
        reviewer.learn([IndexedFile(str(file), module, encode(module_facts(text.encode())))])
    return reviewer


@contextlib.asynccontextmanager
async def backend(
    directory: Path, chosen: dict[str, Any] | None = None, preferences: Preferences | None = None
) -> AsyncIterator[Backend]:
    reviewer = reviewer_of(directory)
    settings = FakeSettings()
    settings.preferences = preferences or Preferences()
    async with wire(fake_services(engine=reviewer, settings=settings)) as client:
        await client.initialize(
            capabilities() if chosen is None else chosen,
            initializationOptions={"clientCommands": ["fastidious.showLocations"]},
        )
        yield Backend(client, directory)


async def test_hover_shows_the_card_of_a_route(tmp_path: Path) -> None:
    async with backend(tmp_path) as shop:
        document = shop.open("shop/books.py")
        hover = await shop.ask("hover", document, position("shop/books.py", "read_book", 2))
        text = hover["contents"]["value"]
        line = line_of("shop/books.py", "async def read_book") + 1
        for part in (
            "**`GET /api/v1/books/{number}`**\n\nReturn one book.",
            f"- handler: `read_book` ([books.py:{line}]({shop.uri('shop/books.py')}#L{line}))",
            "- security: none found",
            "by the application",
            "- responds with: 200, `Book | None`",
            "- may raise: 404 ([service.py:",
            "409 `SoldOut` ([service.py:",
            "- limited to: `5/minute`",
            "- tests: `test_reads` ([test_books.py:",
        ):
            assert part in text
        on_decorator = await shop.ask("hover", document, position("shop/books.py", '"/{number}"', 3))
        assert text.endswith(on_decorator["contents"]["value"])


async def test_findings_come_before_the_card(tmp_path: Path) -> None:
    async with backend(tmp_path) as shop:
        text = FILES["shop/books.py"].replace("async def read_latest", "def read_latest")
        text = text.replace("def read_latest", "async def read_latest").replace("-> Book: ...", ": ...", 1)
        document = shop.open("shop/books.py", text)
        hover = await shop.ask("hover", document, position("shop/books.py", "read_latest", 2))
        assert hover["contents"]["value"].index("---") < hover["contents"]["value"].index("`GET /api/v1/books/latest`")


async def test_an_outline_waits_for_the_index_that_knows_the_prefixes(tmp_path: Path) -> None:
    index = LateIndex()
    async with wire(fake_services(engine=reviewer_of(tmp_path), index=index)) as client:
        await client.initialize(capabilities(), rootUri=tmp_path.as_uri())
        shop = Backend(client, tmp_path)
        asked = client.ask("textDocument/documentSymbol", {"textDocument": shop.open("shop/books.py")})
        await client.call("fastidious/sync", None)
        assert not [message for message in client.received if message.get("id") == asked and "result" in message]
        index.host.progress(4, 4)
        first, *_ = (await client.answer(asked))["result"]
        assert first["name"] == "GET /api/v1/books/"


async def test_outline_holds_what_the_framework_sees(tmp_path: Path) -> None:
    async with backend(tmp_path) as shop:
        document = shop.open("shop/books.py")
        symbols = await shop.client.call("textDocument/documentSymbol", {"textDocument": document})
        assert [(each["name"], each["detail"]) for each in symbols] == [
            ("GET /api/v1/books/", "list_books"),
            ("GET /api/v1/books/latest", "read_latest"),
            ("GET /api/v1/books/{number}", "read_book"),
            ("POST /api/v1/books/", "create_book"),
            ("WS /api/v1/books/feed", "feed"),
        ]
        other = await shop.client.call("textDocument/documentSymbol", {"textDocument": shop.open("shop/security.py")})
        assert [(each["name"], each["detail"]) for each in other] == [
            ("get_session", "dependency"),
            ("get_current_user", "dependency"),
            ("count_requests", "dependency"),
            ("require_tenant", "dependency"),
        ]


async def test_outline_is_flat_for_clients_that_cannot_nest(tmp_path: Path) -> None:
    async with backend(tmp_path, ALL_CAPABILITIES) as shop:
        text = "from fastapi import FastAPI\n\n\ndef make():\n    app = FastAPI()\n\n    @app.get('/a')\n    def a(): ...\n"
        document = shop.open("shop/factory.py", text)
        symbols = await shop.client.call("textDocument/documentSymbol", {"textDocument": document})
        assert [(each["name"], each.get("containerName")) for each in symbols] == [("make", None), ("GET /a", "make")]


async def test_workspace_symbols_find_routes_by_any_part_of_them(tmp_path: Path) -> None:
    async with backend(tmp_path) as shop:

        async def found(query: str) -> list[str]:
            symbols = await shop.client.call("workspace/symbol", {"query": query})
            return [each["name"] for each in symbols or ()]

        assert await found("post books") == ["POST /api/v1/books/"]
        assert await found("GET /admin/stock") == ["GET /admin/stock"]
        assert await found("READ_LATEST") == ["GET /api/v1/books/latest"]
        assert await found("hlth") == ["GET /health"]
        assert await found("nothing") == []
        assert len(await found("")) == 7


async def test_lenses_show_path_tests_and_findings(tmp_path: Path) -> None:
    async with backend(tmp_path) as shop:
        document = shop.open("shop/books.py")
        lenses = await shop.lenses(document)
        line = line_of("shop/books.py", "async def read_latest")
        own = [each["command"] for each in lenses if each["range"]["start"]["line"] == line]
        assert [each["title"] for each in own][:2] == ["GET /api/v1/books/latest", "3 tests"]
        assert all(isinstance(each["command"]["arguments"], list) for each in lenses)
        assert own[1]["command"] == "fastidious.showLocations"
        uri, at, locations = own[1]["arguments"]
        assert (uri, at["line"]) == (document["uri"], line)
        assert {each["uri"] for each in locations} == {shop.uri("tests/test_books.py")}


async def test_a_lens_claims_no_more_than_that_no_tests_are_found(tmp_path: Path) -> None:
    async with backend(tmp_path) as shop:
        text = FILES["shop/books.py"] + '\n\n@router.get("/untested")\nasync def read_untested() -> None: ...\n'
        document = shop.open("shop/books.py", text)
        await shop.client.call("fastidious/sync", None)
        titles = [each["command"]["title"] for each in await shop.lenses(document)]
        assert titles[-3:-1] == ["GET /api/v1/books/untested", "no tests found"]


async def test_lenses_can_be_switched_off(tmp_path: Path) -> None:
    async with backend(tmp_path, preferences=Preferences(code_lens=False)) as shop:
        assert await shop.lenses(shop.open("shop/books.py")) is None


async def test_lenses_are_asked_for_again_when_a_test_is_saved(tmp_path: Path) -> None:
    async with backend(tmp_path) as shop:
        await shop.lenses(shop.open("shop/books.py"))
        test = shop.open("tests/test_books.py", FILES["tests/test_books.py"].replace("/books/latest", "/books/7"))
        shop.client.notify("textDocument/didSave", {"textDocument": test})
        await shop.client.call("fastidious/sync", None)
        shop.client.notify("textDocument/didSave", {"textDocument": test})
        await shop.client.call("fastidious/sync", None)
        methods = [message.get("method") for message in shop.client.received]
        assert methods.count("workspace/codeLens/refresh") == 1


async def test_definition_leads_from_a_request_to_its_function(tmp_path: Path) -> None:
    async with backend(tmp_path) as shop:
        document = shop.open("tests/test_books.py")
        line = line_of("shop/books.py", "async def read_latest")
        for at in (
            position("tests/test_books.py", 'client.get("/api/v1/books/latest")', 14),
            position("tests/test_books.py", 'client.get("/api/v1/books/latest")', 8),
        ):
            [location] = await shop.ask("definition", document, at)
            assert (location["uri"], location["range"]["start"]["line"]) == (shop.uri("shop/books.py"), line)
        assert await shop.ask("definition", document, position("tests/test_books.py", "status_code")) is None
        assert await shop.ask("definition", document, position("tests/test_books.py", "book.number", 2)) is None


@pytest.mark.parametrize("pointed", ["read_latest", '"/latest"'])
async def test_references_of_a_route_are_the_requests_of_tests(tmp_path: Path, pointed: str) -> None:
    async with backend(tmp_path) as shop:
        document = shop.open("shop/books.py")
        at = position("shop/books.py", pointed, 2)
        calls = await shop.ask("references", document, at, context={"includeDeclaration": False})
        assert [each["range"]["start"]["line"] for each in calls] == [
            line_of("tests/test_books.py", 'client.get("/api/v1/books/latest")'),
            line_of("tests/test_books.py", "client.get(path % number)"),
            line_of("tests/test_books.py", 'api.request("GET"'),
        ]
        every = await shop.ask("references", document, at, context={"includeDeclaration": True})
        assert (every[0]["uri"], every[1:]) == (document["uri"], calls)


@pytest.mark.complaint(5)
@pytest.mark.parametrize(("encoding", "units"), ENCODINGS.items())
async def test_routes_are_where_they_are_in_every_encoding(tmp_path: Path, encoding: str, units: int) -> None:
    async with backend(tmp_path, capabilities(encoding)) as shop:
        text = "from fastapi import FastAPI\n\napp = FastAPI()\n\n\n@app.get('/😀')\ndef read(): ...\n"
        shop.client.open("untitled:routes", text)
        document = {"uri": "untitled:routes"}
        end = len("@app.get('/") + units + 1
        for character in (0, end, end + 50):
            hover = await shop.ask("hover", document, (5, character))
            assert hover["range"]["end"] == {"line": 5, "character": end + 1}
        [symbol] = await shop.client.call("textDocument/documentSymbol", {"textDocument": document})
        assert symbol["name"] == "GET /😀"


async def test_nothing_is_said_where_nothing_is_known(tmp_path: Path) -> None:
    async with backend(tmp_path) as shop:
        closed = {"uri": shop.uri("shop/books.py")}
        broken = shop.open("shop/broken.py", "@app.get('/a'\ndef (:\n  class")
        shop.client.open("untitled:one", "x = 1\n")
        for document in (closed, broken, {"uri": "untitled:one"}, {"uri": "git:/a.py"}):
            for at in ((0, 0), (0, 7), (9999, 2**31 - 1)):
                assert await shop.ask("definition", document, at) is None
                assert await shop.ask("references", document, at, context={"includeDeclaration": True}) is None
            assert await shop.lenses(document) is None
            assert await shop.client.call("textDocument/documentSymbol", {"textDocument": document}) is None


async def test_a_route_in_a_file_that_does_not_parse_yet_keeps_its_place(tmp_path: Path) -> None:
    async with backend(tmp_path) as shop:
        text = FILES["shop/books.py"] + "\n\ndef unfinished(\n"
        document = shop.open("shop/books.py", text)
        titles = [each["command"]["title"] for each in await shop.lenses(document)]
        assert "GET /api/v1/books/latest" in titles
