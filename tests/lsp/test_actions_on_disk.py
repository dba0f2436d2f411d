"""Code actions of the real server on real files: offered, resolved, applied, and what is found afterwards."""

from __future__ import annotations

import sys
from copy import deepcopy
from typing import TYPE_CHECKING, Any

import pytest

from tests.lsp.wire import ALL_CAPABILITIES, process_wire, spread
from tests.lsp.workspace_edits import applied

if TYPE_CHECKING:
    from pathlib import Path

    from tests.lsp.wire import ProcessWire

pytestmark = pytest.mark.asyncio

COMMAND = (sys.executable, "-Im", "fastidious_server", "server")
INVOKED, AUTOMATIC = 1, 2
APP = """\
import requests
from fastapi import FastAPI, HTTPException

app = FastAPI()


@app.get("/books/{isbn}")
def read_book(isbn: str) -> str:
    if not isbn:
        return HTTPException(404, "é 😀")
    if isbn == "x":
        return HTTPException(400, "no")
    return requests.get("https://books.example.com").text
"""
WRONG = "    return HTTPException(404)\n"
ROUTE = 'from fastapi import FastAPI, HTTPException\n\napp = FastAPI()\n\n\n@app.get("/")\ndef read() -> None:\n'


class Editor:
    """Editor of one file in a directory."""

    def __init__(self, client: ProcessWire, directory: Path, text: str = APP) -> None:
        self.client = client
        self.directory = directory
        self.path = directory / "app.py"
        self.uri = self.path.as_uri()
        self.text = text
        self.version = 1

    async def begin(self, capabilities: dict[str, Any] | None = None) -> None:
        self.path.write_bytes(self.text.encode())
        folders = [{"uri": self.directory.as_uri(), "name": "shop"}]
        options = {"ignore": ["missing-rate-limit", "missing-auth-dependency"]}
        await self.client.initialize(capabilities, workspaceFolders=folders, initializationOptions=options)
        self.client.open(self.uri, self.text)
        await self.client.call("fastidious/sync", {"index": True})

    async def rules(self) -> list[str]:
        return sorted(each["code"] for each in await self.client.diagnostics(self.uri))

    async def actions(self, line: int, trigger: int = INVOKED, only: list[str] | None = None) -> dict[str, Any]:
        context: dict[str, Any] = {"diagnostics": [], "triggerKind": trigger}
        if only is not None:
            context["only"] = only
        place = spread(line, 0, 200)
        params = {"textDocument": {"uri": self.uri}, "range": place, "context": context}
        return {each["title"]: each for each in await self.client.call("textDocument/codeAction", params)}

    async def edit(self, action: dict[str, Any]) -> dict[str, Any]:
        return (await self.client.call("codeAction/resolve", action))["edit"]

    def take(self, text: str) -> None:
        """Show a new text."""
        self.text, self.version = text, self.version + 1
        self.client.change(self.uri, self.version, {"text": text})


@pytest.mark.complaint(17, 21, 22)
async def test_fixing_all_is_one_versioned_edit_of_what_is_safe_and_then_there_is_nothing_to_do(tmp_path: Path) -> None:
    async with process_wire(*COMMAND) as client:
        editor = Editor(client, tmp_path)
        await editor.begin()
        assert await editor.rules() == ["http-exception-returned", "http-exception-returned", "request-without-timeout"]
        [fix_all] = (await editor.actions(0, AUTOMATIC, ["source.fixAll"])).values()
        assert fix_all["kind"] == "source.fixAll.fastidious"

        edit = await editor.edit(fix_all)
        [change] = edit["documentChanges"]
        assert change["textDocument"] == {"uri": editor.uri, "version": 1}
        [only] = change["edits"]
        assert (only["range"]["start"]["line"], only["range"]["end"]["line"]) == (9, 11)
        assert "changeAnnotations" not in edit
        editor.take(applied(edit, {editor.uri: editor.text})[editor.uri])
        assert editor.text == APP.replace("return HTTPException", "raise HTTPException")

        assert await editor.rules() == ["request-without-timeout"]
        assert await editor.actions(0, AUTOMATIC, ["source.fixAll"]) == {}
        answer = await client.answer(client.ask("codeAction/resolve", fix_all))
        assert answer["error"]["code"] == -32801  # what was computed for the text before is never applied to this one


@pytest.mark.complaint(22)
async def test_an_unsafe_fix_is_shown_before_it_is_made(tmp_path: Path) -> None:
    async with process_wire(*COMMAND) as client:
        editor = Editor(client, tmp_path)
        await editor.begin()
        unsafe = next(iter((await editor.actions(12)).values()))
        assert "isPreferred" not in unsafe
        edit = await editor.edit(unsafe)
        [annotation] = edit["changeAnnotations"].values()
        assert (annotation["label"], annotation["needsConfirmation"]) == (unsafe["title"], True)
        assert {each["annotationId"] for each in edit["documentChanges"][0]["edits"]} == set(edit["changeAnnotations"])


@pytest.mark.complaint(21)
async def test_kinds_are_those_that_were_announced(tmp_path: Path) -> None:
    async with process_wire(*COMMAND) as client:
        editor = Editor(client, tmp_path)
        editor.path.write_bytes(APP.encode())
        announced = (await client.initialize())["capabilities"]["codeActionProvider"]["codeActionKinds"]
        client.open(editor.uri, APP)
        offered = [each["kind"] for line in (9, 12) for each in (await editor.actions(line)).values()]
        assert set(offered) == set(announced) == {"quickfix", "source.fixAll.fastidious"}


