"""The same servers in the workspace of a whole product: time until they know it, memory, keystrokes."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final, NamedTuple

from connection import ServerFailureError
from contestants import RUFF
from keystrokes import Lane, race
from memory import PeakMemory, tree_memory
from results import Section, Series

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from contestants import Contestant
    from inputs import Inputs
    from results import Rows

PATIENCE: Final = 300.0
GRACE: Final = 3.0
REST: Final = 2.0
SCENARIO: Final = "typing in a function"
WORK_NOTE: Final = (
    "litellm, a million lines, is the workspace. "
    "Seconds from `initialized` until the work that the server announced has ended; "
    "ruff announces none, as it looks at open files only. The second start finds the caches of the first. "
    "fastapi-lsp is left out: it takes too long to get ready."
)
MEMORY_NOTE: Final = "Resident memory of the server and of its worker processes, shared pages counted once per process."
KEYSTROKE_NOTE: Final = "As above, with litellm as the workspace and its index ready."


class Indexing(NamedTuple):
    """What one start in the workspace cost, in seconds and megabytes."""

    seconds: float
    peak: float
    settled: float


STARTS: Final[Mapping[str, Callable[[tuple[Indexing, ...]], float]]] = {
    "first start": lambda starts: starts[0].seconds,
    "second start": lambda starts: starts[1].seconds,
}
MEMORY: Final[Mapping[str, Callable[[tuple[Indexing, ...]], float]]] = {
    "with the index, built": lambda starts: starts[0].settled,
    "with the index, from the cache": lambda starts: starts[1].settled,
    "peak of the first start": lambda starts: max(starts[0].peak, starts[0].settled),
}


def measure_indexed(
    servers: Sequence[Contestant], inputs: Inputs, sizes: Sequence[str], rounds: int
) -> tuple[Section, Section, Section]:
    """Measure a first and a second start of each server, its memory, and keystrokes."""
    indexings = {server.name: _index_twice(server, inputs.litellm) for server in servers}
    keystrokes = _keystrokes(servers, inputs, sizes, rounds)
    return (
        Section("A million lines: ready", WORK_NOTE, "seconds", _rows(indexings, STARTS)),
        Section("A million lines: memory", MEMORY_NOTE, "MB", _rows(indexings, MEMORY)),
        Section("A million lines: keystroke", KEYSTROKE_NOTE, "milliseconds", keystrokes, RUFF, has_spread=True),
    )


def _rows(
    indexings: Mapping[str, tuple[Indexing, ...] | str], columns: Mapping[str, Callable[[tuple[Indexing, ...]], float]]
) -> Rows:
    return {
        what: {name: _series(indexing, read) for name, indexing in indexings.items()} for what, read in columns.items()
    }


def _series(starts: tuple[Indexing, ...] | str, read: Callable[[tuple[Indexing, ...]], float]) -> Series:
    if isinstance(starts, str):
        return Series(failure=starts)
    value = read(starts)
    return Series((value,) if value else ())


def _index_twice(server: Contestant, root: Path) -> tuple[Indexing, ...] | str:
    server.prepare(root)
    try:
        return _index(server, root), _index(server, root)
    except ServerFailureError as error:
        return str(error)


def _index(server: Contestant, root: Path) -> Indexing:
    with server.start(root) as session:
        session.initialize()
        begun = time.perf_counter()
        with PeakMemory(session.pid) as peak:
            announced = session.wait_until_idle(PATIENCE, GRACE)
            seconds = time.perf_counter() - begun
            session.listen(REST)
        return Indexing(seconds if announced else 0.0, peak.megabytes, tree_memory(session.pid))


def _keystrokes(
    servers: Sequence[Contestant], inputs: Inputs, sizes: Sequence[str], rounds: int
) -> dict[str, Mapping[str, Series]]:
    lanes = [Lane(server, inputs.file(sizes[0]), inputs.litellm) for server in servers]
    try:
        for lane in lanes:
            lane.wait_until_idle(PATIENCE, GRACE)
        return {f"{size}, {SCENARIO}": _race(lanes, inputs.file(size), rounds) for size in sizes}
    finally:
        for lane in lanes:
            lane.stop()


def _race(lanes: Sequence[Lane], path: Path, rounds: int) -> Mapping[str, Series]:
    for lane in lanes:
        lane.choose(path)
    return race(lanes, SCENARIO, rounds)
