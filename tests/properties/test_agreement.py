"""The command line and the language server say the same of the same files."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from tests.properties.backend import BOOKSHOP
from tests.properties.sides import command_line, language_server, run_command, whole_workspace

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.asyncio

WIDE = '''\
"""Texts that take more bytes than they have characters."""

import time

from fastapi import FastAPI, HTTPException

app = FastAPI()


@app.get("/é中😀e\u0301/{name}")
async def größe(name: str) -> str:
    é中 = "😀 e\u0301"; time.sleep(1)  # é
    if é中 == "e\u0301😀": return HTTPException(404, "中😀")
    return "é中😀e\u0301" + str(time.sleep(2)) + name


@app.get("/é中😀e\u0301/x")
async def 中() -> str:
    return "é中😀"
'''


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample backend, with a file of characters of all widths."""
    directory = tmp_path_factory.mktemp("agreement") / "book shop"
    for part in ("app", "tests"):
        shutil.copytree(BOOKSHOP / part, directory / part, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(BOOKSHOP / "pyproject.toml", directory)
    (directory / "app/api/routes/wide.py").write_text(WIDE, encoding="utf-8", newline="")
    returned = WIDE.replace("\n", "\r\n").encode()
    (directory / "app/api/routes/returned.py").write_bytes(returned)
    return directory


def python_files(directory: Path) -> list[str]:
    return sorted(path.relative_to(directory).as_posix() for path in directory.rglob("*.py"))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-32"])
@pytest.mark.complaint(14)
async def test_server_and_command_line_agree_on_every_file(shop: Path, encoding: str) -> None:
    written = await command_line(shop)
    shown = await language_server(shop, python_files(shop), encoding)

    assert shown == written
    assert {each.rule for each in written["app/api/routes/wide.py"]} >= {
        "blocking-call-in-async",
        "http-exception-returned",
        "shadowed-route",
    }


async def test_one_open_file_is_enough(shop: Path) -> None:
    written = await command_line(shop)

    for path in ("app/services/catalogue.py", "app/api/routes/customers.py", "app/repositories/customers.py"):
        assert await language_server(shop, [path]) == {path: written[path]}


async def test_both_are_silent_about_the_same_baseline(shop: Path, tmp_path: Path) -> None:
    directory = tmp_path / "shop"
    shutil.copytree(shop, directory)
    await run_command(directory, "baseline")
    text = (directory / "app/api/routes/wide.py").read_text("utf-8")
    (directory / "app/api/routes/wide.py").write_text(text.replace("sleep(1)", "sleep(3)"), "utf-8")

    written = await command_line(directory, "--jobs", "2")

    assert await language_server(directory, python_files(directory), options=None) == written
    assert {path: {each.rule for each in found} for path, found in written.items()} == {
        "app/api/routes/wide.py": {"blocking-call-in-async"}
    }


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
async def test_files_that_nobody_opens_are_reviewed_alike(shop: Path, encoding: str) -> None:
    assert await whole_workspace(shop, python_files(shop), encoding) == await command_line(shop)


async def test_files_that_nobody_opens_follow_what_is_typed_in_others(shop: Path, tmp_path: Path) -> None:
    edited, directory = "app/services/catalogue.py", tmp_path / "shop"
    shutil.copytree(shop, directory)
    text = "# more\n\n\n" + (directory / edited).read_text(encoding="utf-8").replace("async def", "def")
    closed = [path for path in python_files(directory) if path != edited]
    shown = await whole_workspace(directory, closed, "utf-16", {edited: text})

    before = await command_line(directory)
    (directory / edited).write_text(text, encoding="utf-8")
    written = await command_line(directory)
    assert shown == written
    assert {path for path in written if written[path] != before.get(path)} > {edited}
