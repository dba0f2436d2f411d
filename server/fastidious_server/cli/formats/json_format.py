"""Results as a JSON array."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fastidious_server.cli.formats.listing import Listing
    from fastidious_server.workspace.checking.results import FixResult, Position, Result


def render(listing: Listing) -> str:
    """Return the results as an array of objects, one after another."""
    return json.dumps([_result(result, listing) for result in listing.results], indent=2, ensure_ascii=False) + "\n"


def _result(result: Result, listing: Listing) -> dict[str, object]:
    return {
        "rule": result.rule,
        "family": result.family,
        "severity": result.severity,
        "message": result.message,
        "path": listing.path(result.path),
        "start": _position(result.start),
        "end": _position(result.end),
        "related": [
            {"path": listing.path(related.path), "start": _position(related.start), "message": related.message}
            for related in result.related
        ],
        "fix": _fix(result.fix),
    }


def _position(position: Position) -> dict[str, int]:
    return {"line": position.line, "column": position.column}


def _fix(fix: FixResult | None) -> dict[str, str] | None:
    return None if fix is None else {"title": fix.title, "safety": fix.safety}
