"""Sessions that only one task at a time may use: which of them a coroutine touches, seen from who awaits it.

A session is told from others by its path: `session` is a parameter or a local name, `self.session` an attribute that is
set somewhere, `self.{session}` what the constructor got for its parameter `session`, `::app.db.session` a variable of a
module, `^session` a name of the function around. A path is followed through arguments, receivers and constructors; where
that is not possible, nothing is touched.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from fastidious_rules.semantics.asynchrony.coroutines import coroutine
from fastidious_rules.semantics.asynchrony.effects import Step, body_of
from fastidious_rules.semantics.inference import callee_of, inferred
from fastidious_rules.semantics.names import class_shape, definitions, find_member, resolve, signature, split_qualified
from fastidious_rules.semantics.place import Place
from fastidious_rules.semantics.types import UNKNOWN, Environment, is_subclass
from fastidious_rules.syntax.terms import Apply, Member, Ref, Term, called_name
from fastidious_rules.syntax.text import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastidious_rules.semantics.asynchrony.effects import Body
    from fastidious_rules.semantics.facts import FunctionFact
    from fastidious_rules.semantics.names import Signature
    from fastidious_rules.semantics.project import Asker, Project

_SESSIONS = (
    "sqlalchemy.ext.asyncio.AsyncSession",
    "sqlalchemy.ext.asyncio.AsyncConnection",
    "asyncpg.Connection",
    "asyncpg.connection.Connection",
)
_BEGINNING = frozenset({"begin", "begin_nested", "transaction"})
_LOCKS = ("lock", "mutex", "semaphore")
_MARKS = frozenset({"with", "for", ":"})
_DEEPEST = "4"


class Touch(NamedTuple):
    """A session that is used: its path, the qualified name of the method called, and the calls that lead there."""

    path: str
    method: str
    steps: tuple[Step, ...] = ()
    is_proven: bool = True
    """Whether a method of the session is seen to be called; else it is handed to a coroutine that nobody knows."""


def touches(
    asker: Asker, where: Environment, call: Apply, depth: str = _DEEPEST, *, awaited: bool = True
) -> tuple[Touch, ...]:
    """Return the sessions that awaiting `call` uses, by their paths in `where`."""
    callee = callee_of(asker, where, call)
    if not callee or split_qualified(asker.project, callee) is None:
        handed = _handed_on(asker, where, call) if awaited else ()
        unproven = tuple(Touch(path, callee or called_name(call), (), is_proven=False) for path in handed)
        if unproven or not callee:
            return unproven
    if asker.ask(is_of_session, callee):
        path = _path(asker, where, _receiver(call), ())
        return (Touch(path, callee),) if path else ()
    found = asker.ask(touched, callee, depth) or ()
    seen = ((each, _seen_from(asker, where, call, callee, each.path)) for each in found)
    return tuple(each._replace(path=path) for each, path in seen if path)


def _handed_on(asker: Asker, where: Environment, call: Apply) -> Iterator[str]:
    """Yield the paths of the sessions among the arguments of a call."""
    for term in (*call.arguments, *(value for _, value in call.keywords)):
        known = inferred(asker, where, term) if isinstance(term, Ref) else UNKNOWN
        path = _path(asker, where, term, ()) if known and is_subclass(asker, known.name, *_SESSIONS) else ""
        if path:
            yield path


def is_of_session(project: Project, callee: str) -> bool:
    """Tell whether a method uses the connection of a session that only one task at a time may use."""
    owner, _, method = callee.rpartition(".")
    if not is_subclass(project, owner, *_SESSIONS):
        return False
    return method in _BEGINNING or project.ask(coroutine, callee) is not None


def touched(project: Project, qualified: str, depth: str) -> tuple[Touch, ...]:
    """Return the sessions that a coroutine function of the project uses, by their paths in its own body."""
    body = project.ask(body_of, qualified)
    if body is None or not body.fact.is_async or depth == "0" or _is_serialised(body.fact):
        return ()
    found: dict[str, Touch] = {}
    for call in body.fact.calls:
        for each in touches(project, body.environment, call.term, str(int(depth) - 1), awaited=call.awaited):
            if _is_visible(body, each.path):
                step = Step(each.method, Place(body.path, body.fact.name, Span(*call.span)))
                inner = each.steps or ()
                found.setdefault(each.path, each._replace(steps=(step, *inner)))
    return tuple(found.values())


def _is_serialised(fact: FunctionFact) -> bool:
    """Tell whether the function takes a lock, by the name of what it enters."""
    return any(mark in part.lower() for each in fact.contexts for part in _names(each) for mark in _LOCKS)


def _names(term: Term) -> tuple[str, ...]:
    inner = term.function if isinstance(term, Apply) else term
    return (inner.dotted,) if isinstance(inner, Ref) else ()


def _is_visible(body: Body, path: str) -> bool:
    """Tell whether who calls the function knows the session too: it does not open it itself."""
    root = path.partition(".")[0]
    return path.startswith(("::", "^")) or any(each.name == root for each in body.fact.parameters)


def _receiver(call: Apply) -> Term | None:
    match call.function:
        case Ref(dotted) if "." in dotted:
            return Ref(dotted.rpartition(".")[0])
        case Member(value, _):
            return value
        case _:
            return None


def _seen_from(asker: Asker, where: Environment, call: Apply, callee: str, path: str) -> str:
    """Return the path that `path` of the callee's body has at a call of it, empty if it cannot be followed."""
    if path.startswith("::"):
        return path
    if path.startswith("^"):
        return _closed_over(asker, where, callee, path)
    root, *rest = path.split(".")
    known = asker.ask(signature, callee)
    argument = _given(asker, call, known, root) if known is not None else None
    return _path(asker, where, argument, tuple(rest))


