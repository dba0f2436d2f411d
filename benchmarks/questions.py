"""How long servers take to answer what an editor asks beside diagnostics, each time right after a keystroke."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import msgspec
from connection import ServerFailureError
from contestants import RUFF, lone_file
from edits import type_words
from results import Section, Series

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from contestants import Contestant
    from inputs import Inputs
    from session import Session

SETTLING: Final = 1.5
WARM_UP: Final = 2
RESOLVE: Final = "codeAction/resolve"
NOTE: Final = (
    "After each keystroke, and once its diagnostics have arrived, each server is asked about the finding in the middle of "
    "its own list, from just before the question is written until the answer has been read. "
    "Resolving takes the first action that was offered without its edit. "
    "A dash stands for what a server does not offer; ruff answers a hover with nothing unless the pointer is on a "
    "suppression comment, and gives quick fixes with the diagnostics, before anybody asks."
)


class Spot(NamedTuple):
    """Document, and a diagnostic in it."""

    uri: str
    diagnostic: Mapping[str, Any]


class Question(NamedTuple):
    """Request of an editor, and the capability by which a server offers to answer it."""

    method: str
    provider: str
    params: Callable[[Spot], Mapping[str, object]]


QUESTIONS: Final[Mapping[str, Question]] = {
    "hover": Question(
        "textDocument/hover",
        "hoverProvider",
        lambda spot: {"textDocument": {"uri": spot.uri}, "position": spot.diagnostic["range"]["start"]},
    ),
    "code actions": Question(
        "textDocument/codeAction",
        "codeActionProvider",
        lambda spot: {
            "textDocument": {"uri": spot.uri},
            "range": spot.diagnostic["range"],
            "context": {"diagnostics": [spot.diagnostic], "triggerKind": 2},
        },
    ),
    "symbols of the document": Question(
        "textDocument/documentSymbol", "documentSymbolProvider", lambda spot: {"textDocument": {"uri": spot.uri}}
    ),
    "symbols of the workspace": Question("workspace/symbol", "workspaceSymbolProvider", lambda _: {"query": "key"}),
    "lenses": Question("textDocument/codeLens", "codeLensProvider", lambda spot: {"textDocument": {"uri": spot.uri}}),
}


class Interview:
    """One server with one document, which is asked all questions in each round."""

    def __init__(self, contestant: Contestant, path: Path) -> None:
        """Start the server; a failure here or later ends the interview of this one only."""
        self.name = contestant.name
        self.strides = contestant.strides
        self.timings: dict[str, list[float]] = defaultdict(list)
        self.failure = ""
        self._path = path
        self._session: Session | None = None
        self._insertions = type_words(path.read_text())
        self._attempt(lambda: self._start(contestant))

    def ask_all(self) -> None:
        """Type one character, then ask."""
        self._attempt(self._round)

    def stop(self) -> None:
        """Stop the server."""
        if self._session:
            self._session.stop()

    def _start(self, contestant: Contestant) -> None:
        self._session = contestant.start(self._path.parent)
        self._session.initialize()
        self._session.open(self._path, self._path.read_text())
        self._session.listen(SETTLING)
        for _ in range(WARM_UP):
            self._round()
        self.timings.clear()

    def _round(self) -> None:
        session = self._session
        if session is None:
            return
        session.insert(self._path, next(self._insertions))
        diagnostics = session.diagnostics
        if not diagnostics:
            return
        spot = Spot(self._path.as_uri(), msgspec.json.decode(diagnostics[len(diagnostics) // 2]))
        for name, question in QUESTIONS.items():
            if session.capabilities.get(question.provider):
                answer = session.ask(question.method, question.params(spot))
                self.timings[name].append(answer.milliseconds)
                if name == "code actions":
                    self._resolve(session, answer.result)

    def _resolve(self, session: Session, actions: Sequence[Mapping[str, Any]] | None) -> None:
        lazy = next((action for action in actions or () if "data" in action and "edit" not in action), None)
        if lazy is not None:
            self.timings["resolving an action"].append(session.ask(RESOLVE, lazy).milliseconds)

    def _attempt(self, step: Callable[[], None]) -> None:
        if self.failure:
            return
        try:
            step()
        except ServerFailureError as error:
            self.failure = str(error)


def measure_questions(
    servers: Sequence[Contestant], inputs: Inputs, sizes: Sequence[str], rounds: int, scratch: Path
) -> Section:
    """Ask every server everything on every file, the servers in turn."""
    rows: dict[str, Mapping[str, Series]] = {}
    for size in sizes:
        interviews = [Interview(server, lone_file(server, inputs.file(size), scratch)) for server in servers]
        try:
            for turn in range(rounds):
                for interview in interviews:
                    if turn % interview.strides == 0:
                        interview.ask_all()
        finally:
            for interview in interviews:
                interview.stop()
        rows |= _rows(size, interviews)
    return Section("Questions of an editor", NOTE, "milliseconds", rows, RUFF, has_spread=True)


def _rows(size: str, interviews: Sequence[Interview]) -> dict[str, dict[str, Series]]:
    asked = [*QUESTIONS, "resolving an action"]
    return {
        f"{size}, {name}": {each.name: Series(tuple(each.timings[name]), each.failure) for each in interviews}
        for name in asked
        if any(each.timings[name] for each in interviews)
    }
