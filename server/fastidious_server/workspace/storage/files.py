"""Python files on the disk: decoded to UTF-8 when read, back in their own encoding when written."""

# ruff: noqa: PTH101, PTH105, PTH108, PTH116 - paths are strings: a search asks about too many to make objects of them

from __future__ import annotations

import codecs
import contextlib
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

_COOKIE = re.compile(rb"^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)")
_BLANK = re.compile(rb"^[ \t\f]*(?:#|$)")
_UTF_8 = "utf-8"


class UnreadableFileError(Exception):
    """File that cannot be read as Python source; the message says why."""


class Stamp(NamedTuple):
    """What tells a changed file from an unchanged one without reading it."""

    modified: int
    size: int


@dataclass(frozen=True, slots=True)
class SourceFile:
    """Text of a file as UTF-8 bytes, and the encoding that it has on the disk."""

    path: str
    text: bytes
    encoding: str = _UTF_8


def stamp(path: str) -> Stamp | None:
    """Return the stamp of `path`, or None where there is no such file."""
    try:
        status = os.stat(path)
    except OSError:
        return None
    return Stamp(status.st_mtime_ns, status.st_size)


def read_source(path: str) -> SourceFile:
    """Read `path`, or raise `UnreadableFileError`."""
    try:
        raw = Path(path).read_bytes()
    except OSError as error:
        raise UnreadableFileError(error.strerror or str(error)) from error
    return decoded(path, raw)


def decoded(path: str, raw: bytes) -> SourceFile:
    """Return the source in `raw`; a byte order mark and line ends stay as they are."""
    encoding = _declared_encoding(raw)
    try:
        text = raw.decode(encoding)
    except LookupError as error:
        message = f"unknown encoding `{encoding}` in its coding comment"
        raise UnreadableFileError(message) from error
    except UnicodeError as error:
        raise UnreadableFileError(_undecodable(raw, encoding, error)) from error
    if encoding == _UTF_8:
        return SourceFile(path, raw)
    return SourceFile(path, text.encode(_UTF_8, "surrogatepass"), encoding)


def write_source(file: SourceFile) -> None:
    """Write `file` in its encoding so that a reader sees the old text or the new one, nothing between."""
    target = Path(os.path.realpath(file.path))
    try:
        raw = file.text if file.encoding == _UTF_8 else file.text.decode(_UTF_8).encode(file.encoding)
    except UnicodeError as error:
        message = f"the new text cannot be written as {file.encoding}: {error}"
        raise UnreadableFileError(message) from error
    try:
        replace_atomically(target, raw, target.stat().st_mode)
    except OSError as error:
        message = f"cannot be written: {error.strerror}"
        raise UnreadableFileError(message) from error


def replace_atomically(target: Path, content: bytes, mode: int | None = None) -> None:
    """Put `content` in the place of `target` in one step."""
    import tempfile  # noqa: PLC0415 - few sessions write a file

    descriptor, temporary = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(content)
        if mode is not None:
            os.chmod(temporary, mode & 0o7777)
        os.replace(temporary, target)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        raise


def _declared_encoding(raw: bytes) -> str:
    """Return the encoding that PEP 263 gives `raw`, normalised where it is UTF-8."""
    if raw.startswith(codecs.BOM_UTF8):
        return _UTF_8
    match = next((found for line in _comment_lines(raw) if (found := _COOKIE.match(line))), None)
    if match is None:
        return _UTF_8
    name = match[1].decode("ascii", "replace")
    with contextlib.suppress(LookupError):
        if codecs.lookup(name).name in {"utf-8", "utf-8-sig"}:
            return _UTF_8
    return name


def _comment_lines(raw: bytes) -> list[bytes]:
    """Return those of the first two lines where a coding comment counts."""
    lines = re.split(rb"\r\n|\n|\r", raw[:2048], maxsplit=2)[:2]
    return lines if _BLANK.match(lines[0]) else lines[:1]


def _undecodable(raw: bytes, encoding: str, error: UnicodeError) -> str:
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "encoded as UTF-16, which Python does not read; save it as UTF-8"
    if not isinstance(error, UnicodeDecodeError):
        return f"not valid {encoding}: {error}"
    row = raw.count(b"\n", 0, error.start) + 1
    byte = raw[error.start]
    return f"not valid {encoding}: byte 0x{byte:02x} in line {row}; save it as UTF-8 or declare its encoding"
