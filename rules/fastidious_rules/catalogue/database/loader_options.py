"""Loader options, written where a statement begins."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from fastidious_rules.api import Call, Display, Fix, NeededImport, Safety, Span, relationship, resolve

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from fastidious_rules.api import Edit, Elsewhere, Query, Relationship, Scope


_MOST = 6
_WIDEST = 120


class _Step(NamedTuple):
    """One option: the entity as it is called where the statement stands, and its relationship."""

    entity: str
    relationship: Relationship
    needed: NeededImport | None = None

    @property
    def text(self) -> str:
        return f"{loader_of(self.relationship)}({self.entity}.{self.relationship.name})"


def loader_of(step: Relationship) -> str:
    """Return the loader that suits a relationship: a second query for collections, a join for single objects."""
    return "selectinload" if step.is_collection else "joinedload"


def option_for(rows: Query, wanted: Relationship) -> str:
    """Return the option that loads a relationship of rows, as messages show it."""
    return f"{loader_of(wanted)}({rows.entity.rpartition('.')[2]}.{wanted.name})"


def loading(rows: Query, wanted: Relationship, scope: Scope) -> Iterator[Fix]:
    """Yield the fix that makes the statement of `rows` load a relationship of theirs."""
    yield from loading_all([(rows, wanted)], scope)


def loading_all(wanted: Sequence[tuple[Query, Relationship]], scope: Scope) -> Iterator[Fix]:
    """Yield the fix that makes a statement load several relationships, each of the rows that it is given with.

    There is none where a reader could no longer see the statement for its options.
    """
    rows, first = wanted[0]
    place = scope.elsewhere(rows.origin) if rows.origin is not None else None
    calls = [each for each in place.views(Call) if rows.origin and each.span == rows.origin.span] if place else []
    if place is None or rows.origin is None or not calls or not calls[0].arguments:
        return
    root = calls[0].arguments[0].text
    options = [list(_steps(each, last, root, place.path, scope)) for each, last in wanted]
    is_whole = all(len(steps) == len(each.path) + 1 for steps, (each, _) in zip(options, wanted, strict=True))
    texts = [".".join(each.text for each in steps) for steps in options]
    edit = _edit(calls[0], texts, place)
    if not is_whole or len(wanted) > _MOST or root.startswith(("self.", "cls.")) or edit is None:
        return
    steps = [each for option in options for each in option]
    loaders = (NeededImport("sqlalchemy.orm", loader_of(each.relationship), place.path) for each in steps)
    needed = dict.fromkeys([*loaders, *(each.needed for each in steps if each.needed is not None)])
    where = f" in `{rows.origin.symbol}`" if place.path else ""
    yield Fix(_title(first, texts, where), (edit,), tuple(needed), Safety.UNSAFE)


def _title(first: Relationship, texts: list[str], where: str) -> str:
    title = f"Load `{first.name}` with the rows{where}: `{', '.join(texts)}`"
    others = f" and {len(texts) - 1} more" if len(texts) > 1 else ""
    return title if len(title) <= _WIDEST else f"Load `{first.name}`{others} with the rows{where}"


def _edit(call: Call, texts: list[str], place: Elsewhere) -> Edit | None:
    """Return the edit that adds options to `select(...)`, or to `session.get(...)`."""
    end = call.span.end
    if call.last_name not in {"get", "get_one"}:
        return place.edit(Span(end, end), _method(call, texts, place))
    options = ", ".join(texts)
    given = call.keywords.get("options")
    if given is None:
        last = call.all_arguments[-1].span.end
        return place.edit(Span(last, last), f", options=[{options}]")
    if not isinstance(given, Display) or not given.items:
        return None
    last = given.items[-1].span.end
    return place.edit(Span(last, last), f", {options}")


def _method(call: Call, texts: list[str], place: Elsewhere) -> str:
    """Return the call of `options`: on one line, or several options on a line each where they do not fit."""
    line = f".options({', '.join(texts)})"
    text, end = place.unit.text, call.span.end
    before = text[:end].rpartition(b"\n")[2].decode("utf-8", "replace")
    after = text[end:].partition(b"\n")[0].rstrip()
    if len(texts) == 1 or len(before) + len(line) + len(after) <= _WIDEST:
        return line
    newline = "\r\n" if b"\r\n" in place.text else "\n"
    indentation = before[: len(before) - len(before.lstrip())]
    lines = "".join(f"{newline}{indentation}{call.indent_step}{each}," for each in texts)
    return f".options({lines}{newline}{indentation})"


def _steps(rows: Query, wanted: Relationship, root: str, path: str, scope: Scope) -> Iterator[_Step]:
    """Yield the options from the root of the statement on; fewer than there are steps if one cannot be written."""
    origin = rows.origin.path if rows.origin is not None else ""
    module = scope.asker.project.module_at(origin)
    entities = [*rows.path, (rows.entity, wanted.name)]
    for number, (entity, name) in enumerate(entities):
        found = relationship(scope.asker, entity, name)
        home, _, short = entity.rpartition(".")
        known = resolve(scope.asker, module.name, short) if module is not None else ""
        if found is None or (number and known not in {"", entity}):
            return
        is_beside = number and "." in root and home == entities[0][0].rpartition(".")[0]
        name_there = f"{root.rpartition('.')[0]}.{short}" if is_beside else short
        needed = NeededImport(home, short, path) if number and not known and not is_beside else None
        yield _Step(name_there if number else root, found, needed)
