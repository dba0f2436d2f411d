"""Frames of the language server protocol, read from a pipe and stamped with the moment they were complete."""

from __future__ import annotations

import os
import select
import time
from typing import NamedTuple

CHUNK = 1 << 20
SEPARATOR = b"\r\n\r\n"
LENGTH = b"content-length:"


class Frame(NamedTuple):
    """One message, and when its last byte arrived."""

    body: bytes
    arrived: float


class FrameReader:
    """Reader of the frames that a process writes to a pipe."""

    def __init__(self, descriptor: int) -> None:
        """Read from an open pipe."""
        self._descriptor = descriptor
        self._buffer = bytearray()
        self._arrived = 0.0

    def read(self, deadline: float) -> Frame | None:
        """Return the next frame, or nothing when the deadline has passed; raise `EOFError` when the pipe is closed."""
        while (frame := self._take()) is None:
            if not self._fill(deadline):
                return None
        return frame

    def _take(self) -> Frame | None:
        head = self._buffer.find(SEPARATOR)
        if head < 0:
            return None
        start = head + len(SEPARATOR)
        end = start + _length(bytes(self._buffer[:head]))
        if len(self._buffer) < end:
            return None
        body = bytes(self._buffer[start:end])
        del self._buffer[:end]
        return Frame(body, self._arrived)

    def _fill(self, deadline: float) -> bool:
        remaining = max(0.0, deadline - time.perf_counter())
        if not select.select([self._descriptor], [], [], remaining)[0]:
            return False
        chunk = os.read(self._descriptor, CHUNK)
        self._arrived = time.perf_counter()
        if not chunk:
            raise EOFError
        self._buffer += chunk
        return True


def framed(body: bytes) -> bytes:
    """Return a message body with the header that the protocol asks for."""
    return b"Content-Length: %d\r\n\r\n%b" % (len(body), body)


def _length(header: bytes) -> int:
    for line in header.split(b"\r\n"):
        if line.lower().startswith(LENGTH):
            return int(line[len(LENGTH) :])
    message = f"frame without Content-Length: {header!r}"
    raise ValueError(message)
