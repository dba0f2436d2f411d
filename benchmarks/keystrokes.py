"""How long each server takes from a keystroke to the diagnostics of the new text, one keystroke each in turn."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from connection import ServerFailureError
from contestants import RUFF, lone_file
from edits import SCENARIOS
from results import Section, Series

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from contestants import Contestant
    from edits import Insertion, Keystrokes
    from inputs import Inputs
    from session import Session

SETTLING: Final = 1.5
PAUSE: Final = 0.02
WARM_UP: Final = 3
NOTE: Final = (
    "Each server has one file open in a workspace that holds nothing else. "
    "All get the same insertions over stdio, one keystroke each in turn; the clock runs from just before the change is "
    "written until the last byte of the diagnostics of that version has been read. "
    "fastapi-lsp waits 300 ms on purpose before it looks at a change, and takes part in every fourth round only."
)


class Lane:
    """One server with one document, in a race."""

    def __init__(self, contestant: Contestant, path: Path, workspace: Path) -> None:
        """Start the server; a failure here or later ends the lane, not the race."""
        self.name = contestant.name
        self._strides = contestant.strides
        self._path = path
        self._text = path.read_text()
        self._session: Session | None = None
        self._insertions: Iterator[Insertion] = iter(())
        self._failure = ""
        self._timings: list[float] = []
        self._attempt(lambda: self._start(contestant, workspace))

    @property
    def series(self) -> Series:
        """What was measured since the last `begin`."""
        return Series(tuple(self._timings), self._failure)

    def wait_until_idle(self, patience: float, grace: float) -> None:
        """Wait for the work that the server announced."""
        self._attempt(lambda: self._wait(patience, grace))

    def choose(self, path: Path) -> None:
        """Take another file of the same workspace."""
        self._path = path
        self._text = path.read_text()

    def begin(self, keystrokes: Keystrokes) -> None:
        """Open the document afresh and type the first keystrokes, which do not count."""
        self._insertions = keystrokes(self._text)
        self._attempt(self._open)
        for _ in range(WARM_UP):
            self._attempt(self._press)
        self._timings.clear()

    def press(self, turn: int) -> None:
        """Type the next keystroke if it is this server's turn."""
        if turn % self._strides == 0:
            self._attempt(self._press)

    def end(self) -> None:
        """Close the document."""
        self._attempt(lambda: self._running.close(self._path))

    def stop(self) -> None:
        """Stop the server."""
        if self._session:
            self._session.stop()

    @property
    def _running(self) -> Session:
        if self._session is None:
            message = "it was not started"
            raise ServerFailureError(message)
        return self._session

    def _start(self, contestant: Contestant, workspace: Path) -> None:
        self._session = contestant.start(workspace)
        self._session.initialize()

    def _wait(self, patience: float, grace: float) -> None:
        self._running.wait_until_idle(patience, grace)

    def _open(self) -> None:
        self._running.open(self._path, self._text)
        self._running.listen(SETTLING)

    def _press(self) -> None:
        timing = self._running.insert(self._path, next(self._insertions))
        self._timings.append(timing.milliseconds)
        self._running.listen(PAUSE)

    def _attempt(self, step: Callable[[], None]) -> None:
        if self._failure:
            return
        try:
            step()
        except ServerFailureError as error:
            self._failure = str(error)


def measure_keystrokes(
    servers: Sequence[Contestant], inputs: Inputs, sizes: Sequence[str], rounds: int, scratch: Path
) -> Section:
    """Measure every scenario on every file."""
    rows: dict[str, Mapping[str, Series]] = {}
    for size in sizes:
        paths = [lone_file(server, inputs.file(size), scratch) for server in servers]
        lanes = [Lane(server, path, path.parent) for server, path in zip(servers, paths, strict=True)]
        try:
            for scenario in SCENARIOS:
                rows[f"{size}, {scenario}"] = race(lanes, scenario, rounds)
        finally:
            for lane in lanes:
                lane.stop()
    return Section("Keystroke to diagnostics", NOTE, "milliseconds", rows, RUFF, has_spread=True)


def race(lanes: Sequence[Lane], scenario: str, rounds: int) -> dict[str, Series]:
    """Let all lanes type the same scenario, one keystroke each in turn, each turn begun by another one."""
    for lane in lanes:
        lane.begin(SCENARIOS[scenario])
    for turn in range(rounds):
        first = turn % len(lanes)
        for lane in (*lanes[first:], *lanes[:first]):
            lane.press(turn)
    for lane in lanes:
        lane.end()
    return {lane.name: lane.series for lane in lanes}
