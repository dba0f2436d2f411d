"""What the editor side needs from the rest of the server, as ports that `bootstrap` fills."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple, Protocol

from fastidious_server.workspace.rule_knowledge import RuleKnowledge

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from fastidious_rules.engine.explain import Remedy
    from fastidious_rules.engine.finding import Attempts, Edit, Finding
    from fastidious_rules.engine.settings import Settings
    from fastidious_rules.semantics.place import Place
    from fastidious_rules.syntax.text import Source, Span
    from fastidious_server.workspace.background import BaselineWriter, IndexFeed, Inference, Inspection
    from fastidious_server.workspace.reports import Report
    from fastidious_server.workspace.route_ports import Routes
    from fastidious_server.workspace.words import ConfigurationHelp


class Document(Protocol):
    """Text under review, as the engine keeps it."""

    @property
    def source(self) -> Source:
        """The text."""
        ...

    def edit(self, span: Span, replacement: bytes) -> None:
        """Replace `span`."""
        ...

    def check(self) -> Report:
        """Review what changed since the last check."""
        ...

    def prepare(self, most: int | None = None) -> bool:
        """Do a part of the next check, at most so many units; tell whether nothing is left to do."""
        ...

    def attempts(self, finding: Finding) -> Attempts:
        """Return the verified fixes of `finding`, the best first, or why it has none."""
        ...

    def fix_all(self, rules: Collection[str] | None = None, *, unsafe: bool = False) -> Edit | None:
        """Return one edit that fixes all that can be fixed, or only what `rules` found."""
        ...


class Engine(RuleKnowledge, Protocol):
    """Reviewer of documents, and what it knows of the project."""

    @property
    def routes(self) -> Routes:
        """Routes of the project."""
        ...

    @property
    def revision(self) -> int:
        """Grow when another document may have other findings now."""
        ...

    def open(self, path: str, module: str | None, source: Source, settings: Settings) -> Document:
        """Return a document to review; without `module`, its name follows from `path`."""
        ...

    def close(self, path: str) -> None:
        """Forget the document at `path`: what the index says of that file counts from now on."""
        ...

    def configure(self, document: Document, settings: Settings) -> None:
        """Review `document` by `settings` from now on."""
        ...

    def forgive(self) -> Sequence[str]:
        """Call all rules again as if none had taken too long, and return those that were called no more."""
        ...

    def locate(self, place: Place) -> Span | None:
        """Return where `place` is in its file now."""
        ...

    def is_fixable(self, rule: str) -> bool:
        """Tell whether the rule offers fixes that are safe."""
        ...

    def explain(self, finding: Finding, show: Callable[[Place], str], remedy: Remedy, *, briefly: bool) -> str:
        """Return what there is to know about `finding`, in Markdown: beside its message, and if `briefly` beside others."""
        ...

    def suppress(self, document: Document, finding: Finding) -> Edit | None:
        """Return the edit that makes `document` accept `finding`."""
        ...

    def suppress_in_file(self, document: Document, rule: str) -> Edit | None:
        """Return the edit that makes `document` accept all that `rule` finds in it; None where that cannot be."""
        ...

    def files(self) -> Sequence[str]:
        """Return the paths of all files known, open or not, sorted."""
        ...

    def fix_closed(self, path: str, settings: Settings, rule: str, *, unsafe: bool) -> Edit | None:
        """Return one edit that fixes what `rule` finds in a file that is not open, as the disk has it.

        None if there is nothing to do, or if a program wrote the file.
        """
        ...


class ConfigurationProblem(NamedTuple):
    """Mistake in a configuration file: rows and columns are zero-based, columns count characters.

    It reaches to the end of its line where both columns are the same.
    """

    path: str
    row: int
    column: int
    end_column: int
    message: str


class ConfigurationHome(NamedTuple):
    """Configuration file that counts for another file, or that will once it is there."""

    path: str
    is_new: bool = False


class Obstacle(NamedTuple):
    """Why something is not done: the end of a sentence."""

    reason: str


class DiagnosticMode(StrEnum):
    """Which files an editor is told the findings of."""

    OPEN_FILES = "openFilesOnly"
    WORKSPACE = "workspace"


class Preferences(NamedTuple):
    """What an editor has chosen for itself, apart from what is reported."""

    diagnostic_mode: DiagnosticMode = DiagnosticMode.OPEN_FILES
    code_lens: bool = True
    return_type_hints: bool = False
    log_level: str = "info"
    """`error`, `warning`, `info` or `debug`."""


class SettingsSource(Protocol):
    """Configuration from files, and from the editor on top of them."""

    @property
    def preferences(self) -> Preferences:
        """What the editor has chosen for itself."""
        ...

    def set_roots(self, roots: Sequence[str]) -> None:
        """Take note of the folders that the editor has open."""
        ...

    def set_client_options(self, options: object, folders: Mapping[str, object] = ...) -> Sequence[str]:
        """Take the editor's options, whatever it sent, and return what is wrong with them.

        Where it has others for one of its folders, they count below that folder.
        """
        ...

    def settings_for(self, path: str) -> Settings | None:
        """Return the settings of a file, or None if it is not to be reviewed."""
        ...

    def home(self, path: str) -> ConfigurationHome:
        """Return the configuration file that is to be changed for the sake of the file at `path`."""
        ...

    def deactivation(self, path: str, rule: str, text: bytes) -> Edit | Obstacle:
        """Return the edit of the file at `home`, which has this `text`, that turns `rule` off; or why there is none."""
        ...

    def problems(self) -> Sequence[ConfigurationProblem]:
        """Return what is wrong with the configuration files read so far."""
        ...

    def files(self) -> Sequence[str]:
        """Return the paths of the configuration files that the settings given so far come from."""
        ...

    def is_configuration(self, path: str) -> bool:
        """Tell whether the settings may depend on the file at `path`."""
        ...

    def invalidate(self, path: str) -> None:
        """Read again what depends on the file at `path`."""
        ...

    def refresh(self) -> bool:
        """Read again the files that changed on disk, and tell whether there were any."""
        ...


@dataclass(frozen=True, slots=True)
class Services:
    """Everything that the language server is wired to."""

    engine: Engine
    settings: SettingsSource
    index: IndexFeed
    inference: Inference
    baselines: BaselineWriter
    configuration_help: ConfigurationHelp
    inspection: Inspection
    surroundings: Callable[[], Mapping[str, str]] = dict
    """What a report of a bug should say about this installation, by name."""
