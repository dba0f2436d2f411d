"""Inspection of the files that nobody has open, made by another process."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, NamedTuple

from fastidious_server.workspace.checking.plan import roots_of
from fastidious_server.workspace.checking.settings_codec import encode_settings
from fastidious_server.workspace.child import ChildProcess
from fastidious_server.workspace.inspecting.inspected import InspectedFile
from fastidious_server.workspace.inspecting.inspection_messages import (
    Decide,
    Hold,
    Idle,
    Inspect,
    Inspected,
    Look,
    Opening,
    Reached,
    Release,
    Tree,
    Undecided,
    read_inspection_answer,
)
from fastidious_server.workspace.storage.files import stamp

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from fastidious_rules.engine.settings import Settings
    from fastidious_server.workspace.background import InspectionHost
    from fastidious_server.workspace.checking.plan import Excluding
    from fastidious_server.workspace.inspecting.inspection_messages import InspectionAnswer, InspectionRequest
    from fastidious_server.workspace.storage.files import Stamp

_MODULE = "fastidious_server.workspace.inspecting.inspector"
_MOST_SETTINGS = 64
_log = logging.getLogger(__name__)


class InspectionWiring(NamedTuple):
    """What an inspection needs from the rest of the server."""

    settings_for: Callable[[str], Settings | None]
    """Called on the thread of the host; None for a file that is not reviewed."""
    excluding: Excluding
    cache: str
    """Directory of the disk cache, empty for none."""


class BackgroundInspection:
    """Inspection that another process makes and keeps up to date. The methods belong to one thread and never wait."""

    def __init__(self, wiring: InspectionWiring) -> None:
        self._wiring = wiring
        self._post: _Post | None = None
        self._held: dict[str, bytes] = {}

    def start(self, roots: Sequence[str], host: InspectionHost) -> None:
        """Review the files below `roots`, each by the settings that it has now; what is known already stays known."""
        trees = roots_of(roots, self._wiring.excluding)
        order = Inspect(
            tuple(
                Tree(tree.directory, tuple((each.directory, each.patterns) for each in tree.exclusions))
                for tree in trees
            ),
            tuple(roots),
            self._wiring.cache,
        )
        if self._post is None:
            self._post = _Post(self._wiring.settings_for, host, order, self._held)
        else:
            self._post.begin(order)

    def look(self) -> None:
        """Look which files changed on the disk, came or went."""
        if self._post is not None:
            self._post.ask(Look())

    def hold(self, path: str, text: bytes) -> None:
        """Leave the file at `path` to the editor, where it has `text` now."""
        self._held[path] = text
        if self._post is not None:
            self._post.ask(Hold(path, text))

    def release(self, path: str) -> None:
        """Review the file at `path` as it is on the disk: something will be shown of it in any case."""
        del self._held[path]
        if self._post is not None:
            self._post.ask(Release(path))

    def stop(self) -> None:
        """Stop at once."""
        if self._post is not None:
            self._post.stop()
        self._post = None


class _Post:
    """Process that inspects, seen from the server: what it was asked, and what became of it."""

    def __init__(
        self,
        settings_for: Callable[[str], Settings | None],
        host: InspectionHost,
        order: Inspect,
        held: dict[str, bytes],
    ) -> None:
        self._settings_for = settings_for
        self._host = host
        self._order = order
        self._held = held
        self._sent = self._finished = self._total = 0
        self._opening = ""
        self._suspects: set[str] = set()
        self._skipped: dict[str, Stamp] = {}
        self._shown: set[str] = set()
        self._unconfirmed: set[str] = set()
        """Files whose findings are shown since before the process died."""
        self._is_over = False
        self._known_settings: dict[int, tuple[Settings, bytes]] = {}
        self._child = ChildProcess(_MODULE, read_inspection_answer, self)
        self._brief()
        self._child.listen()

    def begin(self, order: Inspect) -> None:
        """Go on with other roots or other settings."""
        with self._child.lock:
            self._order = order
            self._send(self._complete_order())

    def ask(self, request: InspectionRequest) -> None:
        """Ask for `request`."""
        with self._child.lock:
            self._send(request)

    def stop(self) -> None:
        """End at once; nothing is shown any more."""
        self._is_over = True
        self._child.stop()

    def take(self, answer: InspectionAnswer) -> None:
        """Pass on what was found."""
        match answer:
            case Undecided(paths):
                self._host.run(lambda: self._decide(paths))
            case Opening(path):
                self._opening = path
            case Inspected(files):
                self._pass_on(files)
            case Reached(done, total):
                self._total = total
                if done < total:
                    self._host.progress(done, total)
            case Idle(requests):
                self._opening = ""
                self._finished = requests
                self._host.run(lambda: self._rest(requests))

    def is_busy(self) -> bool:
        """Tell whether anything is asked for."""
        return self._finished != self._sent

    def resume(self) -> None:
        """Begin again, without a file that the process died of twice."""
        at = stamp(self._opening)
        if self._opening in self._suspects and at is not None:
            self._skipped[self._opening] = at
        self._suspects.add(self._opening)
        _log.warning("The process that reviews closed files ended and was started again (%s)", self._opening or "idle")
        self._host.run(self._doubt)
        self._opening = ""
        self._sent = self._finished = 0
        self._brief()

    def give_up(self) -> None:
        """Show nothing any more: findings that nobody keeps up to date are worse than none."""
        _log.error("The process that reviews closed files ended too often: they are not reviewed any more")
        self._finished = self._sent
        self._host.run(self._doubt)
        self._host.run(lambda: self._rest(self._sent))

    def _brief(self) -> None:
        self._send(self._complete_order())
        for path, text in self._held.items():
            self._send(Hold(path, text))

    def _complete_order(self) -> Inspect:
        order, skipped = self._order, tuple(self._skipped.items())
        return Inspect(order.trees, order.asked, order.cache, skipped)

    def _send(self, request: InspectionRequest) -> None:
        self._sent += 1
        self._child.send(request)

    def _doubt(self) -> None:
        self._unconfirmed = set(self._shown)

    def _decide(self, paths: Sequence[str]) -> None:
        if self._is_over:
            return
        settings: dict[bytes, int] = {}
        numbers = tuple(
            None if each is None else settings.setdefault(self._encoded(each), len(settings))
            for each in map(self._settings_for, paths)
        )
        self.ask(Decide(tuple(paths), numbers, tuple(settings)))

    def _encoded(self, settings: Settings) -> bytes:
        """Return `settings` as bytes; files share them, and a baseline makes them long."""
        known = self._known_settings.get(id(settings))
        if known is None or known[0] is not settings:
            if len(self._known_settings) >= _MOST_SETTINGS:
                self._known_settings.clear()
            known = self._known_settings[id(settings)] = (settings, encode_settings(settings))
        return known[1]

    def _pass_on(self, files: Sequence[InspectedFile]) -> None:
        """Show files that are still what was reviewed, and have the others looked at again."""
        current = [file for file in files if file.stamp is None or file.stamp == stamp(file.path)]
        if len(current) < len(files):
            self.ask(Look())
        self._host.run(lambda: self._show(current))

    def _show(self, files: Sequence[InspectedFile]) -> None:
        if self._is_over:
            return
        for file in files:
            self._unconfirmed.discard(file.path)
            (self._shown.add if file.findings else self._shown.discard)(file.path)
        self._host.show(files)

    def _rest(self, requests: int) -> None:
        """Take back what was not found again, and let progress end."""
        if self._is_over or requests != self._sent:
            return
        gone = [InspectedFile(path, None) for path in sorted(self._unconfirmed)]
        self._unconfirmed.clear()
        self._shown.difference_update(file.path for file in gone)
        self._host.show(gone)
        self._host.progress(self._total, self._total)
