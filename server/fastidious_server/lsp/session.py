"""State of one conversation with an editor."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from lsprotocol import types as lsp

from fastidious_server.lsp.background import logs
from fastidious_server.lsp.background.recorder import Recorder
from fastidious_server.lsp.background.refreshes import Refresh
from fastidious_server.lsp.diagnosis.closed_files import ClosedFiles
from fastidious_server.lsp.diagnosis.encoding import Encoders
from fastidious_server.lsp.diagnosis.inspecting import Inspecting
from fastidious_server.lsp.diagnosis.publishing import ProblemPublisher, Publisher, notification
from fastidious_server.lsp.diagnosis.pulling import Answers
from fastidious_server.lsp.diagnosis.reviews import Reviews
from fastidious_server.lsp.inferred_types import InferredTypes
from fastidious_server.lsp.places import Places
from fastidious_server.lsp.settings.lookout import Lookout
from fastidious_server.lsp.settings.registrations import Registrations
from fastidious_server.lsp.support import Support
from fastidious_server.workspace.documents import Documents
from fastidious_server.workspace.storage.current_texts import CurrentTexts

if TYPE_CHECKING:
    import logging
    from collections.abc import Callable, Mapping

    from fastidious_server.lsp.wire.client import Client
    from fastidious_server.workspace.ports import Services


class IndexProgress(NamedTuple):
    """How many files of the workspace are indexed."""

    done: int
    total: int


@dataclass(slots=True)
class Lenses:
    """What is known of the lenses of an editor: commands of its own, and what lenses showed when it last asked for any."""

    commands: frozenset[str] = frozenset()
    shown: object = None
    """None if it never asked."""


class Session:
    """Documents, settings and results behind one connection.

    `load` brings the services: it imports what is heavy, so it is not called before `initialize` is answered.
    """

    def __init__(self, load: Callable[[], Services], client: Client) -> None:
        self.client = client
        self.registrations = Registrations(client)
        self.lookout = Lookout(client)
        self.recorder = Recorder(client)
        self.log: logging.Handler | None = None
        self.documents = Documents()
        self.texts = CurrentTexts(self.documents)
        self.support = Support()
        self.roots: tuple[str, ...] = ()
        self.options: object = None
        self.applied_options: tuple[object, Mapping[str, object]] = (None, {})
        self.told: list[str] = []
        self.lenses = Lenses()
        self.is_shut_down = False
        self.client_name = ""
        self.indexed = asyncio.Event()
        self.index_progress = IndexProgress(0, 0)
        self._load = load
        self._workbench: Workbench | None = None

    @property
    def loaded(self) -> Workbench | None:
        """The workbench if it was needed already."""
        return self._workbench

    @property
    def workbench(self) -> Workbench:
        """Services and what was built on them, loaded when first asked for."""
        if self._workbench is None:
            self._workbench = Workbench(self, self._load())
        return self._workbench

    @property
    def services(self) -> Services:
        """Everything that the server is wired to."""
        return self.workbench.services

    def close(self) -> None:
        """Stop what runs in the background."""
        self.lookout.stop()
        logs.detach(self)
        if self._workbench is not None:
            self._workbench.services.index.stop()
            self._workbench.services.inference.stop()
            self._workbench.services.inspection.stop()


class Workbench:
    """What a session has once its services are loaded."""

    def __init__(self, session: Session, services: Services) -> None:
        services.settings.set_roots(session.roots)
        session.applied_options = (session.options, {})
        self.warnings = tuple(services.settings.set_client_options(session.options))
        support, client = session.support, session.client
        self.services = services
        self._client = client
        self.places = Places(session.texts, services.engine.locate, support.encoding)
        encoders = Encoders(support, self.places)
        self.diagnostics = Refresh(client, lsp.WORKSPACE_DIAGNOSTIC_REFRESH, is_supported=support.pull_diagnostics)
        self.lenses = Refresh(client, lsp.WORKSPACE_CODE_LENS_REFRESH, is_supported=support.lens_refresh)
        self.hints = Refresh(client, lsp.WORKSPACE_INLAY_HINT_REFRESH, is_supported=support.hint_refresh)
        self.answers = Answers(encoders, self.diagnostics) if support.pull_diagnostics else None
        self.channel = self.answers or Publisher(encoders, client.send)
        self.problems = ProblemPublisher(session.texts, support, client.send)
        self.reviews = Reviews(session.documents, services.engine, self.channel, session.recorder)
        self.closed_files = ClosedFiles(support, self._tell_of_closed_file)
        self.inferred_types = InferredTypes(services.inference)
        self.inspecting = Inspecting(session, services, self.closed_files)

    def _tell_of_closed_file(self, uri: str, diagnostics: bytes) -> None:
        if self.answers is not None:
            self.answers.changes.happened()
        else:
            self._client.send(notification(uri, diagnostics, None))
