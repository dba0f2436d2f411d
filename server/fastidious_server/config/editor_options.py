"""Options that only an editor has, told apart from those of `[tool.fastidious]` that it may set as well."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic.alias_generators import to_camel

from fastidious_server.config.validation import shape_mistake

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from fastidious_server.config.validation import Mistake

CLIENT_KEYS = frozenset(
    {"clientCommands", "enable", "importStrategy", "interpreter", "path", "showNotifications", "trace"}
)
"""Keys of the same section that are the client's own business."""
_HUMP = re.compile(r"(?<=[a-z])[A-Z]")


class EditorOptions(BaseModel):
    """Options of the editor beside those of `[tool.fastidious]`, by the names that editors write: `codeLens`."""

    model_config = ConfigDict(strict=True, frozen=True, alias_generator=to_camel)

    diagnostic_mode: Literal["openFilesOnly", "workspace"] = "openFilesOnly"
    """Which files are reviewed: those that are open, or all of the workspace."""
    code_lens: bool = True
    """Show the full path, the tests and the findings of a route above its function."""
    return_type_hints: bool = False
    """Show the types that functions return where they are not written down."""
    log_level: Literal["error", "warning", "info", "debug"] = "info"
    """How much the server writes into its log."""
    position_encoding: Literal["auto", "utf-8", "utf-16", "utf-32"] = "auto"
    """Unit in which columns are counted; `auto` leaves the choice to the editor."""


class SplitOptions(NamedTuple):
    """Options of an editor as far as they are right, the table of all others, and mistakes."""

    editor: EditorOptions
    table: dict[str, object]
    mistakes: tuple[Mistake, ...]


def split(options: Mapping[str, object]) -> SplitOptions:
    """Return `options`, written in camel case or as in configuration files; null leaves a key to other sources."""
    given = {key: value for key, value in options.items() if value is not None and key not in CLIENT_KEYS}
    names = {to_camel(name) for name in EditorOptions.model_fields}
    own = {camel: value for key, value in given.items() if (camel := to_camel(key.replace("-", "_"))) in names}
    table = {_kebab(key): value for key, value in given.items() if to_camel(key.replace("-", "_")) not in names}
    mistakes = tuple(_mistakes(own))
    wrong = {mistake.path[0] for mistake in mistakes}
    editor = EditorOptions.model_validate({key: value for key, value in own.items() if key not in wrong})
    return SplitOptions(editor, table, mistakes)


def _mistakes(own: Mapping[str, Any]) -> Iterator[Mistake]:
    try:
        EditorOptions.model_validate(dict(own))
    except ValidationError as error:
        for details in error.errors(include_url=False):
            yield shape_mistake(details)


def _kebab(key: str) -> str:
    return _HUMP.sub(lambda hump: f"-{hump[0].lower()}", key)
