"""Edits that keep values out of what a shell reads."""

from __future__ import annotations

import re
import shlex
from typing import TYPE_CHECKING

from fastidious_rules.api import (
    Edit,
    ExpressionStatement,
    Fix,
    Keyword,
    NeededImport,
    Safety,
    Span,
    optional_shell_text,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastidious_rules.api import Assembled, Call, Piece, Scope, View

_SPECIAL = re.compile(r"[|&;<>()$`\\*?\[\]{}~#!\n]|^\s*\w+=")
"""What a shell does more with than to split it into words."""
_MARK = "\ue000"
_WORD_OF_VALUE = re.compile(f"{_MARK}(\\d+){_MARK}")
_SPAWNING = {"asyncio.create_subprocess_shell", "asyncio.subprocess.create_subprocess_shell"}
_TEXTS = frozenset({"builtins.str", "pydantic.EmailStr", "pydantic.networks.EmailStr"})


def argument_list(call: Call, command: View, text: Assembled, scope: Scope) -> Iterator[Fix]:
    """Yield the fix that runs the program itself, where the command is one text that asks the shell for nothing else."""
    words = _words(text, scope) if text.view == command else None
    if not words:
        return
    qualified = scope.resolve(call)
    if optional_shell_text(qualified):
        edits = (Edit(command.span, f"[{', '.join(words)}]"), *_without_shell(call))
    elif qualified in _SPAWNING and call.last_name == "create_subprocess_shell":
        end = call.function.span.end
        edits = (Edit(Span(end - len("shell"), end), "exec"), Edit(command.span, ", ".join(words)))
    elif qualified == "os.system" and isinstance(call.parent, ExpressionStatement) and call.parent.value == call:
        yield _with_subprocess(call, words)
        return
    else:
        return
    yield Fix(
        "Pass a list of arguments without a shell (a value can still be an option: `-x`)", edits, (), Safety.UNSAFE
    )


def _with_subprocess(call: Call, words: list[str]) -> Fix:
    edit = Edit(call.span, f"subprocess.run([{', '.join(words)}], check=False)")
    title = "Run it with `subprocess.run` without a shell (a program that is missing raises an error)"
    return Fix(title, (edit,), (NeededImport("subprocess"),), Safety.UNSAFE)


def _words(text: Assembled, scope: Scope) -> list[str]:
    """Return the words of the command as expressions, none if the shell does more with it than to split it."""
    constant = "".join(each.text for each in text.pieces)
    if _SPECIAL.search(constant):
        return []
    values = [each for each in text.pieces if each.value is not None]
    marks = iter(range(len(values)))
    marked = "".join(f"{_MARK}{next(marks)}{_MARK}" if each.value is not None else each.text for each in text.pieces)
    try:
        split = shlex.split(marked)
    except ValueError:
        return []
    words = [_word(each, values, scope) for each in split]
    return words if all(words) and not split[0].startswith(_MARK) else []


def _word(word: str, values: list[Piece], scope: Scope) -> str:
    """Return a word as an expression, empty if it cannot be written simply."""
    pieces = _WORD_OF_VALUE.split(word)
    inside = [_written(values[int(each)]) for each in pieces[1::2]]
    constants = pieces[::2]
    if any('"' in each for each in (*inside, *constants)) or not all(inside):
        return ""
    if not inside:
        return f'"{word}"'
    value = values[int(pieces[1])].value
    if not any(constants) and len(inside) == 1 and value is not None and scope.type_of(value).name in _TEXTS:
        return value.text if inside[0] == value.text else f'f"{{{inside[0]}}}"'
    filled = [f"{{{each}}}" for each in inside]
    return 'f"' + "".join(part for pair in zip(constants, [*filled, ""], strict=True) for part in pair) + '"'


def _written(piece: Piece) -> str:
    """Return what stands between the braces for a value."""
    if piece.value is None or "\n" in piece.value.text or "\\" in piece.value.text:
        return ""
    return piece.interpolation.text[1:-1] if piece.interpolation is not None else piece.value.text


def _without_shell(call: Call) -> Iterator[Edit]:
    """Yield the edit that drops `shell=True` and the comma in front."""
    before: View | None = None
    for each in call.all_arguments:
        if isinstance(each, Keyword) and each.name == "shell" and before is not None:
            yield Edit(Span(before.span.end, each.span.end), "")
            return
        before = each


def quoted(text: Assembled, suspects: list[Piece], scope: Scope) -> Iterator[Fix]:
    """Yield the fix that makes one word of each value."""
    edits = [edit for each in suspects for edit in _quotes(text, each, scope)]
    if len(edits) != len(suspects):
        return
    names = ", ".join(dict.fromkeys(f"`{each.value.text}`" for each in suspects if each.value is not None))
    yield Fix(
        f"Quote {names} for the shell (it can still be an option: `-x`)",
        tuple(edits),
        (NeededImport("shlex"),),
        Safety.UNSAFE,
    )


def _quotes(text: Assembled, piece: Piece, scope: Scope) -> Iterator[Edit]:
    value = piece.value
    position = text.pieces.index(piece)
    before = "".join(each.text for each in text.pieces[:position])
    is_inside = before.count("'") % 2 or before.count('"') % 2
    if value is None or len(text.pieces) == 1 or is_inside:
        return
    if piece.interpolation is not None and piece.interpolation.conversion.strip("} "):
        return
    given = value.text if scope.type_of(value).name in _TEXTS else f"str({value.text})"
    yield Edit(value.span, f"shlex.quote({given})")
