"""File of a baseline: JSON with one known finding a line, sorted, so that version control merges it well."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import msgspec

from fastidious_rules.engine.baseline import Known

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    Files = Mapping[str, Mapping[Known, int]]

VERSION: Final = 1
REMEDY = "run `fastidious baseline` to write it anew"
_ENTRY = re.compile(r"^\s*\{.*\"path\"")


class BaselinePlace(NamedTuple):
    """Where the baseline of a file is, there or not, and the directory that the paths in it start from."""

    directory: str
    path: str


class BrokenBaselineError(Exception):
    """Text that is no baseline; the message says what to do, `line` counts from one."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(message)
        self.line = line


class _Entry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    path: str
    rule: str
    symbol: str
    digest: str
    count: int = 1


def written(files: Files) -> str:
    """Return the text of a baseline file."""
    entries = [
        {"path": path, **each._asdict(), **({"count": count} if count > 1 else {})}
        for path in sorted(files)
        for each, count in sorted(files[path].items())
    ]
    lines = ",\n".join(json.dumps(entry, ensure_ascii=False) for entry in entries)
    return f'{{\n"version": {VERSION},\n"findings": [\n{lines}\n]\n}}\n'


def parsed(text: str) -> dict[str, dict[Known, int]]:
    """Return what a baseline file knows, by path; raise `BrokenBaselineError` for what is none."""
    files: dict[str, dict[Known, int]] = {}
    for entry in _entries(text):
        known = files.setdefault(entry.path, {})
        key = Known(entry.rule, entry.symbol, entry.digest)
        known[key] = known.get(key, 0) + entry.count
    return files


def _entries(text: str) -> Iterator[_Entry]:
    try:
        document: Any = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise BrokenBaselineError(getattr(error, "lineno", 1), f"not valid JSON ({error}); {REMEDY}") from error
    match document:
        case {"version": 1, "findings": list()}:
            yield from (_entry(text, number, each) for number, each in enumerate(document["findings"]))
        case {"version": int() as version} if version != VERSION:
            message = f"this version of Fastidious reads baselines of version {VERSION}, not {version}; {REMEDY}"
            raise BrokenBaselineError(_line_of(text, '"version"'), message)
        case _:
            raise BrokenBaselineError(1, f"not a baseline: `version` and `findings` are missing; {REMEDY}")


def _entry(text: str, number: int, raw: Any) -> _Entry:
    try:
        return msgspec.convert(raw, _Entry)
    except msgspec.ValidationError as error:
        places = [line for line, content in enumerate(text.splitlines(), 1) if _ENTRY.match(content)]
        line = places[number] if number < len(places) else 1
        raise BrokenBaselineError(line, f"finding {number + 1} is no finding ({error}); {REMEDY}") from error


def _line_of(text: str, word: str) -> int:
    return text[: max(text.find(word), 0)].count("\n") + 1
