"""Many edits of many documents through a real server: what it holds in memory, and what it says at the end."""

from __future__ import annotations

import asyncio
import random
import sys
from pathlib import Path
from typing import Any, NamedTuple

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.lsp.wire import Wire, process_wire, spread

_SOURCES = Path(__file__).parents[2] / "examples" / "bookshop"
_DOCUMENTS = 20
_EDITS_AT_ONCE = 10
_EDITS_BETWEEN_CLOSES = 25
_SERVER = (sys.executable, "-Im", "fastidious_server", "server")


class Figures(NamedTuple):
    """Megabytes after warming up and at the end; diagnostics at the end, and those of a new server for the same texts."""

    warm: float
    end: float
    published: dict[str, list[dict[str, Any]]]
    expected: dict[str, list[dict[str, Any]]]


class Editor:
    """Somebody who edits, closes and opens documents, and never leaves one longer than it was by more than a line."""

    def __init__(self, client: Wire) -> None:
        self._client = client
        self._chance = random.Random(20)  # noqa: S311 - edits, not secrets
        self._version = 0
        sources = sorted(path for path in _SOURCES.rglob("*.py") if path.stat().st_size > 1000)
        self._originals = [sources[number % len(sources)].read_text() for number in range(_DOCUMENTS)]
        self.texts = {f"file:///nowhere/m{number}.py": text for number, text in enumerate(self._originals)}
        for uri, text in self.texts.items():
            client.open(uri, text)

    async def edit(self, edits: int) -> None:
        """Make so many edits, and wait for the diagnostics every now and then."""
        for number in range(1, edits + 1):
            uri = self._chance.choice(list(self.texts))
            if number % _EDITS_BETWEEN_CLOSES:
                self._toggle(uri)
            else:
                self._client.notify("textDocument/didClose", {"textDocument": {"uri": uri}})
                self._client.open(uri, self.texts[uri])
            if number % _EDITS_AT_ONCE == 0:
                await self._client.call("fastidious/sync", None)
                self._client.received.clear()

    def _toggle(self, uri: str) -> None:
        """Write a line that was never there before at the top, or remove the one that is."""
        text, self._version = self.texts[uri], self._version + 1
        if text.startswith("value_"):
            self._client.change(uri, self._version, {"range": spread(0, 0, 0, 1), "text": ""})
            self.texts[uri] = text.partition("\n")[2]
        else:
            line = f"value_{self._version} = time.sleep({self._chance.random()})\n"
            self._client.change(uri, self._version, {"range": spread(0, 0, 0), "text": line})
            self.texts[uri] = line + text
        self._change_body(uri)

    def _change_body(self, uri: str) -> None:
        """Give a line of the text another comment at its end."""
        self._version += 1
        lines = self.texts[uri].split("\n")
        row = self._chance.choice(
            [row for row, line in enumerate(lines) if line.startswith("    ") and "é" not in line]
        )
        bare = lines[row].partition("  #~")[0]
        comment = f"  #~ {self._version}"
        self._client.change(uri, self._version, {"range": spread(row, len(bare), len(lines[row])), "text": comment})
        lines[row] = bare + comment
        self.texts[uri] = "\n".join(lines)


async def soak(warm_up: int, edits: int) -> Figures:
    """Make so many edits, and return what became of the server."""
    async with process_wire(*_SERVER) as client:
        await client.initialize()
        editor = Editor(client)
        await editor.edit(warm_up)
        warm = megabytes(client.process.pid)
        await editor.edit(edits)
        end = megabytes(client.process.pid)
        published = await _diagnostics(client, editor.texts, is_open=True)
    async with process_wire(*_SERVER) as client:
        await client.initialize()
        return Figures(warm, end, published, await _diagnostics(client, editor.texts, is_open=False))


async def _diagnostics(client: Wire, texts: dict[str, str], *, is_open: bool) -> dict[str, list[dict[str, Any]]]:
    """Return the diagnostics of all documents, which are opened unless they are; those that are get an empty change."""
    for uri, text in texts.items():
        if is_open:
            client.change(uri, 10**6, {"range": spread(0, 0, 0), "text": ""})
        else:
            client.open(uri, text, 10**6)
    await client.call("fastidious/sync", None)
    return {uri: client.published(uri)[-1]["diagnostics"] for uri in texts}


def megabytes(process: int) -> float:
    """Return the memory that a process holds; Linux alone says."""
    status = Path(f"/proc/{process}/status").read_text()
    return int(status.partition("VmRSS:")[2].split()[0]) / 1024


def main() -> None:
    """Soak at length, and print the figures."""
    figures = asyncio.run(soak(1000, 5000))
    same = "the same" if figures.published == figures.expected else "NOT the same"
    count = sum(map(len, figures.published.values()))
    print(f"{figures.warm:.1f} MB after 1000 edits, {figures.end:.1f} MB after 5000 more")  # noqa: T201
    print(f"{count} findings, {same} as in a new server")  # noqa: T201


if __name__ == "__main__":
    main()
