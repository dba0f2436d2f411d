"""Diagnostics as they reach the client, keystroke after keystroke."""

from __future__ import annotations

from typing import Any

import pytest

from tests.lsp.wire import spread, wire

pytestmark = pytest.mark.asyncio

URI = "file:///nowhere/app.py"


async def test_a_finding_has_all_that_the_client_understands() -> None:
    async with wire() as client:
        await client.initialize()
        client.open(URI, "\n  slow\n")
        assert await client.diagnostics(URI) == [
            {
                "range": spread(1, 2, 6),
                "severity": 2,
                "code": "slow-call",
                "codeDescription": {
                    "href": "https://github.com/fastidious-lsp/fastidious/blob/main/docs/rules/slow-call.md"
                },
                "source": "fastidious",
                "message": "`slow` is 100% wrong",
                "tags": [2],
            }
        ]


async def test_a_finding_has_nothing_that_the_client_does_not_understand() -> None:
    async with wire() as client:
        await client.initialize({})
        client.open(URI, "slow shared")
        for diagnostic in await client.diagnostics(URI):
            assert diagnostic.keys() == {"range", "severity", "code", "source", "message"}


@pytest.mark.complaint(1)
async def test_every_publication_has_the_version_of_its_text() -> None:
    async with wire() as client:
        await client.initialize()
        client.open(URI, "", version=7)
        for version in range(8, 60):
            client.change(URI, version, {"range": spread(0, 0, 0), "text": "blocking\n"})
        diagnostics = await client.diagnostics(URI)
        assert [diagnostic["range"]["start"]["line"] for diagnostic in diagnostics] == list(range(52))
        versions = [published["version"] for published in client.published(URI)]
        assert versions == sorted(versions)
        assert versions[-1] == 59


@pytest.mark.complaint(39)
async def test_changes_in_one_notification_apply_in_order() -> None:
    async with wire() as client:
        await client.initialize()
        client.open(URI, "a\nb\n")
        client.change(
            URI,
            14,
            {"range": spread(0, 0, 1), "text": "block"},
            {"range": spread(0, 5, 5), "text": "ing\r\n\n"},
            {"range": spread(2, 0, 0), "text": "blocking"},
        )
        ranges = [diagnostic["range"] for diagnostic in await client.diagnostics(URI)]
        assert ranges == [spread(0, 0, 8), spread(2, 0, 8)]


async def test_units_that_move_keep_their_findings_on_their_new_lines() -> None:
    async with wire() as client:
        await client.initialize()
        client.open(URI, "x\n\nblocking\n  slow\n\nblocking")
        await client.diagnostics(URI)
        client.change(URI, 2, {"range": spread(0, 0, 0), "text": "# é\n"})
        client.change(URI, 3, {"range": spread(7, 0, 0), "text": "y"})
        lines = [diagnostic["range"]["start"] for diagnostic in await client.diagnostics(URI)]
        assert lines == [{"line": 3, "character": 0}, {"line": 4, "character": 2}, {"line": 6, "character": 0}]


async def test_related_places_are_in_the_units_of_the_client() -> None:
    async with wire() as client:
        await client.initialize()
        client.open("file:///nowhere/other.py", "shared")
        client.open(URI, "shared")
        (diagnostic,) = await client.diagnostics(URI)
        location = {"uri": "file:///nowhere/other.py", "range": spread(0, 0, 6)}
        assert diagnostic["relatedInformation"] == [{"location": location, "message": "shared from here"}]
        assert diagnostic["message"] == "`shared` comes from other.py:1"
        client.change("file:///nowhere/other.py", 2, {"text": "\n\nglobal"})
        (diagnostic,) = await client.diagnostics(URI)
        assert diagnostic["message"] == "`shared` comes from other.py:1"
        assert diagnostic["relatedInformation"][0]["location"]["range"] == spread(0, 0, 4, 2)


async def test_another_document_is_published_again_only_if_its_findings_changed() -> None:
    async with wire() as client:
        await client.initialize()
        client.open("file:///nowhere/other.py", "x")
        client.open(URI, "blocking")
        await client.diagnostics(URI)
        client.change("file:///nowhere/other.py", 2, {"text": "global"})
        await client.diagnostics(URI)
        assert len(client.published(URI)) == 1


