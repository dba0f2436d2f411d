"""Messages between the process that leads a check and those that do it."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import msgspec

from fastidious_server.workspace.checking.results import FileResults
from fastidious_server.workspace.checking.share import Item, KnownFacts

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

    ByteConnection: TypeAlias = Connection[bytes, bytes]


class Task(msgspec.Struct, frozen=True, tag=True):
    """All items of a check, and the numbers of those that one worker is to do."""

    items: list[Item]
    numbers: list[int]
    settings: list[bytes]
    with_fixes: bool


class ReadFacts(msgspec.Struct, frozen=True, tag=True):
    """What files define, from the worker that read them."""

    known: list[KnownFacts]


class ReadDone(msgspec.Struct, frozen=True, tag=True):
    """End of a worker's first phase."""


class LearnFacts(msgspec.Struct, frozen=True, tag=True):
    """What the files of other workers define."""

    known: list[KnownFacts]


class LearnDone(msgspec.Struct, frozen=True, tag=True):
    """Start of the second phase."""


class Checked(msgspec.Struct, frozen=True, tag=True):
    """Results of some files."""

    files: list[FileResults]


class CheckDone(msgspec.Struct, frozen=True, tag=True):
    """End of a worker's second phase."""


class Failed(msgspec.Struct, frozen=True, tag=True):
    """Error that a worker did not survive."""

    error: str


ToWorker: TypeAlias = Task | LearnFacts | LearnDone
ToLeader: TypeAlias = ReadFacts | ReadDone | Checked | CheckDone | Failed

_ENCODER = msgspec.msgpack.Encoder()
_TO_WORKER: msgspec.msgpack.Decoder[ToWorker] = msgspec.msgpack.Decoder(ToWorker)
_TO_LEADER: msgspec.msgpack.Decoder[ToLeader] = msgspec.msgpack.Decoder(ToLeader)


def send(connection: ByteConnection, message: ToWorker | ToLeader) -> None:
    """Send `message` over `connection`."""
    connection.send_bytes(_ENCODER.encode(message))


def receive_as_worker(connection: ByteConnection) -> ToWorker:
    """Wait for the next message of the leader."""
    return _TO_WORKER.decode(connection.recv_bytes())


def receive_as_leader(connection: ByteConnection) -> ToLeader:
    """Wait for the next message of a worker; raises EOFError if it is gone."""
    return _TO_LEADER.decode(connection.recv_bytes())
