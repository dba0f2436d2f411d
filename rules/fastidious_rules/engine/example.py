"""Examples: code blocks of a guide that say what rules find in them."""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from fastidious_rules.engine.markdown import GuideError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from fastidious_rules.engine.markdown import Block

DEFAULT_PATH = "app/main.py"
PATH = "path"

_MARK = re.compile(r"#\s*(?P<kind>error|ok):\s*\[(?P<rules>[^\]]*)\](?P<reason>[^#]*)")
_MARKS = re.compile(r"\s*#\s*(error|ok):\s*\[.*$")
_RULE = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_OPTION = re.compile(
    r"(path|fix|with|variants|profile|sensitive-names|extra-blocking"
    r"|target\.[\w.-]+|pytest\.\w+|options\.\w+|layers\.\w+)=.*"
)
_EXPECTED = (
    "key=value is expected, key one of "
    "path, fix, with, variants, profile, sensitive-names, extra-blocking, "
    "target.<library>, pytest.<key>, options.<name>, layers.<name>"
)


class Kind(StrEnum):
    """What an example shows: code with findings, code without, or the bad code after its fix."""

    BAD = "bad"
    GOOD = "good"
    FIXED = "fixed"


class Mark(NamedTuple):
    """A rule that finds something, or must not, on the zero-based line `row`."""

    row: int
    rule: str


@dataclass(frozen=True, slots=True)
class Example:
    """One block: its code without marks, and what the marks say."""

    kind: Kind
    text: str
    errors: tuple[Mark, ...]
    silent: tuple[Mark, ...]
    options: Mapping[str, str]
    line: int
    """The line of the guide that the block starts on."""

    @property
    def path(self) -> str:
        """Path of the file that the block shows, relative to the root of the project."""
        return self.options.get(PATH) or DEFAULT_PATH

    @property
    def shown(self) -> tuple[str, ...]:
        """The lines to show to a reader: no marks, and the path where the block names one."""
        title = (f"# {self.options[PATH]}",) if self.options.get(PATH) else ()
        return (*title, *self.text.splitlines())


def example(block: Block, file: str) -> Example | None:
    """Return the example that a block is; None if it is only an illustration."""
    try:
        language, *words = shlex.split(block.info) or [""]
    except ValueError as error:
        raise GuideError(file, block.line, f"the options of this block cannot be read: {error}") from error
    if language != "python" or not words:
        return None
    if words[0] not in frozenset(Kind):
        raise GuideError(file, block.line, f"a block is ```python bad, good or fixed, not {words[0]!r}")
    options = dict(_options(words[1:], block, file))
    stripped = [_MARKS.sub("", line) for line in block.lines]
    errors = tuple(_marks(block, file, "error"))
    silent = tuple(_marks(block, file, "ok"))
    return Example(Kind(words[0]), "\n".join(stripped) + "\n", errors, silent, options, block.line)


def _options(words: list[str], block: Block, file: str) -> Iterator[tuple[str, str]]:
    for word in words:
        if not _OPTION.fullmatch(word):
            raise GuideError(file, block.line, f"{word!r} is no option of a block: {_EXPECTED}")
        key, _, value = word.partition("=")
        yield key, value


def _marks(block: Block, file: str, kind: str) -> Iterator[Mark]:
    for row, line in enumerate(block.lines):
        for mark in _MARK.finditer(line):
            if mark["kind"] != kind:
                continue
            if kind == "error" and mark["reason"].strip():
                raise GuideError(file, block.line + row + 1, "nothing may follow `# error: [...]` on its line")
            for rule in mark["rules"].split(","):
                if not _RULE.fullmatch(rule.strip()):
                    problem = f"a mark names rules, as in `# {kind}: [sql-injection]`, not {rule!r}"
                    raise GuideError(file, block.line + row + 1, problem)
                yield Mark(row, rule.strip())
