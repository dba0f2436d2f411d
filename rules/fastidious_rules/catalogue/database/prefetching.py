"""One query above a loop in the place of one query in each of its rounds."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from fastidious_rules.api import (
    Attribute,
    Await,
    Awaited,
    Call,
    Collection,
    Comparison,
    Display,
    Edit,
    Fix,
    For,
    Keyword,
    Name,
    NeededImport,
    Number,
    Parenthesized,
    Safety,
    Span,
    called_name,
    is_entity,
    is_subclass,
    names_read,
    primary_key,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastidious_rules.api import Scope, Term, View
    from fastidious_rules.catalogue.database.rounds import Round

_ONE = frozenset({"first", "one_or_none", "scalar", "scalar_one_or_none"})
_ON_THE_WAY = frozenset({"scalars", "unique"})
_SIMPLE = frozenset(
    {"select", "query", "where", "filter", "filter_by", "options", "join", "outerjoin", "first", "one_or_none"}
)
_REPLAYED = frozenset({"items", "values", "keys", "enumerate", "sorted", "reversed", "range", "list", "tuple", "set"})
_LISTS = frozenset({"list", "tuple", "set", "frozenset", "dict", "Sequence", "Collection", "Mapping"})
_LISTING = frozenset({"all", "fetchall", "list", "tuple", "set", "sorted", "keys", "values", "items"})
_CAPITAL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_ADDING = frozenset({"add", "create", "flush", "insert", "merge", "save", "upsert"})
_WIDEST = 100
_UNMOVABLE = ('"""', "'''", "\\\n", "#")


class _Lookup(NamedTuple):
    """A query for one row by one column."""

    whole: View
    """The expression that gives the row."""
    entity: str
    column: str
    key: View
    rows: str
    """What gives the rows of all keys, with `{keys}` for these."""
    needed: tuple[NeededImport, ...] = ()


def prefetched(call: Call, found: Round, scope: Scope) -> Iterator[Fix]:
    """Yield the fix that reads the rows of all items before the loop, and looks each up in a dictionary."""
    loop = found.loop
    if not isinstance(loop, For) or loop.is_async or not isinstance(found.target, Name | Display):
        return
    lookup = _by_key(call, scope) if call.last_name == "get" else _by_column(call, found, scope)
    if lookup is None or not _depends_on_item_only(lookup.key, found) or _adds_before(call, found):
        return
    row = _CAPITAL.sub("_", lookup.entity.rpartition(".")[2]).lower()
    name = f"{_plural(row)}_by_{lookup.column}"
    is_new = not re.search(rf"\b{name}\b", call.unit.text.decode("utf-8", "replace"))
    if is_new and "\n" not in found.iterable.text and not any(mark in lookup.rows for mark in _UNMOVABLE):
        title = f"Fetch the `{lookup.entity}` rows of all items before the loop (it sees no rows that it adds itself)"
        yield Fix(title, _edits(lookup, row, name, found, scope), lookup.needed, Safety.UNSAFE)


def _adds_before(call: Call, found: Round) -> bool:
    """Tell whether each round adds rows before it looks for one, which may be what it has just added."""
    earlier = (each for each in found.body.find(Call) if each.span.end <= call.span.start)
    return any(each.last_name.partition("_")[0] in _ADDING for each in earlier)


def _edits(lookup: _Lookup, row: str, name: str, found: Round, scope: Scope) -> tuple[Edit, ...]:
    loop, item, key = found.loop, found.target.text, lookup.key.text
    iterable, listing = _replayable(found, scope)
    keys = iterable if key == item and iterable.isidentifier() else f"[{key} for {item} in {iterable}]"
    start, indent = loop.span.start, loop.indent
    rows = _moved(lookup, indent + loop.indent_step, scope).replace("{keys}", keys)
    above = _dictionary(name, f"{row}.{lookup.column}: {row}", f"for {row} in {rows}", loop)
    listed = "".join(each.replacement for each in listing if each.span.start == start)
    return (
        Edit(Span(start, start), f"{listed}{above}\n{indent}"),
        *(each for each in listing if each.span.start != start),
        Edit(_with_parentheses(lookup.whole), f"{name}.get({key})"),
    )


