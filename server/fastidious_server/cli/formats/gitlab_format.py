"""Results as a Code Quality report of GitLab."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fastidious_server.cli.formats.listing import Listing
    from fastidious_server.workspace.checking.results import Result

_SEVERITIES = {"error": "critical", "warning": "major", "information": "minor", "hint": "info"}


def render(listing: Listing) -> str:
    """Return the results as an array whose fingerprints survive when code elsewhere in the file moves."""
    seen: Counter[str] = Counter()
    return (
        json.dumps([_issue(result, listing, seen) for result in listing.results], indent=2, ensure_ascii=False) + "\n"
    )


def _issue(result: Result, listing: Listing, seen: Counter[str]) -> dict[str, object]:
    path = listing.path(result.path)
    identity = "\0".join((path, result.rule, listing.line(result.path, result.start.line).strip()))
    seen[identity] += 1
    fingerprint = hashlib.sha256(f"{identity}\0{seen[identity]}".encode()).hexdigest()
    return {
        "type": "issue",
        "check_name": result.rule,
        "description": f"{result.rule}: {result.message}",
        "categories": ["Bug Risk"],
        "severity": _SEVERITIES[result.severity],
        "fingerprint": fingerprint,
        "location": {
            "path": path,
            "positions": {
                "begin": {"line": result.start.line, "column": result.start.column},
                "end": {"line": result.end.line, "column": result.end.column},
            },
        },
    }
