"""The engine behind the editor's ports."""

from __future__ import annotations

from fastidious_rules.engine.registry import Registry
from fastidious_rules.engine.settings import Settings
from fastidious_rules.semantics.extract import module_facts
from fastidious_rules.semantics.facts import encode
from fastidious_rules.semantics.place import Place
from fastidious_rules.semantics.project import Project
from fastidious_rules.syntax.text import Source, Span
from fastidious_server.workspace.indexing.frames import IndexedFile
from fastidious_server.workspace.reviewer import Reviewer

PLACE = Place("/a.py", "f", Span(0, 3))


def test_what_the_index_says_of_an_open_file_counts_once_it_is_closed() -> None:
    reviewer = Reviewer(Registry(()), Project())
    source = Source(b"\n\n\ndef f(): ...\n")
    reviewer.open("/a.py", None, source, Settings()).check()
    facts = encode(module_facts(b"def f(): ...\n"))
    reviewer.learn([IndexedFile("/a.py", "a", facts)])
    assert reviewer.locate(PLACE) == Span(3, 6)
    reviewer.close("/a.py")
    reviewer.learn([IndexedFile("/a.py", "a", facts)])
    assert reviewer.locate(PLACE) == Span(0, 3)


def test_a_document_without_a_file_is_forgotten_when_it_is_closed() -> None:
    reviewer = Reviewer(Registry(()), Project())
    reviewer.open("untitled:1", "untitled_1", Source(b"def f(): ...\n"), Settings()).check()
    place = PLACE._replace(path="untitled:1")
    assert reviewer.locate(place) is not None
    reviewer.close("untitled:1")
    assert reviewer.locate(place) is None
