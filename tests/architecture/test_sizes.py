"""Functions and files stay small: what the product asks of others."""

from __future__ import annotations

import ast
import io
import tokenize
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
MOST_FUNCTION_LINES = 20
MOST_FILE_LINES = 300
SUPPRESSION = "fastidious: ignore[function-too-long]"
"""A function that says why it is longer may be."""
SOURCES = sorted(path for folder in ("rules", "server") for path in (ROOT / folder).rglob("*.py"))
WITHOUT_CODE = frozenset(
    {tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER}
)

every_source = pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.relative_to(ROOT).as_posix())


class Size(NamedTuple):
    name: str
    line: int
    lines: int


def functions(text: str) -> Iterator[Size]:
    """Yield the functions of a text with their lines of code: no docstrings, comments and blanks."""
    code = lines_with_code(text)
    rows = text.splitlines()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            header = "".join(rows[node.lineno - 2 : node.body[0].lineno - 1])
            lines = code & set(range(node.lineno, (node.end_lineno or node.lineno) + 1))
            if SUPPRESSION not in header:
                yield Size(node.name, node.lineno, len(lines - docstring_lines(node)))


def lines_with_code(text: str) -> set[int]:
    tokens = tokenize.generate_tokens(io.StringIO(text).readline)
    spans = (range(token.start[0], token.end[0] + 1) for token in tokens if token.type not in WITHOUT_CODE)
    return {line for span in spans for line in span}


def docstring_lines(function: ast.AST) -> set[int]:
    """Return the lines of the docstrings in a function, those of functions inside it included."""
    lines: set[int] = set()
    for node in ast.walk(function):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) and ast.get_docstring(node):
            lines.update(range(node.body[0].lineno, (node.body[0].end_lineno or 0) + 1))
    return lines


@every_source
def test_functions_have_at_most_twenty_lines_of_code(path: Path) -> None:
    sizes = functions(path.read_text("utf-8"))
    assert [size for size in sizes if size.lines > MOST_FUNCTION_LINES] == []


@every_source
def test_files_have_at_most_three_hundred_lines(path: Path) -> None:
    assert len(path.read_text("utf-8").splitlines()) <= MOST_FILE_LINES


def test_docstrings_comments_and_blank_lines_do_not_count() -> None:
    text = 'def f(\n    a,\n):\n    """Say.\n\n    More.\n    """\n\n    # why\n    return a\n'
    assert list(functions(text)) == [Size("f", 1, 4)]
