"""Places in the files of a project."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from fastidious_rules.syntax.text import Span


class Place(NamedTuple):
    """Range in a file that keeps its value when code elsewhere in that file moves.

    `symbol` is a definition of the module (`Class.method`, `function`, `variable`), `span` counts bytes
    from the start of the unit that the definition stands in. `Project.locate` turns a place into bytes of the
    file as it stands now.
    """

    path: str
    symbol: str
    span: Span
