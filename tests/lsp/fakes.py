"""Services that answer from plain words in the text, so that the edge is tested without the engine."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from fastidious_rules.engine.finding import (
    Attempts,
    Edit,
    Finding,
    Fix,
    Refusal,
    Related,
    Request,
    Safety,
    Severity,
    Task,
)
from fastidious_rules.engine.settings import Settings
from fastidious_rules.semantics.place import Place
from fastidious_rules.syntax.text import Source, Span
from fastidious_server.workspace.background import BaselineError
from fastidious_server.workspace.inspecting.inspected import InspectedFile, InspectedFinding
from fastidious_server.workspace.ports import (
    ConfigurationHome,
    ConfigurationProblem,
    Obstacle,
    Preferences,
    Services,
)
from fastidious_server.workspace.rule_knowledge import RuleSummary
from fastidious_server.workspace.storage.files import Stamp
from fastidious_server.workspace.words import Explanation, Suggestion, Suggestions, Word

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

    from fastidious_rules.engine.directives import Directive
    from fastidious_rules.engine.explain import Remedy
    from fastidious_rules.engine.hints import ReturnHint
    from fastidious_rules.engine.route_sites import OutlineItem, RouteSite
    from fastidious_rules.semantics.web.client_calls import ClientCall
    from fastidious_rules.semantics.web.route_card import RouteCard
    from fastidious_rules.semantics.web.route_list import KnownRoute
    from fastidious_rules.semantics.web.route_tests import Aimed
    from fastidious_server.workspace.background import IndexHost, InspectionHost
    from fastidious_server.workspace.ports import Document

WORDS = {b"blocking": "blocking-call", b"slow": "slow-call", b"shared": "shared-state", b"typed": "missing-type"}
PREFERENCES = {
    "diagnosticMode": "diagnostic_mode",
    "codeLens": "code_lens",
    "returnTypeHints": "return_type_hints",
    "logLevel": "log_level",
}
NEW_HOME = ConfigurationHome("/nowhere/fastidious.toml", is_new=True)
_UNIT = re.compile(rb"(?:(?!\n\n).)+", re.DOTALL)
_WORD = re.compile(rb"blocking|slow|shared|typed|crash")


class FakeUnit(NamedTuple):
    """Findings of one paragraph."""

    start: int
    row: int
    findings: tuple[Finding, ...]


class FakeFailure(NamedTuple):
    """Crash of a rule."""

    rule: str
    error: str
    line: int = 1
    is_overdue: bool = False


class FakeReport(NamedTuple):
    """Findings of all paragraphs."""

    units: tuple[FakeUnit, ...]
    problems: tuple[FakeFailure, ...] = ()

    def findings(self) -> list[Finding]:
        moved = [
            replace(finding, span=finding.span.shifted(unit.start)) for unit in self.units for finding in unit.findings
        ]
        return sorted(moved, key=lambda finding: (finding.span, finding.rule))


@dataclass(slots=True)
class FakeDocument:
    """Text in which words are findings: `blocking` has a safe fix, `slow` an unsafe one."""

    path: str
    source: Source
    engine: FakeEngine
    settings: Settings
    checks: int = 0
    memo: dict[bytes, tuple[Finding, ...]] = field(default_factory=dict)

    def edit(self, span: Span, replacement: bytes) -> None:
        self.source.replace(span, replacement)

    def check(self) -> FakeReport:
        self.checks += 1
        self.engine.note(self.path, self.source.text)
        units = [
            FakeUnit(match.start(), self.source.point(match.start()).row, self._findings(match.group()))
            for match in _UNIT.finditer(self.source.text)
        ]
        late = tuple(FakeFailure(rule, "it is switched off", is_overdue=True) for rule in self.engine.overdue)
        return FakeReport(tuple(units), late)

    def prepare(self, most: int | None = None) -> bool:  # noqa: ARG002
        return self.engine.is_quick

    def fixes(self, finding: Finding) -> tuple[Fix, ...]:
        if finding.rule == "blocking-call":
            return (Fix("Await it", (Edit(finding.span, "awaited"),)),)
        if finding.rule == "slow-call":
            return (Fix("Make it fast", (Edit(finding.span, "fast"),), safety=Safety.UNSAFE),)
        if finding.rule == "shared-state" and self.engine.is_sharing_fixable:
            edits = (Edit(finding.span, "own"), Edit(Span(0, 0), "# seen\n", self.engine.other))
            return (Fix("Own it everywhere", edits, safety=Safety.UNSAFE),)
        return ()

    def attempts(self, finding: Finding) -> Attempts:
        fixes = self.fixes(finding)
        if not fixes and finding.rule == "shared-state":
            return Attempts(refusals=(Refusal("Own it everywhere", "somebody else holds it"),))
        return Attempts(fixes)

    def fix_all(self, rules: Collection[str] | None = None, *, unsafe: bool = False) -> Edit | None:
        new = self.source.text
        for word, rule, fixed in ((b"blocking", "blocking-call", b"awaited"), (b"slow", "slow-call", b"fast")):
            if (rules is None or rule in rules) and (unsafe or rule == "blocking-call"):
                new = new.replace(word, fixed)
        return None if new == self.source.text else Edit(Span(0, len(self.source.text)), new.decode())

    def _findings(self, text: bytes) -> tuple[Finding, ...]:
        if b"crash" in text:
            message = "told to"
            raise RuntimeError(message)
        if text not in self.memo:
            self.memo[text] = tuple(self._finding(match) for match in _WORD.finditer(text))
        return self.memo[text]

    def _finding(self, match: re.Match[bytes]) -> Finding:
        rule, word = WORDS[match.group()], match.group().decode()
        related: tuple[Related, ...] = ()
        message = f"`{word}` is 100% wrong"
        if rule == "shared-state":
            related = (Related(Place(self.engine.other, "shared", Span(0, 6)), "shared from here"),)
            message = "`shared` comes from {@0}"
        severity = Severity.ERROR if rule == "blocking-call" else Severity.WARNING
        tags = frozenset({"deprecated"}) if rule == "slow-call" else frozenset[str]()
        severity = Severity.HINT if rule in self.settings.ignore else severity
        request = Request(Task.RENAME, "typed") if rule == "missing-type" else None
        return Finding(rule, Span(*match.span()), message, severity, related, "", tags, request)


class FakeRoutes:
    """Routes of a project that has none."""

    def everywhere(self) -> Sequence[KnownRoute]:
        return ()

    def concern(self, document: Document) -> bool:  # noqa: ARG002
        return False

    def may_be_at(self, document: Document, offset: int) -> bool:  # noqa: ARG002
        return False

    def may_call(self, document: Document, offset: int) -> bool:  # noqa: ARG002
        return False

    def prepare_card(self, route: KnownRoute) -> Iterator[None]:  # noqa: ARG002
        return iter(())

    def sites(self, document: Document) -> Sequence[RouteSite]:  # noqa: ARG002
        return ()

    def outline(self, document: Document) -> Sequence[OutlineItem]:  # noqa: ARG002
        return ()

    def card(self, route: KnownRoute) -> RouteCard:
        raise LookupError(route)

    def place(self, route: KnownRoute) -> Place:
        raise LookupError(route)

    def tests(self, site: RouteSite) -> Sequence[ClientCall]:  # noqa: ARG002
        return ()

    def called_at(self, document: Document, offset: int) -> Sequence[Aimed]:  # noqa: ARG002
        return ()

    def prepare(self) -> Iterator[None]:
        return iter(())

    def state(self) -> object:
        return ()


@dataclass(slots=True)
class FakeEngine:
    """Engine for which a document that says `global` changes what all others are told."""

    other: str = "/nowhere/other.py"
    is_sharing_fixable: bool = True
    is_quick: bool = True
    """Otherwise reviews go on and on."""
    closed: dict[str, str] = field(default_factory=dict)
    """Files that nobody has open, with the one word that a fix of all puts on top of each."""
    revision: int = 0
    documents: list[FakeDocument] = field(default_factory=list)
    routes: FakeRoutes = field(default_factory=FakeRoutes)
    overdue: Sequence[str] = ()
    """Rules that fail wherever they are called, and are said to be called no more."""
    _globals: dict[str, bool] = field(default_factory=dict)

    def forgive(self) -> Sequence[str]:
        forgiven, self.overdue = self.overdue, ()
        return forgiven

    def note(self, path: str, text: bytes) -> None:
        is_global = b"global" in text
        if self._globals.get(path, False) != is_global:
            self._globals[path] = is_global
            self.revision += 1

    def open(self, path: str, module: str | None, source: Source, settings: Settings) -> FakeDocument:  # noqa: ARG002
        document = FakeDocument(path, source, self, settings)
        self.documents.append(document)
        return document

    def close(self, path: str) -> None:
        self._globals.pop(path, None)

    def configure(self, document: FakeDocument, settings: Settings) -> None:
        document.settings = settings
        document.memo.clear()

    def suppress_in_file(self, document: FakeDocument, rule: str) -> Edit | None:  # noqa: ARG002
        return Edit(Span(0, 0), f"# fastidious: ignore-file[{rule}]\n")

    def files(self) -> Sequence[str]:
        return sorted({*self.closed, *(document.path for document in self.documents)})

    def fix_closed(self, path: str, settings: Settings, rule: str, *, unsafe: bool) -> Edit | None:  # noqa: ARG002
        return Edit(Span(0, 0), self.closed[path]) if self.closed.get(path) else None

    def locate(self, place: Place) -> Span | None:
        return place.span

    def rules(self) -> list[RuleSummary]:
        return [RuleSummary(name, "fake", "error", f"What {name} finds.") for name in sorted(WORDS.values())]

    def guide(self, rule: str) -> str | None:
        return f"# {rule}\n" if rule in WORDS.values() else None

    def is_fixable(self, rule: str) -> bool:
        return rule in {"blocking-call", "slow-call"}

    def explain(self, finding: Finding, show: Callable[[Place], str], remedy: Remedy, *, briefly: bool) -> str:
        del briefly
        told = f"{remedy.title}\n{remedy.diff}" if remedy.diff else remedy.refusal
        return f"**{finding.rule}** {finding.described(finding.message, show)}\n{told}"

    def about(self, rule: str) -> str | None:
        return next((each.summary for each in self.rules() if each.name == rule), None)

    def directive_at(self, document: FakeDocument, offset: int) -> None:
        del document, offset

    def return_hints(self, document: FakeDocument, span: Span) -> Sequence[ReturnHint]:
        del document, span
        return ()

    def found_beneath(self, document: FakeDocument, directive: Directive) -> Mapping[str, int]:
        del document, directive
        return {}

    def suppress(self, document: FakeDocument, finding: Finding) -> Edit | None:
        end = document.source.line_span(document.source.point(finding.span.start).row).end
        return Edit(Span(end, end), f"  # fastidious: ignore[{finding.rule}]")


@dataclass(slots=True)
class FakeSettings:
    """Settings whose every source is a plain attribute; files named `silent.py` are not reviewed."""

    roots: tuple[str, ...] = ()
    options: dict[str, Any] | None = None
    mistakes: list[ConfigurationProblem] = field(default_factory=list)
    is_stale: bool = False
    failure: OSError | None = None
    invalidated: list[str] = field(default_factory=list)
    preferences: Preferences = field(default_factory=Preferences)
    configuration: ConfigurationHome = NEW_HOME
    obstacle: str = ""
    folders: dict[str, object] = field(default_factory=dict)

    def set_roots(self, roots: Sequence[str]) -> None:
        self.roots = tuple(roots)

    def set_client_options(
        self, options: object, folders: Mapping[str, object] = MappingProxyType({})
    ) -> Sequence[str]:
        self.options = cast("dict[str, Any]", options) if isinstance(options, dict) else None
        self.folders = dict(folders)
        chosen = {PREFERENCES[key]: value for key, value in (self.options or {}).items() if key in PREFERENCES}
        self.preferences = self.preferences._replace(**chosen)
        return [] if options is None or isinstance(options, dict) else ["the settings must be an object"]

    def settings_for(self, path: str) -> Settings | None:
        if path.endswith("silent.py"):
            return None
        ignore = (self.options or {}).get("ignore", ())
        return Settings(ignore=frozenset(ignore))

    def home(self, path: str) -> ConfigurationHome:  # noqa: ARG002
        return self.configuration

    def deactivation(self, path: str, rule: str, text: bytes) -> Edit | Obstacle:  # noqa: ARG002
        if self.obstacle:
            return Obstacle(self.obstacle)
        return Edit(Span(len(text), len(text)), f"# no {rule}\n", self.configuration.path)

    def problems(self) -> Sequence[ConfigurationProblem]:
        return self.mistakes

    def files(self) -> Sequence[str]:
        return ["/nowhere/pyproject.toml"]

    def is_configuration(self, path: str) -> bool:
        return path.endswith(".toml")

    def invalidate(self, path: str) -> None:
        self.invalidated.append(path)

    def refresh(self) -> bool:
        if self.failure is not None:
            raise self.failure
        was_stale, self.is_stale = self.is_stale, False
        return was_stale


@dataclass(slots=True)
class FakeIndex:
    """Index that is done as soon as it starts."""

    started: list[tuple[str, ...]] = field(default_factory=list)
    refreshed: list[str] = field(default_factory=list)
    rescans: int = 0
    is_stopped: bool = False

    def start(self, roots: Sequence[str], host: IndexHost) -> None:
        self.started.append(tuple(roots))
        host.progress(0, 4)
        host.progress(2, 4)
        host.progress(4, 4)

    def refresh(self, paths: Sequence[str]) -> None:
        self.refreshed += paths

    def rescan(self) -> None:
        self.rescans += 1

    def stop(self) -> None:
        self.is_stopped = True


@dataclass(slots=True)
class FakeInference:
    """Inference that knows one type, after a while."""

    turns: int = 3
    is_stopped: bool = False

    def stop(self) -> None:
        self.is_stopped = True

    def title(self, finding: Finding) -> str | None:
        return "Add the inferred type" if finding.rule == "missing-type" else None

    async def fix(self, path: str, text: bytes, finding: Finding) -> Fix | None:  # noqa: ARG002
        for _ in range(self.turns):
            await asyncio.sleep(0)
        return Fix("Add the inferred type", (Edit(finding.span, "typed: int"),))


class FakeConfigurationHelp:
    """Help that knows one key."""

    def suggest(self, path: str, text: bytes, offset: int) -> Suggestions | None:
        del path, text
        return Suggestions(Span(offset, offset), (Suggestion("profile", Word.KEY, "How strict.", "profile"),))

    def explain(self, path: str, text: bytes, offset: int) -> Explanation | None:
        del path, text, offset
        return None


@dataclass(slots=True)
class FakeInspection:
    """Inspection that finds what a test puts into `files`, when it is told to."""

    started: list[tuple[str, ...]] = field(default_factory=list)
    held: dict[str, bytes] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    host: InspectionHost | None = None

    def start(self, roots: Sequence[str], host: InspectionHost) -> None:
        self.started.append(tuple(roots))
        self.host = host
        host.progress(1, 3)
        host.progress(3, 3)

    def look(self) -> None:
        self.asked.append("look")

    def hold(self, path: str, text: bytes) -> None:
        self.held[path] = text

    def release(self, path: str) -> None:
        del self.held[path]
        self.asked.append(f"release {path}")

    def stop(self) -> None:
        self.asked.append("stop")
        self.host = None

    def find(self, path: str, *findings: InspectedFinding) -> None:
        """Find something."""
        assert self.host is not None
        self.host.show([InspectedFile(path, Stamp(0, 0), findings)])
        self.finish()

    def lose(self, path: str) -> None:
        """Find out that a file is gone."""
        assert self.host is not None
        self.host.show([InspectedFile(path, None)])
        self.finish()

    def finish(self) -> None:
        """Have nothing left to do."""
        assert self.host is not None
        self.host.progress(1, 1)


@dataclass(slots=True)
class FakeBaselines:
    """Writer that keeps what it was given."""

    given: list[tuple[tuple[str, ...], dict[str, str]]] = field(default_factory=list)

    obstacle: str = ""

    async def write(self, roots: Sequence[str], texts: Mapping[str, str]) -> str:
        if self.obstacle:
            raise BaselineError(self.obstacle)
        self.given.append((tuple(roots), dict(texts)))
        return "written"


class FakeClock:
    """Clock that stands still until it is told to go on."""

    def __init__(self) -> None:
        self.waiting: list[Callable[[], object]] = []
        self.seconds: list[float] = []

    def call_later(self, seconds: float, job: Callable[[], object]) -> Callable[[], object]:
        self.seconds.append(seconds)
        self.waiting.append(job)
        return lambda: self.waiting.remove(job) if job in self.waiting else None

    def go_on(self) -> None:
        """Let all that waits have its turn."""
        jobs, self.waiting = self.waiting, []
        for job in jobs:
            job()


def fake_services(
    *,
    engine: Any = None,
    settings: Any = None,
    index: Any = None,
    inference: Any = None,
    baselines: Any = None,
    configuration_help: Any = None,
    inspection: Any = None,
) -> Services:
    """Return services that need no file and no engine, but for those that are given."""
    return Services(
        engine=engine or FakeEngine(),
        settings=settings or FakeSettings(),
        index=index or FakeIndex(),
        inference=inference or FakeInference(),
        baselines=baselines or FakeBaselines(),
        configuration_help=configuration_help or FakeConfigurationHelp(),
        inspection=inspection or FakeInspection(),
    )
