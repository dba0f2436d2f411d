"""How long things take: kept for who asks, and told to a client that wants a trace."""

from __future__ import annotations

import time
from collections import defaultdict, deque
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple

from lsprotocol import types as lsp

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from fastidious_server.lsp.wire.client import Client

REVIEW = "review"
_KEPT = 200
_MILLISECONDS = 1000


class Timing(NamedTuple):
    """How long something took, and what it was about."""

    seconds: float
    subject: str


class Figures(NamedTuple):
    """Summary of the last timings of one sort."""

    name: str
    times: int
    median: float
    high: float
    """What 95 of 100 stayed below."""
    slowest: Timing


class Recorder:
    """Timings of the last requests and reviews; the clock is read here and never in the core."""

    def __init__(self, client: Client, clock: Callable[[], float] = time.perf_counter) -> None:
        self.trace = lsp.TraceValue.Off
        self._client = client
        self._clock = clock
        self._timings: defaultdict[str, deque[Timing]] = defaultdict(lambda: deque(maxlen=_KEPT))
        self._under_way: dict[str | int, tuple[str, float]] = {}

    def begin(self, request: str | int, method: str) -> None:
        """Take note that a request came in."""
        self._under_way[request] = method, self._clock()

    def end(self, request: str | int) -> None:
        """Take note that a request was answered."""
        found = self._under_way.pop(request, None)
        if found is not None:
            method, start = found
            self._note(method, f"request {request}", start)

    @contextmanager
    def measured(self, name: str, subject: str) -> Generator[None]:
        """Take note how long the body takes."""
        start = self._clock()
        try:
            yield
        finally:
            self._note(name, subject, start)

    def figures(self) -> list[Figures]:
        """Return the summaries of all sorts, reviews first."""
        names = sorted(self._timings, key=lambda name: (name != REVIEW, name))
        return [_figures(name, sorted(self._timings[name])) for name in names]

    def _note(self, name: str, subject: str, start: float) -> None:
        seconds = self._clock() - start
        self._timings[name].append(Timing(seconds, subject))
        if self.trace is not lsp.TraceValue.Off:
            verbose = subject if self.trace is lsp.TraceValue.Verbose else None
            message = f"{name} took {seconds * _MILLISECONDS:.1f} ms"
            self._client.notify(lsp.LOG_TRACE, lsp.LogTraceParams(message=message, verbose=verbose))


def _figures(name: str, timings: list[Timing]) -> Figures:
    last = len(timings) - 1
    return Figures(name, len(timings), timings[last // 2].seconds, timings[last * 95 // 100].seconds, timings[-1])
