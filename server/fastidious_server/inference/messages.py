"""What the server and the inference process say to each other: one line of JSON each."""

from __future__ import annotations

import msgspec

from fastidious_rules.engine.finding import Task


class Question(msgspec.Struct, frozen=True):
    """A task at a place: `start` is the first byte of the name that the finding stands on."""

    number: int
    task: Task
    root: str
    path: str
    text: str
    start: int
    new_name: str = ""


class Replacement(msgspec.Struct, frozen=True, array_like=True):
    """Bytes `start` to `end` of the file at `path` become `text`."""

    path: str
    start: int
    end: int
    text: str


class Answer(msgspec.Struct, frozen=True):
    """What to replace; nothing if jedi does not know for sure. `description` is what it found."""

    number: int
    replacements: tuple[Replacement, ...] = ()
    description: str = ""
