"""Earlier checks: where nothing has changed, their results still hold."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import msgspec

from fastidious_server.workspace.checking.plan import Root, digest
from fastidious_server.workspace.checking.results import FileResults
from fastidious_server.workspace.storage.discovery import Exclusion
from fastidious_server.workspace.storage.files import Stamp, stamp

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fastidious_server.workspace.checking.plan import Configuration, Found
    from fastidious_server.workspace.storage.disk import DiskCache

_CLOCK_TICK = 20_000_000
"""Nanoseconds within which two changes of a file may leave it with the same time."""


class KeptRoot(msgspec.Struct, frozen=True, array_like=True):
    """Tree of files as it was searched."""

    directory: str
    exclusions: tuple[tuple[str, tuple[str, ...]], ...]


class Run(msgspec.Struct, frozen=True, array_like=True):
    """Check as it was: what it depended on, and what came out."""

    consulted: dict[str, Stamp | None]
    roots: tuple[KeptRoot, ...]
    files: str
    results: list[FileResults]


_DECODER = msgspec.msgpack.Decoder(Run)
_ENCODER = msgspec.msgpack.Encoder()


def load_run(disk: DiskCache, key: str) -> Run | None:
    """Return the last run under `key` if the configuration has not changed since."""
    content = disk.read(key)
    if content is None:
        return None
    try:
        run = _DECODER.decode(content)
    except msgspec.MsgspecError:
        return None
    if any(stamp(path) != known for path, known in run.consulted.items()):
        return None
    return run


def roots_of_run(run: Run) -> list[Root]:
    """Return the trees that `run` searched."""
    return [
        Root(root.directory, tuple(Exclusion(directory, patterns) for directory, patterns in root.exclusions))
        for root in run.roots
    ]


def save_run(
    disk: DiskCache, key: str, configuration: Configuration, found: Sequence[Found], results: list[FileResults]
) -> None:
    """Keep a run, unless a file is so new that a change of it might go unnoticed."""
    newest = max((each.stamp.modified for tree in found for each in tree.files), default=0)
    if newest > time.time_ns() - _CLOCK_TICK:
        return
    roots = tuple(
        KeptRoot(tree.root.directory, tuple((each.directory, each.patterns) for each in tree.root.exclusions))
        for tree in found
    )
    run = Run(dict(configuration.consulted()), roots, digest(found), results)
    disk.write(key, _ENCODER.encode(run))