def _closed_over(asker: Asker, where: Environment, callee: str, path: str) -> str:
    function = where.function
    if function is None or not callee.startswith(f"{where.module}.{function.name}."):
        return path
    root, *rest = path[1:].split(".")
    return _path(asker, where, Ref(root), tuple(rest))


def _given(asker: Asker, call: Apply, known: Signature, name: str) -> Term | None:
    """Return what a call gives for a parameter; the receiver for `self`."""
    names = [each.name for each in known.parameters if not each.stars]
    if name not in names:
        return None
    owner = known.qualified.rpartition(".")[0]
    statics = {each.dotted.rpartition(".")[2] for each in known.decorators if isinstance(each, Ref)}
    is_method = asker.ask(class_shape, owner) is not None and "staticmethod" not in statics
    position = names.index(name)
    if is_method and position == 0:
        return None if "classmethod" in statics else _receiver(call)
    keyword = call.keyword(name)
    if keyword is not None:
        return keyword
    position -= is_method
    return call.arguments[position] if position < len(call.arguments) else None


def _path(asker: Asker, where: Environment, term: Term | None, rest: tuple[str, ...], depth: int = 6) -> str:
    """Return the path of the attribute `rest` of a term, empty if it is nothing that can be told from others."""
    if depth == 0:
        return ""
    match term:
        case Ref(dotted):
            return _path_of_name(asker, where, (*dotted.split("."), *rest), depth - 1)
        case Apply(Ref(name)) if name not in _MARKS and rest:
            return _through_constructor(asker, where, term, rest, depth - 1)
        case _:
            return ""


def _path_of_name(asker: Asker, where: Environment, names: tuple[str, ...], depth: int) -> str:
    function, (root, *_) = where.function, names
    terms = function.local.get(root) if function is not None else None
    if terms is not None:
        known = _path(asker, where, terms[0], names[1:], depth) if len(terms) == 1 else ""
        return known or (".".join(names) if len(terms) == 1 else "")
    if function is not None and any(each.name == root for each in function.parameters):
        return _path_of_parameter(asker, where, names, depth)
    if _is_around(where.outer, root):
        return "^" + ".".join(names)
    qualified = resolve(asker, where.module, root)
    return ".".join((f"::{qualified}", *names[1:])) if qualified else ""


def _is_around(where: Environment | None, name: str) -> bool:
    while where is not None:
        function = where.function
        if function is not None and (name in function.local or any(each.name == name for each in function.parameters)):
            return True
        where = where.outer
    return False


def _path_of_parameter(asker: Asker, where: Environment, names: tuple[str, ...], depth: int) -> str:
    """Return the path of an attribute of a parameter, by what the constructor of its class makes of it."""
    root, *attributes = names
    if not attributes or attributes[0].startswith("{"):
        return ".".join(names)
    owner = inferred(asker, where, Ref(root)).name
    constructor = _constructor(asker, owner)
    value = constructor.function.attributes.get(attributes[0]) if constructor and constructor.function else None
    if constructor is None or value is None:
        return ".".join(names)
    inner = _path(asker, constructor, value, tuple(attributes[1:]), depth)
    first, _, rest = inner.partition(".")
    parameters = constructor.function.parameters if constructor.function else ()
    if not any(each.name == first for each in parameters[1:]):
        return inner if inner.startswith("::") else ".".join(names)
    return ".".join(filter(None, (root, f"{{{first}}}", rest)))


def _constructor(asker: Asker, owner: str) -> Environment | None:
    """Return where the body of a class's `__init__` stands."""
    qualified = asker.ask(find_member, owner, "__init__") if owner else ""
    body = asker.ask(body_of, qualified) if qualified else None
    return body.environment if body is not None else None


def _through_constructor(asker: Asker, where: Environment, call: Apply, rest: tuple[str, ...], depth: int) -> str:
    """Return the path of an attribute of a new object: of the argument that the constructor keeps there."""
    made = callee_of(asker, where, call)
    known = asker.ask(signature, asker.ask(find_member, made, "__init__")) if made else None
    if known is None:
        return _of_field(asker, where, call, made, rest, depth)
    name = rest[0]
    if not name.startswith("{"):
        constructor = _constructor(asker, made)
        value = constructor.function.attributes.get(name) if constructor and constructor.function else None
        name = f"{{{value.dotted}}}" if isinstance(value, Ref) and "." not in value.dotted else ""
    argument = _given(asker, call, known, name[1:-1]) if name else None
    return _path(asker, where, argument, rest[1:], depth)


def _of_field(asker: Asker, where: Environment, call: Apply, made: str, rest: tuple[str, ...], depth: int) -> str:
    """Return the path of a field of a data class."""
    fields = asker.ask(declared_fields, made) if made else ()
    if rest[0] not in fields:
        return ""
    position = fields.index(rest[0])
    given = call.keyword(rest[0])
    if given is None and position < len(call.arguments):
        given = call.arguments[position]
    return _path(asker, where, given, rest[1:], depth)


def declared_fields(project: Project, qualified_class: str) -> tuple[str, ...]:
    """Return the annotated names in the body of a class, in their order."""
    found = definitions(project, qualified_class)
    if found is None or project.ask(class_shape, qualified_class) is None:
        return ()
    module, symbol, _ = found
    return tuple(
        name
        for name, definition in project.members(module, symbol)
        if getattr(definition.fact, "annotation", None) is not None
    )
