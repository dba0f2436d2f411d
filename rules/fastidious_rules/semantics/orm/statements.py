"""Queries as they are built, run and returned, step by step and across functions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastidious_rules.semantics.inference import callee_of, inferred
from fastidious_rules.semantics.names import class_shape, function_fact, resolve, signature
from fastidious_rules.semantics.orm.entities import is_entity
from fastidious_rules.semantics.orm.loading import EVERYTHING, loaded_by
from fastidious_rules.semantics.orm.query import Query, Stage
from fastidious_rules.semantics.orm.query_steps import chained, execution_stage, is_aggregate, listed
from fastidious_rules.semantics.orm.relationships import relationship
from fastidious_rules.semantics.orm.repositories import entity_named_by
from fastidious_rules.semantics.place import Place
from fastidious_rules.semantics.types import Environment, is_subclass
from fastidious_rules.syntax.terms import (
    Apply,
    Awaited,
    Collection,
    Index,
    Literal,
    Member,
    Opaque,
    Ref,
    Term,
    called_name,
    dotted,
    receiver_of,
)
from fastidious_rules.syntax.text import Span

if TYPE_CHECKING:
    from fastidious_rules.semantics.facts import FunctionFact
    from fastidious_rules.semantics.project import Asker, Project

ASYNC_SESSIONS = (
    "sqlalchemy.ext.asyncio.AsyncSession",
    "sqlalchemy.ext.asyncio.AsyncConnection",
    "sqlalchemy.ext.asyncio.async_scoped_session",
)
SESSIONS = ("sqlalchemy.orm.Session", *ASYNC_SESSIONS)
LOOKUPS = frozenset({"get", "get_one"})
_SELECTS = frozenset({"sqlalchemy.select", "sqlalchemy.orm.select", "sqlalchemy.orm.Query"})
_SAME = frozenset({"list", "tuple", "set", "sorted", "reversed", "iter", "frozenset"})
_DEEPEST = 3
_LONGEST = 40


def query_of(asker: Asker, where: Environment, term: Term, depth: int = 0, receiver: str = "") -> Query | None:
    """Return the query that `term` is, or holds the rows of, in `where`; None unless that is proven.

    `receiver` is the class of `self`, where that may be derived from the one that the code stands in.
    """
    return Reader(asker, where, depth, receiver).read(term)


def returned_query(project: Project, qualified: str, receiver: str, depth: str) -> Query | None:
    """Return the query that a function returns, or returns the rows of."""
    found = function_fact(project, qualified)
    if found is None or int(depth) > _DEEPEST:
        return None
    module, fact = found
    reader = Reader(project, environment_of(project, module.name, fact), int(depth), receiver)
    result: Query | None = None
    for term in fact.returned:
        if is_nothing(term):
            continue
        query = reader.read(term)
        result = query if result is None else result.then(query)
        if result is None:
            return None
    if result is None:
        return None
    place = Place(module.path, fact.name, Span(*fact.span))
    is_single = result.stage is Stage.ROW
    return result._replace(is_bounded=result.is_bounded or is_single, through=(place, *result.through))


def environment_of(project: Project, module: str, fact: FunctionFact) -> Environment:
    """Return where the body of a function of the project stands."""
    owner = fact.owner
    is_method = bool(owner) and project.ask(class_shape, f"{module}.{owner}") is not None
    return Environment(module, fact, owner if is_method else "")


def is_nothing(term: Term) -> bool:
    """Tell whether a value is nothing at all: `None`, an empty list."""
    return term == Literal("None", "None") or (isinstance(term, Collection) and not term.items)


class Reader:
    """Reads terms of one function as queries; what it found out about local names is kept."""

    __slots__ = ("_asker", "_depth", "_known", "_receiver", "_where")

    def __init__(self, asker: Asker, where: Environment, depth: int = 0, receiver: str = "") -> None:
        self._asker = asker
        self._where = where
        self._depth = depth
        self._receiver = receiver
        self._known: dict[str, Query | None] = {}

    def read(self, term: Term) -> Query | None:
        """Return the query that a term is."""
        match term:
            case Ref(name):
                return self._name(name)
            case Awaited(value):
                return self._awaited(value)
            case Apply(Ref("for"), (iterable,)):
                return self._item(self.read(iterable))
            case Apply():
                return self._call(term)
            case Index(value, (index,)):
                return self._indexed(self.read(value), index)
            case Collection("comprehension", (element,)) if isinstance(element, Ref):
                item = self.read(element)
                return item._replace(stage=Stage.ROWS) if item is not None and item.stage is Stage.ROW else None
            case Member(value, name):
                return self._attribute(self.read(value), name)
            case _:
                return None

    # Names

    def _name(self, name: str) -> Query | None:
        first, *rest = name.split(".")
        query = self._local(first)
        for attribute in rest:
            query = self._attribute(query, attribute)
        return query

    def _local(self, name: str) -> Query | None:
        if name in self._known:
            return self._known[name]
        where = self._where
        function = where.function
        terms = function.local.get(name) if function is not None else None
        if terms is None:
            is_parameter = function is not None and any(each.name == name for each in function.parameters)
            outer = where.outer if not is_parameter else None
            return (
                Reader(self._asker, outer, self._depth, self._receiver).read(Ref(name)) if outer is not None else None
            )
        self._known[name] = None
        self._known[name] = self._with_assigned(name, self._folded(name, terms))
        return self._known[name]

    def _with_assigned(self, name: str, query: Query | None) -> Query | None:
        """Return a row with the objects that the function assigns to its relationships, of which nothing else is known."""
        stored = self._where.function.stored.get(name, ()) if self._where.function is not None else ()
        if query is None or query.stage is not Stage.ROW or not stored:
            return query
        known = (relationship(self._asker, query.entity, key[1:]) for key in stored if key.startswith("."))
        there = [each.name for each in known if each is not None and not each.is_collection]
        return query._replace(loads=query.loads.union(there, (f"{each}.{EVERYTHING}" for each in there)))

    def _folded(self, name: str, terms: tuple[Term, ...]) -> Query | None:
        """Return what a name stands for after all that is assigned to it, whichever branches run."""
        current: Query | None = None
        for term in terms[:_LONGEST]:
            if is_nothing(term) or (isinstance(term, Apply) and term.function == Ref(":")):
                continue
            query = self.read(term)
            current = query if current is None else current.then(query)
            if current is None:
                return None
            self._known[name] = current
        return current

    def _attribute(self, query: Query | None, name: str) -> Query | None:
        if query is None or query.stage is not Stage.ROW or query.has_columns:
            return None
        found = relationship(self._asker, query.entity, name)
        return query.follow(found) if found is not None else None

    # Calls

    def _awaited(self, value: Term) -> Query | None:
        query = self.read(value)
        method = receiver_of(value)[1] if isinstance(value, Apply) else ""
        runs = bool(execution_stage(method)) or method in LOOKUPS
        return query._replace(is_async=True) if query is not None and runs else query

    def _call(self, term: Apply) -> Query | None:
        receiver, name = receiver_of(term)
        if receiver is not None:
            known = self.read(receiver)
            if known is not None:
                return chained(known, name, self._spelled_out(term) if name == "options" else term)
            executed = self._executed(receiver, name, term)
            if executed is not None:
                return executed
            if name == "query":
                return self._started(term)
        elif name in _SAME:
            inner = self.read(term.arguments[0]) if term.arguments else None
            return listed(inner)
        callee = callee_of(self._asker, self._where, term)
        return self._started(term) if callee in _SELECTS else self._of_function(callee, receiver)

    def _spelled_out(self, term: Apply) -> Apply:
        """Return loader options under the names that they have where they are defined."""
        function = term.function
        if isinstance(function, Ref):
            known = callee_of(self._asker, self._where, Apply(function))
            function = Ref(known) if known.startswith("sqlalchemy.") else function
        elif isinstance(function, Member) and isinstance(function.value, Apply):
            function = Member(self._spelled_out(function.value), function.name)
        arguments = tuple(self._spelled_out(each) if isinstance(each, Apply) else each for each in term.arguments)
        return Apply(function, arguments, term.keywords)

    def _of_function(self, callee: str, receiver: Term | None) -> Query | None:
        if self._depth >= _DEEPEST or not callee or self._asker.ask(signature, callee) is None:
            return None
        owner = inferred(self._asker, self._where, receiver).name if receiver is not None else ""
        if receiver == Ref("self") and self._receiver:
            owner = self._receiver
        return self._asker.ask(returned_query, callee, owner, str(self._depth + 1))

    def _executed(self, receiver: Term, method: str, term: Apply) -> Query | None:
        if method in LOOKUPS:
            return self._looked_up(receiver, term)
        stage = execution_stage(method)
        argument = term.arguments[0] if term.arguments else term.keyword("statement")
        if not stage or argument is None:
            return None
        query = self.read(argument)
        if query is None or query.stage is not Stage.STATEMENT:
            return None
        session = inferred(self._asker, self._where, receiver)
        is_async = query.is_async or is_subclass(self._asker, session.name, *ASYNC_SESSIONS)
        is_single = stage is Stage.ROW
        return query._replace(stage=stage, is_async=is_async, is_bounded=query.is_bounded or is_single)

    def _looked_up(self, receiver: Term, term: Apply) -> Query | None:
        """Return the row that `session.get(User, key)` gives."""
        entity, is_whole = self._selected(term.arguments[0]) if len(term.arguments) > 1 else ("", False)
        session = inferred(self._asker, self._where, receiver).name
        if not is_whole or (session and not is_subclass(self._asker, session, *SESSIONS)):
            return None
        given = term.keyword("options")
        items = given.items if isinstance(given, Collection) else (given,) if given is not None else ()
        options = (self._spelled_out(each) if isinstance(each, Apply) else each for each in items)
        is_async = is_subclass(self._asker, session, *ASYNC_SESSIONS)
        loads, origin = loaded_by(options), self._origin(term)
        return Query(Stage.ROW, entity, loads=loads, is_bounded=True, is_async=is_async, origin=origin)

    def _started(self, term: Apply) -> Query | None:
        """Return the query that `select(...)` or `query(...)` starts."""
        selected = [self._selected(each) for each in term.arguments]
        entity = next((entity for entity, _ in selected if entity), "")
        whole = len(selected) == 1 and selected[0] == (entity, True) and bool(entity)
        counts = any(is_aggregate(each) for each in term.arguments)
        if not term.arguments or (not entity and receiver_of(term)[1] == "query"):
            return None
        origin, is_legacy = self._origin(term), called_name(term).lower() == "query"
        return Query(Stage.STATEMENT, entity, not whole, is_aggregate=counts, origin=origin, is_legacy=is_legacy)

    def _selected(self, term: Term) -> tuple[str, bool]:
        """Return the entity that is selected, and whether all of it is."""
        name = dotted(term)
        if not name:
            return "", False
        if name.partition(".")[0] in {"cls", "self"}:
            return self._own(name.removeprefix("self.").replace("__class__", "cls"))
        qualified = resolve(self._asker, self._where.module, name)
        if self._asker.ask(is_entity, qualified):
            return qualified, True
        owner = qualified.rpartition(".")[0]
        return (owner, False) if owner and self._asker.ask(is_entity, owner) else ("", False)

    def _own(self, name: str) -> tuple[str, bool]:
        """Return the entity that a class speaks of: itself (`cls`), or what it names in an attribute: `model = User`."""
        owner = self._receiver or self._where.owner
        attribute = name.removeprefix("cls").removeprefix(".")
        if owner and name.partition(".")[0] == "cls" and self._asker.ask(is_entity, owner):
            return owner, not attribute
        return (self._asker.ask(entity_named_by, owner, attribute), True) if owner and attribute else ("", False)

    def _origin(self, term: Apply) -> Place | None:
        function = self._where.function
        module = self._asker.project.module(self._where.module)
        spans = [each.span for each in function.calls if each.term == term] if function is not None else []
        return Place(module.path, function.name, Span(*spans[0])) if module and function and spans else None

    @staticmethod
    def _item(query: Query | None) -> Query | None:
        """Return what a loop over a query gives each round."""
        if query is None or query.stage not in {Stage.ROWS, Stage.STATEMENT}:
            return None
        return query._replace(stage=Stage.ROW)

    @staticmethod
    def _indexed(query: Query | None, index: Term) -> Query | None:
        if query is None or query.stage is not Stage.ROWS:
            return None
        is_one = not isinstance(index, Opaque)
        return query._replace(stage=Stage.ROW if is_one else Stage.ROWS, is_bounded=True)
