"""The project: facts of all modules, and answers to questions about them.

An answer remembers what it was read from (see `fastidious_rules.semantics.answers`). Whoever asked is told when
that changed, and compares the new answer with the old one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, TypeVar

from fastidious_rules.semantics.answers import Answers
from fastidious_rules.semantics.facts import ModuleFacts, UnitFacts, encode
from fastidious_rules.semantics.module import (
    INJECTIONS,
    SIGNATURES,
    Module,
    all_members,
    injections,
    signatures,
    touched,
)
from fastidious_rules.semantics.role import Role, role_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from fastidious_rules.semantics.answers import Question
    from fastidious_rules.semantics.module import Definition
    from fastidious_rules.semantics.place import Place
    from fastidious_rules.syntax.text import Span

A = TypeVar("A")
_HOLDERS = "*"
"""Stands for a module in keys of which modules mention a word."""
_KEPT_CHANGES = 128
_MOST_DECODED = 300
"""Modules of closed files whose facts stay decoded; more of them go back to bytes together."""


class Asker(Protocol):
    """Whoever can be asked: a project, or something that remembers what was asked of it."""

    def ask(self, answer: Callable[..., A], *words: str) -> A:
        """Return what the function `answer` says about `words`."""
        ...

    @property
    def project(self) -> Project:
        """The project that answers."""
        ...


class Project:
    """All that is known of a set of files. In memory, without input or output."""

    def __init__(self, *, tracks: bool = True) -> None:
        """Know of nothing yet. Without `tracks` nothing may change once something was asked."""
        self._modules: dict[str, Module] = {}
        self._by_path: dict[str, str] = {}
        self._answers = Answers(tracks=tracks)
        self._mentions: dict[str, set[str]] = {}
        """Names of the modules that mention a word, for the words that somebody asked about."""
        self._handed_out = 0
        """Modules that somebody was handed, and may have had decoded, since the last look at how many are."""
        self._changes: list[tuple[int, frozenset[Question]]] = []
        self.revision = 0
        """Grows whenever an answer may have changed."""
        self.tried = 0
        """How much of `revision` comes from texts that were only tried, and taken back: no news for anybody."""
        self.text_of: Callable[[str], bytes | None] = _unknown_text
        """Gives the text of a file for fixes that reach into it. The shell sets it: a project itself reads nothing."""
        self.root_of: Callable[[str], str] = _unknown_root
        """Gives the directory of the project that a file belongs to, empty if nobody knows. The shell sets it."""

    @property
    def project(self) -> Project:
        """This project."""
        return self

    # Questions

    def ask(self, answer: Callable[..., A], *words: str) -> A:
        """Return `answer(self, *words)`, computed once for as long as what it read stays the same.

        Within the computation itself the same question has no answer: it gives None.
        """
        return self._answers.ask(self, (answer, words))

    def abandon(self) -> None:
        """Take note that no question is being answered any more: what was asked has failed, no matter where."""
        self._answers.abandon()

    def changed_since(self, revision: int) -> frozenset[Question] | None:
        """Return the questions whose answers may have changed since `revision`; nothing: too long ago to tell."""
        if revision == self.revision:
            return frozenset()
        if not self._changes or self._changes[0][0] > revision + 1:
            return None
        recent = [doubtful for number, doubtful in self._changes if number > revision]
        return frozenset[Any]().union(*recent)

    # What questions read

    def module(self, name: str) -> Module | None:
        """Return the module called `name`. Only its existence counts as read: see `read`."""
        self.read(name, "")
        return self._modules.get(name)

    def read(self, module: str, name: str) -> None:
        """Note that the answer being computed depends on `name` in `module`: see `module.key_of`."""
        self._answers.read((module, name))

    def members(self, module: Module, owner: str) -> Iterator[tuple[str, Definition]]:
        """Yield name and definition of what stands directly inside `owner`, and note that all of it was read."""
        self.read(module.name, all_members(owner.partition(".")[0]))
        return module.members(owner)

    def mentioning(self, word: str) -> list[Module]:
        """Return the modules whose facts hold the text `word`, which is how users of a definition are found."""
        self.read("", word)
        found = self._holders(word)
        self._handed_out += len(found)
        if self._handed_out > _MOST_DECODED:
            self._handed_out = 0
            if sum(module.is_decoded for module in self._modules.values()) > _MOST_DECODED:
                self.rest()  # whoever asks goes on to read all that is returned
        return found

    def _holders(self, word: str) -> list[Module]:
        known = self._mentions.get(word)
        if known is None:
            known = {name for name, module in self._modules.items() if module.mentions(word)}
            self._mentions[word] = known
        return [self._modules[name] for name in sorted(known)]

    def holding(self, word: str) -> list[Module]:
        """Return the same as `mentioning`; counts as read only which modules these are, not what they say of the word."""
        self.read(_HOLDERS, word)
        return self._holders(word)

    def rest(self) -> None:
        """Let go of what can be had again: facts that came encoded and were decoded because somebody asked."""
        for module in self._modules.values():
            module.rest()

    def retire(self, path: str) -> None:
        """Take note that the file at `path` is not under review any more: its facts can `rest`."""
        module = self.module_at(path)
        if module is not None:
            module.retire()

    def module_at(self, path: str) -> Module | None:
        """Return the module of the file at `path`."""
        return self._modules.get(self._by_path.get(path, ""))

    def locate(self, place: Place) -> Span | None:
        """Return the bytes of `place.path` where `place` is now."""
        module = self.module_at(place.path)
        if module is None:
            return None
        definitions = module.member(place.symbol) if "." in place.symbol else module.top(place.symbol)
        if not definitions:
            return None
        return place.span.shifted(module.facts.starts[definitions[-1].unit])

    def role_of(self, path: str, module: str) -> Role:
        """Return what a file is for, by the folders between its project and itself, else by its module's name."""
        root = self.root_of(path)
        if root and path.startswith(f"{root.rstrip('/')}/"):
            return role_of(path[len(root.rstrip("/")) + 1 :])
        return role_of("/".join([*module.split(".")[:-1], path.rpartition("/")[2]]))

    @property
    def paths(self) -> Iterator[str]:
        """Paths of all files known."""
        yield from self._by_path

    # Changes

    def update(self, path: str, module: str, facts: ModuleFacts | bytes | None) -> None:
        """Take the facts of the file at `path`; None says that the file is gone.

        Facts as bytes (see `facts.encode`) are decoded when somebody asks.
        """
        previous = self._by_path.get(path)
        if previous is not None and (facts is None or previous != module):
            self._forget(previous)
        if facts is None:
            return
        old = self._modules.get(module)
        new = self._modules[module] = Module(path, module, facts)
        self._by_path[path] = module
        if old is not None:
            new.take_over(old)
            if old.path != path:
                self._by_path.pop(old.path, None)
        self._drop(_changes(old, new) if old is not None else self._news_of(new))

    def _forget(self, module: str) -> None:
        old = self._modules.pop(module, None)
        if old is not None:
            self._by_path.pop(old.path, None)
            self._drop(self._news_of(old))

    def _news_of(self, module: Module) -> _Changes:
        """Return what changes when a module comes or goes: all that was asked of it."""
        return _Changes(module.name, set(self._answers.names_read(module.name)), module.encoded)

    def _drop(self, changed: _Changes) -> None:
        words = [word for word in self._answers.names_read("") if word and word.encode() in changed.text]
        moved = self._note_mentions(changed)
        keys = [
            *((changed.module, name) for name in changed.names),
            *(("", word) for word in words),
            *((_HOLDERS, word) for word in moved),
        ]
        doubtful = self._answers.doubt(keys)
        if doubtful:
            self.revision += 1
            self._changes.append((self.revision, doubtful))
            del self._changes[:-_KEPT_CHANGES]

    def _note_mentions(self, changed: _Changes) -> list[str]:
        """Note who mentions what by now, and return the words that modules came to, or left."""
        moved: list[str] = []
        module = self._modules.get(changed.module)
        for word, names in self._mentions.items():
            if not word or word.encode() in changed.text:
                is_mentioned = module is not None and module.mentions(word)
                if is_mentioned != (changed.module in names):
                    (names.add if is_mentioned else names.discard)(changed.module)
                    moved.append(word)
        return moved


