"""Index of the files that nobody has open, made by other processes."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

from fastidious_server.workspace.indexing.clerk import Clerk, Tally
from fastidious_server.workspace.indexing.frames import IndexChanges, IndexPaths, IndexRoot

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from fastidious_server.workspace.background import IndexHost
    from fastidious_server.workspace.indexing.frames import IndexedFile


class Excluded(Protocol):
    """Patterns of what a configuration leaves out below a directory, and what they are relative to."""

    def __call__(self, directory: str, /) -> tuple[str, tuple[str, ...]] | None:
        """Return them."""
        ...


class Wiring(NamedTuple):
    """What an index needs from the rest of the server."""

    deliver: Callable[[Sequence[IndexedFile]], None]
    """Called on the thread of the host."""
    excluded: Excluded
    cache: str
    """Directory of the disk cache, empty for none."""
    processes: int = 1


class BackgroundIndex:
    """Index that other processes make and keep up to date. The methods belong to one thread and never wait."""

    def __init__(self, wiring: Wiring) -> None:
        self._wiring = wiring
        self._roots: tuple[str, ...] = ()
        self._clerks: list[Clerk] = []

    def start(self, roots: Sequence[str], host: IndexHost) -> None:
        """Index the files below `roots`; progress ends with `done == total`."""
        self.stop()
        self._roots = tuple(sorted(roots, key=len, reverse=True))
        tally = Tally(host, expected=len(roots) * self._wiring.processes)
        for part in range(self._wiring.processes):
            clerk = Clerk(self._wiring.deliver, host, tally)
            self._clerks.append(clerk)
            for root in roots:
                clerk.ask(IndexRoot(root, self._exclusions(root), self._wiring.cache, part, self._wiring.processes))
            if part > 0:
                clerk.dismiss()  # one process is enough for what changes later

    def refresh(self, paths: Sequence[str]) -> None:
        """Index again the files at `paths`, which changed or are gone."""
        for root in self._roots:
            below = tuple(path for path in paths if self._root_of(path) == root)
            if below and self._clerks:
                self._clerks[0].ask(IndexPaths(root, self._exclusions(root), self._wiring.cache, below))

    def rescan(self) -> None:
        """Look for files that changed, came or went since the last look."""
        for root in self._roots:
            if self._clerks:
                self._clerks[0].ask(IndexChanges(root, self._exclusions(root), self._wiring.cache))

    def stop(self) -> None:
        """Stop at once."""
        for clerk in self._clerks:
            clerk.stop()
        self._clerks.clear()

    def _root_of(self, path: str) -> str | None:
        return next((root for root in self._roots if path.startswith(f"{root.rstrip('/')}/")), None)

    def _exclusions(self, root: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
        excluded = self._wiring.excluded(root)
        return () if excluded is None else (excluded,)
