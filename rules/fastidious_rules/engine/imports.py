"""Edits that import the names which a fix needs."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from fastidious_rules.engine.finding import Edit
from fastidious_rules.syntax.nodes import ExpressionStatement, Import, ImportFrom, String
from fastidious_rules.syntax.text import Span
from fastidious_rules.syntax.units import Unit

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from fastidious_rules.engine.document import Document
    from fastidious_rules.engine.finding import NeededImport


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
            yield _extended(*target, names)
        else:
            yield _inserted(document, statements, _lines(module, names))


def _lines(module: str, names: list[str]) -> list[str]:
    if module:
        return [f"from {module} import {', '.join(sorted(names))}"]
    return [f"import {name}" for name in sorted(names)]


def _import_statements(document: Document) -> Iterator[tuple[Import | ImportFrom, int]]:
    """Yield the imports that stand directly in the module's body, with the start of their unit."""
    for state in document.states:
        if state.cut.node.type not in {"import_statement", "import_from_statement", "future_import_statement"}:
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


def _extended(statement: Import | ImportFrom, start: int, names: list[str]) -> Edit:
    """Return the edit that adds names to `from module import ...`, in order if they are in order."""
    present = statement.names
    added = sorted(names)
    follower = next((each for each in present if each.target > added[0]), None)
    in_order = [each.target for each in present] == sorted(each.target for each in present)
    if follower is not None and in_order and present[0] is not follower:
        at = start + follower.span.start
        return Edit(Span(at, at), "".join(f"{name}, " for name in added))
    if follower is not None and in_order:
        at = start + present[0].span.start
        return Edit(Span(at, at), "".join(f"{name}, " for name in added))
    at = start + present[-1].span.end
    return Edit(Span(at, at), "".join(f", {name}" for name in added))


def _inserted(document: Document, statements: list[tuple[Import | ImportFrom, int]], lines: list[str]) -> Edit:
    newline = document.source.newline().decode()
    text = "".join(line + newline for line in lines)
    plain = [pair for pair in statements if not _is_future(pair[0])]
    if plain:
        return _among(document, plain, lines[0], text)
    end = statements[-1][1] + statements[-1][0].span.end if statements else _docstring_end(document)
    if end:
        return _after(document, end, newline + text, newline)
    at = _after_header_comments(document)
    return Edit(Span(at, at), text + newline)


def _among(document: Document, plain: list[tuple[Import | ImportFrom, int]], line: str, text: str) -> Edit:
    """Return the insertion of `text` among imports: the standard library's first, a distribution's side by side."""
    newline = document.source.newline().decode()
    module = line.split()[1]
    standard = [pair for pair in plain if _is_standard(_module_of(pair[0]))]
    if _is_standard(module) and not standard:
        at = plain[0][1] + plain[0][0].span.start
        return Edit(Span(at, at), text + newline)
    siblings = [pair for pair in plain if _distribution(_module_of(pair[0])) == _distribution(module)]
    group = standard if _is_standard(module) else siblings or plain
    place = _neighbour(group, line)
    if place is not None:
        at = place[1] + place[0].span.start
        return Edit(Span(at, at), text)
    return _after(document, group[-1][1] + group[-1][0].span.end, text, newline)


def _neighbour(plain: list[tuple[Import | ImportFrom, int]], line: str) -> tuple[Import | ImportFrom, int] | None:
    """Return the import that a new one comes before: the first of its sort whose module is greater."""
    is_from = line.startswith("from ")
    module = line.split()[1]
    for view, start in plain:
        if (
            isinstance(view, ImportFrom) == is_from
            and _module_of(view) > module
            and not _module_of(view).startswith(".")
        ):
            return view, start
    return None


def _module_of(view: Import | ImportFrom) -> str:
    return view.module if isinstance(view, ImportFrom) else view.names[0].target


def _distribution(module: str) -> str:
    return module.partition(".")[0]


def _is_standard(module: str) -> bool:
    """Tell whether a module comes with Python: such imports stand first, with a blank line behind them."""
    return _distribution(module) in sys.stdlib_module_names


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