def _with_parentheses(view: View) -> Span:
    """Return the span of an expression, with the parentheses around it if there is nothing else in them."""
    inner, outer = view.cst, view.cst.parent
    if outer is None or outer.type != "parenthesized_expression" or outer.named_child_count > 1:
        return view.span
    before, behind = inner.start_byte - outer.start_byte, outer.end_byte - inner.end_byte
    return Span(view.span.start - before, view.span.end + behind)


def _dictionary(name: str, pair: str, clause: str, loop: View) -> str:
    line = f"{name} = {{{pair} {clause}}}"
    if loop.column + len(line) <= _WIDEST and "\n" not in line:
        return line
    inside = loop.indent + loop.indent_step
    return f"{name} = {{\n{inside}{pair}\n{inside}{clause}\n{loop.indent}}}"


def _moved(lookup: _Lookup, indent: str, scope: Scope) -> str:
    """Return what gives the rows, with further lines as far in from `indent` as they are from where the query stands."""
    first, *others = lookup.rows.split("\n")
    text = scope.document_text
    start = scope.unit_span.start + lookup.whole.span.start
    line = text[text.rfind(b"\n", 0, start) + 1 : start].decode("utf-8", "replace")
    before = line[: -len(line.lstrip()) or None]
    return "\n".join([first, *(f"{indent}{each.removeprefix(before)}" if each.strip() else each for each in others)])


def _by_key(call: Call, scope: Scope) -> _Lookup | None:
    """Return the lookup that `session.get(User, key)` is."""
    arguments, receiver = call.arguments, call.receiver
    if len(arguments) != 2 or call.keywords or receiver is None:  # noqa: PLR2004  entity and key
        return None
    entity = arguments[0].text
    column = scope.ask(primary_key, scope.resolve_in_module(entity))
    if not column:
        return None
    is_sqlmodel = is_subclass(
        scope.asker, scope.type_of(receiver).name, "sqlmodel.Session", "sqlmodel.ext.asyncio.session.AsyncSession"
    )
    run = "exec" if is_sqlmodel else "scalars"
    waits = "await " if call.is_awaited else ""
    rows = f"{waits}{receiver.text}.{run}(select({entity}).where({entity}.{column}.in_({{keys}})))"
    known = scope.resolve_in_module("select") == "sqlalchemy.select"
    needed = () if known else (NeededImport("sqlmodel" if is_sqlmodel else "sqlalchemy", "select"),)
    return _Lookup(_awaited(call), entity, column, arguments[1], rows, needed)


def _by_column(call: Call, found: Round, scope: Scope) -> _Lookup | None:
    """Return the lookup that a query with one condition on the item is, if it gives one row or none."""
    is_legacy = call.last_name in {"first", "one_or_none"}
    statement = call.receiver if is_legacy else next(iter(call.arguments), None)
    whole = call if is_legacy else _whole(call)
    receiver = call.receiver
    if statement is None or whole is None or receiver is None or not _is_simple(statement):
        return None
    condition = _condition(statement, found, scope)
    if condition is None:
        return None
    if is_legacy:
        return _Lookup(whole, *condition[:3], _for_all(statement, condition))
    run = "exec" if call.last_name == "exec" else "scalars"
    waits = "await " if call.is_awaited else ""
    given = _for_all(call.argument_list or statement, condition)
    return _Lookup(whole, *condition[:3], f"{waits}{receiver.text}.{run}{given}")


def _for_all(view: View, condition: _Condition) -> str:
    """Return the text of a statement, or of what it is given in, with the condition for all items."""
    text, start = view.text.encode("utf-8", "surrogatepass"), view.span.start
    before, after = text[: condition.span.start - start], text[condition.span.end - start :]
    return f"{before.decode()}{condition.replacement}{after.decode()}"


class _Condition(NamedTuple):
    entity: str
    column: str
    key: View
    span: Span
    replacement: str


def _condition(statement: View, found: Round, scope: Scope) -> _Condition | None:
    """Return the one condition of a statement that depends on the item, and what it is for all items."""
    varying = [each for each in statement.find(Comparison) if not found.differing.isdisjoint(names_read(each))]
    if not varying:
        return _by_keyword(statement, found, scope)
    condition = varying[0]
    if len(varying) > 1 or condition.operators != ["=="]:
        return None
    left, right = condition.operands
    for column, key in ((left, right), (right, left)):
        entity, _, name = column.text.rpartition(".")
        if scope.ask(is_entity, scope.resolve_in_module(entity)) and found.differing.isdisjoint(names_read(column)):
            return _Condition(entity, name, key, condition.span, f"{column.text}.in_({{keys}})")
    return None


