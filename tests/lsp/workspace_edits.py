"""Edits of a workspace, applied as an editor does it."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_LINE_END = re.compile(r"\r\n|\n|\r")


def applied(edit: Mapping[str, Any], texts: Mapping[str, str]) -> dict[str, str]:
    """Return those of `texts`, by URI, that `edit` changes or creates; places count in UTF-16."""
    result: dict[str, str] = {}
    for change in edit["documentChanges"]:
        if change.get("kind") == "create":
            result[change["uri"]] = ""
            continue
        uri = change["textDocument"]["uri"]
        result[uri] = edited(result.get(uri, texts.get(uri, "")), change["edits"])
    return result


def edited(text: str, edits: Sequence[Mapping[str, Any]]) -> str:
    """Return `text` after edits of it, none of which may overlap another."""
    starts = [0, *(match.end() for match in _LINE_END.finditer(text))]

    def offset(place: Mapping[str, int]) -> int:
        start = starts[place["line"]]
        before = text[start:].encode("utf-16-le", "surrogatepass")[: place["character"] * 2]
        return start + len(before.decode("utf-16-le", "surrogatepass"))

    spans = sorted((offset(each["range"]["start"]), offset(each["range"]["end"]), each["newText"]) for each in edits)
    assert all(one[1] <= other[0] for one, other in pairwise(spans))
    for start, end, replacement in reversed(spans):
        text = text[:start] + replacement + text[end:]
    return text
