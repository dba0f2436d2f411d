"""How long servers take to start, and to say something about a file that is opened."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from connection import ServerFailureError
from contestants import BARE_PYGLS, RUFF, lone_file
from results import Section, Series

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from contestants import Contestant
    from inputs import Inputs

REST: Final = 2.0
AT_ONCE: Final = "opened at once"
RESTED: Final = "opened after a rest of 2 s"
START_NOTE: Final = "From the start of the process until `initialize` is answered."
OPEN_NOTE: Final = (
    "From just before `didOpen` is written until the first diagnostics have been read, in a fresh process each time: "
    "opened right after `initialized`, as editors do, and opened by a user who took a moment to choose the file."
)
COUNT_NOTE: Final = "How many diagnostics that first answer holds."


def measure_start(servers: Sequence[Contestant], rounds: int, scratch: Path) -> Section:
    """Measure process start to `initialize` answered, the servers in turn."""
    workspace = scratch / "empty"
    workspace.mkdir(exist_ok=True)
    row = in_turn({server.name: lambda server=server: _start(server, workspace) for server in servers}, rounds)
    return Section("Start", START_NOTE, "milliseconds", {"initialize answered": row}, BARE_PYGLS, has_spread=True)


def measure_openings(
    servers: Sequence[Contestant], inputs: Inputs, sizes: Sequence[str], rounds: int, scratch: Path
) -> tuple[Section, Section]:
    """Measure `didOpen` to the first diagnostics, and count them, the servers in turn."""
    times: dict[str, Mapping[str, Series]] = {}
    counts: dict[str, Mapping[str, Series]] = {}
    for size in sizes:
        paths = {server: lone_file(server, inputs.file(size), scratch) for server in servers}
        for what, rest in ((AT_ONCE, 0.0), (RESTED, REST)):
            seen: dict[str, float] = {}
            steps = {server.name: _opening(server, paths[server], rest, seen) for server in servers}
            times[f"{size}, {what}"] = in_turn(steps, rounds)
        counts[size] = {name: Series((count,)) for name, count in seen.items()}
    return (
        Section("First diagnostics", OPEN_NOTE, "milliseconds", times, RUFF, has_spread=True),
        Section("Diagnostics per file", COUNT_NOTE, "count", counts),
    )


def in_turn(steps: Mapping[str, Callable[[], float]], rounds: int) -> dict[str, Series]:
    """Run all steps in each round; one that fails is not run again."""
    values: dict[str, list[float]] = {name: [] for name in steps}
    broken: dict[str, str] = {}
    for _ in range(rounds):
        for name, step in steps.items():
            if name in broken:
                continue
            try:
                values[name].append(step())
            except ServerFailureError as error:
                broken[name] = str(error)
    return {name: Series(() if name in broken else tuple(values[name]), broken.get(name, "")) for name in steps}


def _start(server: Contestant, workspace: Path) -> float:
    with server.start(workspace) as session:
        return session.initialize()


def _opening(server: Contestant, path: Path, rest: float, seen: dict[str, float]) -> Callable[[], float]:
    def step() -> float:
        with server.start(path.parent) as session:
            session.initialize()
            session.listen(rest)
            timing = session.open(path, path.read_text())
            seen[server.name] = timing.diagnostics
            return timing.milliseconds

    return step
