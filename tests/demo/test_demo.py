"""`make demo` shows a whole session, and says so when it cannot."""

from __future__ import annotations

import importlib.util
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

EXAMPLES = Path(__file__).parents[2] / "examples"


@pytest.fixture(scope="module")
def output() -> str:
    """Return what the demo prints."""
    command = [sys.executable, "-I", str(EXAMPLES / "demo.py")]
    result = subprocess.run(command, capture_output=True, text=True, check=False, encoding="utf-8")
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout


def test_demo_shows_code_reason_and_fix_of_a_finding(output: str) -> None:
    shown = output.partition("app/clients/payments.py:")[2].partition("─" * 100)[0]

    assert "blocking-call-in-async" in shown
    assert "time.sleep(BACKOFF_SECONDS * attempt)\n      |     ^^^^" in shown
    assert "   why  " in shown
    assert re.search(r"\n    \+ +await asyncio\.sleep\(BACKOFF_SECONDS \* attempt\)\n", shown)


def test_demo_shows_the_card_of_a_route(output: str) -> None:
    shown = output.partition("Hovering over ")[2].partition("Typing into ")[0]

    assert "POST /orders/" in shown
    assert "responds with: 201, OrderRead" in shown
    assert "409 OutOfStockError" in " ".join(shown.split())
    assert "file:" not in shown


def test_demo_shows_a_finding_appear_and_vanish_while_typing(output: str) -> None:
    typed = output.partition("Typing into ")[2].splitlines()
    complete = next(number for number, line in enumerate(typed) if line.split(" ms  ")[-1].startswith("time.sleep(1)"))

    assert "blocking-call-in-async" in typed[complete]
    assert "blocking-call-in-async" not in typed[complete - 1] + typed[complete + 1]


def test_demo_stays_within_a_hundred_columns_without_colours(output: str) -> None:
    findings = output.partition("In your editor:")[0]

    assert max(map(len, findings.splitlines())) <= 100
    assert "\x1b" not in output


def test_server_that_ends_at_once_is_reported_with_its_last_words() -> None:
    connection = load("connection")
    command = [sys.executable, "-c", "raise SystemExit('no room for a server')"]
    server = connection.Connection(command, print)

    with pytest.raises(connection.ServerError, match=r"(?s)exit code 1.*no room for a server"):
        server.request("initialize", {})
    server.kill()


def load(name: str) -> Any:
    """Return a module of the demo, which is a program and not a package."""
    spec = importlib.util.spec_from_file_location(name, EXAMPLES / "walkthrough" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
