"""Messages between the server and the processes that work for it: their length, then MessagePack."""

from __future__ import annotations

import struct
from typing import IO, TypeAlias, TypeVar

import msgspec

_LENGTH = struct.Struct(">I")
_Message = TypeVar("_Message")


class IndexedFile(msgspec.Struct, frozen=True, array_like=True):
    """What a file defines, encoded; None if it is gone or cannot be read."""

    path: str
    module: str
    facts: bytes | None


class IndexRoot(msgspec.Struct, frozen=True, tag=True):
    """Request for all files below `root`, or for one part of them where several processes share the work."""

    root: str
    exclusions: tuple[tuple[str, tuple[str, ...]], ...]
    cache: str
    part: int = 0
    parts: int = 1
    skipped: tuple[str, ...] = ()
    """Files that an indexing process did not survive."""


class IndexPaths(msgspec.Struct, frozen=True, tag=True):
    """Request for some files below `root`."""

    root: str
    exclusions: tuple[tuple[str, tuple[str, ...]], ...]
    cache: str
    paths: tuple[str, ...]
    skipped: tuple[str, ...] = ()


class IndexChanges(msgspec.Struct, frozen=True, tag=True):
    """Request for what is not as it was when the process last looked at the files below `root`."""

    root: str
    exclusions: tuple[tuple[str, tuple[str, ...]], ...]
    cache: str
    skipped: tuple[str, ...] = ()


class Total(msgspec.Struct, frozen=True, tag=True):
    """How many files a request is about."""

    count: int


class Reading(msgspec.Struct, frozen=True, tag=True):
    """The file that is read next."""

    path: str


class Indexed(msgspec.Struct, frozen=True, tag=True):
    """Some files."""

    files: list[IndexedFile]


class Finished(msgspec.Struct, frozen=True, tag=True):
    """End of a request."""


Request: TypeAlias = IndexRoot | IndexPaths | IndexChanges
Answer: TypeAlias = Total | Reading | Indexed | Finished

_ENCODER = msgspec.msgpack.Encoder()
_REQUEST: msgspec.msgpack.Decoder[Request] = msgspec.msgpack.Decoder(Request)
_ANSWER: msgspec.msgpack.Decoder[Answer] = msgspec.msgpack.Decoder(Answer)


def write_frame(stream: IO[bytes], message: msgspec.Struct) -> None:
    """Write `message` to `stream`."""
    content = _ENCODER.encode(message)
    stream.write(_LENGTH.pack(len(content)) + content)
    stream.flush()


def read_frame(stream: IO[bytes], decoder: msgspec.msgpack.Decoder[_Message]) -> _Message | None:
    """Return the next message, or None at the end."""
    content = _content(stream)
    return None if content is None else decoder.decode(content)


def read_request(stream: IO[bytes]) -> Request | None:
    """Return the next request to index, or None at the end."""
    return read_frame(stream, _REQUEST)


def read_answer(stream: IO[bytes]) -> Answer | None:
    """Return the next answer of an index, or None at the end."""
    return read_frame(stream, _ANSWER)


def _content(stream: IO[bytes]) -> bytes | None:
    head = stream.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        return None
    (length,) = _LENGTH.unpack(head)
    content = stream.read(length)
    return content if len(content) == length else None
