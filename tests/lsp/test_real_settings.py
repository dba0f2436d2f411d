"""Settings and files on a disk, through the whole server, with nobody who watches files for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from fastidious_server import bootstrap
from tests.lsp.fakes import FakeClock
from tests.lsp.wire import Wire, wire

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.asyncio

APP = "import time\n\n\nasync def wait() -> None:\n    time.sleep(1)\n"
CALLER = "from app.helper import pause\n\n\nasync def wait() -> None:\n    pause()\n"
"""Reported as long as what it calls blocks."""
BLOCKING = "blocking-call-in-async"
"""Rule that reports `APP`."""


def rules(diagnostics: list[dict[str, Any]]) -> list[str]:
    return [diagnostic["code"] for diagnostic in diagnostics]


def configure(directory: Path, text: str, name: str = "pyproject.toml") -> Path:
    """Write a configuration file, in the way of editors: beside it, then over it."""
    directory.mkdir(parents=True, exist_ok=True)
    new = directory / f"{name}.new"
    new.write_text(text)
    return new.replace(directory / name)


async def found(client: Wire, uri: str) -> list[str]:
    return rules(await client.diagnostics(uri))


@pytest.fixture
def editor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FakeClock:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return FakeClock()


@pytest.mark.complaint(12)
async def test_a_configuration_that_appears_changes_and_goes_is_followed(tmp_path: Path, editor: FakeClock) -> None:
    uri = (tmp_path / "backend" / "app.py").as_uri()
    async with wire(bootstrap.editor_services(), editor.call_later) as client:
        await client.initialize(rootUri=(tmp_path / "backend").as_uri())
        client.open(uri, APP)
        assert await found(client, uri) == [BLOCKING]
        written = configure(tmp_path / "backend", f'[tool.fastidious]\nignore = ["{BLOCKING}"]\n')
        editor.go_on()
        assert await found(client, uri) == []
        configure(tmp_path / "backend", "[tool.fastidious]\n")
        editor.go_on()
        assert await found(client, uri) == [BLOCKING]
        configure(tmp_path / "backend", f"ignore = ['{BLOCKING}']\n", "fastidious.toml")
        client.notify("textDocument/didSave", {"textDocument": {"uri": uri}})
        assert await found(client, uri) == []
        (tmp_path / "backend" / "fastidious.toml").unlink()
        client.notify("textDocument/didSave", {"textDocument": {"uri": written.as_uri()}})
        assert await found(client, uri) == [BLOCKING]


@pytest.mark.complaint(13)
async def test_a_broken_configuration_is_marked_and_the_last_good_one_stays(tmp_path: Path, editor: FakeClock) -> None:
    uri = (tmp_path / "app.py").as_uri()
    file = configure(tmp_path, f'[tool.fastidious]\nignore = ["{BLOCKING}"]\n')
    async with wire(bootstrap.editor_services(), editor.call_later) as client:
        await client.initialize(rootUri=tmp_path.as_uri())
        client.open(uri, APP)
        assert await found(client, uri) == []
        configure(tmp_path, f'[tool.fastidious]\nignore = ["{BLOCKING}"\n\n')
        editor.go_on()
        assert await found(client, uri) == []
        (broken,) = await client.diagnostics(file.as_uri())
        assert "not valid TOML" in broken["message"]
        configure(tmp_path, '[tool.fastidious]\nignore = ["blocking-cal-in-async"]\n')
        editor.go_on()
        assert await found(client, uri) == []
        (unknown,) = await client.diagnostics(file.as_uri())
        assert (unknown["range"]["start"]["line"], unknown["code"]) == (1, "configuration")
        assert f"did you mean `{BLOCKING}`" in unknown["message"]
        configure(tmp_path, "[tool.fastidious]\n")
        editor.go_on()
        assert await found(client, uri) == [BLOCKING]
        assert await client.diagnostics(file.as_uri()) == []
        assert [each for each in client.received if each.get("method") == "window/showMessage"] == []


@pytest.mark.complaint(14)
async def test_every_file_has_the_settings_of_its_own_project(tmp_path: Path, editor: FakeClock) -> None:
    configure(tmp_path, f'[tool.fastidious]\nignore = ["{BLOCKING}"]\n')
    configure(tmp_path / "nested", "[tool.fastidious]\n")
    configure(tmp_path / "elsewhere", '[tool.fastidious]\nseverity = { blocking-call-in-async = "hint" }\n')
    async with wire(bootstrap.editor_services(), editor.call_later) as client:
        await client.initialize(rootUri=(tmp_path / "nested").as_uri())
        for folder, expected in ((".", []), ("nested", [2]), ("elsewhere", [4]), ("plain", [])):
            uri = (tmp_path / folder / "app.py").as_uri()
            client.open(uri, APP)
            assert [each["severity"] for each in await client.diagnostics(uri)] == expected


@pytest.mark.complaint(15)
@pytest.mark.complaint(16)
async def test_options_of_the_editor_hold_at_once_and_what_is_wrong_is_told_once(
    tmp_path: Path, editor: FakeClock
) -> None:
    uri = (tmp_path / "app.py").as_uri()
    options = {"selct": [], "codeLens": 3, "ignore": [BLOCKING], "diagnosticMode": None}
    async with wire(bootstrap.editor_services(), editor.call_later) as client:
        await client.initialize(rootUri=tmp_path.as_uri(), initializationOptions=options)
        client.open(uri, APP)
        assert await found(client, uri) == []
        (warning,) = [each["params"] for each in client.received if each.get("method") == "window/showMessage"]
        assert "selct: unknown key `selct`; did you mean `select`?" in warning["message"]
        assert "codeLens: must be `true` or `false`, not 3" in warning["message"]
        client.notify("workspace/didChangeConfiguration", {"settings": {"fastidious": {"select": [BLOCKING]}}})
        assert await found(client, uri) == [BLOCKING]
        client.notify("workspace/didChangeConfiguration", {"settings": {"fastidious": {"select": ["sql-injection"]}}})
        assert await found(client, uri) == []
        client.notify("workspace/didChangeConfiguration", {"settings": None})
        assert await found(client, uri) == []


@pytest.mark.complaint(12)
async def test_modules_that_a_switch_of_branches_changed_count_at_once(tmp_path: Path, editor: FakeClock) -> None:
    project, git = tmp_path / "project", tmp_path / "project" / ".git"
    (project / "app").mkdir(parents=True)
    git.mkdir()
    (git / "HEAD").write_text("ref: refs/heads/main\n")
    helper, uri = project / "app" / "helper.py", (project / "app" / "main.py").as_uri()
    (project / "app" / "__init__.py").write_text("")
    helper.write_text("import time\n\n\ndef pause() -> None:\n    time.sleep(1)\n")
    async with wire(bootstrap.editor_services(), editor.call_later) as client:
        await client.initialize(rootUri=project.as_uri())
        client.open(uri, CALLER)
        await client.call("fastidious/sync", {"index": True})
        assert await found(client, uri) == ["blocking-call-through-helper"]
        helper.write_text("def pause() -> None:\n    pass\n")
        (git / "HEAD").write_text("ref: refs/heads/without\n")
        editor.go_on()
        while rules(client.published(uri)[-1]["diagnostics"]):
            await client.read()


async def test_commands_answer_about_the_real_rules(tmp_path: Path, editor: FakeClock) -> None:
    file = configure(tmp_path, "[project]\ndependencies = ['fastapi>=0.110']\nrequires-python = '>=3.12'\n")
    async with wire(bootstrap.editor_services(), editor.call_later) as client:
        await client.initialize(rootUri=tmp_path.as_uri())
        await client.call("fastidious/sync", {"index": True})
        explain = {"command": "fastidious.explainRule"}
        listed = await client.call("workspace/executeCommand", explain)
        assert {"name": "sql-injection", "family": "security"}.items() <= {rule["name"]: rule for rule in listed}[
            "sql-injection"
        ].items()
        page = await client.call("workspace/executeCommand", {**explain, "arguments": ["sql-injection"]})
        assert page.startswith("# ")
        assert "## Why" in page
        text = await client.call("workspace/executeCommand", {"command": "fastidious.debugInformation"})
        assert f"- {tmp_path}: Python 3.12, fastapi 0.110, pydantic unknown" in text
        assert f"- file: {file}\n" in text
        assert f"- cache: {tmp_path}/cache/fastidious/" in text
