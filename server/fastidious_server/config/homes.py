"""Where a configuration stands, or will: the file that is changed for the sake of another one."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING, NamedTuple

from fastidious_server.config.fastidious_file import OWN_FILE, PROJECT_FILE, PROJECT_TABLE
from fastidious_server.workspace.storage.files import stamp

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from fastidious_server.config.configurations import Configurations


class Home(NamedTuple):
    """File that holds the configuration, in the table at `table`."""

    path: str
    table: tuple[str, ...] = ()
    is_new: bool = False


def home_of(path: str, configurations: Configurations, roots: Sequence[str]) -> Home:
    """Return the home of what is configured for the file at `path`.

    That is the file that counts, else the nearest `pyproject.toml`, else a new file in the folder of the editor.
    """
    loaded = configurations.file_for(path)
    if loaded is not None:
        return Home(loaded.path, () if posixpath.basename(loaded.path) == OWN_FILE else PROJECT_TABLE)
    for directory in _directories(path):
        project = f"{directory.rstrip('/')}/{PROJECT_FILE}"
        if stamp(project) is not None:
            return Home(project, PROJECT_TABLE)
    around = [root for root in roots if path.startswith(f"{root.rstrip('/')}/")]
    directory = max(around, key=len, default=posixpath.dirname(path))
    return Home(f"{directory.rstrip('/')}/{OWN_FILE}", is_new=True)


def _directories(path: str) -> Iterator[str]:
    directory = posixpath.dirname(path)
    while True:
        yield directory
        above = posixpath.dirname(directory)
        if above == directory:
            return
        directory = above
