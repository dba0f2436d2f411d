"""Survey of the routes of files and directories, without an editor."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from fastidious_rules.semantics.extract import module_facts
from fastidious_rules.semantics.facts import encode
from fastidious_rules.semantics.project import Project
from fastidious_rules.semantics.web.route_card import RouteCard, route_card
from fastidious_rules.semantics.web.route_list import known_routes
from fastidious_rules.syntax.text import Source
from fastidious_server.workspace.checking.plan import find, plan, roots_of
from fastidious_server.workspace.indexing.facts_cache import FactsCache
from fastidious_server.workspace.storage.files import UnreadableFileError, read_source
from fastidious_server.workspace.storage.modules import root_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from fastidious_rules.semantics.place import Place
    from fastidious_server.workspace.checking.plan import Configuration
    from fastidious_server.workspace.checking.share import Item
    from fastidious_server.workspace.storage.disk import DiskCache


class Spot(NamedTuple):
    """Absolute path of a file, and a line in it that counts from one."""

    path: str
    line: int


class SurveyedRoute(NamedTuple):
    """A route: its card, and where its function, what it raises and the requests of its tests are."""

    card: RouteCard
    spot: Spot
    raised: tuple[Spot, ...]
    tests: tuple[Spot, ...]


class Survey(NamedTuple):
    """Routes in the order in which they are tried, and files that could not be read."""

    routes: tuple[SurveyedRoute, ...]
    unread: tuple[str, ...]


def survey(paths: Sequence[str], configuration: Configuration, disk: DiskCache) -> Survey:
    """Return the routes below absolute `paths`; raise `BrokenConfigurationError` if nobody knows what belongs to them."""
    found = find(roots_of(paths, configuration), paths)
    items = plan(found, paths, configuration).items
    unread: list[str] = []
    projects = _projects(items, FactsCache(disk), unread)
    asked = {path for tree in found for path in tree.asked}
    routes = [each for project in projects for each in _routes(project) if each.spot.path in asked]
    return Survey(tuple(routes), tuple(unread))


def _projects(items: Iterable[Item], cache: FactsCache, unread: list[str]) -> list[Project]:
    projects: dict[int, Project] = {}
    for item in items:
        try:
            facts = cache.get(item.path, item.stamp) or encode(module_facts(read_source(item.path).text))
        except UnreadableFileError as error:
            unread.append(str(error))
            continue
        cache.put(item.path, item.stamp, facts)
        project = projects.setdefault(item.project, Project(tracks=False))
        project.root_of = root_of
        project.update(item.path, item.module, facts)
    cache.save()
    return list(projects.values())


def _routes(project: Project) -> Iterator[SurveyedRoute]:
    lines = _Lines(project)
    seen: set[tuple[str, Place]] = set()
    for route in project.ask(known_routes):
        card = route_card(project, route)
        if (card.title, card.place) not in seen:
            seen.add((card.title, card.place))
            raised = tuple(lines.spot(each.place) for each in card.raised)
            yield SurveyedRoute(
                card, lines.spot(card.place), raised, tuple(lines.spot(each.place) for each in card.tests)
            )


class _Lines:
    """Lines of places, by the texts of their files."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._sources: dict[str, Source | None] = {}

    def spot(self, place: Place) -> Spot:
        """Return where a place is; the first line of its file if that is gone."""
        if place.path not in self._sources:
            self._sources[place.path] = _source(place.path)
        source, span = self._sources[place.path], self._project.locate(place)
        if source is None or span is None or span.start > len(source.text):
            return Spot(place.path, 1)
        return Spot(place.path, source.lines.row_of(span.start) + 1)


def _source(path: str) -> Source | None:
    try:
        return Source(read_source(path).text)
    except UnreadableFileError:
        return None
