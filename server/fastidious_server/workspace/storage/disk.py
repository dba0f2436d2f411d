"""The cache on the disk: files in a directory of the user that can always be deleted."""

# ruff: noqa: PLC0415 - imported when wanted: every command pays for what it imports

from __future__ import annotations

import contextlib
import hashlib
import shutil
import time
from typing import TYPE_CHECKING

from fastidious_server.workspace.storage.files import replace_atomically

if TYPE_CHECKING:
    from pathlib import Path

_KEPT_SECONDS = 14 * 24 * 3600


class DiskCache:
    """Entries by key. What cannot be read is not there; what cannot be written is dropped, which is told once."""

    def __init__(self, directory: Path | None) -> None:
        self._directory = directory
        self.failure = ""
        """Why nothing could be written, once that has happened."""

    @property
    def location(self) -> str:
        """Directory of the entries, empty if nothing is kept."""
        return "" if self._directory is None else str(self._directory)

    def size(self) -> int:
        """Return how many bytes all entries take."""
        if self._directory is None:
            return 0
        with contextlib.suppress(OSError):
            return sum(entry.stat().st_size for entry in self._directory.iterdir())
        return 0

    def read(self, key: str) -> bytes | None:
        """Return the entry under `key`, or None."""
        if self._directory is None:
            return None
        try:
            return self._path(self._directory, key).read_bytes()
        except OSError:
            return None

    def write(self, key: str, content: bytes) -> None:
        """Keep `content` under `key`; of two processes that do so, the later wins."""
        if self._directory is None or self.failure:
            return
        path = self._path(self._directory, key)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            replace_atomically(path, content)
        except OSError as error:
            self.failure = f"nothing is cached: {error.strerror or error}: {path.parent}"

    def _path(self, directory: Path, key: str) -> Path:
        return directory / f"{hashlib.sha256(key.encode()).hexdigest()[:32]}.msgpack"


def user_cache(fingerprint: str) -> DiskCache:
    """Return the user's cache for the version of this program that has `fingerprint`."""
    from platformdirs import user_cache_path

    directory = user_cache_path("fastidious", appauthor=False)
    if not (directory / fingerprint).exists():
        remove_stale(directory, time.time() - _KEPT_SECONDS)
    return DiskCache(directory / fingerprint)


def remove_stale(directory: Path, before: float) -> None:
    """Remove what versions of this program that are no longer used left below `directory`."""
    with contextlib.suppress(OSError):
        for version in directory.iterdir():
            if version.stat().st_mtime < before:
                shutil.rmtree(version, ignore_errors=True)
