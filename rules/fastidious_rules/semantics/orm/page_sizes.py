"""Page sizes: parameters by which a client says how many rows it wants, and where they limit a query."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from fastidious_rules.knowledge import names, table
from fastidious_rules.semantics.asynchrony.execution import environment_of
from fastidious_rules.semantics.inference import callee_of, inferred
from fastidious_rules.semantics.names import definitions, function_fact, signature
from fastidious_rules.semantics.orm.page_providers import Consumer, consumers, handed_out
from fastidious_rules.semantics.orm.query import Stage
from fastidious_rules.semantics.orm.statements import query_of
from fastidious_rules.semantics.place import Place
from fastidious_rules.syntax.terms import Apply, Index, Literal, Operation, Ref, Term, called_name, receiver_of
from fastidious_rules.syntax.text import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastidious_rules.semantics.facts import CallFact, FunctionFact
    from fastidious_rules.semantics.module import Module
    from fastidious_rules.semantics.project import Project
    from fastidious_rules.semantics.types import Environment

_DEEPEST = 3
_LIMITING = frozenset({"limit", "fetch"})
_LIBRARIES = ("sqlalchemy.", "sqlmodel.", "pymongo.", "motor.", "beanie.", "tortoise.", "odmantic.")


class PageSink(NamedTuple):
    """Where a page size limits a query: the last of `steps`, behind the calls that hand it on; and the entity, if known."""

    steps: tuple[Place, ...]
    entity: str = ""


def is_page_size(name: str) -> bool:
    """Tell whether a parameter says by its name how many rows a client wants."""
    plain = name.replace("_", "").lower()
    return plain in names("pagination", "sizes") or plain.endswith(("limit", "pagesize", "perpage"))


def page_sink(project: Project, qualified: str, path: str, depth: str = "0") -> PageSink | None:
    """Return where a parameter of a function, or `path` below one, limits a query without a bound of the function's own."""
    found = function_fact(project, qualified)
    if found is None or int(depth) > _DEEPEST:
        return None
    module, fact = found
    known = _spellings(fact, path)
    where = environment_of(project, module, fact)
    if not known or _is_checked(project, where, fact, known):
        return None
    direct = (_limited_by(project, where, module, each, known) for each in fact.calls)
    passed = (_passed_on(project, where, module, each, known, int(depth)) for each in fact.calls)
    return next((each for each in (*direct, *passed) if each is not None), None)


def _is_checked(project: Project, where: Environment, fact: FunctionFact, known: frozenset[str]) -> bool:
    """Tell whether a function compares the value with a bound or a list, or has another one do so."""
    compared = {_path_of(each) for each in fact.compared}
    if not known.isdisjoint(fact.bounded) or not known.isdisjoint(compared):
        return True
    for call in fact.calls:
        for word, rest in _arguments(call.term, known) if call.statement else ():
            checker = function_fact(project, callee_of(project, where, call.term))
            name = _parameter(project, f"{checker[0].name}.{checker[1].name}", word) if checker is not None else ""
            if checker is not None and f"{name}.{rest}".rstrip(".") in checker[1].bounded:
                return True
    return False


def provided_page_sink(project: Project, qualified: str, parameter: str) -> PageSink | None:
    """Return where a parameter of a dependency limits a query, in whatever functions are given what it provides."""
    for attribute in project.ask(handed_out, qualified, parameter):
        for consumer in project.ask(consumers, _provider(qualified)):
            path = f"{consumer.parameter}.{attribute}" if attribute else consumer.parameter
            found = project.ask(page_sink, consumer.function, path)
            if found is not None:
                return _behind(consumer, found)
    return None


def held_page_sink(project: Project, qualified_class: str, field: str) -> PageSink | None:
    """Return where a field of a class of parameters limits a query: in its own methods, or where FastAPI provides it."""
    found = definitions(project, qualified_class)
    for name, _ in project.members(found[0], found[1]) if found is not None else ():
        own = project.ask(page_sink, f"{qualified_class}.{name}", f"self.{field}")
        if own is not None:
            return own
    for consumer in project.ask(consumers, qualified_class):
        sink = project.ask(page_sink, consumer.function, f"{consumer.parameter}.{field}")
        if sink is not None:
            return _behind(consumer, sink)
    return None


def _behind(consumer: Consumer, sink: PageSink) -> PageSink:
    """Return a sink with the function in front of it that the value is provided to, if that hands it on itself."""
    first = sink.steps[0]
    is_there = (first.path, first.symbol) == (consumer.place.path, consumer.place.symbol)
    return sink if is_there else sink._replace(steps=(consumer.place, *sink.steps))


