"""Return types that jedi infers, one `return` at a time."""

from __future__ import annotations

import builtins
import re
from typing import TYPE_CHECKING

from fastidious_rules.syntax.text import Source
from fastidious_server.inference.displays import is_understood
from fastidious_server.inference.functions import outline_at
from fastidious_server.inference.messages import Answer, Question, Replacement
from fastidious_server.inference.project import position, script

if TYPE_CHECKING:
    from fastidious_server.inference.project import Script

_WORD = re.compile(r"[^\W\d]\w*")
_LOWERED = re.compile(r"\b(List|Dict|Set|Tuple|Type|FrozenSet)\b")
_MOST_TYPES = 3
_RETURN, _ASSIGNED = b"return", b"_ret ="
"""Equally long: what was returned becomes a variable that jedi can be asked about."""


def annotate(question: Question) -> Answer:
    """Return the annotation of the function at the place of the question.

    That nothing but `None` comes of code that returns values is rather what jedi did not understand.
    """
    text = question.text.encode("utf-8", "surrogatepass")
    outline = outline_at(text, question.start)
    if outline is None or not outline.returns:
        return Answer(question.number)
    asked = script(question.root, question.path, _with_variables(text, outline.returns))
    source = Source(text)
    found = [_type_at(asked, *position(source, each)) for each in outline.returns]
    ending = ["None"] if outline.may_return_none else []
    hints = sorted(dict.fromkeys([*found, *ending]), key=lambda each: each == "None")
    if hints == ["None"] or not all(hints) or len(hints) > _MOST_TYPES or not _are_visible(asked, hints):
        return Answer(question.number)
    annotation = " | ".join(hints)
    end = outline.parameters_end
    return Answer(question.number, (Replacement(question.path, end, end, f" -> {annotation}"),), annotation)


def _with_variables(text: bytes, returns: tuple[int, ...]) -> str:
    changed = bytearray(text)
    for start in returns:
        changed[start : start + len(_RETURN)] = _ASSIGNED
    return changed.decode("utf-8", "surrogatepass")


def _type_at(asked: Script, line: int, column: int) -> str:
    """Return the type of the variable at a place as it is written today; empty unless jedi knows all of it."""
    try:
        found = asked.infer(line, column)
        hints = {_modern(each.get_type_hint()) if is_understood(each) else "" for each in found}
    except Exception:  # noqa: BLE001  jedi raises whatever goes wrong inside: then it does not know
        return ""
    members = sorted(hints, key=lambda each: each == "None")
    return " | ".join(members) if members and all(members) else ""


def _modern(hint: str | None) -> str:
    if not hint or "(" in hint or "Any" in hint:
        return ""
    return _LOWERED.sub(lambda match: match[0].lower(), hint)


def _are_visible(asked: Script, hints: list[str]) -> bool:
    """Tell whether the module has all the names that the annotation is made of."""
    known = {each.name for each in asked.get_names()} | set(dir(builtins))
    return all(word in known for hint in hints for word in _WORD.findall(hint))
