"""Rule packs that are installed: the built-in one and those of third parties, found as entry points."""

# ruff: noqa: PLC0415 - imported when wanted: every command pays for what it imports

from __future__ import annotations

import hashlib
import os
import platform
from importlib.metadata import EntryPoint, entry_points
from importlib.util import find_spec
from typing import TYPE_CHECKING, NamedTuple

import fastidious_rules

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastidious_rules.engine.rule import Pack

_GROUP = "fastidious.rules"
_SUFFIXES = (".md", ".py", ".so", ".toml")
_OWN_PACKAGES = ("fastidious_rules", "fastidious_server")


class PackFailure(NamedTuple):
    """Rule pack that could not be loaded, and why."""

    name: str
    error: str


class Packs(NamedTuple):
    """Rule packs that loaded, and those that did not."""

    loaded: tuple[Pack, ...]
    failures: tuple[PackFailure, ...]


def load_packs() -> Packs:
    """Import the installed rule packs; one that fails takes no other with it."""
    from fastidious_rules.engine.rule import Pack

    loaded: list[Pack] = []
    failures: list[PackFailure] = []
    for entry in _entries():
        try:
            pack = entry.load()
        except Exception as error:  # noqa: BLE001 - a stranger's code may raise anything
            failures.append(PackFailure(entry.name, f"{type(error).__name__}: {error}"))
            continue
        if isinstance(pack, Pack):
            loaded.append(pack)
        else:
            failures.append(PackFailure(entry.name, f"`{entry.value}` is no `Pack`"))
    return Packs(tuple(loaded), tuple(failures))


def fingerprint() -> str:
    """Return what changes when results may: the version of this program, of Python, and the packs' files."""
    parts = [fastidious_rules.__version__, platform.python_implementation(), platform.python_version()]
    packages = {*_OWN_PACKAGES, *(entry.module.partition(".")[0] for entry in _entries())}
    for package in sorted(packages):
        parts.extend(_file_stamps(package))
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:32]


def _entries() -> list[EntryPoint]:
    return sorted(entry_points(group=_GROUP), key=lambda entry: (entry.name, entry.value))


def _file_stamps(package: str) -> Iterator[str]:
    """Yield the state of the files of `package`, which may be edited in place, without importing it."""
    try:
        spec = find_spec(package)
    except (ImportError, ValueError):
        return
    for directory in sorted(spec.submodule_search_locations or ()) if spec else ():
        yield from sorted(_stamps_below(directory))


def _stamps_below(directory: str) -> Iterator[str]:
    try:
        entries = list(os.scandir(directory))
    except OSError:
        return
    for entry in entries:
        if entry.is_dir(follow_symlinks=False):
            if entry.name != "__pycache__":
                yield from _stamps_below(entry.path)
        elif entry.name.endswith(_SUFFIXES):
            status = entry.stat()
            yield f"{entry.path}:{status.st_mtime_ns}:{status.st_size}"
