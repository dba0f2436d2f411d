"""Taking a part of a function out into a function of its own."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, NamedTuple

from fastidious_rules.engine.finding import Edit
from fastidious_rules.engine.rewrite.annotations import annotation_text
from fastidious_rules.semantics.types import NONE, UNKNOWN
from fastidious_rules.syntax.nodes import Assignment, Function, Name, Subscript, View
from fastidious_rules.syntax.regions import Region, regions
from fastidious_rules.syntax.text import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastidious_rules.engine.scope import Scope

_SELF = "self"


class Extraction(NamedTuple):
    """A part of a function that can be taken out, and the edits that do it."""

    label: str
    name: str
    edits: tuple[Edit, ...]
    lines: int
    """How many lines the part has."""


def extractions(function: Function, scope: Scope) -> Iterator[Extraction]:
    """Yield the parts that can be taken out of a function of a module or a class, the longest first."""
    fact = scope.fact_of(function)
    if fact is None or fact.name.count(".") > bool(scope.class_name):
        return
    text = scope.document_text
    module = scope.asker.project.module_at(scope.path)
    taken = frozenset(module.names()) if module is not None else frozenset[str]()
    for region in regions(function):
        name = f"_{region.name.lstrip('_')}"
        method = _receiver(function, scope)
        imported = {each.bound for each in fact.imports}
        if name in taken or method is None or not name.isidentifier() or imported & {*region.inputs}:
            continue
        begin = text.rfind(b"\n", 0, region.span.start) + 1
        if text[begin : region.span.start].strip():
            continue
        edits = _edits(function, scope, region, name, method)
        lines = text.count(b"\n", region.span.start, region.span.end) + 1
        yield Extraction(region.label, name, edits, lines)


def _receiver(function: Function, scope: Scope) -> str | None:
    """Return what the new function is called on: `self`, or nothing in a module; None if it cannot be done."""
    if not scope.class_name:
        return ""
    first = next((each.name for each in function.parameters), "")
    return first if first == _SELF else None


def _edits(function: Function, scope: Scope, region: Region, name: str, receiver: str) -> tuple[Edit, ...]:
    shift = -scope.unit_span.start
    call = f"{receiver}.{name}" if receiver else name
    arguments = ", ".join(each for each in region.inputs if each != receiver)
    line = f"{'await ' if region.is_async else ''}{call}({arguments})"
    if region.outputs:
        line = f"{', '.join(region.outputs)} = {line}"
    text = scope.document_text
    newline = "\r\n" if b"\r\n" in text[: region.span.end] else "\n"
    end = _line_end(text, scope.unit_span.end)
    definition = _definition(function, scope, region, name).replace("\n", newline)
    blank = newline * (2 if receiver else 3)
    return Edit(region.span.shifted(shift), line), Edit(Span(end, end).shifted(shift), blank + definition)


def _line_end(text: bytes, offset: int) -> int:
    ends = [each for each in (text.find(b"\n", offset), text.find(b"\r", offset)) if each >= 0]
    return min(ends, default=len(text))


def _definition(function: Function, scope: Scope, region: Region, name: str) -> str:
    step = function.indent_step
    margin = step if scope.class_name else ""
    start = scope.document_text.rfind(b"\n", 0, region.span.start) + 1
    source = scope.document_text[start : region.span.end].decode("utf-8", "replace").replace("\r\n", "\n")
    body = textwrap.indent(textwrap.dedent(source), margin + step)
    inputs = sorted(region.inputs, key=lambda each: each != _SELF)
    parameters = ", ".join(_declared(function, scope, each) for each in inputs)
    static = f"{margin}@staticmethod\n" if margin and _SELF not in inputs else ""
    keyword = "async def" if region.is_async else "def"
    result = f"\n{margin}{step}return {', '.join(region.outputs)}" if region.outputs else ""
    return f"{static}{margin}{keyword} {name}({parameters}){_returned(function, scope, region)}:\n{body}{result}"


def _declared(function: Function, scope: Scope, name: str) -> str:
    annotation = "" if name == "self" else _annotation_of(function, scope, name)
    return f"{name}: {annotation}" if annotation else name


def _returned(function: Function, scope: Scope, region: Region) -> str:
    if not region.outputs:
        return " -> None"
    types = [_annotation_of(function, scope, each) for each in region.outputs]
    if not all(types):
        return ""
    return f" -> {types[0]}" if len(types) == 1 else f" -> tuple[{', '.join(types)}]"


def _annotation_of(function: Function, scope: Scope, name: str) -> str:
    """Return the annotation of a variable: as it is written, else as it is inferred, else nothing."""
    for parameter in function.parameters:
        if parameter.name == name and not parameter.stars:
            return _plain(parameter.annotation)
    for assignment in function.find(Assignment):
        target = assignment.target
        if isinstance(target, Name) and target.text == name and assignment.annotation is not None:
            return _plain(assignment.annotation)
    fact, inside = scope.fact_of(function), scope.at(function.body)
    terms = fact.local.get(name, ()) if fact is not None else ()
    first = inside.type_of_term(terms[0]) if terms else UNKNOWN
    return annotation_text(inside, first) if first != NONE else ""


def _plain(annotation: View | None) -> str:
    """Return an annotation without what FastAPI reads in it."""
    inner = next(annotation.children(), annotation) if annotation is not None else None
    if isinstance(inner, Subscript) and inner.value.text.rpartition(".")[2] == "Annotated" and inner.indexes:
        return inner.indexes[0].text
    return annotation.text if annotation is not None else ""
