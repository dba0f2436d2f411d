"""What is typed into a file: endless sequences of insertions, the same for every server."""

from __future__ import annotations

import ast
from itertools import count, cycle
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SHORTEST_FUNCTION: Final = 10
WORD: Final = "subtotal"
STATEMENT: Final = "value = sum(len(name) for name in names if name)"

Keystrokes: TypeAlias = "Callable[[str], Iterator[Insertion]]"
"""Makes the insertions for the text of a file."""


class Insertion(NamedTuple):
    """Text that is inserted at a position of the protocol."""

    line: int
    character: int
    text: str


class Caret(NamedTuple):
    """Start of a new line in a block, and the indentation that the block has."""

    line: int
    indentation: int


def type_words(text: str) -> Iterator[Insertion]:
    """Type in the body of a function so that the file parses after each keystroke."""
    return _type(_caret_in_function(text), WORD)


def type_statements(text: str) -> Iterator[Insertion]:
    """Type in the body of a function as people do, with text between that does not parse."""
    return _type(_caret_in_function(text), STATEMENT)


def insert_lines_at_top(_: str) -> Iterator[Insertion]:
    """Insert a new comment above everything else with each keystroke."""
    return (Insertion(0, 0, f"# line {number}\n") for number in count())


def add_imports(text: str) -> Iterator[Insertion]:
    """Add a new import after the first ones with each keystroke."""
    line = _line_after_first_import(text)
    return (Insertion(line, 0, f"import json as json_{number}\n") for number in count())


SCENARIOS: Final[dict[str, Keystrokes]] = {
    "typing in a function": type_words,
    "typing, broken in between": type_statements,
    "inserting a line at the top": insert_lines_at_top,
    "adding an import": add_imports,
}


def _type(caret: Caret, line: str) -> Iterator[Insertion]:
    indentation = " " * caret.indentation
    yield Insertion(caret.line, 0, f"{indentation}\n")
    row, column = caret.line, caret.indentation
    for character in cycle(f"{line}\n"):
        if character == "\n":
            yield Insertion(row, column, f"\n{indentation}")
            row, column = row + 1, caret.indentation
        else:
            yield Insertion(row, column, character)
            column += 1


def _caret_in_function(text: str) -> Caret:
    middle = text.count("\n") / 2
    functions = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    candidates = [function for function in functions if _has_room(function)]
    chosen = min(candidates, key=lambda function: abs(function.lineno - middle))
    first, second = chosen.body[:2]
    return Caret(first.end_lineno or first.lineno, second.col_offset)


def _has_room(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    lines = (function.end_lineno or function.lineno) - function.lineno
    return lines >= SHORTEST_FUNCTION and len(function.body) > 1 and function.body[0].lineno > function.lineno


def _line_after_first_import(text: str) -> int:
    for statement in ast.parse(text).body:
        if isinstance(statement, ast.Import | ast.ImportFrom) and not _is_future(statement):
            return statement.end_lineno or statement.lineno
    return 0


def _is_future(statement: ast.Import | ast.ImportFrom) -> bool:
    return isinstance(statement, ast.ImportFrom) and statement.module == "__future__"
