"""Messages cut out of a stream of bytes, as the base protocol frames them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_END_OF_HEADERS = re.compile(rb"\r?\n\r?\n")
_CONTENT_LENGTH = re.compile(rb"^content-length[ \t]*:[ \t]*(\d+)[ \t]*\r?$", re.IGNORECASE | re.MULTILINE)


class FrameDecoder:
    """Decoder that keeps what is not yet whole; headers it does not know, or cannot read, are skipped."""

    def __init__(self) -> None:
        self._pending = bytearray()
        self._expected: int | None = None

    def feed(self, chunk: bytes) -> Iterator[bytes]:
        """Yield the bodies that `chunk` completes."""
        self._pending += chunk
        while True:
            if self._expected is None:
                self._expected = self._read_headers()
            if self._expected is None or len(self._pending) < self._expected:
                return
            body = bytes(self._pending[: self._expected])
            del self._pending[: self._expected]
            self._expected = None
            yield body

    def _read_headers(self) -> int | None:
        """Return the announced length of the next body once its headers are whole."""
        while (end := _END_OF_HEADERS.search(self._pending)) is not None:
            length = _CONTENT_LENGTH.search(self._pending, 0, end.end())
            expected = None if length is None else int(length[1])
            del self._pending[: end.end()]
            if expected is not None:
                return expected
        return None


def framed(body: bytes) -> bytes:
    """Return `body` with the headers that go before it."""
    return b"Content-Length: %d\r\n\r\n%b" % (len(body), body)