@pytest.mark.parametrize(
    ("encoding", "start", "end"), [("utf-8", 12, 20), ("utf-16", 6, 14), ("utf-32", 5, 13), ("utf-7", 6, 14)]
)
@pytest.mark.complaint(5)
async def test_columns_are_in_the_negotiated_encoding(encoding: str, start: int, end: int) -> None:
    async with wire() as client:
        result = await client.initialize({"general": {"positionEncodings": [encoding]}})
        assert result["capabilities"]["positionEncoding"] == ("utf-16" if encoding == "utf-7" else encoding)
        client.open(URI, "é中😀 \u0301blocking\n")
        (diagnostic,) = await client.diagnostics(URI)
        assert diagnostic["range"] == spread(0, start, end)
        client.change(URI, 2, {"range": spread(0, start, end), "text": "x😀 slow"})
        (diagnostic,) = await client.diagnostics(URI)
        wide = {"utf-8": 4, "utf-32": 1}.get(encoding, 2)
        assert diagnostic["range"] == spread(0, start + 2 + wide, start + 6 + wide)


@pytest.mark.complaint(9)
async def test_positions_outside_the_text_are_taken_as_its_nearest_ones() -> None:
    async with wire() as client:
        await client.initialize()
        client.open(URI, "a\r\nb")
        client.change(URI, 2, {"range": spread(0, 2**31 - 1, 2**31 - 1), "text": " blocking"})
        client.change(URI, 3, {"range": spread(99, 7, 7), "text": " slow"})
        client.change(URI, 4, {"range": spread(1, 1, 0), "text": "!"})
        ranges = [diagnostic["range"] for diagnostic in await client.diagnostics(URI)]
        assert ranges == [spread(0, 2, 10), spread(1, 3, 7)]
        position = {"line": 2**31 - 1, "character": 2**31 - 1}
        assert await client.call("textDocument/hover", {"textDocument": {"uri": URI}, "position": position}) is None


@pytest.mark.complaint(3)
async def test_closing_a_document_clears_it_and_the_disk_counts_again() -> None:
    async with wire() as client:
        await client.initialize()
        client.open(URI, "blocking")
        client.notify("textDocument/didClose", {"textDocument": {"uri": URI}})
        assert await client.diagnostics(URI) == []
        client.open(URI, "blocking")
        assert len(await client.diagnostics(URI)) == 1


@pytest.mark.complaint(4)
async def test_documents_without_a_file_are_reviewed_too_and_cleared_when_they_are_closed() -> None:
    async with wire() as client:
        await client.initialize()
        for uri in ("untitled:Untitled-1", "git:/nowhere/app.py?ref", "Untitled"):
            client.open(uri, "blocking")
            assert len(await client.diagnostics(uri)) == 1
            client.notify("textDocument/didClose", {"textDocument": {"uri": uri}})
            assert await client.diagnostics(uri) == []


@pytest.mark.complaint(3)
async def test_a_document_that_becomes_another_language_is_cleared() -> None:
    async with wire() as client:
        await client.initialize()
        client.open(URI, "blocking")
        assert len(await client.diagnostics(URI)) == 1
        client.notify("textDocument/didClose", {"textDocument": {"uri": URI}})
        text = {"uri": URI, "languageId": "plaintext", "version": 1, "text": "blocking"}
        client.notify("textDocument/didOpen", {"textDocument": text})
        assert await client.diagnostics(URI) == []


@pytest.mark.complaint(38)
async def test_documents_that_are_no_python_or_not_wanted_stay_silent() -> None:
    async with wire() as client:
        await client.initialize()
        toml: dict[str, Any] = {"uri": "file:///nowhere/a.toml", "languageId": "toml", "version": 1, "text": "blocking"}
        client.notify("textDocument/didOpen", {"textDocument": toml})
        client.open("file:///nowhere/silent.py", "blocking")
        client.open("vscode-notebook-cell:/nowhere/a.ipynb#1", "blocking")
        assert await client.diagnostics("file:///nowhere/silent.py") == []
        assert not client.published(toml["uri"])
        assert not client.published("vscode-notebook-cell:/nowhere/a.ipynb#1")


async def test_changes_of_unknown_documents_and_of_older_versions_are_ignored() -> None:
    async with wire() as client:
        await client.initialize()
        client.change("file:///nowhere/unknown.py", 2, {"text": "blocking"})
        client.open(URI, "blocking", version=5)
        client.change(URI, 4, {"text": ""})
        client.notify("textDocument/didChange", {"textDocument": {"uri": URI, "version": 6}})
        client.notify("textDocument/didChange", None)
        client.notify("textDocument/didChange", {"textDocument": {"uri": URI}, "contentChanges": [{"range": 3}]})
        assert len(await client.diagnostics(URI)) == 1
        assert not [message for message in client.received if message.get("method") == "window/showMessage"]


async def test_a_full_text_is_taken_as_well() -> None:
    async with wire() as client:
        await client.initialize()
        client.open(URI, "x = '😀'\n")
        client.change(URI, 2, {"text": "x = '😁'\nblocking"})
        (diagnostic,) = await client.diagnostics(URI)
        assert diagnostic["range"] == spread(1, 0, 8)