def _by_keyword(statement: View, found: Round, scope: Scope) -> _Condition | None:
    """Return the condition `filter_by(name=key)`."""
    entity = next(
        (each for call in _chain(statement) if call.last_name in {"select", "query"} for each in call.arguments), None
    )
    if entity is None or not scope.ask(is_entity, scope.resolve_in_module(entity.text)):
        return None
    for call in _chain(statement):
        function, arguments = call.function, call.all_arguments
        if call.last_name != "filter_by" or len(arguments) != 1 or not isinstance(function, Attribute):
            continue
        given = arguments[0]
        if isinstance(given, Keyword) and not found.differing.isdisjoint(names_read(given.value)):
            span = Span(function.name.span.start, call.span.end)
            written = f"filter({entity.text}.{given.name}.in_({{keys}}))"
            return _Condition(entity.text, given.name, given.value, span, written)
    return None


def _is_simple(statement: View) -> bool:
    """Tell whether a statement only selects an entity under conditions, in any order and as many as there are."""
    calls = list(_chain(statement))
    root = calls[-1] if calls else None
    return root is not None and len(root.arguments) == 1 and all(each.last_name in _SIMPLE for each in calls)


def _chain(statement: View) -> Iterator[Call]:
    """Yield the calls of a chain, the last one first."""
    view: View | None = statement
    while isinstance(view, Call):
        yield view
        view = view.receiver


def _whole(call: Call) -> View | None:
    """Return the expression that takes one row out of what a call gives; None if it takes something else."""
    if call.last_name == "scalar":
        return _awaited(call)
    view, name = _awaited(call), ""
    while (outer := _next_call(view)) is not None:
        name = outer.last_name
        view = outer
        if name not in _ON_THE_WAY:
            break
    return view if name in _ONE else None


def _next_call(view: View) -> Call | None:
    """Return the call of a method of what `view` gives: `view.first()`."""
    outer = view.parent
    receiver = outer.receiver if isinstance(outer, Call) else None
    inner = receiver.value if isinstance(receiver, Parenthesized) else receiver
    return outer if isinstance(outer, Call) and inner == view else None


def _awaited(call: Call) -> View:
    return call.parent if isinstance(call.parent, Await) and call.is_awaited else call


def _depends_on_item_only(key: View, found: Round) -> bool:
    """Tell whether a key can be computed before the loop: from the item and from nothing that the body binds."""
    varying = names_read(key) & found.differing
    return bool(varying) and varying <= found.names and not any(True for _ in key.find(Await))


def _replayable(found: Round, scope: Scope) -> tuple[str, tuple[Edit, ...]]:
    """Return what to iterate over twice, and the edits that make it a list first where it may be gone after once."""
    iterable = found.iterable
    text = iterable.text
    if _may_be_read_twice(iterable, scope):
        return text, ()
    name = text if isinstance(iterable, Name) else _plural(found.target.text.rpartition(", ")[2])
    start, indent = found.loop.span.start, found.loop.indent
    made = Edit(Span(start, start), f"{name} = list({text})\n{indent}")
    return name, (made, Edit(iterable.span, name)) if name != text else (made,)


def _may_be_read_twice(iterable: View, scope: Scope) -> bool:
    if isinstance(iterable, Attribute):
        return True
    if isinstance(iterable, Call):
        inside = [*iterable.arguments, *([iterable.receiver] if iterable.receiver is not None else [])]
        return iterable.last_name in _REPLAYED and all(_may_be_read_twice(each, scope) for each in inside)
    if not isinstance(iterable, Name):
        return isinstance(iterable, Display | Number)
    if scope.type_of(iterable).short in _LISTS:
        return True
    function = scope.environment.function
    terms = function.local.get(iterable.text, ()) if function is not None else ()
    return bool(terms) and all(_listing(each) for each in terms)


def _listing(term: Term) -> bool:
    """Tell whether a term gives a list, or what is as good as one."""
    return isinstance(term, Collection) or called_name(term.value if isinstance(term, Awaited) else term) in _LISTING


def _plural(word: str) -> str:
    if word.endswith("y") and word[-2:-1] not in "aeiou":
        return f"{word[:-1]}ies"
    return f"{word}es" if word.endswith(("s", "x", "ch", "sh")) else f"{word}s"
