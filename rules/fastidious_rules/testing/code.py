"""Code that is spelled otherwise: parsed once, then changed by spans, so that no line moves."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


class Change(NamedTuple):
    """Bytes to replace, as offsets."""

    start: int
    end: int
    text: str


class Code:
    """Python source with its tree. Spans count bytes."""

    def __init__(self, text: str) -> None:
        self.text = text.encode()
        self.tree = ast.parse(text)
        self.nodes = tuple(ast.walk(self.tree))
        self._starts = [0]
        self._starts.extend(match.end() for match in re.finditer(rb"\n", self.text))

    def span(self, node: ast.expr | ast.stmt | ast.arg | ast.alias) -> tuple[int, int]:
        """Return the bytes that `node` takes."""
        start = self._starts[node.lineno - 1] + node.col_offset
        return start, self._starts[(node.end_lineno or node.lineno) - 1] + (node.end_col_offset or 0)

    def uses(self, name: str) -> list[ast.Name]:
        """Return the expressions that read `name`."""
        return [node for node in self.nodes if isinstance(node, ast.Name) and node.id == name]

    def is_plain(self, name: str) -> bool:
        """Tell whether `name` is bound once, by an import, and only read where the tree says exactly where."""
        bindings = sum(each == name for node in self.nodes for each in _bound(node))
        return bindings == 1 and not self._is_quoted(name) and all(self._is_at(use, name) for use in self.uses(name))

    def _is_at(self, use: ast.Name, name: str) -> bool:
        start, end = self.span(use)  # before Python 3.12 those inside an f-string are wrong
        return self.text[start:end] == name.encode()

    def _is_quoted(self, name: str) -> bool:
        """Tell whether a string may mention `name` as code: a forward reference, an item of `__all__`."""
        strings = [node.value for node in self.nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)]
        return any(re.search(rf"\b{name}\b", text) and re.fullmatch(r"[\w.\[\], |]+", text) for text in strings)

    def renamed(self, name: str, other: str) -> Iterator[Change]:
        """Yield the changes that make each use of `name` one of `other`."""
        for use in self.uses(name):
            yield Change(*self.span(use), other)

    def changed(self, changes: Iterable[Change]) -> str | None:
        """Return the text with `changes` made; None where that is nothing, or no valid code."""
        text = self.text
        for change in sorted(changes, reverse=True):
            text = text[: change.start] + change.text.encode() + text[change.end :]
        result = text.decode()
        return result if text != self.text and _parses(result) else None


def _parses(text: str) -> bool:
    try:
        ast.parse(text)
    except SyntaxError:
        return False
    return True


def _bound(node: ast.AST) -> Iterator[str]:
    """Yield the names that `node` itself binds."""
    match node:
        case ast.Name(id=name, ctx=ast.Store() | ast.Del()):
            yield name
        case ast.arg(arg=name) | ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            yield name
        case ast.Import(names=names) | ast.ImportFrom(names=names):
            yield from (each.asname or each.name.partition(".")[0] for each in names)
        case ast.ExceptHandler(name=str(name)) | ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)):
            yield name
        case ast.Global(names=names) | ast.Nonlocal(names=names):
            yield from names
        case _:
            return
