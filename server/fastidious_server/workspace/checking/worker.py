"""Process that does one share of a check."""

# ruff: noqa: PLC0415 - imported when wanted: every command pays for what it imports

from __future__ import annotations

import signal
import traceback
from itertools import islice
from typing import TYPE_CHECKING, TypeVar

from fastidious_server.workspace.checking.messages import (
    CheckDone,
    Checked,
    Failed,
    LearnDone,
    LearnFacts,
    ReadDone,
    ReadFacts,
    Task,
    receive_as_worker,
    send,
)
from fastidious_server.workspace.checking.settings_codec import decode_settings
from fastidious_server.workspace.checking.share import Rulebook, Share

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from fastidious_rules.engine.registry import Registry
    from fastidious_server.workspace.checking.messages import ByteConnection
    from fastidious_server.workspace.checking.share import KnownFacts

_T = TypeVar("_T")
_BATCH = 16


def run_worker(connection: ByteConnection, registry: Registry | None = None) -> None:
    """Serve one check over `connection`; `registry` comes along where the process was forked."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the leader decides
    try:
        _Worker(connection, registry or _registry()).run()
    except (BrokenPipeError, EOFError):
        return  # the leader is gone
    except Exception:  # noqa: BLE001 - whatever it is, the leader has to hear of it
        send(connection, Failed(traceback.format_exc()))


class _Worker:
    def __init__(self, connection: ByteConnection, registry: Registry) -> None:
        self._connection = connection
        task = receive_as_worker(connection)
        if not isinstance(task, Task):
            message = f"expected a task, not {task!r}"
            raise TypeError(message)
        self._numbers = task.numbers
        rulebook = Rulebook(registry, [decode_settings(data) for data in task.settings], task.with_fixes)
        self._share = Share(rulebook, task.items)

    def run(self) -> None:
        """Do both phases."""
        own: list[KnownFacts] = []
        for known in batches(self._share.read(self._numbers), _BATCH):
            own.extend(known)
            send(self._connection, ReadFacts(known))
        send(self._connection, ReadDone())
        self._share.learn(self._everything(own))
        for files in batches(self._share.check(self._numbers), _BATCH):
            send(self._connection, Checked(files))
        send(self._connection, CheckDone())

    def _everything(self, own: list[KnownFacts]) -> list[KnownFacts]:
        """Return what all shares read, in the order that does not depend on who read it."""
        known = own
        while isinstance(message := receive_as_worker(self._connection), LearnFacts):
            known.extend(message.known)
        if not isinstance(message, LearnDone):
            raise TypeError(message)
        return sorted(known, key=lambda each: each.number)


def batches(values: Iterable[_T], size: int) -> Iterator[list[_T]]:
    """Yield `values` in lists of `size`."""
    iterator = iter(values)
    while batch := list(islice(iterator, size)):
        yield batch


def _registry() -> Registry:
    from fastidious_rules.engine.registry import Registry
    from fastidious_server.packs import load_packs

    return Registry(load_packs().loaded)
