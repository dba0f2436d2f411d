"""Places in any file, as the client is told of them."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING, NamedTuple

from fastidious_server.lsp.positions import Position, Range, to_range

if TYPE_CHECKING:
    from collections.abc import Callable

    from fastidious_rules.semantics.place import Place
    from fastidious_rules.syntax.text import Span
    from fastidious_server.lsp.positions import Encoding
    from fastidious_server.workspace.storage.current_texts import CurrentTexts

_TOP = Range(Position(0, 0), Position(0, 0))


class Location(NamedTuple):
    """Range in a file."""

    uri: str
    range: Range


class Places:
    """Conversion of places to locations, in the units of one client."""

    def __init__(self, texts: CurrentTexts, locate: Callable[[Place], Span | None], encoding: Encoding) -> None:
        self._texts = texts
        self._locate = locate
        self._encoding = encoding

    def location(self, place: Place) -> Location:
        """Return where `place` is now; that of a place that is gone is the top of its file."""
        span, source = self._locate(place), self._texts.source(place.path)
        uri = self._texts.uri(place.path)
        if span is None or source is None or span.end > len(source.text):
            return Location(uri, _TOP)
        return Location(uri, to_range(source, span, self._encoding))

    def link(self, place: Place) -> str:
        """Return `place` as a link in Markdown, called as a sentence names it."""
        location = self.location(place)
        line = location.range.start.line + 1
        return f"[{posixpath.basename(place.path)}:{line}]({location.uri}#L{line})"

    def show(self, place: Place) -> str:
        """Return `place` as a sentence names it: `pdf.py:40`."""
        return f"{posixpath.basename(place.path)}:{self.location(place).range.start.line + 1}"