def _provider(qualified: str) -> str:
    owner, _, name = qualified.rpartition(".")
    return owner if name == "__init__" else qualified


def _spellings(fact: FunctionFact, path: str) -> frozenset[str]:
    """Return the names that hold the value of `path`; none where the function makes something else of it."""
    first = path.partition(".")[0]
    if not all(isinstance(each, Literal) or _keeps(each, path) for each in fact.local.get(first, ())):
        return frozenset()
    copies = {name for name, terms in fact.local.items() if terms and all(_keeps(each, path) for each in terms)}
    return frozenset({path, *copies})


def _keeps(term: Term, path: str) -> bool:
    """Tell whether a term gives the value of `path`, or a constant in its place: `limit or 50`."""
    match term:
        case Ref() | Index():
            return _path_of(term) == path
        case Operation("or" | "else", left, right):
            sides = (left, right)
            return any(_keeps(each, path) for each in sides) and all(
                isinstance(each, Literal) or _keeps(each, path) for each in sides
            )
        case _:
            return False


def _path_of(term: Term) -> str:
    """Return the dotted path that a term reads: `page.limit`, `page["limit"]`."""
    match term:
        case Ref(name):
            return name
        case Index(Ref(name), (Literal("str", key),)):
            return f"{name}.{key}"
        case _:
            return ""


def _limited_by(
    project: Project, where: Environment, module: Module, call: CallFact, known: frozenset[str]
) -> PageSink | None:
    term = call.term
    if _is_limited_by_library(project, where, term, known):
        return PageSink((_place(module, where, call),))
    if called_name(term) not in _LIMITING or not any(_takes(each, known) for each in term.arguments[:1]):
        return None
    receiver, _ = receiver_of(term)
    query = query_of(project, where, receiver) if receiver is not None else None
    if query is not None and query.stage is not Stage.STATEMENT:
        return None
    type_ = inferred(project, where, receiver).name if query is None else ""
    if query is None and type_ and not type_.startswith(_LIBRARIES):
        return None
    return PageSink((_place(module, where, call),), query.entity if query is not None else "")


def _is_limited_by_library(project: Project, where: Environment, call: Apply, known: frozenset[str]) -> bool:
    """Tell whether a call hands the value to a library that limits a query by it."""
    methods: dict[str, str] = table("pagination")["limiting"]
    given = call.keyword("limit")
    if (
        given is None
        or _path_of(given) not in known
        or called_name(call) not in {each.rpartition(".")[2] for each in methods}
    ):
        return False
    return callee_of(project, where, call) in methods


def _takes(term: Term, known: frozenset[str]) -> bool:
    """Tell whether an argument is the value: as it is, one more, or with a constant for nothing."""
    if isinstance(term, Operation):
        sides = (term.left, term.right)
        return any(_takes(each, known) for each in sides) and any(isinstance(each, Literal) for each in sides)
    return _path_of(term) in known


def _passed_on(
    project: Project, where: Environment, module: Module, call: CallFact, known: frozenset[str], depth: int
) -> PageSink | None:
    """Return where a function limits a query that is handed the value."""
    places = list(_arguments(call.term, known)) if depth < _DEEPEST else []
    callee = callee_of(project, where, call.term) if places else ""
    for word, rest in places if callee else ():
        inner = _parameter(project, callee, word)
        path = f"{inner}.{rest}" if inner and rest else inner or (rest if word == "" else "")
        found = project.ask(page_sink, callee, path, str(depth + 1)) if path else None
        if found is not None:
            return found._replace(steps=(_place(module, where, call), *found.steps))
    return None


def _arguments(call: Apply, known: frozenset[str]) -> Iterator[tuple[str, str]]:
    """Yield position or keyword of the arguments that hold the value, and the path to it below them."""
    given = [*((str(number), each) for number, each in enumerate(call.arguments)), *call.keywords]
    for word, term in given:
        path = _path_of(term)
        for each in sorted(known) if path else ():
            if each == path or each.startswith(f"{path}."):
                yield word, each[len(path) + 1 :]


def _parameter(project: Project, callee: str, word: str) -> str:
    found = project.ask(signature, callee)
    parameters = [each for each in found.parameters if not each.stars] if found is not None else []
    if not word.isdigit():
        return word if any(each.name == word for each in parameters) else ""
    if parameters and parameters[0].name in {"self", "cls"}:
        del parameters[0]
    positional = [each.name for each in parameters if not each.keyword_only]
    return positional[int(word)] if int(word) < len(positional) else ""


def _place(module: Module, where: Environment, call: CallFact) -> Place:
    return Place(module.path, where.function.name if where.function is not None else "", Span(*call.span))
