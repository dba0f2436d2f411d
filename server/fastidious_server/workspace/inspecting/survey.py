"""Files that an inspection is about, as they are on the disk."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from fastidious_server.workspace.checking.plan import Root, UniqueNames, find
from fastidious_server.workspace.storage.discovery import Exclusion

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from fastidious_server.workspace.checking.plan import Found
    from fastidious_server.workspace.inspecting.inspection_messages import Tree
    from fastidious_server.workspace.storage.files import Stamp


class Listed(NamedTuple):
    """File of a tree; one that nobody `asked` about only says what others need to know."""

    path: str
    module: str
    stamp: Stamp
    tree: str
    is_asked: bool


def survey(trees: Sequence[Tree], asked: Sequence[str]) -> dict[str, Listed]:
    """Return the files of `trees` by path: the same ones, under the same names, that a check of `asked` finds."""
    roots = [Root(tree.directory, tuple(Exclusion(*each) for each in tree.exclusions)) for tree in trees]
    return {file.path: file for found in find(roots, asked) for file in _listed(found)}


def _listed(found: Found) -> Iterator[Listed]:
    directory = found.root.directory
    names = UniqueNames(directory)
    for path, at in found.files:
        yield Listed(path, names.name(path), at, directory, path in found.asked)
