"""Collections that endpoints return: where their rows come from, and what bounds them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastidious_rules.knowledge import names
from fastidious_rules.semantics.inference import callee_of, inferred
from fastidious_rules.semantics.names import class_shape, find_member, function_fact, resolve, signature
from fastidious_rules.semantics.orm.query import Query, Stage
from fastidious_rules.semantics.orm.statements import Reader, environment_of, returned_query
from fastidious_rules.semantics.place import Place
from fastidious_rules.semantics.pydantic.models import fields_of, is_model
from fastidious_rules.semantics.types import Environment, Type, annotated
from fastidious_rules.semantics.web.fastapi import injection
from fastidious_rules.syntax.terms import Apply, Awaited, Collection, Index, Ref, Term, parts, receiver_of
from fastidious_rules.syntax.text import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastidious_rules.semantics.facts import FunctionFact
    from fastidious_rules.semantics.project import Asker, Project

_DEEPEST = 3
_COLLECTIONS = frozenset(
    f"{module}.{name}"
    for module in ("builtins", "typing", "collections.abc")
    for name in ("list", "set", "frozenset", "tuple", "dict", "Sequence", "Iterable", "Collection", "Mapping")
)
_REQUEST = "fastapi.Request"


def is_collection(asker: Asker, response: Type) -> bool:
    """Tell whether a response is a collection, or a model that wraps one: `list[User]`, `UsersPublic(data=...)`."""
    if response.name in _COLLECTIONS:
        return True
    if not is_model(asker, response.name):
        return False
    return any(member.name in _COLLECTIONS for field in fields_of(asker, response) for member in field.type.members)


def unbounded_rows(
    asker: Asker, where: Environment, *, is_wrapped: bool, depth: int = 0, receiver: str = ""
) -> Query | None:
    """Return a query without a limit whose rows a function returns; `is_wrapped`: in whatever it builds of them too."""
    fact = where.function
    flow = _Flow(asker, where, depth, receiver)
    for term in fact.returned if fact is not None else ():
        found = flow.into(term) if is_wrapped else flow.direct(term)
        if found is not None:
            return found
    return None


def unbounded_rows_of(project: Project, qualified: str, receiver: str, depth: str) -> Query | None:
    """Return a query without a limit whose rows a function of the project returns, in whatever it builds of them."""
    found = function_fact(project, qualified)
    if found is None or int(depth) > _DEEPEST:
        return None
    module, fact = found
    where = environment_of(project, module.name, fact)
    query = unbounded_rows(project, where, is_wrapped=True, depth=int(depth), receiver=receiver)
    place = Place(module.path, fact.name, Span(*fact.span))
    return query._replace(through=(place, *query.through)) if query is not None else None


class _Flow:
    """Follows rows to what a function returns."""

    __slots__ = ("_asker", "_depth", "_open", "_reader", "_receiver", "_where")

    def __init__(self, asker: Asker, where: Environment, depth: int, receiver: str) -> None:
        self._asker = asker
        self._where = where
        self._depth = depth
        self._receiver = receiver
        self._reader = Reader(asker, where, depth, receiver)
        self._open: set[str] = set()

    def direct(self, term: Term) -> Query | None:
        """Return the unbounded query whose rows `term` is."""
        query = self._reader.read(term)
        return query if query is not None and query.stage is Stage.ROWS and _is_unbounded(query) else None

    def into(self, term: Term) -> Query | None:
        """Return an unbounded query whose rows go into `term`."""
        query = self._reader.read(term)
        if query is not None:
            return query if query.stage is not Stage.STATEMENT and _is_unbounded(query) else None
        match term:
            case Ref(name):
                return self._of_name(name)
            case Awaited(value) | Index(value, _):
                return self.into(value)
            case Apply():
                return self._of_call(term)
            case Collection(_, items):
                return self._of_any(items)
            case _:
                return None

    def _of_any(self, terms: tuple[Term, ...] | list[Term]) -> Query | None:
        return next((found for found in map(self.into, terms) if found is not None), None)

    def _of_name(self, name: str) -> Query | None:
        """Look at all that a local name is bound to, or that is appended to it."""
        first, _, rest = name.partition(".")
        function = self._where.function
        if function is None or first in self._open or first not in function.local:
            return None
        if rest:
            query = self._reader.read(Ref(first))
            return query if query is not None and query.stage is Stage.ROW and _is_unbounded(query) else None
        self._open.add(first)
        added = [f"{name}.append", f"{name}.extend", f"{name}.add"]
        calls = [each.term for each in function.calls if isinstance(each.term.function, Ref)]
        appended = [each.arguments[0] for each in calls if each.function.dotted in added and each.arguments]  # type: ignore[union-attr]
        return self._of_any([*function.local[first], *appended])

    def _of_call(self, term: Apply) -> Query | None:
        receiver, name = receiver_of(term)
        if name in names("pagination", "reducing") or "paginate" in name or name.endswith("Response"):
            return None
        callee = callee_of(self._asker, self._where, term)
        if callee and self._asker.ask(signature, callee) is not None:
            owner = inferred(self._asker, self._where, receiver).name if receiver is not None else ""
            owner = self._receiver if receiver == Ref("self") and self._receiver else owner
            if self._depth >= _DEEPEST or self._asker.ask(returned_query, callee, owner, str(self._depth + 1)):
                return None
            return self._asker.ask(unbounded_rows_of, callee, owner, str(self._depth + 1))
        return self._of_any([*term.arguments, *(value for _, value in term.keywords)])


def _is_unbounded(query: Query) -> bool:
    return not (query.is_bounded or query.is_aggregate or query.path)


def takes_page(asker: Asker, module: str, fact: FunctionFact, extra: tuple[str, ...] = (), depth: int = 0) -> bool:
    """Tell whether a client can say, to an endpoint or to what it depends on, which part of a collection it wants."""
    if _reads_query(asker, module, fact):
        return True
    for parameter in fact.parameters:
        if _is_page_name(parameter.name, extra):
            return True
        type_ = annotated(asker, module, parameter.annotation)
        if _holds_page(asker, type_, extra):
            return True
        provider = injection(asker, module, parameter.annotation, parameter.default)
        if provider is not None and depth < _DEEPEST and _provides_page(asker, module, provider, extra, depth):
            return True
    return any(_provides_page(asker, module, each, extra, depth) for each in _decorator_dependencies(fact))


def page_of(project: Project, qualified: str, extra: str, depth: str) -> bool:
    """Tell whether a dependency takes parameters that page."""
    found = function_fact(project, qualified)
    words = tuple(extra.split())
    return found is not None and takes_page(project, found[0].name, found[1], words, int(depth))


def _provides_page(asker: Asker, module: str, provider: Apply, extra: tuple[str, ...], depth: int) -> bool:
    target = provider.arguments[0] if provider.arguments else provider.keyword("dependency")
    if isinstance(target, Apply):
        target = target.function
    if not isinstance(target, Ref):
        return False
    qualified = resolve(asker, module, target.dotted)
    if _holds_page(asker, Type(qualified), extra):
        return True
    return asker.ask(page_of, qualified, " ".join(extra), str(depth + 1))


def _holds_page(asker: Asker, type_: Type, extra: tuple[str, ...]) -> bool:
    """Tell whether a class of parameters has one that pages; what a library calls so does."""
    shape = asker.ask(class_shape, type_.name) if type_ else None
    if shape is None:
        return type_.name.startswith("fastapi_pagination") or _is_page_name(type_.short, extra)
    if is_model(asker, type_.name):
        return any(
            _is_page_name(each.name, extra) or _is_page_name(each.alias, extra) for each in fields_of(asker, type_)
        )
    start = asker.ask(find_member, type_.name, "__init__") or asker.ask(find_member, type_.name, "__call__")
    found = asker.ask(signature, start) if start else None
    given = [each.name for each in found.parameters] if found is not None else []
    declared = [
        each for each in ("limit", "offset", "page", "size", "skip") if asker.ask(find_member, type_.name, each)
    ]
    return any(_is_page_name(each, extra) for each in (*given, *declared))


def _is_page_name(name: str, extra: tuple[str, ...]) -> bool:
    plain = name.replace("_", "").lower()
    known = names("pagination", "parameters")
    return (
        name in extra
        or plain in known
        or any(plain.endswith(each) for each in ("limit", "offset", "cursor", "pagesize"))
    )


def _reads_query(asker: Asker, module: str, fact: FunctionFact) -> bool:
    """Tell whether a function reads the query string itself, so that nobody knows what it takes."""
    requests = {each.name for each in fact.parameters if annotated(asker, module, each.annotation).name == _REQUEST}
    return bool(requests) and any(
        isinstance(part, Ref) and part.dotted.partition(".")[0] in requests and "query_params" in part.dotted
        for term in _values(fact)
        for part in parts(term)
    )


def _values(fact: FunctionFact) -> Iterator[Term]:
    for terms in fact.local.values():
        yield from terms
    yield from (each.term for each in fact.calls)
    yield from fact.returned


def _decorator_dependencies(fact: FunctionFact) -> Iterator[Apply]:
    for decorator in fact.decorators:
        given = decorator.keyword("dependencies") if isinstance(decorator, Apply) else None
        yield from (each for each in (given.items if isinstance(given, Collection) else ()) if isinstance(each, Apply))
