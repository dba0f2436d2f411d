"""Payloads: which keys a dict has, on all paths or on some, as far as that is proven."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from fastidious_rules.semantics.asynchrony.execution import environment_of
from fastidious_rules.semantics.constants import text_of
from fastidious_rules.semantics.inference import callee_of, inferred
from fastidious_rules.semantics.names import function_fact, resolve, variable_fact
from fastidious_rules.semantics.shapes import dumped_keys, is_typed_dict, record_keys
from fastidious_rules.semantics.types import Environment
from fastidious_rules.syntax.terms import (
    OPAQUE,
    Apply,
    Awaited,
    Collection,
    Literal,
    Operation,
    Ref,
    Term,
    called_name,
    receiver_of,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fastidious_rules.semantics.facts import FunctionFact
    from fastidious_rules.semantics.project import Asker, Project

_DEEPEST = 4
_COPIES = frozenset({
    "builtins.dict", "collections.OrderedDict", "copy.copy", "copy.deepcopy", "fastapi.encoders.jsonable_encoder",
    "types.MappingProxyType",
})  # fmt: skip
_CASTS = frozenset({"typing.cast", "typing_extensions.cast"})
_AS_DICT = frozenset({"dataclasses.asdict"})
_DUMPS = frozenset({"model_dump", "dict", "_asdict"})
HARMLESS = frozenset({
    "asdict", "bool", "cast", "copy", "critical", "debug", "deepcopy", "dict", "dumps", "encode", "error", "exception",
    "info", "isinstance", "jsonable_encoder", "len", "list", "log", "print", "repr", "set", "sorted", "str", "tuple",
    "type", "warning",
})  # fmt: skip
"""Last names of functions that leave a dict as it is."""


class Keys(NamedTuple):
    """The keys of a dict. `passed` names the parameters whose keys it has too, whatever a caller passes."""

    always: frozenset[str] = frozenset()
    possible: frozenset[str] = frozenset()
    is_open: bool = False
    """Whether it may have keys of which nothing is known."""
    passed: frozenset[str] = frozenset()

    def merged(self, other: Keys) -> Keys:
        """Return the keys of a dict that has those of both."""
        return Keys(
            self.always | other.always,
            self.possible | other.possible,
            self.is_open or other.is_open,
            self.passed | other.passed,
        )

    def joined(self, other: Keys) -> Keys:
        """Return the keys of a dict that has those of one or of the other."""
        merged = self.merged(other)
        return merged._replace(always=self.always & other.always)

    def adding(self, *names: str) -> Keys:
        """Return the keys with some more."""
        return Keys(self.always | {*names}, self.possible | {*names}, self.is_open, self.passed)

    def without(self, name: str) -> Keys:
        """Return the keys without one; what a caller passes may have had it."""
        return Keys(self.always - {name}, self.possible - {name}, self.is_open)


UNKNOWN_KEYS = Keys(is_open=True)
NO_KEYS = Keys()


def known_keys(*names: str) -> Keys:
    """Return the keys of a dict that has exactly these."""
    return NO_KEYS.adding(*names)


def keys_of(asker: Asker, where: Environment, term: Term, names: Mapping[str, Keys], depth: int = 0) -> Keys:
    """Return the keys of the dict that `term` gives in `where`; `names` says what local names hold by now."""
    if depth > _DEEPEST:
        return UNKNOWN_KEYS
    match term:
        case Ref(name):
            return names[name] if name in names else _of_name(asker, where, name, depth)
        case Collection("dict", items):
            return _of_display(asker, where, items, names, depth)
        case Operation("|", left, right):
            first, second = (keys_of(asker, where, each, names, depth + 1) for each in (left, right))
            return first.merged(second)
        case Operation("else" | "or", left, right):
            first, second = (keys_of(asker, where, each, names, depth + 1) for each in (left, right))
            return first.joined(second)
        case Awaited(value):
            return keys_of(asker, where, value, names, depth)
        case Apply():
            return _of_call(asker, where, term, names, depth)
        case _:
            return UNKNOWN_KEYS


def _of_display(
    asker: Asker, where: Environment, items: tuple[Term, ...], names: Mapping[str, Keys], depth: int
) -> Keys:
    found = NO_KEYS
    for key, value in zip(items[::2], items[1::2], strict=False):
        if key == OPAQUE:
            found = found.merged(keys_of(asker, where, value, names, depth + 1))
            continue
        text = text_of(asker, where.module, key)
        found = found.adding(text) if text is not None else found._replace(is_open=True)
    return found


def _of_call(asker: Asker, where: Environment, term: Apply, names: Mapping[str, Keys], depth: int) -> Keys:
    receiver, method = receiver_of(term)
    if receiver is not None and method == "copy" and not term.arguments:
        return keys_of(asker, where, receiver, names, depth + 1)
    if receiver is not None and method in _DUMPS:
        return _dumped(asker, where, term, receiver)
    callee = callee_of(asker, where, term)
    if callee in _CASTS and len(term.arguments) > 1:
        return keys_of(asker, where, term.arguments[1], names, depth + 1)
    if callee in _AS_DICT and term.arguments:
        return _dumped(asker, where, term, term.arguments[0])
    if callee in _COPIES:
        return _copied(asker, where, term, names, depth)
    if callee and asker.ask(is_typed_dict, callee):
        return _with_keywords(asker, where, NO_KEYS, term, names, depth)
    return asker.ask(returned_keys, callee, str(depth + 1)) if callee else UNKNOWN_KEYS


def _dumped(asker: Asker, where: Environment, term: Apply, value: Term) -> Keys:
    """Return the keys of a model, a dataclass or a named tuple that is turned into a dict."""
    known = inferred(asker, where, value)
    found = asker.ask(dumped_keys, known.name) if known else None
    left_out = next((each for each in ("exclude", "include") if term.keyword(each) is not None), "")
    texts = _texts(term.keyword(left_out)) if left_out else frozenset[str]()
    if found is None or texts is None:
        return UNKNOWN_KEYS
    return known_keys(*(each for each in found if (each in texts) is (left_out == "include")))


def _texts(term: Term | None) -> frozenset[str] | None:
    """Return the texts of a set, list or dict written out, None where there is more in it."""
    if not isinstance(term, Collection) or not all(isinstance(each, Literal) for each in term.items):
        return None
    return frozenset(each.text for each in term.items if isinstance(each, Literal))


def _copied(asker: Asker, where: Environment, term: Apply, names: Mapping[str, Keys], depth: int) -> Keys:
    """Return the keys of `dict(value, key=...)`, `copy.deepcopy(value)`."""
    base = keys_of(asker, where, term.arguments[0], names, depth + 1) if term.arguments else NO_KEYS
    return _with_keywords(asker, where, base, term, names, depth)


def _with_keywords(
    asker: Asker, where: Environment, base: Keys, term: Apply, names: Mapping[str, Keys], depth: int
) -> Keys:
    found = base
    for name, value in term.keywords:
        found = found.adding(name) if name else found.merged(keys_of(asker, where, value, names, depth + 1))
    return found


def _of_name(asker: Asker, where: Environment, name: str, depth: int) -> Keys:
    function = where.function
    if function is not None:
        if name in function.local:
            return _of_local(asker, where, function, name, depth)
        parameter = next((each for each in function.parameters if each.name == name), None)
        if parameter is not None:
            known = inferred(asker, where, Ref(name))
            return _typed(asker, known.name) or Keys(passed=frozenset({name}))
    if where.outer is not None:
        return UNKNOWN_KEYS
    return asker.ask(constant_keys, resolve(asker, where.module, name), str(depth + 1))


def _typed(asker: Asker, qualified_class: str) -> Keys | None:
    if not qualified_class or not asker.ask(is_typed_dict, qualified_class):
        return None
    found = asker.ask(record_keys, qualified_class)
    return known_keys(*found) if found is not None else UNKNOWN_KEYS


def _of_local(asker: Asker, where: Environment, function: FunctionFact, name: str, depth: int) -> Keys:
    """Return the keys that a local name may have after all that the function does with it, whatever runs."""
    found: Keys | None = None
    for term in function.local[name]:
        if isinstance(term, Apply) and term.function == Ref(":"):
            continue
        given = UNKNOWN_KEYS if _mentions(term, name) else keys_of(asker, where, term, {}, depth + 1)
        found = given if found is None else found.joined(given)
    stored = function.stored.get(name, ())
    changed = (found or UNKNOWN_KEYS).adding(*(key for key in stored if key))
    if "" in stored or is_handed_on(function, name):
        return changed._replace(is_open=True)
    for call in function.calls:
        changed = changed.merged(written_by(asker, where, call.term, name, {}, depth))
    return changed


def _mentions(term: Term, name: str) -> bool:
    return isinstance(term, Apply) and any(each == Ref(name) for each in term.arguments)


def is_handed_on(function: FunctionFact, name: str) -> bool:
    """Tell whether a function hands the dict in a local name to one that may change it."""
    return any(
        Ref(name) in (*call.term.arguments, *(value for key, value in call.term.keywords if key))
        and called_name(call.term) not in HARMLESS
        for call in function.calls
        if not _is_last(function, call.term, name)
    )


def _is_last(function: FunctionFact, term: Apply, name: str) -> bool:
    """Tell whether nothing happens to a dict after a call that it is handed to."""
    calls = [
        each.term for each in function.calls if Ref(name) in (*each.term.arguments, *dict(each.term.keywords).values())
    ]
    return bool(calls) and calls[-1] == term


def written_by(
    asker: Asker, where: Environment, term: Apply, name: str, names: Mapping[str, Keys], depth: int = 0
) -> Keys:
    """Return the keys that `name.update(...)` or `name.setdefault(...)` adds to a dict."""
    if term.function == Ref(f"{name}.update"):
        base = keys_of(asker, where, term.arguments[0], names, depth + 1) if term.arguments else NO_KEYS
        return _with_keywords(asker, where, base, term, names, depth)
    if term.function == Ref(f"{name}.setdefault") and term.arguments:
        text = text_of(asker, where.module, term.arguments[0])
        return known_keys(text) if text is not None else UNKNOWN_KEYS
    return NO_KEYS


def constant_keys(project: Project, qualified: str, depth: str) -> Keys:
    """Return the keys of a dict that a module holds."""
    found = variable_fact(project, qualified) if qualified else None
    if found is None or found[1].value is None:
        return UNKNOWN_KEYS
    return keys_of(project, Environment(found[0].name), found[1].value, {}, int(depth))


def returned_keys(project: Project, qualified: str, depth: str) -> Keys:
    """Return the keys of the dict that a function of the project returns."""
    found = function_fact(project, qualified)
    if found is None or not found[1].returned or int(depth) > _DEEPEST or found[1].is_generator:
        return UNKNOWN_KEYS
    where = environment_of(project, *found)
    keys: Keys | None = None
    for term in found[1].returned:
        given = keys_of(project, where, term, {}, int(depth))
        keys = given if keys is None else keys.joined(given)
    known = keys or UNKNOWN_KEYS
    return known._replace(passed=frozenset(), is_open=known.is_open or bool(known.passed))
