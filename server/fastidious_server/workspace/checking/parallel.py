"""Check of many files by several processes: the same results as one process gives."""

from __future__ import annotations

import multiprocessing
import os
import sys
import threading
from itertools import chain
from multiprocessing.connection import wait
from typing import TYPE_CHECKING, cast

from fastidious_server.workspace.checking.messages import (
    CheckDone,
    Checked,
    Failed,
    LearnDone,
    LearnFacts,
    ReadDone,
    ReadFacts,
    Task,
    receive_as_leader,
    send,
)
from fastidious_server.workspace.checking.settings_codec import encode_settings
from fastidious_server.workspace.checking.worker import batches, run_worker

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence
    from multiprocessing.process import BaseProcess

    from fastidious_server.workspace.checking.messages import ByteConnection, ToLeader
    from fastidious_server.workspace.checking.results import FileResults
    from fastidious_server.workspace.checking.share import Item, KnownFacts, Rulebook

_LEARNT_AT_ONCE = 64


class WorkerDiedError(Exception):
    """Process that ended in the middle of its work; the message says how."""


class Crew:
    """Processes that share a check."""

    def __init__(self, rulebook: Rulebook, items: Sequence[Item], known: Sequence[KnownFacts], jobs: int) -> None:
        self._workers: dict[ByteConnection, BaseProcess] = {}
        self._read: dict[ByteConnection, list[KnownFacts]] = {}
        self._known = known
        settings = [encode_settings(each) for each in rulebook.settings]
        for numbers in shares(items, {each.number for each in known}, jobs):
            connection = self._start(rulebook)
            send(connection, Task(list(items), numbers, settings, rulebook.with_fixes))

    def check(self, progress: Callable[[int], None]) -> Iterator[FileResults]:
        """Let the workers read, tell each what the others read, and yield what they find."""
        for connection, message in self._messages(ReadDone):
            if isinstance(message, ReadFacts):
                self._read[connection].extend(message.known)
                progress(len(message.known))
        for connection in self._workers:
            self._teach(connection)
        for _, message in self._messages(CheckDone):
            if isinstance(message, Checked):
                progress(len(message.files))
                yield from message.files

    def read(self) -> Iterator[KnownFacts]:
        """Yield what the workers read in their first phase."""
        for known in self._read.values():
            yield from known

    def stop(self) -> None:
        """End all workers."""
        for connection, process in self._workers.items():
            connection.close()
            process.terminate()
        for process in self._workers.values():
            process.join()

    def _start(self, rulebook: Rulebook) -> ByteConnection:
        # A fork shares all that is imported; it is safe only while no other thread holds a lock.
        can_fork = sys.platform == "linux" and threading.active_count() == 1
        context = multiprocessing.get_context("fork") if can_fork else multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe()
        registry = rulebook.registry if can_fork else None
        process = context.Process(target=run_worker, args=(theirs, registry), daemon=True)
        process.start()
        theirs.close()
        connection = cast("ByteConnection", ours)
        self._workers[connection] = process
        self._read[connection] = []
        return connection

    def _teach(self, connection: ByteConnection) -> None:
        others = (known for reader, read in self._read.items() if reader is not connection for known in read)
        for known in batches(chain(self._known, others), _LEARNT_AT_ONCE):
            send(connection, LearnFacts(known))
        send(connection, LearnDone())

    def _messages(self, last: type[ToLeader]) -> Iterator[tuple[ByteConnection, ToLeader]]:
        """Yield messages as they come until each worker has sent one of the type `last`."""
        busy = set(self._workers)
        while busy:
            for connection in cast("list[ByteConnection]", wait(list(busy))):
                message = self._received(connection)
                if isinstance(message, last):
                    busy.discard(connection)
                yield connection, message

    def _received(self, connection: ByteConnection) -> ToLeader:
        try:
            message = receive_as_leader(connection)
        except (EOFError, OSError) as error:
            process = self._workers[connection]
            process.join(1)
            text = f"a worker process ended with exit code {process.exitcode}; `--jobs 1` may show where"
            raise WorkerDiedError(text) from error
        if isinstance(message, Failed):
            raise WorkerDiedError(message.error)
        return message


def shares(items: Sequence[Item], done: Collection[int], jobs: int) -> list[list[int]]:
    """Deal the numbers of `items` that are not `done` to `jobs` workers so that all get about as many bytes."""
    loads = [0] * jobs
    dealt: list[list[int]] = [[] for _ in range(jobs)]
    for number in sorted(range(len(items)), key=lambda number: -items[number].stamp.size):
        if number not in done:
            lightest = loads.index(min(loads))
            loads[lightest] += items[number].stamp.size
            dealt[lightest].append(number)
    return [sorted(numbers) for numbers in dealt if numbers]


def usable_cores() -> int:
    """Return how many processes can run at the same time."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
