"""What a coroutine reads of objects after it has committed, as facts of its text."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from fastidious_rules.semantics.facts import StaleFact
from fastidious_rules.syntax.following import follows
from fastidious_rules.syntax.nodes import Assignment, Attribute, Call, Name, Return, names_in

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastidious_rules.syntax.nodes import Function, View

_COMMIT = "commit"
_LOADING = frozenset({"execute", "scalars", "scalar", "exec", "get", "get_one", "refresh", "merge", "run_sync"})
"""Methods of sessions that may read a row again."""


class _Read(NamedTuple):
    view: View
    name: str
    attribute: str = ""


def stale_reads(function: Function, body: list[View]) -> tuple[StaleFact, ...]:
    """Return what a coroutine reads of its names after an awaited `commit`, with nothing between that reads rows again."""
    if not function.is_async:
        return ()
    awaited = [each for each in body if isinstance(each, Call) and each.is_awaited]
    commits = [each for each in awaited if each.last_name == _COMMIT and not each.all_arguments]
    if not commits:
        return ()
    found = (_stale(each, commits, awaited, body) for each in _reads(function, body))
    return tuple({(each.name, each.attribute): each for each in found if each is not None}.values())


def _reads(function: Function, body: list[View]) -> Iterator[_Read]:
    for attribute in function.body.find(Attribute):
        value = attribute.value
        if isinstance(value, Name) and not _is_used_otherwise(attribute):
            yield _Read(attribute, value.text, attribute.name.text)
    for each in body:
        value = each.value if isinstance(each, Return) else None
        if isinstance(value, Name):
            yield _Read(value, value.text)


def _is_used_otherwise(attribute: Attribute) -> bool:
    """Tell whether an attribute is called or assigned to: that reads no column."""
    around = attribute.parent
    is_called = isinstance(around, Call) and around.function == attribute
    return is_called or (isinstance(around, Assignment) and around.target == attribute)


def _stale(read: _Read, commits: list[Call], awaited: list[Call], body: list[View]) -> StaleFact | None:
    start = read.view.span.start
    before = [each for each in commits if each.span.end <= start and follows(each, read.view)]
    if not before:
        return None
    commit = before[-1].span
    between = (each for each in awaited if commit.end <= each.span.start < start and each.last_name != _COMMIT)
    if any(_may_load(each, read.name) for each in between) or _is_bound_again(read, commit.end, body):
        return None
    span = read.view.span
    return StaleFact(read.name, read.attribute, (span.start, span.end), (commit.start, commit.end))


def _may_load(call: Call, name: str) -> bool:
    return call.last_name in _LOADING or any(each.text == name for each in (*call.arguments, *call.keywords.values()))


def _is_bound_again(read: _Read, after: int, body: list[View]) -> bool:
    return any(
        isinstance(each, Assignment)
        and after <= each.span.start < read.view.span.start
        and any(name.text == read.name for name in names_in(each.target))
        for each in body
    )
