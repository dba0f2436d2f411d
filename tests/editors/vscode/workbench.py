"""The workbench of a VS Code in a browser, as somebody uses it."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import urlencode

from playwright.sync_api import TimeoutError as NotYet

from tests.editors.vscode.workshop import SCREENSHOTS

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from playwright.sync_api import Locator, Page

    from tests.editors.vscode.code_server import CodeServer

T = TypeVar("T")

_ATTEMPTS = 12
_PATIENCE = 5_000
_LONG_PATIENCE = 120_000


class Workbench:
    """A window of VS Code."""

    def __init__(self, page: Page, server: CodeServer) -> None:
        self.page = page
        self._server = server
        self.editor = page.locator(".editor-instance .monaco-editor").first

    def open(self, folder: Path, *files: Path) -> None:
        """Open a folder, and files in it."""
        payload = [["openFile", f"vscode-remote://{self._server.host}{file}"] for file in files]
        query = urlencode({"folder": str(folder), "payload": json.dumps(payload)})
        self.page.goto(f"{self._server.url}/?{query}", wait_until="domcontentloaded")
        self.page.locator(".monaco-workbench").wait_for(timeout=_LONG_PATIENCE)
        if files:
            self.editor.locator(".view-line").first.wait_for(timeout=_LONG_PATIENCE)

    def squiggles(self, severity: str, patience: float = _LONG_PATIENCE) -> Locator:
        """Return the underlined places of a severity, which are there within `patience` milliseconds."""
        found = self.editor.locator(f".squiggly-{severity}")
        found.first.wait_for(timeout=patience)
        return found

    def hover(self, place: Locator, text: str) -> str:
        """Rest on a place until the hover says `text`, and return all that it says."""
        shown = self.page.locator(".monaco-hover-content").filter(has_text=text).first

        def attempt() -> str:
            # What is computed before the server is ready is not computed again while the mouse rests.
            self.page.keyboard.press("Escape")
            self.page.mouse.move(5, 5)
            self._move_to(place)
            shown.wait_for(timeout=_PATIENCE)
            return shown.inner_text()

        return self._persistently(attempt)

    def quick_fixes(self, place: Locator) -> list[str]:
        """Open the menu of quick fixes at a place and return its entries."""
        rows = self.page.locator(".action-widget .monaco-list-row.action")

        def attempt() -> list[str]:
            self.page.keyboard.press("Escape")
            self._move_to(place)
            self.page.mouse.down()
            self.page.mouse.up()
            self.page.keyboard.press("Control+.")
            rows.first.wait_for(timeout=_PATIENCE)
            return [text.strip() for text in rows.all_inner_texts()]

        return self._persistently(attempt)

    def open_lens(self, title: str) -> list[str]:
        """Click the first lens with that title, and return what the list of places that it opens says."""
        lens = self.editor.locator(".codelens-decoration a").filter(has_text=title).first
        rows = self.page.locator(".reference-zone-widget .ref-tree .referenceMatch")

        def attempt() -> list[str]:
            if not rows.first.is_visible():
                lens.click(timeout=_LONG_PATIENCE)
            rows.first.wait_for(timeout=_PATIENCE)
            return rows.all_inner_texts()

        return self._persistently(attempt)

    def close_list(self) -> None:
        """Close the list of places."""
        self.page.keyboard.press("Escape")
        self.page.locator(".reference-zone-widget").wait_for(state="detached")

    def word(self, name: str) -> Locator:
        """Return the first place of a name in the code."""
        return self.editor.locator(".view-line").get_by_text(name, exact=True).first

    def problem(self, text: str) -> Locator:
        """Return the entry that says `text` in the list of all problems, which is opened for it."""
        panel = self.page.locator(".markers-panel-container")

        def attempt() -> None:
            if not panel.is_visible():
                self.page.keyboard.press("Control+Shift+M")
            panel.wait_for(timeout=_PATIENCE)

        self._persistently(attempt)
        return panel.locator(".monaco-list-row").filter(has_text=text).first

    def choose(self, title: str) -> None:
        """Choose an entry of the open menu of quick fixes."""
        focused = self.page.locator(".action-widget .monaco-list-row.focused").first
        for _ in range(self.page.locator(".action-widget .monaco-list-row.action").count()):
            if focused.inner_text().strip() == title:
                self.page.keyboard.press("Enter")
                return
            self.page.keyboard.press("ArrowDown")
        message = f"no quick fix is called {title!r}"
        raise AssertionError(message)

    def run(self, command: str) -> None:
        """Run a command of the palette by its title."""
        entry = self.page.locator(".quick-input-list .monaco-list-row").filter(has_text=command).first

        def attempt() -> None:
            self.page.keyboard.press("Escape")
            self.page.keyboard.press("F1")
            self.page.keyboard.type(command)
            entry.wait_for(timeout=_PATIENCE)
            self.page.keyboard.press("Enter")

        self._persistently(attempt)

    def language_status(self, text: str) -> str:
        """Open what the status item of the language has to say until it says `text`, and return all of it."""
        item = self.page.locator("#status\\.languageStatus").first
        details = self.page.locator(".hover-language-status").filter(has_text=text).first

        def attempt() -> str:
            self.page.keyboard.press("Escape")
            self.page.mouse.move(5, 5)
            item.click(timeout=_PATIENCE)
            details.wait_for(timeout=_PATIENCE)
            return details.inner_text()

        return self._persistently(attempt)

    def until(self, holds: Callable[[], object], what: str) -> None:
        """Wait until something holds that the page cannot tell, such as what a file on the disk contains."""
        deadline = time.monotonic() + _LONG_PATIENCE / 1000
        while not holds():
            assert time.monotonic() < deadline, f"not in time: {what}"
            self.page.wait_for_timeout(50)

    def save_picture(self, name: str) -> None:
        """Keep a picture of the window."""
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=SCREENSHOTS / f"{name}.png")

    def save_code(self, name: str) -> None:
        """Keep a picture of the editor, with what hangs out of it at the bottom: such pictures are in our README."""
        box = self.page.locator(".part.editor").bounding_box()
        size = self.page.viewport_size
        assert box is not None
        assert size is not None
        clip = {"x": box["x"], "y": box["y"], "width": size["width"] - box["x"], "height": size["height"] - box["y"]}
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=SCREENSHOTS / f"{name}.png", clip=clip)

    def _move_to(self, place: Locator) -> None:
        box = place.bounding_box(timeout=_PATIENCE)
        if box is None:
            message = "it was drawn anew just now"
            raise NotYet(message)
        self.page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2, steps=4)

    def _persistently(self, attempt: Callable[[], T]) -> T:
        for _ in range(_ATTEMPTS - 1):
            try:
                return attempt()
            except NotYet:
                continue
        return attempt()