async def test_a_file_that_does_not_parse_is_not_fixed_as_a_whole(tmp_path: Path) -> None:
    async with process_wire(*COMMAND) as client:
        editor = Editor(client, tmp_path, f"{APP}\n\ndef f(:\n")
        await editor.begin()
        reason = "The file does not parse; correct line 16 first"
        [fix_all] = (await editor.actions(0, INVOKED, ["source"])).values()
        assert fix_all["disabled"] == {"reason": reason}
        assert await editor.actions(0, AUTOMATIC, ["source"]) == {}


IGNORED = '[tool.fastidious]\r\nignore = ["{}"]\r\n'


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("[project]\r\nname = 'shop'  # é\r\n", "[project]\r\nname = 'shop'  # é\r\n\r\n" + IGNORED),
        ("[tool.fastidious]\nprofile = 'card'\n", "[tool.fastidious]\nignore = [\"{}\"]\nprofile = 'card'\n"),
    ],
)  # fmt: skip
async def test_a_rule_that_is_deactivated_and_saved_is_silent(tmp_path: Path, before: str, after: str) -> None:
    async with process_wire(*COMMAND) as client:
        editor = Editor(client, tmp_path)
        project = tmp_path / "pyproject.toml"
        project.write_bytes(before.encode())
        await editor.begin()
        rule = "http-exception-returned"
        action = (await editor.actions(9))[f"Deactivate {rule} in pyproject.toml"]
        changed = applied(await editor.edit(action), {project.as_uri(): before})
        assert changed == {project.as_uri(): after.replace("{}", rule)}

        project.write_bytes(changed[project.as_uri()].encode())
        client.notify("textDocument/didSave", {"textDocument": {"uri": project.as_uri()}})
        assert rule not in await editor.rules()


async def test_a_project_without_configuration_gets_a_file_of_its_own(tmp_path: Path) -> None:
    async with process_wire(*COMMAND) as client:
        editor = Editor(client, tmp_path)
        await editor.begin()
        title = "Deactivate http-exception-returned in a new fastidious.toml"
        edit = await editor.edit((await editor.actions(9))[title])
        home = tmp_path / "fastidious.toml"
        assert edit["documentChanges"][0]["kind"] == "create"
        assert applied(edit, {}) == {home.as_uri(): 'ignore = ["http-exception-returned"]\n'}


async def test_a_broken_configuration_and_a_client_that_creates_no_files_are_respected(tmp_path: Path) -> None:
    capabilities = deepcopy(ALL_CAPABILITIES)
    del capabilities["workspace"]["workspaceEdit"]["resourceOperations"]
    async with process_wire(*COMMAND) as client:
        editor = Editor(client, tmp_path)
        await editor.begin(capabilities)
        assert not any(title.startswith("Deactivate") for title in await editor.actions(9))
        (tmp_path / "pyproject.toml").write_text("[project\n")
        client.notify("textDocument/didSave", {"textDocument": {"uri": (tmp_path / "pyproject.toml").as_uri()}})
        action = (await editor.actions(9))["Deactivate http-exception-returned in pyproject.toml"]
        assert action["disabled"]["reason"].startswith("pyproject.toml stays as it is: it is not valid TOML: ")


@pytest.mark.complaint(11)
async def test_all_of_a_rule_in_the_workspace_keeps_encodings_and_line_ends_and_leaves_alone_what_is_not_ours(
    tmp_path: Path,
) -> None:
    files = {
        "plain.py": (ROUTE + WRONG, "utf-8"),
        "returned.py": ((ROUTE + WRONG).replace("\n", "\r\n"), "utf-8"),
        "latin.py": (f"# coding: latin-1\n# \u00e9\n{ROUTE}{WRONG}", "latin-1"),
        "marked.py": (f"\ufeff{ROUTE}{WRONG}", "utf-8"),
        "generated.py": (f"# Generated by a program; do not edit\n{ROUTE}{WRONG}", "utf-8"),
        "excluded.py": (ROUTE + WRONG, "utf-8"),
        "other.py": ("x = 1\n", "utf-8"),
    }
    for name, (text, encoding) in files.items():
        (tmp_path / name).write_bytes(text.encode(encoding))
    (tmp_path / "pyproject.toml").write_text('[tool.fastidious]\nexclude = ["excluded.py"]\n')
    async with process_wire(*COMMAND) as client:
        editor = Editor(client, tmp_path)
        await editor.begin()
        edit = await editor.edit((await editor.actions(9))["Fix all http-exception-returned in the workspace"])
        # An editor shows a byte order mark as no character.
        shown = {(tmp_path / name).as_uri(): text.removeprefix("\ufeff") for name, (text, _) in files.items()}
        changed = applied(edit, {**shown, editor.uri: APP})

    expected = {uri: text.replace("return HTTP", "raise HTTP") for uri, text in shown.items()}
    ours = [(tmp_path / name).as_uri() for name in ("plain.py", "returned.py", "latin.py", "marked.py")]
    assert changed == {
        **{uri: expected[uri] for uri in ours},
        editor.uri: APP.replace("return HTTP", "raise HTTP"),
    }