def _unknown_text(path: str) -> bytes | None:
    """Return no text: nobody has said where texts come from."""
    del path


def _unknown_root(path: str) -> str:
    """Return no directory: nobody has said where projects begin."""
    del path
    return ""


class _Changes(NamedTuple):
    module: str
    names: set[str]
    text: bytes
    """Encoded facts of the units that differ, old and new."""


def _changes(old: Module, new: Module) -> _Changes:
    """Return what differs between two states of a module."""
    names: set[str] = set() if old.path == new.path else {""}
    before, after = _middles(old.facts.units, new.facts.units)
    kept = {id(unit) for unit in before} & {id(unit) for unit in after}
    gone = [unit for unit in before if id(unit) not in kept]
    fresh = [unit for unit in after if id(unit) not in kept]
    only_gone, only_fresh = _different(gone, fresh)
    different = (*only_gone, *only_fresh)
    for unit in different:
        names.update(touched(unit))
    if signatures(gone) != signatures(fresh) or _order(before, kept) != _order(after, kept):
        names.add(SIGNATURES)
    if injections(only_gone) != injections(only_fresh):
        names.add(INJECTIONS)
    return _Changes(new.name, names, encode(ModuleFacts(different, ())) if different else b"")


def _middles(
    before: tuple[UnitFacts, ...], after: tuple[UnitFacts, ...]
) -> tuple[tuple[UnitFacts, ...], tuple[UnitFacts, ...]]:
    """Return both without the units in front and at the back that are the very same."""
    shorter = min(len(before), len(after))
    front = next((at for at in range(shorter) if before[at] is not after[at]), shorter)
    rest = shorter - front
    back = next((at for at in range(rest) if before[-1 - at] is not after[-1 - at]), rest)
    return before[front : len(before) - back], after[front : len(after) - back]


def _order(units: tuple[UnitFacts, ...], kept: set[int]) -> list[int]:
    return [id(unit) for unit in units if id(unit) in kept]


def _different(gone: list[UnitFacts], fresh: list[UnitFacts]) -> tuple[list[UnitFacts], list[UnitFacts]]:
    """Return the units that are only in the first, and only in the second of the two lists, compared by value."""
    remaining = list(gone)
    only_fresh: list[UnitFacts] = []
    for unit in fresh:
        if unit in remaining:
            remaining.remove(unit)
        else:
            only_fresh.append(unit)
    return remaining, only_fresh
