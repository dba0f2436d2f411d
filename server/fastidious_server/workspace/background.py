"""What works for the editor side in the background, as ports that `bootstrap` fills."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from fastidious_rules.engine.finding import Finding, Fix
    from fastidious_server.workspace.inspecting.inspected import InspectedFile


class IndexHost(Protocol):
    """What an index may ask of the thread that owns the documents; callable from any thread."""

    def run(self, change: Callable[[], None]) -> None:
        """Call `change` on that thread, then review what it touched."""
        ...

    def progress(self, done: int, total: int) -> None:
        """Show that `done` of `total` files are indexed."""
        ...


class IndexFeed(Protocol):
    """Index of the files that are not open."""

    def start(self, roots: Sequence[str], host: IndexHost) -> None:
        """Index the files below `roots` in the background; progress ends with `done == total`."""
        ...

    def refresh(self, paths: Sequence[str]) -> None:
        """Index again files that changed on disk, are gone, or were closed in the editor."""
        ...

    def rescan(self) -> None:
        """Look in the background for files that changed, came or went since the last look."""
        ...

    def stop(self) -> None:
        """Stop at once."""
        ...


class InspectionHost(IndexHost, Protocol):
    """What an inspection may ask of the session; its progress ends with `done == total`."""

    def show(self, files: Sequence[InspectedFile]) -> None:
        """Show what was found in `files`; called on the thread that owns the documents."""
        ...


class Inspection(Protocol):
    """Review of the files that are not open."""

    def start(self, roots: Sequence[str], host: InspectionHost) -> None:
        """Review the files below `roots` in the background; to be called again when roots or settings change."""
        ...

    def look(self) -> None:
        """Look which files changed on the disk, came or went."""
        ...

    def hold(self, path: str, text: bytes) -> None:
        """Leave the file at `path` to the editor, where it has `text` now."""
        ...

    def release(self, path: str) -> None:
        """Review the file at `path` as it is on the disk; whatever comes of it is shown."""
        ...

    def stop(self) -> None:
        """Stop at once."""
        ...


class Inference(Protocol):
    """Fixes that need the types or the references of the whole project."""

    def title(self, finding: Finding) -> str | None:
        """Return the title of the fix that may be inferred for `finding`, without inferring it."""
        ...

    async def fix(self, path: str, text: bytes, finding: Finding) -> Fix | None:
        """Infer that fix."""
        ...

    def stop(self) -> None:
        """Stop at once, for good."""
        ...


class BaselineError(Exception):
    """Baseline that was not written; the message says why."""


class BaselineWriter(Protocol):
    """Writing of the findings that are known from now on."""

    async def write(self, roots: Sequence[str], texts: Mapping[str, str]) -> str:
        """Write what exists below `roots`, where `texts` replace files, and return what was written in words.

        Raise `BaselineError` if nothing can be written.
        """
        ...
