"""Which document a URI means, however an editor spells it."""

from __future__ import annotations

import re
from typing import NamedTuple
from urllib.parse import quote, unquote, urlsplit

_DRIVE = re.compile(r"/([A-Za-z]):(?=/|$)")
_NOT_A_NAME = re.compile(r"\W+", re.ASCII)
_PATH_CHARACTERS = "/:@!$&'()*+,;=~-._"


class Identity(NamedTuple):
    """Document as the server knows it: by its path, or by its URI if it has none."""

    path: str
    is_file: bool

    @property
    def module(self) -> str | None:
        """Made-up module name of a document without a file."""
        return None if self.is_file else _NOT_A_NAME.sub("_", self.path).strip("_") or "untitled"


def identify(uri: str) -> Identity:
    """Return the identity of the document at `uri`: only `file:` is on disk."""
    scheme, separator, _ = uri.partition(":")
    if not separator or scheme.lower() != "file":
        return Identity(unquote(uri), is_file=False)
    parts = urlsplit(uri.replace("#", "%23").replace("?", "%3F"))
    path = unquote(parts.path)
    if parts.netloc and parts.netloc.lower() != "localhost":
        return Identity(f"//{unquote(parts.netloc)}{path}", is_file=True)
    return Identity(_without_slash_before_drive(path), is_file=True)


def to_uri(path: str) -> str:
    """Return the URI of the file at the absolute POSIX `path`, or `path` if it is a URI already."""
    if path.startswith("//"):
        return "file:" + quote(path, safe=_PATH_CHARACTERS)
    if path.startswith("/"):
        return "file://" + quote(path, safe=_PATH_CHARACTERS)
    if _DRIVE.match(f"/{path}"):
        return "file:///" + quote(path, safe=_PATH_CHARACTERS)
    return path


def _without_slash_before_drive(path: str) -> str:
    drive = _DRIVE.match(path)
    return f"{drive[1].upper()}:{path[drive.end() :]}" if drive else path
