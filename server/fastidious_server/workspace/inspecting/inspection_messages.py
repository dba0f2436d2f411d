"""Messages between the server and the process that inspects the files that are not open."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import msgspec

from fastidious_server.workspace.indexing.frames import read_frame
from fastidious_server.workspace.inspecting.inspected import InspectedFile
from fastidious_server.workspace.storage.files import Stamp

if TYPE_CHECKING:
    from typing import IO


class Tree(msgspec.Struct, frozen=True, array_like=True):
    """Directory whose files know of each other, and patterns of what is left out below it."""

    directory: str
    exclusions: tuple[tuple[str, tuple[str, ...]], ...] = ()


class Inspect(msgspec.Struct, frozen=True, tag=True):
    """Inspect the files below `asked` from now on, each by the settings that it has now."""

    trees: tuple[Tree, ...]
    asked: tuple[str, ...]
    cache: str
    skipped: tuple[tuple[str, Stamp], ...] = ()
    """Files that an inspecting process did not survive, as they were then."""


class Look(msgspec.Struct, frozen=True, tag=True):
    """Look which files changed on the disk."""


class Hold(msgspec.Struct, frozen=True, tag=True):
    """The file is open in the editor, where it has this text."""

    path: str
    text: bytes


class Release(msgspec.Struct, frozen=True, tag=True):
    """The file is not open any more."""

    path: str


class Decide(msgspec.Struct, frozen=True, tag=True):
    """Settings of the files that were asked about: for each the number of its own, None if it is not reviewed."""

    paths: tuple[str, ...]
    numbers: tuple[int | None, ...]
    settings: tuple[bytes, ...]


class Undecided(msgspec.Struct, frozen=True, tag=True):
    """Files whose settings are wanted."""

    paths: tuple[str, ...]


class Opening(msgspec.Struct, frozen=True, tag=True):
    """The file that is read or reviewed next."""

    path: str


class Inspected(msgspec.Struct, frozen=True, tag=True):
    """Some files with their findings, where these are not those sent before."""

    files: tuple[InspectedFile, ...]


class Reached(msgspec.Struct, frozen=True, tag=True):
    """How far it is."""

    done: int
    total: int


class Idle(msgspec.Struct, frozen=True, tag=True):
    """There is nothing left to do of the first `requests` that were sent."""

    requests: int


InspectionRequest: TypeAlias = Inspect | Look | Hold | Release | Decide
InspectionAnswer: TypeAlias = Undecided | Opening | Inspected | Reached | Idle

_REQUEST: msgspec.msgpack.Decoder[InspectionRequest] = msgspec.msgpack.Decoder(InspectionRequest)
_ANSWER: msgspec.msgpack.Decoder[InspectionAnswer] = msgspec.msgpack.Decoder(InspectionAnswer)


def read_inspection_request(stream: IO[bytes]) -> InspectionRequest | None:
    """Return the next request, or None at the end."""
    return read_frame(stream, _REQUEST)


def read_inspection_answer(stream: IO[bytes]) -> InspectionAnswer | None:
    """Return the next answer, or None at the end."""
    return read_frame(stream, _ANSWER)
