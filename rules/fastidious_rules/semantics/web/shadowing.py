"""Routes that are never reached, because an earlier one takes their requests."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from fastidious_rules.semantics.web.paths import Template, template
from fastidious_rules.semantics.web.routing import Endpoint, Position, comes_before, entries, module_of, mounts, routers

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastidious_rules.semantics.place import Place
    from fastidious_rules.semantics.project import Project

_UUID = re.compile(r"[0-9a-fA-F-]{32,36}")
_NUMBER = re.compile(r"[+-]?[0-9_]+")
_DECIMAL = re.compile(r"[+-]?[0-9.]+([eE][+-]?[0-9]+)?|inf|nan", re.IGNORECASE)
_DATE = re.compile(r"[0-9][0-9T:Z.+ -]*")
_TRUTH = re.compile(r"true|false|yes|no|on|off|0|1|t|f|y|n", re.IGNORECASE)
_ACCEPTED = {
    "builtins.int": _NUMBER,
    "builtins.float": _DECIMAL,
    "builtins.bool": _TRUTH,
    "decimal.Decimal": _DECIMAL,
    "uuid.UUID": _UUID,
    "pydantic.UUID1": _UUID,
    "pydantic.UUID4": _UUID,
    "pydantic.PositiveInt": _NUMBER,
    "datetime.date": _DATE,
    "datetime.datetime": _DATE,
}
"""Types of path parameters, and what text they may accept."""


class Shadow(NamedTuple):
    """A route that another one hides; `number` is that of its decorator."""

    symbol: str
    number: int
    method: str
    path: str
    by: Place
    by_path: str
    rejecting: str
    """The parameter of the earlier route that refuses what stands in the path, if one does."""
    rejecting_type: str


class _Candidate(NamedTuple):
    endpoint: Endpoint
    position: tuple[Position, ...]
    template: Template


def shadows(project: Project, module: str, symbol: str) -> tuple[Shadow, ...]:
    """Return the routes of a function that are never reached."""
    return tuple(each for each in project.ask(shadows_in, module) if each.symbol == symbol)


def shadows_in(project: Project, module: str) -> tuple[Shadow, ...]:
    """Return the routes of a module that are never reached."""
    own = list(_candidates(project, module, None))
    others = list(_others(project, module, own)) if own else []
    by_size: dict[int, list[_Candidate]] = {}
    for each in [*own, *others]:
        if each.template.parameters and each.template.pattern is not None:
            by_size.setdefault(each.template.segments, []).append(each)
    found: dict[tuple[str, int], Shadow] = {}
    for later in own:
        key = (later.endpoint.symbol, later.endpoint.number)
        sizes = (later.template.segments, -1)
        for earlier in (each for size in sizes for each in by_size.get(size, ())):
            shadow = _shadow(earlier, later) if key not in found else None
            if shadow is not None:
                found[key] = shadow
    return tuple(found.values())


def _candidates(project: Project, module: str, router: str | None) -> Iterator[_Candidate]:
    """Yield the routes of a module, or only those of one router, under all their full paths."""
    for number, entry in enumerate(project.ask(entries, module)):
        if isinstance(entry, Endpoint) and entry.path is not None and router in {None, entry.router}:
            last = Position(entry.router, module, number)
            for mount in project.ask(mounts, entry.router):
                yield _Candidate(entry, (*mount.position, last), template(mount.prefix + entry.path))


def _others(project: Project, module: str, own: list[_Candidate]) -> Iterator[_Candidate]:
    """Yield the routes of routers that come earlier and whose prefix some path of this module starts with."""
    for router in project.ask(routers):
        if module_of(router) != module and any(
            _may_precede(mount.prefix, mount.position, each) for mount in project.ask(mounts, router) for each in own
        ):
            yield from _candidates(project, module_of(router), router)


def _may_precede(prefix: str, position: tuple[Position, ...], later: _Candidate) -> bool:
    fixed = prefix.partition("{")[0]
    return later.template.path.startswith(fixed) and (
        comes_before(position, later.position) or later.position[: len(position)] == position
    )


def _shadow(earlier: _Candidate, later: _Candidate) -> Shadow | None:
    one, other = earlier.endpoint, later.endpoint
    if one.place == other.place or not comes_before(earlier.position, later.position):
        return None
    common = [method for method in other.methods if method in one.methods]
    taken = earlier.template.captures(later.template)
    if not taken or not (common or one.methods == other.methods):
        return None
    rejecting = next((pair for pair in one.types if _rejects(pair[1], taken.get(pair[0]))), ("", ""))
    return Shadow(
        symbol=other.symbol,
        number=other.number,
        method=common[0] if common else "WebSocket",
        path=later.template.path,
        by=one.place,
        by_path=earlier.template.path,
        rejecting=rejecting[0],
        rejecting_type=rejecting[1].rpartition(".")[2],
    )


def _rejects(type_name: str, text: str | None) -> bool:
    accepted = _ACCEPTED.get(type_name)
    return text is not None and accepted is not None and "\x01" not in text and not accepted.fullmatch(text)
