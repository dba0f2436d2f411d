"""Renames across files, found by jedi."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from fastidious_rules.syntax.parameters import owner_of_parameter
from fastidious_rules.syntax.text import Source, Span
from fastidious_server.inference.keywords import keyword_places, keywords_in
from fastidious_server.inference.messages import Answer, Question, Replacement
from fastidious_server.inference.project import offset_of, position, script

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from fastidious_server.inference.project import FoundName


def rename(question: Question) -> Answer:
    """Return the replacements that rename what stands at the place of the question, wherever it is used."""
    source = Source.from_str(question.text)
    asked = script(question.root, question.path, question.text)
    places = list(asked.get_references(*position(source, question.start)))
    old_name = _name_at(question)
    passed = list(_passed_by_name(question, source, old_name))
    sources = {question.path: source}
    sources |= _others({*(str(each.module_path) for each in places), *(path for path, _ in passed)} - {question.path})
    if not places or not all(_is_inside(each, question.root) for each in places):
        return Answer(question.number)
    if any(_is_taken(each, question.new_name) for each in sources.values()):
        return Answer(question.number)
    found = {_replacement(each, sources, question.new_name) for each in places if each.name == old_name}
    found |= {Replacement(path, *span, question.new_name) for path, span in passed}
    return Answer(question.number, tuple(sorted(found, key=lambda each: (each.path, each.start))), question.new_name)


def _passed_by_name(question: Question, source: Source, old_name: str) -> Iterator[tuple[str, Span]]:
    """Yield where a parameter is passed by its name, in the text of the question and in the files of the project."""
    owner = owner_of_parameter(source.text, question.start)
    if owner:
        yield from ((question.path, span) for span in keywords_in(source.text, owner, old_name))
        found = keyword_places(question.root, owner, old_name)
        yield from ((path, span) for path, span in found if path != question.path)


def _name_at(question: Question) -> str:
    text = question.text.encode("utf-8", "surrogatepass")[question.start :].decode("utf-8", "replace")
    match = re.match(r"\w+", text)
    return match.group() if match is not None else ""


def _others(paths: Iterable[str]) -> dict[str, Source]:
    return {path: Source(Path(path).read_bytes()) for path in paths}


def _is_inside(place: FoundName, root: str) -> bool:
    path = place.module_path
    return path is not None and path.is_relative_to(root) and "site-packages" not in path.parts


def _replacement(place: FoundName, sources: dict[str, Source], new_name: str) -> Replacement:
    path = str(place.module_path)
    start = offset_of(sources[path], place.line or 1, place.column or 0)
    return Replacement(path, start, start + len(place.name.encode()), new_name)


def _is_taken(source: Source, new_name: str) -> bool:
    """Tell whether a file uses the new name already: then nobody can tell by the names alone what would change."""
    return re.search(rb"\b" + re.escape(new_name.encode()) + rb"\b", source.text) is not None
