"""What a report of a bug should say: what runs here, with which settings, how fast, and what went wrong."""

from __future__ import annotations

import dataclasses
import json
import os
import sys
from typing import TYPE_CHECKING

from fastidious_server.lsp.background.logs import introduction
from fastidious_server.lsp.diagnosis.findings import all_findings
from fastidious_server.workspace.memory import resident_bytes

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from fastidious_server.lsp.session import Session

_MEGABYTE = 1 << 20
_MILLISECONDS = 1000
_PACKAGES = ("fastapi", "pydantic", "sqlalchemy", "starlette")


def debug_information(session: Session) -> str:
    """Return all there is to know about this server and its session, in Markdown."""
    sections = {
        "Server": _server(session),
        "Client": _client(session),
        "Configuration": _configuration(session),
        "Versions that the code is written for": _versions(session),
        "Documents": _documents(session),
        "Index": _index(session),
        "Timings": _timings(session),
        "Rules that failed": _failures(session),
    }
    parts = [f"# {introduction(session)}"]
    parts += [f"## {title}\n\n" + ("\n".join(lines) or "None.") for title, lines in sections.items()]
    return "\n\n".join(parts) + "\n"


def _server(session: Session) -> Iterator[str]:
    memory = resident_bytes()
    yield f"- executable: {sys.executable}"
    yield f"- process: {os.getpid()}"
    if memory is not None:
        yield f"- memory: {memory // _MEGABYTE} MB"
    yield from (f"- {name}: {value}" for name, value in session.services.surroundings().items())


def _client(session: Session) -> Iterator[str]:
    yield f"- name: {session.client_name or 'unknown'}"
    yield f"- folders: {', '.join(session.roots) or 'none'}"
    yield f"- columns: {session.support.encoding}"
    yield f"- diagnostics: {'pull' if session.support.pull_diagnostics else 'push'}"
    yield f"- watches files: {'no, the server looks itself' if session.lookout.is_out else 'yes'}"
    flags = [field.name for field in dataclasses.fields(session.support)]
    able = [name.replace("_", " ") for name in flags if getattr(session.support, name) is True]
    yield f"- able to: {', '.join(able) or 'nothing special'}"


def _configuration(session: Session) -> Iterator[str]:
    settings, (everywhere, folders) = session.services.settings, session.applied_options
    yield f"- options of the editor: `{_json(everywhere)}`"
    yield from (f"- options of the editor for {folder}: `{_json(options)}`" for folder, options in folders.items())
    yield f"- preferences: {', '.join(f'{name} {value}' for name, value in settings.preferences._asdict().items())}"
    yield from (f"- file: {path}" for path in settings.files())
    for problem in settings.problems():
        yield f"- problem: {problem.path}:{problem.row + 1}:{problem.column + 1}: {problem.message}"


def _versions(session: Session) -> Iterator[str]:
    for root in session.roots:
        found = session.services.settings.settings_for(f"{root.rstrip('/')}/main.py")
        if found is not None:
            packages = [f"{name} {found.target.packages.get(name, 'unknown')}" for name in _PACKAGES]
            yield f"- {root}: Python {found.target.python}, {', '.join(packages)}"


def _documents(session: Session) -> Iterator[str]:
    rows = [
        (
            document.uri,
            document.version,
            len(document.source.lines),
            len(all_findings(document)) if document.document is not None else "not reviewed",
        )
        for document in session.documents
    ]
    yield from _table(("document", "version", "lines", "findings"), rows)


def _index(session: Session) -> Iterator[str]:
    done, total = session.index_progress
    state = "complete" if session.indexed.is_set() else "under way"
    yield f"- {state}: {done} of {total} files"


def _timings(session: Session) -> Iterator[str]:
    rows = [
        (
            each.name,
            each.times,
            *(f"{seconds * _MILLISECONDS:.1f}" for seconds in (each.median, each.high, each.slowest.seconds)),
            each.slowest.subject,
        )
        for each in session.recorder.figures()
    ]
    yield from _table(("last of each", "times", "median ms", "p95 ms", "slowest ms", "slowest was"), rows)


def _failures(session: Session) -> Iterator[str]:
    return (f"- {rule}: {error}" for rule, error in session.workbench.reviews.failures)


def _table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    lines = [f"| {' | '.join(str(cell) for cell in row)} |" for row in rows]
    if lines:
        yield f"| {' | '.join(head)} |"
        yield f"|{' --- |' * len(head)}"
        yield from lines


def _json(value: object) -> str:
    return json.dumps(value, default=str, ensure_ascii=False)
