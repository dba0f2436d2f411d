from __future__ import annotations

import os
from typing import TYPE_CHECKING

from fastidious_server.workspace.indexing.facts_cache import FactsCache
from fastidious_server.workspace.storage.disk import DiskCache, remove_stale
from fastidious_server.workspace.storage.files import Stamp

if TYPE_CHECKING:
    from pathlib import Path


def test_entries_are_read_back_and_missing_ones_are_not_there(tmp_path: Path) -> None:
    cache = DiskCache(tmp_path / "cache")
    cache.write("key", b"content")
    assert cache.read("key") == b"content"
    assert cache.read("other") is None
    assert cache.failure == ""


def test_a_cache_without_directory_keeps_nothing() -> None:
    cache = DiskCache(None)
    cache.write("key", b"content")
    assert cache.read("key") is None


def test_facts_hold_as_long_as_the_stamp_does(tmp_path: Path) -> None:
    disk = DiskCache(tmp_path)
    first = FactsCache(disk)
    first.put("/app/a.py", Stamp(1, 2), b"facts")
    first.save()
    second = FactsCache(disk)
    assert second.get("/app/a.py", Stamp(1, 2)) == b"facts"
    assert second.get("/app/a.py", Stamp(2, 2)) is None
    assert second.get("/app/b.py", Stamp(1, 2)) is None


def test_caches_of_versions_that_nobody_uses_are_removed(tmp_path: Path) -> None:
    for name, time in (("old", 100), ("new", 300)):
        (tmp_path / name).mkdir()
        (tmp_path / name / "entry").write_text("")
        os.utime(tmp_path / name, (time, time))
    remove_stale(tmp_path, 200)
    assert [path.name for path in tmp_path.iterdir()] == ["new"]
