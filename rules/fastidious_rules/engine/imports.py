"""Edits that import the names which a fix needs."""

from __future__ import annotations

import sys
from bisect import bisect
from enum import IntEnum
from typing import TYPE_CHECKING

from fastidious_rules.engine.finding import Edit
from fastidious_rules.syntax.nodes import ExpressionStatement, Import, ImportFrom, String
from fastidious_rules.syntax.text import Span
from fastidious_rules.syntax.units import Unit

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from fastidious_rules.engine.document import Document
    from fastidious_rules.engine.finding import NeededImport

_IMPORTS = frozenset({"import_statement", "import_from_statement", "future_import_statement"})
_DEFINITIONS = frozenset({"function_definition", "class_definition", "decorated_definition"})


class _Group(IntEnum):
    """The groups of imports, in the order in which they stand, with blank lines between them."""

    STANDARD = 0
    INSTALLED = 1
    OWN = 2
    RELATIVE = 3


def import_edits(document: Document, wanted: Iterable[NeededImport]) -> Iterator[Edit]:
    """Yield the edits that make `wanted` available in the module's body; what is there already needs none."""
    statements = list(_import_statements(document))
    missing = [each for each in dict.fromkeys(wanted) if not any(_provides(view, each) for view, _ in statements)]
    extended: dict[str, list[str]] = {}
    for each in missing:
        extended.setdefault(each.module if each.name else "", []).append(each.name or each.module)
    for module, names in sorted(extended.items()):
        target = next((pair for pair in statements if _can_take(pair[0], module)), None)
        if target is not None and module:
            yield from _extended(document, *target, names)
            continue
        for line in _lines(module, names):
            yield _inserted(document, statements, line)


def _lines(module: str, names: list[str]) -> list[str]:
    if module:
        return [f"from {module} import {', '.join(sorted(names))}"]
    return [f"import {name}" for name in sorted(names)]


def _import_statements(document: Document) -> Iterator[tuple[Import | ImportFrom, int]]:
    """Yield the imports in the module's body that all functions and classes can rely on, with the start of their unit."""
    for state in document.states:
        if state.cut.node.type in _DEFINITIONS:
            return
        if state.cut.node.type not in _IMPORTS:
            continue
        unit = Unit(state.cut, document.source.text)
        for views in unit.by_kind.values():
            for view in views:
                if isinstance(view, Import | ImportFrom):
                    yield view, state.cut.start


def _provides(statement: Import | ImportFrom, wanted: NeededImport) -> bool:
    if isinstance(statement, Import):
        return not wanted.name and any(each.target == wanted.module and not each.alias for each in statement.names)
    if statement.module != wanted.module:
        return False
    return any(each.target == wanted.name and not each.alias for each in statement.names)


def _can_take(statement: Import | ImportFrom, module: str) -> bool:
    return isinstance(statement, ImportFrom) and statement.module == module and bool(statement.names)


def _extended(document: Document, statement: Import | ImportFrom, start: int, names: list[str]) -> Iterator[Edit]:
    """Yield the edits that add names to `from module import ...`, each in its place, and on a line of its own among such."""
    present = [each.target for each in statement.names]
    order = next((key for key in (str, str.casefold) if present == sorted(present, key=key)), None)
    added: dict[int, list[str]] = {}
    for name in sorted(names, key=order):
        behind = len(present) if order is None else bisect(present, order(name), key=order)
        added.setdefault(behind, []).append(name)
    for place, several in added.items():
        is_last = place == len(present)
        span = statement.names[place - is_last].span.shifted(start)
        space = _separator(document, span.start)
        at = span.end if is_last else span.start
        text = "".join(f",{space}{name}" if is_last else f"{name},{space}" for name in several)
        yield Edit(Span(at, at), text)


def _separator(document: Document, offset: int) -> str:
    """Return what stands between a name at `offset` and the next: a line end if the name has a line for itself."""
    source = document.source
    row = source.lines.row_of(offset)
    before = source.text[source.lines.start(row) : offset].decode("utf-8", "replace")
    return f"{source.newline().decode()}{before}" if before and not before.strip() else " "


