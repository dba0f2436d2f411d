"""What a project knows of one module."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias, TypeVar

from fastidious_rules.semantics.facts import (
    ClassFact,
    FunctionFact,
    ImportFact,
    ModuleFacts,
    UnitFacts,
    VariableFact,
    decode,
    encode,
)
from fastidious_rules.semantics.named_arguments import named_arguments
from fastidious_rules.semantics.spoken import spoken
from fastidious_rules.syntax.terms import called_name

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from fastidious_rules.semantics.facts import CallFact
    from fastidious_rules.syntax.terms import Apply

R = TypeVar("R")
_NOBODY: dict[str, tuple[FunctionFact, list[CallFact]]] = {}

Fact: TypeAlias = ImportFact | VariableFact | FunctionFact | ClassFact


IMPORTS = "import"
"""Stands among the names of a module for all its imports."""

RENAMED = "as"
"""Stands among the names of a module for its `from ... import name as other`."""

SIGNATURES = "def"
"""Stands among the names of a module for how its functions look from outside, and in which order they come."""

ROUTING_CALLS = frozenset({"include_router", "add_api_route", "add_api_websocket_route", "mount"})


INJECTIONS = "Depends"
"""Stands among the names of a module for what its calls are given by name: see `named_arguments`."""

BODY = "()"
"""Stands among the names of a module for the calls that its body makes."""


class Definition(NamedTuple):
    """A fact that binds a name, and the number of the unit that it stands in."""

    fact: Fact
    unit: int


class Module:
    """Facts of a module, by name. They may be kept encoded until somebody asks."""

    __slots__ = ("_came_encoded", "_derived", "_encoded", "_facts", "_members", "_names", "_owned", "name", "path")

    def __init__(self, path: str, name: str, facts: ModuleFacts | bytes) -> None:
        self.path = path
        self.name = name
        self._facts = facts
        self._encoded = facts if isinstance(facts, bytes) else None
        self._came_encoded = self._encoded is not None
        self._derived: dict[Callable[[UnitFacts], Any], dict[int, tuple[UnitFacts, Any]]] = {}
        """What was worked out of each unit, by its identity; the unit is kept, so that no other takes its identity."""
        self._names: dict[str, list[Definition]] | None = None
        self._members: dict[str, list[Definition]] | None = None
        self._owned: dict[str, list[str]] | None = None
        """Dotted names by what they stand directly inside of."""

    @property
    def facts(self) -> ModuleFacts:
        """The facts, unit by unit."""
        if isinstance(self._facts, bytes):
            self._facts = decode(self._facts)
        return self._facts

    @property
    def encoded(self) -> bytes:
        """The facts as MessagePack."""
        if self._encoded is None:
            self._encoded = encode(self.facts)
        return self._encoded

    def mentions(self, word: str) -> bool:
        """Tell whether the facts hold the text `word`."""
        text = word.encode()
        if self._encoded is not None:
            return text in self._encoded
        return any(text in part for part in self.derived(_encoded_unit))

    @property
    def is_decoded(self) -> bool:
        """Whether the facts came encoded and were decoded since: they can `rest`."""
        return self._came_encoded and not isinstance(self._facts, bytes)

    def rest(self) -> None:
        """Keep the facts encoded until somebody asks again, if they came that way: they take a tenth of the memory."""
        if self.is_decoded and self._encoded is not None:
            self._facts = self._encoded
            self._names = self._members = self._owned = None
            self._derived = {}

    def retire(self) -> None:
        """Let the facts `rest` as if they had come encoded: nobody edits their text any more."""
        self._came_encoded = bool(self.encoded)

    @property
    def is_package(self) -> bool:
        """Whether this is the `__init__` of a package."""
        return self.path.endswith("/__init__.py")

    @property
    def package(self) -> str:
        """The package that relative imports start from."""
        return self.name if self.is_package else self.name.rpartition(".")[0]

    def top(self, name: str) -> list[Definition]:
        """Return the definitions that bind `name` in the module's body, in the order of the text."""
        return self._index()[0].get(name, [])

    def member(self, name: str) -> list[Definition]:
        """Return the definitions with a dotted name: methods, fields, nested functions and classes."""
        return self._index()[1].get(name, [])

    def members(self, owner: str) -> Iterator[tuple[str, Definition]]:
        """Yield name and definition of what stands directly inside `owner`, in the order of the text."""
        members = self._index()[1]
        if self._owned is None:
            owned: dict[str, list[str]] = {}
            for name in members:
                owned.setdefault(name.rpartition(".")[0], []).append(name)
            self._owned = owned
        for name in self._owned.get(owner, ()):
            yield from ((name.rpartition(".")[2], each) for each in members[name])

    def names(self) -> Iterable[str]:
        """Return the names bound in the module's body."""
        return self._index()[0]

    def functions(self) -> Iterator[FunctionFact]:
        """Yield all functions: methods and nested ones too, and the code of the module itself (no name)."""
        for unit in self.facts.units:
            yield from unit.functions

    def speaking_of(self, name: str) -> Iterator[tuple[FunctionFact, list[CallFact]]]:
        """Yield the functions that call something of that last name, or hand it on, each with the calls that do."""
        for found in self.derived(spoken):
            yield from found.get(name, _NOBODY).values()

    def stars(self) -> Iterator[str]:
        """Yield the modules whose names are imported by `*`."""
        for unit in self.facts.units:
            yield from unit.stars

    def take_over(self, old: Module) -> None:
        """Use again what `old` worked out for units that are the very same here. Nobody may ask `old` any more."""
        self._derived = old._derived
        before, after = old.facts.units, self.facts.units
        if old._names is None or old._members is None or len(before) != len(after):
            return
        changed = [number for number, (one, other) in enumerate(zip(before, after, strict=True)) if one is not other]
        pairs = [(number, _definitions(before[number]), _definitions(after[number])) for number in changed]
        if all([name for name, _ in gone] == [name for name, _ in fresh] for _, gone, fresh in pairs):
            self._names, self._members, self._owned = old._names, old._members, old._owned
            for number, _, fresh in pairs:
                self._replace(number, fresh)

    def _replace(self, number: int, fresh: Iterable[tuple[str, Fact]]) -> None:
        """Put the definitions of a unit in the place of others with the same names."""
        for name in dict.fromkeys(name for name, _ in fresh):
            table = (self._members if "." in name else self._names) or {}
            known = table[name]
            front = [each for each in known if each.unit < number]
            back = [each for each in known if each.unit > number]
            own = [Definition(fact, number) for other, fact in fresh if other == name]
            table[name] = [*front, *own, *back]

    def derived(self, work: Callable[[UnitFacts], R]) -> list[R]:
        """Return `work(unit)` for each unit; units that an earlier state of the module had are not worked on again."""
        known = self._derived.get(work, {})
        fresh = {id(unit): known.get(id(unit)) or (unit, work(unit)) for unit in self.facts.units}
        self._derived = {**self._derived, work: fresh}
        return [fresh[id(unit)][1] for unit in self.facts.units]

    def _index(self) -> tuple[dict[str, list[Definition]], dict[str, list[Definition]]]:
        if self._names is None or self._members is None:
            names: dict[str, list[Definition]] = {}
            members: dict[str, list[Definition]] = {}
            for number, pairs in enumerate(self.derived(_definitions)):
                for name, fact in pairs:
                    (members if "." in name else names).setdefault(name, []).append(Definition(fact, number))
            self._names, self._members = names, members  # when both are whole: a question may be interrupted anywhere
        return self._names, self._members


