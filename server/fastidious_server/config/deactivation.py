"""Configuration files with one rule more to ignore: comments and layout stay as they are."""

# ruff: noqa: PLC0415 - imported when wanted: nobody pays for an editor of TOML who does not edit any

from __future__ import annotations

import json
import re
import tomllib
from copy import deepcopy
from typing import TYPE_CHECKING, Any, cast

from fastidious_server.config.keys import key_positions

if TYPE_CHECKING:
    from collections.abc import Iterator

_IGNORE = "ignore"
_LINE_FEED = re.compile(r"(?<!\r)\n")


class UnchangeableError(Exception):
    """Configuration that cannot be changed; the message says why."""


def with_ignored(text: str, table: tuple[str, ...], rule: str) -> str:
    """Return the TOML document `text` with `rule` in the `ignore` of the table at `table`, which need not be there.

    Whatever comes out is read again and must say nothing else; if not, `UnchangeableError` is raised.
    """
    body = text.removeprefix("\ufeff")
    mark = text[: len(text) - len(body)]
    try:
        wanted = _wanted(tomllib.loads(body), table, rule)
    except tomllib.TOMLDecodeError as error:
        message = f"it is not valid TOML: {error}"
        raise UnchangeableError(message) from error
    for candidate in _candidates(body, table, rule):
        changed = _LINE_FEED.sub("\r\n", candidate) if "\r\n" in body else candidate
        if _says(changed, wanted):
            return mark + changed
    message = "its layout leaves no place for it; write it by hand"
    raise UnchangeableError(message)


def _wanted(values: dict[str, object], table: tuple[str, ...], rule: str) -> dict[str, object]:
    """Return what the document is to say."""
    result = deepcopy(values)
    found = result
    for key in table:
        found = _table_in(found, key)
    ignored = found.setdefault(_IGNORE, [])
    if not isinstance(ignored, list):
        message = f"its `{_IGNORE}` is not an array"
        raise UnchangeableError(message)
    cast("list[object]", ignored).append(rule)
    return result


def _table_in(table: dict[str, object], key: str) -> dict[str, object]:
    found = table.setdefault(key, {})
    if not isinstance(found, dict):
        message = f"its `{key}` is not a table"
        raise UnchangeableError(message)
    return cast("dict[str, object]", found)


def _says(text: str, wanted: dict[str, object]) -> bool:
    try:
        return tomllib.loads(text) == wanted
    except tomllib.TOMLDecodeError:
        return False


def _candidates(text: str, table: tuple[str, ...], rule: str) -> Iterator[str]:
    """Yield the texts that may do, the one that looks best first."""
    line = f"{_IGNORE} = [{json.dumps(rule)}]\n"
    keys = key_positions(text)
    if (*table, _IGNORE) not in keys:
        yield from _with_line(text, table, line)
    if not table or table in keys:
        yield from _edited(text, table, rule)
    elif table:
        gap = "" if not text.strip() else "\n" if text.endswith("\n") else "\n\n"
        yield f"{text}{gap}[{'.'.join(table)}]\n{line}"


def _with_line(text: str, table: tuple[str, ...], line: str) -> Iterator[str]:
    """Yield `text` with a line below the header of the table, or above the first key of a document that is the table."""
    if table:
        header = re.search(rf"^\[{re.escape('.'.join(table))}\][^\n]*(?:\n|\Z)", text, re.MULTILINE)
        if header is not None:
            gap = "" if header.group().endswith("\n") else "\n"
            yield f"{text[: header.end()]}{gap}{line}{text[header.end() :]}"
        return
    first = re.search(r"^(?![ \t]*(?:#|\r?$))", text, re.MULTILINE)
    at = len(text) if first is None else first.start()
    gap = "\n" if text[at : at + 1] == "[" else ""
    yield f"{text[:at]}{line}{gap}{text[at:]}"


def _edited(text: str, table: tuple[str, ...], rule: str) -> Iterator[str]:
    import tomlkit
    from tomlkit.exceptions import TOMLKitError

    try:
        document = tomlkit.parse(text)
        found: Any = document
        for key in table:
            found = found[key]
        if _IGNORE in found:
            found[_IGNORE].append(rule)
        else:
            found[_IGNORE] = [rule]
        yield tomlkit.dumps(document)  # pyright: ignore[reportUnknownMemberType] - its mapping has no type arguments
    except TOMLKitError:
        return
