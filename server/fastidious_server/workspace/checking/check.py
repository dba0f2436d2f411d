"""Check of files and directories, by one process or several, or not at all where the last results still hold."""

# ruff: noqa: PLC0415 - imported when wanted: every command pays for what it imports

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from fastidious_server.workspace.checking.plan import digest, find, plan, roots_of, with_texts
from fastidious_server.workspace.checking.results import result_order
from fastidious_server.workspace.checking.runs import load_run, roots_of_run, save_run

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence

    from fastidious_rules.engine.registry import Registry
    from fastidious_server.workspace.checking.fixing import FixedFile
    from fastidious_server.workspace.checking.plan import Configuration, Found, Plan
    from fastidious_server.workspace.checking.results import Crash, FileResults, Result
    from fastidious_server.workspace.checking.share import KnownFacts, Rulebook
    from fastidious_server.workspace.storage.disk import DiskCache

_SMALL = 40
"""So few files are checked before other processes have started."""


class Request(NamedTuple):
    """What to check, as absolute paths, and how."""

    paths: tuple[str, ...]
    jobs: int = 0
    with_fixes: bool = False
    choices: str = ""
    """What else the results depend on, apart from files."""
    texts: Mapping[str, bytes] = MappingProxyType({})
    """Contents of files that are not those of the disk."""
    forces_exclusion: bool = False
    """Whether files that are excluded are only context even if they are named."""


class Outcome(NamedTuple):
    """What came out, sorted by path."""

    files: tuple[FileResults, ...]

    @property
    def results(self) -> list[Result]:
        """All findings."""
        return sorted((result for file in self.files for result in file.results), key=result_order)

    @property
    def crashes(self) -> list[Crash]:
        """All rules that crashed, and where."""
        return [crash for file in self.files for crash in file.crashes]

    @property
    def gone(self) -> int:
        """How many findings of baselines are not there any more."""
        return sum(file.gone for file in self.files)


@dataclass(slots=True)
class Checkup:
    """Check of one request."""

    request: Request
    configuration: Configuration
    registry: Callable[[], Registry]
    disk: DiskCache
    progress: Callable[[int, int], None]
    _done: int = 0
    _total: int = 0

    def run(self) -> Outcome:
        """Return the results, those of the last run if nothing has changed."""
        if self.request.texts:
            return self._outcome(self._check(self.plan(self.find())))
        key = f"run {self.request.paths} {self.request.with_fixes} {self.request.choices}"
        last = load_run(self.disk, key)
        if last is not None and last.files == digest(find(roots_of_run(last), self.request.paths)):
            return Outcome(tuple(last.results))
        found = self.find()
        outcome = self._outcome(self._check(self.plan(found)))
        if not outcome.crashes:
            save_run(self.disk, key, self.configuration, found, list(outcome.files))
        return outcome

    def fixes(self, paths: Collection[str], *, unsafe: bool) -> Iterator[FixedFile]:
        """Yield the files at `paths` that fixes change."""
        from fastidious_server.workspace.checking.fixing import Fixer
        from fastidious_server.workspace.checking.share import Share

        made = self.plan(self.find())
        share = Share(self._rulebook(made), made.items, self.request.texts, keeps_all=True)
        numbers = [number for number, item in enumerate(made.items) if item.path in paths]
        others = [number for number, item in enumerate(made.items) if item.path not in paths]
        cached = self._cached(made, others)
        unknown = sorted(set(others) - {each.number for each in cached})
        known = [*cached, *Share(share.rulebook, [item.as_context() for item in made.items]).read(unknown)]
        yield from Fixer(share, unsafe).fix(known, numbers)

    def find(self) -> list[Found]:
        """Return the files that the request is about, and those around them."""
        found = find(roots_of(self.request.paths, self.configuration), self.request.paths)
        return [with_texts(tree, self.request.texts) for tree in found] if self.request.texts else found

    def plan(self, found: Sequence[Found]) -> Plan:
        """Return the items to check; raise `BrokenConfigurationError` if nobody knows how."""
        named = self.request.paths
        if self.request.forces_exclusion:
            named = tuple(path for path in named if not self.configuration.excludes(path))
        return plan(found, named, self.configuration)

    def _outcome(self, files: Iterable[FileResults]) -> Outcome:
        return Outcome(tuple(sorted(files, key=lambda file: file.path)))

    def _rulebook(self, made: Plan) -> Rulebook:
        from fastidious_server.workspace.checking.share import Rulebook

        return Rulebook(self.registry(), made.settings, self.request.with_fixes)

    def _cached(self, made: Plan, numbers: Iterable[int]) -> list[KnownFacts]:
        """Return the facts of items that are on the disk."""
        from fastidious_server.workspace.checking.share import KnownFacts
        from fastidious_server.workspace.indexing.facts_cache import FactsCache

        cache = FactsCache(self.disk)
        items = ((number, made.items[number]) for number in numbers)
        cached = ((number, cache.get(item.path, item.stamp)) for number, item in items)
        return [KnownFacts(number, facts) for number, facts in cached if facts is not None]

    def _check(self, made: Plan) -> list[FileResults]:
        known = self._cached(made, (number for number, item in enumerate(made.items) if not item.checked))
        self._total = 2 * (len(made.items) - len(known))
        checked, read = self._shared(self._rulebook(made), made, known)
        self._keep(made, read)
        return [*checked, *self._missing(made)]

    def _missing(self, made: Plan) -> Iterator[FileResults]:
        from fastidious_server.workspace.baselines.known_findings import missing_files

        baselines = [settings.baseline for settings in made.settings if settings.baseline.files]
        return missing_files(baselines, self.request.paths) if baselines and not self.request.texts else iter(())

    def _keep(self, made: Plan, read: Iterable[KnownFacts]) -> None:
        from fastidious_server.workspace.indexing.facts_cache import FactsCache

        cache = FactsCache(self.disk)
        for each in read:
            item = made.items[each.number]
            if each.facts and item.path not in self.request.texts:
                cache.put(item.path, item.stamp, each.facts)
        cache.save()

    def _shared(
        self, rulebook: Rulebook, made: Plan, known: Sequence[KnownFacts]
    ) -> tuple[list[FileResults], list[KnownFacts]]:
        """Check with as many processes as pay; return the results and what was read for them."""
        from fastidious_server.workspace.checking.parallel import Crew, usable_cores

        left = len(made.items) - len(known)
        jobs = min(self.request.jobs or usable_cores(), left)
        if jobs <= 1 or left < _SMALL or self.request.texts:
            return self._alone(rulebook, made, known)
        crew = Crew(rulebook, made.items, known, jobs)
        try:
            return list(crew.check(self._advance)), list(crew.read())
        finally:
            crew.stop()

    def _alone(
        self, rulebook: Rulebook, made: Plan, known: Sequence[KnownFacts]
    ) -> tuple[list[FileResults], list[KnownFacts]]:
        from fastidious_server.workspace.checking.share import Share

        share = Share(rulebook, made.items, self.request.texts)
        left = sorted(set(range(len(made.items))) - {each.number for each in known})
        read: list[KnownFacts] = []
        for each in share.read(left):
            read.append(each)
            self._advance(1)
        share.learn(sorted([*known, *read], key=lambda each: each.number))
        checked: list[FileResults] = []
        for file in share.check(left):
            checked.append(file)
            self._advance(1)
        return checked, read

    def _advance(self, count: int) -> None:
        self._done += count
        self.progress(self._done, self._total)
