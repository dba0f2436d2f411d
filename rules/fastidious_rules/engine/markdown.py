"""Markdown as far as guides need it: headings, fenced code blocks and the text between them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterator

_HEADING = re.compile(r"(?P<marks>#{1,6})\s+(?P<text>.+?)\s*#*$")
_FENCE = re.compile(r"(?P<fence>`{3,}|~{3,})\s*(?P<info>[^`]*)$")


class GuideError(ValueError):
    """A guide that cannot be read: the text names the file, the line and what belongs there."""

    def __init__(self, file: str, line: int, problem: str) -> None:
        super().__init__(f"{file}:{line}: {problem}")


class Heading(NamedTuple):
    """A heading; lines are one-based."""

    level: int
    text: str
    line: int


class Block(NamedTuple):
    """A fenced code block; `line` is that of its opening fence."""

    info: str
    lines: tuple[str, ...]
    line: int


class Prose(NamedTuple):
    """A line of anything else."""

    text: str
    line: int


Part: TypeAlias = Heading | Block | Prose


def parts(text: str, file: str) -> Iterator[Part]:
    """Yield the parts of a Markdown text in order; `file` is what errors call it."""
    lines = text.splitlines()
    row = 0
    while row < len(lines):
        fence = _FENCE.match(lines[row])
        if fence is None:
            yield _line(lines[row], row + 1)
            row += 1
            continue
        end = _end_of_block(lines, row, fence["fence"], file)
        yield Block(fence["info"].strip(), tuple(lines[row + 1 : end]), row + 1)
        row = end + 1


def _line(text: str, line: int) -> Part:
    heading = _HEADING.match(text)
    return Heading(len(heading["marks"]), heading["text"], line) if heading else Prose(text, line)


def _end_of_block(lines: list[str], start: int, fence: str, file: str) -> int:
    for row in range(start + 1, len(lines)):
        line = lines[row].strip()
        if line.startswith(fence) and not line.strip(fence[0]):
            return row
    raise GuideError(file, start + 1, f"this code block has no end: a line of {fence} is expected")
