"""Code actions, their edits, and what becomes of those when the text has changed."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from fastidious_rules.engine.finding import Edit, Fix
from fastidious_rules.syntax.text import Span
from tests.lsp.fakes import FakeEngine, FakeInference, fake_services
from tests.lsp.wire import ALL_CAPABILITIES, Wire, spread, wire

if TYPE_CHECKING:
    from pathlib import Path

    from fastidious_rules.engine.finding import Finding

pytestmark = pytest.mark.asyncio

URI = "file:///nowhere/app.py"


async def actions(client: Wire, line: int, start: int, end: int, **context: Any) -> list[dict[str, Any]]:
    """Return the actions offered for a range."""
    params = {
        "textDocument": {"uri": URI},
        "range": spread(line, start, end),
        "context": {"diagnostics": [], **context},
    }
    return await client.call("textDocument/codeAction", params)


def eager() -> dict[str, Any]:
    """Return the capabilities of a client that wants its edits at once, and knows no versions."""
    capabilities = deepcopy(ALL_CAPABILITIES)
    del capabilities["textDocument"]["codeAction"]["resolveSupport"], capabilities["workspace"]
    return capabilities


async def test_actions_fix_this_and_its_like_and_accept_it() -> None:
    async with wire() as client:
        await client.initialize()
        client.open(URI, "blocking slow blocking")
        diagnostics = await client.diagnostics(URI)
        offered = await actions(client, 0, 3, 3, diagnostics=diagnostics)
        assert [action["title"] for action in offered] == [
            "Await it",
            "Fix all blocking-call in this file",
            "Ignore blocking-call on this line",
            "Ignore blocking-call in this file",
            "Deactivate blocking-call in a new fastidious.toml",
            "Fix all that is safe to fix (Fastidious)",
        ]
        assert [action["kind"] for action in offered] == ["quickfix"] * 5 + ["source.fixAll.fastidious"]
        assert [action.get("isPreferred") for action in offered] == [True, *[None] * 5]
        assert all(action["diagnostics"] == [diagnostics[0]] for action in offered[:5])
        assert not any("edit" in action for action in offered)


async def test_an_unsafe_fix_is_not_preferred() -> None:
    async with wire() as client:
        await client.initialize()
        client.open(URI, "slow slow")
        offered = await actions(client, 0, 0, 0)
        assert [(action["title"], action.get("isPreferred")) for action in offered[:2]] == [
            ("Make it fast", None),
            ("Fix all slow-call in this file (unsafe)", None),
        ]


async def test_a_resolved_edit_carries_the_version_of_its_document() -> None:
    async with wire() as client:
        await client.initialize()
        client.open(URI, "😀 blocking", version=3)
        (action, *_) = await actions(client, 0, 4, 4)
        resolved = await client.call("codeAction/resolve", action)
        edit = {"range": spread(0, 3, 11), "newText": "awaited"}
        assert resolved["edit"]["documentChanges"] == [{"textDocument": {"uri": URI, "version": 3}, "edits": [edit]}]


@pytest.mark.complaint(23)
async def test_an_edit_of_an_older_text_is_refused() -> None:
    async with wire() as client:
        await client.initialize()
        client.open(URI, "blocking")
        offered = await actions(client, 0, 0, 0)
        client.change(URI, 2, {"range": spread(0, 0, 0), "text": " "})
        for action in offered:
            answer = await client.answer(client.ask("codeAction/resolve", action))
            assert answer["error"]["code"] == -32801
        client.notify("textDocument/didClose", {"textDocument": {"uri": URI}})
        answer = await client.answer(client.ask("codeAction/resolve", offered[0]))
        assert answer["error"]["code"] == -32801


async def test_an_action_of_somebody_else_is_returned_as_it_came() -> None:
    async with wire() as client:
        await client.initialize()
        for data in (None, 3, {"kind": "x"}, {"kind": "fix"}):
            action = {"title": "Theirs", "kind": "quickfix", "data": data}
            assert (await client.call("codeAction/resolve", action))["title"] == "Theirs"


@pytest.mark.complaint(21)
@pytest.mark.parametrize(
    ("only", "kinds"),
    [
        (None, {"quickfix", "source.fixAll.fastidious"}),
        ([], {"quickfix", "source.fixAll.fastidious"}),
        (["refactor"], set[str]()),
        (["refactor", "quickfix"], {"quickfix"}),
        ([""], {"quickfix", "source.fixAll.fastidious"}),
        (["quickfix"], {"quickfix"}),
        (["source"], {"source.fixAll.fastidious"}),
        (["source.fixAll"], {"source.fixAll.fastidious"}),
        (["source.fixAll.fastidious"], {"source.fixAll.fastidious"}),
        (["source.fixAll.other", "refactor", "quick", "quickfix.fastidious"], set[str]()),
    ],
)
async def test_actions_are_of_the_wanted_kinds(only: list[str] | None, kinds: set[str]) -> None:
    async with wire() as client:
        await client.initialize()
        client.open(URI, "blocking")
        context = {} if only is None else {"only": only}
        assert {action["kind"] for action in await actions(client, 0, 0, 0, **context)} == kinds


@pytest.mark.complaint(17, 22)
async def test_fix_all_applies_only_what_is_safe_and_nothing_means_no_edit() -> None:
    async with wire() as client:
        await client.initialize()
        client.open(URI, "blocking slow")
        (action,) = await actions(client, 0, 0, 0, only=["source.fixAll"])
        resolved = await client.call("codeAction/resolve", action)
        assert resolved["edit"]["documentChanges"][0]["edits"][0]["newText"] == "awaited slow"
        client.change(URI, 2, {"text": "slow"})
        (action,) = await actions(client, 0, 0, 0, only=["source.fixAll"])
        assert "edit" not in await client.call("codeAction/resolve", action)
        client.change(URI, 3, {"text": "shared"})
        assert await actions(client, 0, 0, 0, only=["source.fixAll"]) == []


async def test_a_client_that_cannot_resolve_gets_its_edits_at_once() -> None:
    async with wire() as client:
        await client.initialize(eager())
        client.open(URI, "blocking typed slow")
        offered = await actions(client, 0, 0, 19)
        assert [action["title"] for action in offered] == [
            "Await it",
            "Ignore blocking-call on this line",
            "Ignore blocking-call in this file",
            "Add the inferred type",
            "Ignore missing-type on this line",
            "Ignore missing-type in this file",
            "Make it fast",
            "Ignore slow-call on this line",
            "Ignore slow-call in this file",
            "Fix all that is safe to fix (Fastidious)",
        ]
        edits = [action["edit"]["changes"][URI][0] for action in offered]
        assert edits[0] == {"range": spread(0, 0, 8), "newText": "awaited"}
        assert edits[3] == {"range": spread(0, 9, 14), "newText": "typed: int"}
        assert edits[7] == {"range": spread(0, 19, 19), "newText": "  # fastidious: ignore[slow-call]"}


@pytest.mark.complaint(21)
async def test_automatic_requests_compute_nothing_slow() -> None:
    async with wire() as client:
        await client.initialize(eager())
        client.open(URI, "blocking typed blocking")
        offered = await actions(client, 0, 0, 23, triggerKind=2)
        assert {action["kind"] for action in offered} == {"quickfix"}
        titles = {action["title"] for action in offered}
        assert "Await it" in titles
        assert not titles & {"Add the inferred type", "Fix all blocking-call in this file"}


@pytest.mark.complaint(21)
async def test_fixing_on_save_asks_by_name_and_is_answered() -> None:
    async with wire() as client:
        await client.initialize(eager())
        client.open(URI, "blocking")
        [action] = await actions(client, 0, 0, 0, triggerKind=2, only=["source.fixAll"])
        assert action["edit"]["changes"][URI] == [{"range": spread(0, 0, 8), "newText": "awaited"}]


@pytest.mark.complaint(23)
async def test_diagnostics_of_an_older_text_do_not_count() -> None:
    async with wire() as client:
        await client.initialize()
        client.open(URI, "blocking")
        old = await client.diagnostics(URI)
        client.change(URI, 2, {"range": spread(0, 0, 0), "text": "\n"})
        assert await actions(client, 0, 0, 0, only=["quickfix"], diagnostics=old) == []
        (action, *_) = await actions(client, 1, 0, 0, diagnostics=old)
        assert "diagnostics" not in action
        resolved = await client.call("codeAction/resolve", action)
        assert resolved["edit"]["documentChanges"][0]["edits"] == [{"range": spread(1, 0, 8), "newText": "awaited"}]


@pytest.mark.complaint(23)
async def test_an_edit_of_another_file_that_has_changed_is_refused() -> None:
    other = "file:///nowhere/other.py"
    async with wire() as client:
        await client.initialize()
        client.open(URI, "shared")
        client.open(other, "text")
        (action, *_) = await actions(client, 0, 0, 0)
        client.change(other, 2, {"range": spread(0, 0, 0), "text": "\n"})
        answer = await client.answer(client.ask("codeAction/resolve", action))
        assert answer["error"]["code"] == -32801
        (action, *_) = await actions(client, 0, 0, 0)
        edit = (await client.call("codeAction/resolve", action))["edit"]
        assert [change["textDocument"]["version"] for change in edit["documentChanges"]] == [1, 2]


@pytest.mark.complaint(17)
async def test_of_two_fixes_of_the_same_text_only_one_is_applied() -> None:
    async with wire() as client:
        await client.initialize()
        client.open(URI, "blocking slow")
        one, *_, other = await actions(client, 0, 0, 0)
        assert (await client.call("codeAction/resolve", one))["edit"]["documentChanges"][0]["textDocument"][
            "version"
        ] == 1
        client.change(URI, 2, {"range": spread(0, 0, 8), "text": "awaited"})
        answer = await client.answer(client.ask("codeAction/resolve", other))
        assert answer["error"]["code"] == -32801


@pytest.mark.complaint(22)
async def test_an_unsafe_fix_asks_for_confirmation_where_the_client_honours_that() -> None:
    silent = deepcopy(ALL_CAPABILITIES)
    del silent["textDocument"]["codeAction"]["honorsChangeAnnotations"]
    for capabilities, annotated in ((ALL_CAPABILITIES, True), (silent, False)):
        async with wire() as client:
            await client.initialize(capabilities)
            client.open(URI, "slow slow")
            one, all_of_them, *_ = await actions(client, 0, 0, 0)
            for action in (one, all_of_them):
                edit = (await client.call("codeAction/resolve", action))["edit"]
                assert ("changeAnnotations" in edit) is annotated


async def test_an_action_that_has_its_edit_already_is_returned_as_it_came() -> None:
    async with wire() as client:
        await client.initialize()
        client.open(URI, "blocking")
        (action, *_) = await actions(client, 0, 0, 0)
        resolved = await client.call("codeAction/resolve", action)
        client.change(URI, 2, {"text": "something else"})
        assert await client.call("codeAction/resolve", resolved) == resolved


async def test_an_inferred_edit_of_another_file_that_is_not_saved_is_refused(tmp_path: Path) -> None:
    other = tmp_path / "other.py"
    other.write_text("text")

    class Renaming(FakeInference):
        async def fix(self, path: str, text: bytes, finding: Finding) -> Fix | None:
            del path, text
            return Fix("Rename it", (Edit(finding.span, "x"), Edit(Span(0, 4), "x", other.as_posix())))

    async with wire(replace(fake_services(), inference=Renaming())) as client:
        await client.initialize()
        client.open(URI, "typed")
        (action, *_) = await actions(client, 0, 0, 0)
        client.open(other.as_uri(), "text")
        assert "edit" in await client.call("codeAction/resolve", action)
        client.change(other.as_uri(), 2, {"range": spread(0, 0, 0), "text": "more "})
        answer = await client.answer(client.ask("codeAction/resolve", action))
        assert answer["error"]["message"] == f"{other.as_posix()} has changes that are not saved; save it and ask again"


async def test_an_inferred_edit_is_refused_when_the_text_changes_meanwhile() -> None:
    async with wire() as client:
        await client.initialize()
        client.open(URI, "typed")
        (action, *_) = await actions(client, 0, 0, 0)
        request = client.ask("codeAction/resolve", action)
        client.change(URI, 2, {"range": spread(0, 0, 0), "text": " "})
        answer = await client.answer(request)
        assert "edit" in answer.get("result", {}) or answer["error"]["code"] == -32801
        (action, *_) = await actions(client, 0, 1, 1)
        resolved = await client.call("codeAction/resolve", action)
        assert resolved["edit"]["documentChanges"][0]["edits"] == [{"range": spread(0, 1, 6), "newText": "typed: int"}]


class Ignorant(FakeInference):
    """Inference that does not know."""

    async def fix(self, path: str, text: bytes, finding: Finding) -> Fix | None:
        del path, text, finding


async def test_whoever_chose_what_inference_does_not_know_is_told_that_nothing_was_changed() -> None:
    async with wire(replace(fake_services(), inference=Ignorant())) as client:
        await client.initialize()
        client.open(URI, "typed")
        (action, *_) = await actions(client, 0, 0, 0)
        assert "edit" not in await client.call("codeAction/resolve", action)
        told = [each["params"] for each in client.received if each.get("method") == "window/showMessage"]
        message = "Fastidious: nothing was changed, because too little is known of this code to be sure"
        assert told == [{"type": 3, "message": message}]


async def test_a_menu_that_was_asked_for_offers_to_fix_all_only_where_something_is_safe() -> None:
    async with wire() as client:
        await client.initialize()
        client.open(URI, "slow")
        fix_all = {"only": ["source.fixAll"]}
        assert await actions(client, 0, 0, 0, triggerKind=1, **fix_all) == []
        assert len(await actions(client, 0, 0, 0, triggerKind=2, **fix_all)) == 1
        client.change(URI, 2, {"text": "slow blocking"})
        assert len(await actions(client, 0, 0, 0, triggerKind=1, **fix_all)) == 1


async def test_a_rename_is_refused_while_another_file_with_that_name_is_not_saved() -> None:
    async with wire() as client:
        await client.initialize()
        client.open(URI, "typed")
        client.open("file:///nowhere/other.py", "x = typed")
        (action, *_) = await actions(client, 0, 0, 0)
        answer = await client.answer(client.ask("codeAction/resolve", action))
        assert answer["error"]["message"].startswith(
            "/nowhere/other.py has changes that are not saved, and uses `typed`"
        )
        client.change("file:///nowhere/other.py", 2, {"text": "x = 1"})
        assert "edit" in await client.call("codeAction/resolve", action)


async def test_edits_of_other_files_are_confirmed_and_carry_their_versions() -> None:
    async with wire() as client:
        await client.initialize()
        client.open(URI, "shared")
        client.open("file:///nowhere/other.py", "", version=9)
        (action, *_) = await actions(client, 0, 0, 0)
        edit = (await client.call("codeAction/resolve", action))["edit"]
        assert [change["textDocument"]["version"] for change in edit["documentChanges"]] == [1, 9]
        assert [annotation["needsConfirmation"] for annotation in edit["changeAnnotations"].values()] == [True]


async def test_a_client_without_code_action_literals_is_offered_none() -> None:
    async with wire() as client:
        await client.initialize({})
        client.open(URI, "blocking")
        assert await actions(client, 0, 0, 0) is None


async def test_hover_explains_every_finding_under_the_pointer_and_shows_its_fix() -> None:
    async with wire() as client:
        await client.initialize()
        client.open(URI, "x\n😀 blocking # why\n")
        params = {"textDocument": {"uri": URI}, "position": {"line": 1, "character": 10}}
        hover = await client.call("textDocument/hover", params)
        assert hover["range"] == spread(1, 3, 11)
        assert hover["contents"] == {
            "kind": "markdown",
            "value": "**blocking-call** `blocking` is 100% wrong\nAwait it\n-😀 blocking # why\n+😀 awaited # why",
        }
        params["position"] = {"line": 1, "character": 11}
        assert await client.call("textDocument/hover", params) is None


async def test_hover_says_why_there_is_no_fix_unless_one_may_be_inferred() -> None:
    async with wire(fake_services(engine=FakeEngine(is_sharing_fixable=False))) as client:
        await client.initialize()
        client.open(URI, "shared typed")
        params = {"textDocument": {"uri": URI}, "position": {"line": 0, "character": 0}}
        hover = await client.call("textDocument/hover", params)
        assert hover["contents"]["value"].endswith("\nsomebody else holds it")
        params["position"] = {"line": 0, "character": 8}
        hover = await client.call("textDocument/hover", params)
        assert hover["contents"]["value"].endswith("wrong\n")
