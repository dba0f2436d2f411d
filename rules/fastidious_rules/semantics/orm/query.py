"""What is known of a query: entity, relationships loaded, how many rows, and where it was written."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from fastidious_rules.semantics.orm.loading import EVERYTHING, below

if TYPE_CHECKING:
    from fastidious_rules.semantics.orm.relationships import Relationship
    from fastidious_rules.semantics.place import Place


class Stage(StrEnum):
    """How far a query has come."""

    STATEMENT = "statement"
    TUPLES = "tuples"
    """Rows that hold the entity: what `session.execute` gives."""
    ROWS = "rows"
    """Entities, one after the other."""
    ROW = "row"
    """One entity."""


class Query(NamedTuple):
    """A statement, or what came of it."""

    stage: Stage
    entity: str = ""
    """Qualified name, empty if it is not known."""
    has_columns: bool = False
    """Whether it gives something else than whole entities."""
    loads: frozenset[str] = frozenset()
    """Relationships loaded along, as dotted paths; `*` is all of them."""
    is_bounded: bool = False
    """Whether something limits how many rows there are."""
    limit: str = ""
    """The limit, if it is a literal."""
    is_aggregate: bool = False
    is_async: bool = False
    """Whether an async session runs it."""
    origin: Place | None = None
    """Where the `select(...)` or `query(...)` stands."""
    path: tuple[tuple[str, str], ...] = ()
    """Entity and relationship of each step from the rows of the statement to these."""
    through: tuple[Place, ...] = ()
    """The functions that it was returned by."""
    joined: frozenset[str] = frozenset()
    """Relationships loaded by joining them to the rows, as dotted paths."""
    steps: frozenset[str] = frozenset()
    """Methods that built the statement, as far as they say which rows come: `where`, `order_by`, `limit` ..."""
    is_legacy: bool = False
    """Whether it is a `Query`, which drops rows that come twice by itself."""
    is_unique: bool = False
    """Whether its result drops rows that come twice."""
    is_fetched: bool = False
    """Whether the rows have been read into a list."""

    @property
    def is_ordered(self) -> bool:
        """Whether something says in which order the rows come."""
        return "order_by" in self.steps

    def loads_relationship(self, name: str) -> bool:
        """Tell whether the relationship `name` comes with the rows."""
        return name in self.loads or EVERYTHING in self.loads

    def follow(self, relationship: Relationship) -> Query:
        """Return what reading a relationship of a row gives."""
        return self._replace(
            stage=Stage.ROWS if relationship.is_collection else Stage.ROW,
            entity=relationship.target,
            loads=below(self.loads, relationship.name),
            joined=frozenset(),
            is_fetched=True,
            is_bounded=self.is_bounded and not relationship.is_collection,
            limit="",
            path=(*self.path, (self.entity, relationship.name)),
        )

    def then(self, later: Query | None) -> Query | None:
        """Return what a name stands for that was this, and may be `later` by now; nothing if they do not go together."""
        if later is None:
            return None
        if self.origin != later.origin and (self.entity, self.stage) != (later.entity, later.stage):
            return None
        return later._replace(
            loads=self.loads | later.loads,
            joined=self.joined | later.joined,
            steps=self.steps | later.steps,
            is_bounded=self.is_bounded or later.is_bounded,
            is_aggregate=self.is_aggregate or later.is_aggregate,
            has_columns=self.has_columns or later.has_columns,
        )
