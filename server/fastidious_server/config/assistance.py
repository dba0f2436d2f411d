"""Help with configuration files for whoever writes them: what may stand there, and what it means."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from fastidious_rules.syntax.text import Span
from fastidious_server.config.toml_cursor import cursor_at
from fastidious_server.workspace.words import Explanation, Suggestion, Suggestions, Word

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from fastidious_server.config.known_rule import SummarizedRule
    from fastidious_server.config.toml_cursor import Cursor

_PROJECT_FILE = "pyproject.toml"
_TOOL, _OWN = "tool", "fastidious"


class ConfigurationAssistance:
    """Help with `fastidious.toml` and `[tool.fastidious]`, from the text as it is in the editor."""

    def __init__(
        self, rules: Callable[[], Mapping[str, SummarizedRule]], option_text: Callable[[str, str], str]
    ) -> None:
        self._rules = rules
        self._option_text = option_text

    def suggest(self, path: str, text: bytes, offset: int) -> Suggestions | None:
        """Return what may stand at `offset` in the configuration file at `path`."""
        cursor = cursor_at(text, offset)
        if cursor is None:
            return None
        found = [each for each in self._words(path, cursor) if each.text not in cursor.others]
        if not found:
            return None
        span, is_open = _replaced(text, cursor, offset)
        end = cursor.quote if is_open else ""
        return Suggestions(span, tuple(each._replace(written=_written(each, cursor, end)) for each in found))

    def explain(self, path: str, text: bytes, offset: int) -> Explanation | None:
        """Return what the word at `offset` in the configuration file at `path` means."""
        cursor = cursor_at(text, offset)
        if cursor is None or not cursor.text:
            return None
        found = next((each for each in self._words(path, cursor) if each.text == cursor.text), None)
        return None if found is None else Explanation(cursor.span, found)

    def _words(self, path: str, cursor: Cursor) -> Iterable[Suggestion]:
        inside = _inside(path, cursor)
        if inside is None:
            is_tool = cursor.is_key and cursor.path == (_TOOL,)
            return (Suggestion(_OWN, Word.KEY, "How Fastidious reviews this project."),) if is_tool else ()
        # Imported here: most sessions never need pydantic for this.
        from fastidious_server.config.vocabulary import Vocabulary  # noqa: PLC0415

        vocabulary = Vocabulary(self._rules(), self._option_text)
        return vocabulary.keys(inside) if cursor.is_key else vocabulary.values(inside)


def _inside(path: str, cursor: Cursor) -> tuple[str, ...] | None:
    """Return the path of `cursor` from our own table on; None outside of it."""
    if posixpath.basename(path) != _PROJECT_FILE:
        return cursor.path
    return cursor.path[2:] if cursor.path[:2] == (_TOOL, _OWN) else None


def _replaced(text: bytes, cursor: Cursor, offset: int) -> tuple[Span, bool]:
    """Return what a suggestion replaces, and whether the string that it goes into has no end yet."""
    end = offset
    while end < cursor.span.end and (text[end : end + 1].isalnum() or text[end : end + 1] in {b"-", b"_"}):
        end += 1
    return Span(cursor.span.start, end), text[end : end + 1].decode("latin-1") != cursor.quote


def _written(suggestion: Suggestion, cursor: Cursor, end: str) -> str:
    """Return how a suggestion is spelt: values other than switches are strings."""
    if cursor.quote:
        return suggestion.text + end
    is_bare = cursor.is_key or suggestion.word is Word.SWITCH
    return suggestion.text if is_bare else f'"{suggestion.text}"'
