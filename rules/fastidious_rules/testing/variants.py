"""Variants of cases: the same code in another spelling or another place, of which rules say the same."""

from __future__ import annotations

import ast
from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING

from fastidious_rules.testing.code import Code
from fastidious_rules.testing.spellings import aliased, annotated, defaulted, qualified, rerouted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from fastidious_rules.engine.example import Mark
    from fastidious_rules.testing.cases import Case, SourceFile
    from fastidious_rules.testing.code import Change

SPELLINGS: Mapping[str, Callable[[Code], Iterator[Change]]] = MappingProxyType(
    {
        "aliased": aliased,
        "qualified": qualified,
        "annotated": annotated,
        "defaulted": defaulted,
        "rerouted": rerouted,
    }
)
BURIED = "buried"
TYPED = "typed"
NAMES = frozenset({*SPELLINGS, BURIED, TYPED})
_STATEMENTS = 200


def variants(case: Case) -> Iterator[Case]:
    """Yield the variants of a case of one file, less those that its guide rules out.

    `<!-- variants: none -->` rules out all, `<!-- variants: -aliased -->` one, and `<!-- variants: aliased, typed -->`
    all others.
    """
    if case.problem or len(case.files) != 1:
        return
    wanted = _wanted(case.variants)
    if unknown := sorted(wanted - NAMES):
        problem = f"{case.origin}: no variant is called {', '.join(unknown)}; there are {', '.join(sorted(NAMES))}"
        yield replace(case, label=f"{case.label}-variants", problem=problem)
        return
    for name, file in _spelled(case.files[0]):
        if name in wanted:
            yield replace(case, label=f"{case.label}-{name}", files=(file,), fixed=(), typed=name == TYPED)


def _wanted(names: str | None) -> frozenset[str]:
    words = frozenset(word.strip() for word in (names or "").split(",") if word.strip())
    if all(word.startswith("-") for word in words):
        return NAMES ^ {word.removeprefix("-") for word in words}
    return words - {"none"}


def _spelled(file: SourceFile) -> Iterator[tuple[str, SourceFile]]:
    yield TYPED, file
    try:
        code = Code(file.text)
    except SyntaxError:
        return  # broken on purpose, or newer than this Python
    yield BURIED, _buried(file, code)
    for name, spelling in SPELLINGS.items():
        text = code.changed(spelling(code))
        if text is not None:
            yield name, file._replace(text=text)


def _buried(file: SourceFile, code: Code) -> SourceFile:
    """Put unrelated statements in front: below the docstring and imports from `__future__`, which must come first."""
    rows = file.text.splitlines(keepends=True)
    opening = _opening(code)
    unrelated = [f"unrelated_{number} = {number}\n" for number in range(_STATEMENTS)]
    text = "".join([*rows[:opening], *unrelated, *rows[opening:]])
    return file._replace(
        text=text,
        errors=_moved(file.errors, opening),
        silent=_moved(file.silent, opening),
        line=file.line - _STATEMENTS,
    )


def _moved(marks: tuple[Mark, ...], opening: int) -> tuple[Mark, ...]:
    return tuple(mark if mark.row < opening else mark._replace(row=mark.row + _STATEMENTS) for mark in marks)


def _opening(code: Code) -> int:
    """Count the lines that must come first."""
    count = 0
    for node in code.tree.body:
        is_string = ast.get_docstring(code.tree) is not None and node is code.tree.body[0]
        if not is_string and getattr(node, "module", "") != "__future__":
            break
        count = node.end_lineno or count
    return count
