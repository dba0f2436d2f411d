"""Diagnostics as JSON, kept per unit: what did not change is not written again."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

from fastidious_rules.engine.finding import Severity
from fastidious_server.lsp.diagnosis.links import rule_page
from fastidious_server.lsp.positions import to_range

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from fastidious_rules.engine.finding import Finding
    from fastidious_rules.semantics.place import Place
    from fastidious_rules.syntax.text import Source
    from fastidious_server.lsp.places import Location, Places
    from fastidious_server.lsp.positions import Range
    from fastidious_server.lsp.support import Support
    from fastidious_server.workspace.reports import UnitReport

SOURCE = "fastidious"
_MOST_RESTS = 4096
SEVERITIES = {Severity.ERROR: 1, Severity.WARNING: 2, Severity.INFORMATION: 3, Severity.HINT: 4}
TAGS = {"unnecessary": 1, "deprecated": 2}


class Said(NamedTuple):
    """What a diagnostic says, apart from where."""

    rule: str
    severity: Severity
    message: str
    tags: Collection[str]
    related: Sequence[tuple[Location, str]]


class Fragment:
    """Diagnostics of one unit, ready but for the numbers of their lines."""

    __slots__ = ("_offsets", "_rendered", "_row", "_template", "findings", "locations", "places", "prefix")

    def __init__(self, findings: tuple[Finding, ...], prefix: bytes, template: bytes, offsets: tuple[int, ...]) -> None:
        self.findings = findings  # held, so that no other tuple gets its identity
        self.prefix = prefix
        self.places: tuple[Place, ...] = tuple(related.place for finding in findings for related in finding.related)
        self.locations: tuple[Location, ...] = ()
        self._template = template
        self._offsets = offsets
        self._row = -1
        self._rendered = b""

    def at(self, row: int) -> bytes:
        """Return the diagnostics of the unit when it starts in line `row`."""
        if row != self._row:
            self._row = row
            self._rendered = self._template % tuple([row + offset for offset in self._offsets])
        return self._rendered


class DocumentEncoder:
    """Encoder of the diagnostics of one document, and what it wrote the last time."""

    def __init__(self, support: Support, places: Places) -> None:
        self._support = support
        self._places = places
        self._fragments: dict[int, Fragment] = {}
        self._rests: dict[tuple[str, Severity, str, frozenset[str]], str] = {}

    def encode(self, source: Source, units: Iterable[UnitReport]) -> bytes:
        """Return the diagnostics of all units, separated by commas."""
        fragments: dict[int, Fragment] = {}
        parts: list[bytes] = []
        for unit in units:
            findings = unit.findings
            if findings:
                fragments[id(findings)] = fragment = self._fragment(source, unit)
                parts.append(fragment.at(unit.row))
        self._fragments = fragments
        return b",".join(parts)

    def _fragment(self, source: Source, unit: UnitReport) -> Fragment:
        known = self._fragments.get(id(unit.findings))
        prefix = source.text[source.lines.start(unit.row) : unit.start]
        if known is None or known.prefix != prefix:
            return self._build(source, unit, prefix)
        if known.places and known.locations != self._locations(known.places):
            return self._build(source, unit, prefix)
        return known

    def _build(self, source: Source, unit: UnitReport, prefix: bytes) -> Fragment:
        templates: list[str] = []
        offsets: list[int] = []
        for finding in unit.findings:
            spread = to_range(source, finding.span.shifted(unit.start), self._support.encoding)
            templates.append(_template(spread, self._rest(finding)))
            offsets += (spread.start.line - unit.row, spread.end.line - unit.row)
        fragment = Fragment(unit.findings, prefix, ",".join(templates).encode(), tuple(offsets))
        fragment.locations = self._locations(fragment.places)
        return fragment

    def _locations(self, places: Sequence[Place]) -> tuple[Location, ...]:
        return tuple([self._places.location(place) for place in places])

    def _rest(self, finding: Finding) -> str:
        """Return the members of a diagnostic other than its range, as part of a format string."""
        if finding.related:
            return _encoded(self._members(finding))
        key = (finding.rule, finding.severity, finding.message, finding.tags)
        rest = self._rests.get(key)
        if rest is None:
            if len(self._rests) >= _MOST_RESTS:
                self._rests.clear()
            rest = self._rests[key] = _encoded(self._members(finding))
        return rest

    def _members(self, finding: Finding) -> dict[str, Any]:
        show = self._places.show
        related = [
            (self._places.location(each.place), finding.described(each.message, show)) for each in finding.related
        ]
        message = finding.described(finding.message, show)
        return members(self._support, Said(finding.rule, finding.severity, message, finding.tags, related))


def members(support: Support, said: Said) -> dict[str, Any]:
    """Return the members of a diagnostic other than its range."""
    page = rule_page(said.rule)
    result: dict[str, Any] = {"severity": SEVERITIES[said.severity], "code": said.rule}
    if page and support.code_description:
        result["codeDescription"] = {"href": page}
    result["source"] = SOURCE
    result["message"] = said.message
    tags = sorted({TAGS[tag] for tag in said.tags if tag in TAGS} & support.tags)
    if tags:
        result["tags"] = tags
    if said.related and support.related_information:
        result["relatedInformation"] = [
            {"location": location_json(location), "message": message} for location, message in said.related
        ]
    return result


def range_json(spread: Range) -> dict[str, Any]:
    """Return `spread` as JSON."""
    return {"start": spread.start._asdict(), "end": spread.end._asdict()}


def location_json(location: Location) -> dict[str, Any]:
    """Return `location` as JSON."""
    return {"uri": location.uri, "range": range_json(location.range)}


def _encoded(members: dict[str, Any]) -> str:
    """Return `members` as JSON within a format string, and within an object that has other members."""
    return json.dumps(members, separators=(",", ":"))[1:].replace("%", "%%")


def _template(spread: Range, rest: str) -> str:
    """Return one diagnostic as a format string that takes the lines where it starts and ends."""
    start, end = spread.start.character, spread.end.character
    return f'{{"range":{{"start":{{"line":%d,"character":{start}}},"end":{{"line":%d,"character":{end}}}}},{rest}'
