"""Results as SARIF 2.1.0."""

from __future__ import annotations

import json
from itertools import groupby
from typing import TYPE_CHECKING, TypeAlias
from urllib.parse import quote

import fastidious_rules
from fastidious_rules.engine.guide import guide_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fastidious_rules.engine.rule import Rule
    from fastidious_server.cli.formats.listing import Listing
    from fastidious_server.workspace.checking.results import (
        Crash,
        EditResult,
        FixResult,
        Position,
        RelatedResult,
        Result,
    )

Json: TypeAlias = "dict[str, object]"

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_ROOT = "SRCROOT"
_LEVELS = {"error": "error", "warning": "warning", "information": "note", "hint": "note"}


def render(listing: Listing) -> str:
    """Return the results as one run."""
    rules = sorted({result.rule for result in listing.results})
    run = {
        "tool": {"driver": _driver(rules, listing)},
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {_ROOT: {"uri": f"file://{quote(_absolute(listing.directory))}/"}},
        "invocations": [_invocation(listing)],
        "results": [_result(result, rules, listing) for result in listing.results],
    }
    return json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2, ensure_ascii=False) + "\n"


def _driver(rules: Sequence[str], listing: Listing) -> Json:
    known = listing.rules()
    return {
        "name": "fastidious",
        "version": fastidious_rules.__version__,
        "rules": [_rule(name, known.get(name)) for name in rules],
    }


def _invocation(listing: Listing) -> Json:
    return {
        "executionSuccessful": not listing.crashes,
        "toolExecutionNotifications": [_notification(crash) for crash in listing.crashes],
    }


def _rule(name: str, rule: Rule | None) -> Json:
    """Return what there is to know of a rule; what the engine itself reports has no more than a name."""
    if rule is None:
        return {"id": name}
    return {
        "id": name,
        "shortDescription": {"text": rule.summary},
        "help": {"text": rule.summary, "markdown": guide_of(type(rule)).markdown},
        "defaultConfiguration": {"level": _LEVELS[rule.default_severity.value]},
        "properties": {"tags": [rule.family]},
    }


def _result(result: Result, rules: Sequence[str], listing: Listing) -> Json:
    found: Json = {
        "ruleId": result.rule,
        "ruleIndex": rules.index(result.rule),
        "level": _LEVELS[result.severity],
        "message": {"text": result.message},
        "locations": [{"physicalLocation": _location(result.path, result.start, result.end, listing)}],
    }
    if result.related:
        found["relatedLocations"] = [_related(number, each, listing) for number, each in enumerate(result.related)]
    if result.fix is not None and result.fix.edits:
        found["fixes"] = [_fix(result.fix, listing)]
    return found


def _related(number: int, related: RelatedResult, listing: Listing) -> Json:
    location = _location(related.path, related.start, related.start, listing)
    return {"id": number, "message": {"text": related.message}, "physicalLocation": location}


def _fix(fix: FixResult, listing: Listing) -> Json:
    by_path = groupby(sorted(fix.edits, key=lambda edit: (edit.path, edit.start)), key=lambda edit: edit.path)
    changes = [
        {"artifactLocation": _artifact(path, listing), "replacements": [_replacement(edit) for edit in edits]}
        for path, edits in by_path
    ]
    return {"description": {"text": fix.title}, "artifactChanges": changes}


def _replacement(edit: EditResult) -> Json:
    return {"deletedRegion": _region(edit.start, edit.end), "insertedContent": {"text": edit.replacement}}


def _location(path: str, start: Position, end: Position, listing: Listing) -> Json:
    return {"artifactLocation": _artifact(path, listing), "region": _region(start, end)}


def _artifact(path: str, listing: Listing) -> Json:
    return {"uri": quote(listing.path(path)), "uriBaseId": _ROOT}


def _region(start: Position, end: Position) -> Json:
    return {
        "startLine": start.line,
        "startColumn": start.column,
        "endLine": end.line,
        "endColumn": end.column,
    }


def _notification(crash: Crash) -> Json:
    text = f"rule {crash.rule} crashed on {crash.path}: {crash.error}"
    return {"level": "error", "message": {"text": text}, "associatedRule": {"id": crash.rule}}


def _absolute(path: str) -> str:
    return path if path.startswith("/") else f"/{path}"
