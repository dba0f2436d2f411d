"""What cannot be done: shown with its reason to a person who asked, never otherwise."""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, Any

import pytest

from fastidious_server.lsp.repair import everywhere
from tests.lsp.fakes import FakeEngine, FakeIndex, FakeSettings, fake_services
from tests.lsp.wire import ALL_CAPABILITIES, Wire, spread, wire

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fastidious_server.workspace.background import IndexHost

pytestmark = pytest.mark.asyncio

URI = "file:///nowhere/app.py"
INVOKED, AUTOMATIC = 1, 2


class SleepingIndex(FakeIndex):
    """Index that is never done."""

    def start(self, roots: Sequence[str], host: IndexHost) -> None:
        self.started.append(tuple(roots))
        host.progress(0, 4)


async def actions(client: Wire, trigger: int | None = INVOKED, line: int = 0) -> list[dict[str, Any]]:
    context: dict[str, Any] = {"diagnostics": []}
    if trigger is not None:
        context["triggerKind"] = trigger
    params = {"textDocument": {"uri": URI}, "range": spread(line, 0, 0), "context": context}
    return await client.call("textDocument/codeAction", params)


def disabled(offered: list[dict[str, Any]]) -> dict[str, str]:
    return {action["title"]: action["disabled"]["reason"] for action in offered if "disabled" in action}


async def test_a_fix_that_is_refused_says_why() -> None:
    engine = FakeEngine(is_sharing_fixable=False)
    async with wire(fake_services(engine=engine)) as client:
        await client.initialize()
        client.open(URI, "shared")
        offered = await actions(client)
        assert disabled(offered) == {"Own it everywhere": "Not offered here: somebody else holds it"}
        assert all("data" not in action and "edit" not in action for action in offered if "disabled" in action)


async def test_obstacles_are_for_people_who_asked_and_clients_that_show_them() -> None:
    engine = FakeEngine(is_sharing_fixable=False)
    without = deepcopy(ALL_CAPABILITIES)
    del without["textDocument"]["codeAction"]["disabledSupport"]
    async with wire(fake_services(engine=engine)) as client:
        await client.initialize()
        client.open(URI, "shared")
        assert disabled(await actions(client, AUTOMATIC)) == {}
        assert disabled(await actions(client, None)) == {}
    async with wire(fake_services(engine=engine)) as client:
        await client.initialize(without)
        client.open(URI, "shared")
        assert disabled(await actions(client)) == {}


async def test_a_menu_has_no_flood_of_obstacles() -> None:
    engine = FakeEngine(is_sharing_fixable=False)
    async with wire(fake_services(engine=engine)) as client:
        await client.initialize()
        client.open(URI, "shared " * 18)
        params = {
            "textDocument": {"uri": URI},
            "range": spread(0, 0, 99),
            "context": {"diagnostics": [], "triggerKind": 1},
        }
        offered = await client.call("textDocument/codeAction", params)
        assert sum("disabled" in action for action in offered) == 5


async def test_a_fix_that_reaches_into_a_file_that_cannot_be_read_or_is_not_reviewed_says_so() -> None:
    for other, reason in (("gone.py", "which cannot be read"), ("silent.py", "which is not to be reviewed")):
        engine = FakeEngine(other=f"/nowhere/{other}")
        async with wire(fake_services(engine=engine)) as client:
            await client.initialize()
            client.open(URI, "shared")
            assert disabled(await actions(client)) == {"Own it everywhere": f"It changes {other}, {reason}"}
            assert "Own it everywhere" not in [action["title"] for action in await actions(client, AUTOMATIC)]


async def test_a_configuration_that_cannot_be_changed_says_why_and_resolving_it_is_refused() -> None:
    settings = FakeSettings(obstacle="it is not valid TOML")
    async with wire(fake_services(settings=settings)) as client:
        await client.initialize()
        client.open(URI, "slow")
        title, reason = (
            "Deactivate slow-call in a new fastidious.toml",
            "fastidious.toml stays as it is: it is not valid TOML",
        )
        assert disabled(await actions(client)) == {title: reason}
        [action] = [each for each in await actions(client, AUTOMATIC) if each["title"] == title]
        answer = await client.answer(client.ask("codeAction/resolve", action))
        assert (answer["error"]["code"], answer["error"]["message"]) == (-32803, reason)


async def test_the_workspace_is_fixed_once_it_is_indexed() -> None:
    engine = FakeEngine(closed={"/nowhere/b.py": "b"})
    async with wire(fake_services(engine=engine, index=SleepingIndex())) as client:
        await client.initialize(rootUri="file:///nowhere")
        client.open(URI, "blocking blocking")
        reason = "The workspace is not indexed yet; ask again in a moment"
        assert disabled(await actions(client)) == {"Fix all blocking-call in the workspace": reason}


async def test_a_workspace_of_too_many_files_is_left_to_the_command_line(monkeypatch: pytest.MonkeyPatch) -> None:
    engine = FakeEngine(closed={"/nowhere/b.py": "b"})
    monkeypatch.setattr(everywhere, "MOST_FILES", 1)
    async with wire(fake_services(engine=engine)) as client:
        await client.initialize()
        await client.call("fastidious/sync", {"index": True})
        client.open(URI, "blocking blocking")
        reason = (
            "The workspace has 2 files, and an editor fixes at most 1 at once; "
            "run `fastidious check --fix --select blocking-call`"
        )
        assert disabled(await actions(client)) == {"Fix all blocking-call in the workspace": reason}
