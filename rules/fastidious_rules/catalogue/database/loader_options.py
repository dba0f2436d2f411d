"""Loader options, written where a statement begins."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from fastidious_rules.api import Call, Fix, NeededImport, Safety, Span, relationship, resolve

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastidious_rules.api import Query, Relationship, Scope


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


def loading(rows: Query, wanted: Relationship, scope: Scope) -> Iterator[Fix]:
    """Yield the fix that makes the statement of `rows` load a relationship of theirs."""
    place = scope.elsewhere(rows.origin) if rows.origin is not None else None
    calls = [each for each in place.views(Call) if rows.origin and each.span == rows.origin.span] if place else []
    if place is None or rows.origin is None or not calls or not calls[0].arguments:
        return
    steps = list(_steps(rows, wanted, calls[0].arguments[0].text, place.path, scope))
    if len(steps) != len(rows.path) + 1:
        return
    option = ".".join(each.text for each in steps)
    end = calls[0].span.end
    edit = place.edit(Span(end, end), f".options({option})")
    loaders = (NeededImport("sqlalchemy.orm", loader_of(each.relationship), place.path) for each in steps)
    needed = (*dict.fromkeys(loaders), *(each.needed for each in steps if each.needed is not None))
    where = f" in `{rows.origin.symbol}`" if place.path else ""
    yield Fix(f"Load `{wanted.name}` with the rows{where}: `{option}`", (edit,), needed, Safety.UNSAFE)


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
        needed = NeededImport(home, short, path) if number and not known else None
        yield _Step(short if number else root, found, needed)