def _inserted(document: Document, statements: list[tuple[Import | ImportFrom, int]], line: str) -> Edit:
    newline = document.source.newline().decode()
    plain = [pair for pair in statements if not _is_future(pair[0])]
    if plain:
        return _among(document, plain, line)
    end = statements[-1][1] + statements[-1][0].span.end if statements else _docstring_end(document)
    if end:
        return _after(document, end, f"{newline}{line}{newline}", newline)
    at = _after_header_comments(document)
    return Edit(Span(at, at), line + newline * 2)


def _among(document: Document, plain: list[tuple[Import | ImportFrom, int]], line: str) -> Edit:
    """Return the insertion of a line among imports of its group, or between the groups that its own belongs between."""
    newline = document.source.newline().decode()
    module = line.split()[1]
    own = _group(document, module)
    groups = [_group(document, _module_of(view)) for view, _ in plain]
    mates = [pair for pair, group in zip(plain, groups, strict=True) if group == own]
    if mates:
        siblings = [pair for pair in mates if _is_sibling(pair[0], line)] if own != _Group.STANDARD else []
        return _beside(document, siblings or mates, line)
    follower = next((pair for pair, group in zip(plain, groups, strict=True) if group > own), None)
    if follower is not None:
        at = follower[1] + follower[0].span.start
        return Edit(Span(at, at), line + newline * 2)
    return _after(document, plain[-1][1] + plain[-1][0].span.end, f"{newline}{line}{newline}", newline)


def _beside(document: Document, mates: list[tuple[Import | ImportFrom, int]], line: str) -> Edit:
    """Return the insertion of a line in front of the first import that is greater, or behind all."""
    newline = document.source.newline().decode()
    key = line.startswith("from "), line.split()[1]
    for view, start in mates:
        if (isinstance(view, ImportFrom), _module_of(view)) > key:
            at = start + view.span.start
            return Edit(Span(at, at), line + newline)
    return _after(document, mates[-1][1] + mates[-1][0].span.end, line + newline, newline)


def _is_sibling(view: Import | ImportFrom, line: str) -> bool:
    """Tell whether an import is of the same distribution, and written the same way."""
    is_alike = isinstance(view, ImportFrom) == line.startswith("from ")
    return is_alike and _distribution(_module_of(view)) == _distribution(line.split()[1])


def _group(document: Document, module: str) -> _Group:
    if module.startswith("."):
        return _Group.RELATIVE
    if _distribution(module) in sys.stdlib_module_names:
        return _Group.STANDARD
    is_own = _distribution(module) == _distribution(document.module) or document.project.module(module) is not None
    return _Group.OWN if is_own else _Group.INSTALLED


def _module_of(view: Import | ImportFrom) -> str:
    return view.module if isinstance(view, ImportFrom) else view.names[0].target


def _distribution(module: str) -> str:
    return module.partition(".")[0]


def _is_future(view: Import | ImportFrom) -> bool:
    return isinstance(view, ImportFrom) and view.module == "__future__"


def _after(document: Document, offset: int, text: str, newline: str) -> Edit:
    """Return the insertion of `text` on the line after that of `offset`."""
    source = document.source
    row = source.lines.row_of(offset)
    if row + 1 < len(source.lines):
        at = source.lines.start(row + 1)
        return Edit(Span(at, at), text)
    end = len(source.text)
    return Edit(Span(end, end), newline + text.removesuffix(newline))


def _docstring_end(document: Document) -> int:
    if not document.states:
        return 0
    first = document.states[0].cut
    statements = Unit(first, document.source.text).by_kind.get(ExpressionStatement, [])
    is_docstring = any(isinstance(each, ExpressionStatement) and isinstance(each.value, String) for each in statements)
    return first.end if is_docstring else 0


def _after_header_comments(document: Document) -> int:
    """Return the start of the first line that is no comment: `#!` and coding lines stay on top, a mark of byte order too."""
    source = document.source
    row = 0
    while row + 1 < len(source.lines) and source.line(row).startswith((b"#", b"\xef\xbb\xbf#")):
        row += 1
    start = source.lines.start(row)
    return 3 if start == 0 and source.text.startswith(b"\xef\xbb\xbf") else start
