"""Memory that a process and all its descendants hold, where the system tells."""

from __future__ import annotations

import contextlib
import threading
from pathlib import Path
from typing import Final, Self

PROCESSES: Final = Path("/proc")
INTERVAL: Final = 0.02
MEGABYTE: Final = 1024 * 1024
KILOBYTES: Final = 1024


class PeakMemory:
    """Thread that looks at a tree of processes again and again and remembers the most it held."""

    def __init__(self, pid: int) -> None:
        """Watch a process from `__enter__` to `__exit__`."""
        self._pid = pid
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self.megabytes = 0.0

    def __enter__(self) -> Self:
        """Begin to watch."""
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop watching."""
        self._done.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._done.wait(INTERVAL):
            self.megabytes = max(self.megabytes, tree_memory(self._pid))


def tree_memory(pid: int) -> float:
    """Return the resident megabytes of a process and its descendants; 0 where the system does not tell."""
    return sum(_resident(process) for process in _tree(pid))


def _tree(pid: int) -> list[int]:
    found = [pid]
    for process in found:
        for thread in _children_files(process):
            with contextlib.suppress(OSError):
                found.extend(int(child) for child in thread.read_text().split())
    return found


def _children_files(pid: int) -> list[Path]:
    try:
        return list((PROCESSES / str(pid) / "task").glob("*/children"))
    except OSError:
        return []


def _resident(pid: int) -> float:
    with contextlib.suppress(OSError):
        for line in (PROCESSES / str(pid) / "status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) / KILOBYTES
    return 0.0