def _encoded_unit(unit: UnitFacts) -> bytes:
    return encode(ModuleFacts((unit,), ()))


def _definitions(unit: UnitFacts) -> tuple[tuple[str, Fact], ...]:
    return tuple(defined(unit))


def defined(unit: UnitFacts) -> Iterator[tuple[str, Fact]]:
    """Yield what a unit defines, with the dotted name inside the module."""
    prefix = f"{unit.class_name}." if unit.class_name else ""
    for each in unit.imports:
        if each.bound:
            yield prefix + each.bound, each
    for variable in unit.variables:
        yield prefix + variable.name, variable
    for function in unit.functions:
        if function.name:
            yield function.name, function
    for each_class in unit.classes:
        yield each_class.name, each_class


def touched(unit: UnitFacts) -> Iterator[str]:
    """Yield the names whose meaning depends on a unit: see `key_of`."""
    for name, _ in defined(unit):
        yield key_of(name)
        if "." in name:
            yield all_members(name.partition(".")[0])
    if unit.stars:
        yield "*"
    if unit.imports:
        yield IMPORTS
    if any(each.name not in {each.bound, ""} for each in unit.imports):
        yield RENAMED
    if any(not function.name for function in unit.functions):
        yield BODY


def key_of(name: str) -> str:
    """Return the name under which reading a definition is noted: `Class.method` for all that is inside it."""
    return ".".join(name.split(".", 2)[:2])


def all_members(owner: str) -> str:
    """Return what stands among the names of a module for all that is directly inside `owner`."""
    return f"{owner}.*"


def injections(units: Iterable[UnitFacts]) -> frozenset[tuple[str, str]]:
    """Return what calls of some units are given by name."""
    return frozenset[tuple[str, str]]().union(*map(named_arguments, units))


def signatures(units: Iterable[UnitFacts]) -> list[object]:
    """Return what the bodies of functions do not change: names, decorators, parameters, and calls that build routers."""
    return [
        (each.name, each.decorators, each.parameters, each.returns, _routing_calls(each))
        for unit in units
        for each in unit.functions
        if each.name or _routing_calls(each)
    ]


def _routing_calls(function: FunctionFact) -> list[Apply]:
    return [each.term for each in function.calls if called_name(each.term) in ROUTING_CALLS]
