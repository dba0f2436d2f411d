"""Rule names are offered and explained where rules are named, and nothing is anywhere else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from fastidious_rules.catalogue import PACK
from fastidious_rules.engine.registry import Registry
from fastidious_rules.semantics.project import Project
from fastidious_server.bootstrap import option_text
from fastidious_server.config.assistance import ConfigurationAssistance
from fastidious_server.workspace.reviewer import Reviewer
from tests.lsp.fakes import fake_services
from tests.lsp.wire import ALL_CAPABILITIES, Wire, spread, wire

if TYPE_CHECKING:
    from fastidious_server.workspace.ports import Services

pytestmark = pytest.mark.asyncio

CODE = "file:///shop/app.py"
PROJECT = "file:///shop/pyproject.toml"
SLEEP = "import time\n\n\nasync def é() -> None:\n    s = '😀'; time.sleep(1)  # fastidious: "
ITEM = {"documentationFormat": ["markdown"], "snippetSupport": True}
CAPABILITIES = {
    **ALL_CAPABILITIES,
    "textDocument": {**ALL_CAPABILITIES["textDocument"], "completion": {"completionItem": ITEM}},
}


def services() -> Services:
    """Return services with the real rules."""
    registry = Registry([PACK])
    engine = Reviewer(registry, Project())
    return fake_services(engine=engine, configuration_help=ConfigurationAssistance(lambda: registry.rules, option_text))


def place(text: str) -> tuple[str, dict[str, int]]:
    """Return `text` without its bar, and the position of that in UTF-16."""
    before, _, behind = text.partition("|")
    line = before.rpartition("\n")[2]
    return before + behind, {"line": before.count("\n"), "character": len(line.encode("utf-16-le")) // 2}


async def asked(client: Wire, method: str, uri: str, text: str) -> Any:
    """Open `text` and ask about its bar."""
    whole, position = place(text)
    client.open(uri, whole)
    return await client.call(f"textDocument/{method}", {"textDocument": {"uri": uri}, "position": position})


async def offered(text: str, uri: str = CODE) -> list[dict[str, Any]]:
    """Return what is offered at the bar in `text`, as the client sorts it."""
    async with wire(services()) as client:
        await client.initialize(CAPABILITIES)
        items = await asked(client, "completion", uri, text)
    return sorted(items or [], key=lambda item: item["sortText"])


async def explained(text: str, uri: str = CODE) -> dict[str, Any] | None:
    async with wire(services()) as client:
        await client.initialize(CAPABILITIES)
        return await asked(client, "hover", uri, text)


async def test_capability_names_the_triggers() -> None:
    async with wire() as client:
        result = await client.initialize()
    assert result["capabilities"]["completionProvider"]["triggerCharacters"] == ["[", ",", '"', ":"]


async def test_rules_that_report_something_there_come_first() -> None:
    first, second, *_ = await offered(f"{SLEEP}ignore[blo|")

    assert first["label"] == "blocking-call-in-async"
    assert first["preselect"]
    assert first["documentation"]["value"].endswith(".")
    column = SLEEP.rpartition("\n")[2]
    start = len(column.encode("utf-16-le")) // 2 + len("ignore[")
    assert first["textEdit"] == {"range": spread(4, start, start + 3), "newText": "blocking-call-in-async"}
    assert second["sortText"] > first["sortText"]


@pytest.mark.parametrize(
    "text",
    [
        f"{SLEEP}ignore[weak-random, |]",
        f"{SLEEP}ignore[weak-random,|blocking-call] why\n",
        "import time\n\n\nasync def f() -> None:\n    # fastidious: ignore[|]\n    time.sleep(1)\n",
        "# fastidious: ignore-file[|]\nimport time\n\n\nasync def f() -> None:\n    time.sleep(1)\n",
    ],
)
async def test_the_line_that_a_comment_covers_counts(text: str) -> None:
    items = await offered(text)

    assert items[0]["label"] == "blocking-call-in-async"
    if "weak-random" in text:
        assert "weak-random" not in {item["label"] for item in items}


async def test_directive_is_completed() -> None:
    items = await offered(f"{SLEEP}ig|")

    assert [(item["label"], item["textEdit"]["newText"]) for item in items] == [
        ("ignore", "ignore[$1]$0"),
        ("ignore-file", "ignore-file[$1]$0"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "x = [1, |2]\n",
        'x = "# fastidious: ignore[|"\n',
        "x: |\n",
        "# fastidious is fine: |\n",
        f"{SLEEP}ignore[a] x, |",
    ],
)
async def test_nothing_is_offered_in_other_places(text: str) -> None:
    assert await offered(text) == []


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("[tool.fastidious]\npro|", "profile"),
        ("[tool.|", "fastidious"),
        ("[tool.fastidious.|", "target"),
        ('[tool.fastidious]\nprofile = "|"', "card"),
        ("[tool.fastidious]\nprofile = |", '"card"'),
        ('[tool.fastidious]\nselect = ["sql-injection", "|"]', "weak-random"),
        ('[tool.fastidious]\nignore = ["sec|', 'security"'),
        ("[tool.fastidious]\ndefer-to-ruff = |", "false"),
        ("[tool.fastidious]\nseverity = { weak|", "weak-random"),
        ("[tool.fastidious.severity]\nweak-random = '|'", "off"),
        ('[tool.fastidious.per-path."tests/**"]\n|', "ignore"),
        ('[tool.fastidious.per-path."tests/**".severity]\nweak-random = "|"', "hint"),
        ("[tool.fastidious.rules.|]", "function-too-long"),
        ("[tool.fastidious.rules.function-too-long]\n|", "max-in-tests"),
        ("[tool.fastidious.rules.blocking-file-io-in-async]\nhelpers = |", "true"),
    ],
)
async def test_configuration_is_completed(text: str, written: str) -> None:
    items = await offered(text, PROJECT)

    assert written in {item["textEdit"]["newText"] for item in items}


async def test_words_that_are_there_already_are_not_offered_again() -> None:
    items = await offered('[tool.fastidious]\nselect = ["sql-injection", "|"]', PROJECT)

    assert "sql-injection" not in {item["label"] for item in items}


@pytest.mark.parametrize("text", ["[project]\nname = '|'\n", "|\n", "[tool.ruff]\nselect = ['|']\n", "# [tool.|\n"])
async def test_tables_of_others_are_left_alone(text: str) -> None:
    assert await offered(text, PROJECT) == []


async def test_own_file_needs_no_prefix() -> None:
    items = await offered("profile = '|'", "file:///shop/fastidious.toml")

    assert [item["label"] for item in items] == ["recommended", "card"]


async def test_unsaved_configuration_follows_its_edits_and_is_not_reviewed() -> None:
    async with wire(services()) as client:
        await client.initialize(CAPABILITIES)
        client.open(PROJECT, "")
        client.change(PROJECT, 2, {"text": "[tool.fastidious]\nsel"})
        position = {"line": 1, "character": 3}
        items = await client.call("textDocument/completion", {"textDocument": {"uri": PROJECT}, "position": position})
        client.notify("textDocument/didClose", {"textDocument": {"uri": PROJECT}})
        await client.call("fastidious/sync", None)
        assert client.published(PROJECT) == []
    assert "select" in {item["label"] for item in items}


async def test_rule_in_a_comment_is_explained_with_its_use() -> None:
    used = await explained(f"{SLEEP}ignore[blocking-call|-in-async]\n")
    unused = await explained("x = 1  # fastidious: ignore[weak-ran|dom]\n")

    assert used is not None
    assert unused is not None
    assert used["contents"]["value"].startswith("*Silences 1 finding here.*\n\n**`blocking-call-in-async`**: ")
    assert "**Why**" in used["contents"]["value"]
    assert unused["contents"]["value"].startswith("*Nothing here is reported by this rule.*")


@pytest.mark.parametrize(
    ("text", "start"),
    [
        ("[tool.fastidious]\nprof|ile = 'card'\n", "**`profile`**: `recommended`, or `card`"),
        ("[tool.fastidious]\nselect = ['weak-|random']\n", "**`weak-random`**: "),
        ("[tool.fastidious]\nselect = ['secu|rity']\n", "**`security`**: The family of `command-injection`"),
        ("[tool.fastidious.rules.function-too-long]\nma|x = 3\n", "**`max`**: (20): lines of code"),
    ],
)
async def test_words_of_a_configuration_are_explained(text: str, start: str) -> None:
    found = await explained(text, PROJECT)

    assert found is not None
    assert found["contents"]["value"].startswith(start)
