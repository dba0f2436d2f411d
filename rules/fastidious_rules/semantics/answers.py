"""Answers to questions, each with what it rests on.

A changed fact makes the answers doubtful that read it, and those that rest on these. A doubtful answer is
computed again when somebody asks, unless all the answers that it rests on turn out the same as before.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

Key: TypeAlias = tuple[str, str]
"""A module and a top-level name in it. The empty module stands for a word mentioned anywhere."""

Question: TypeAlias = "tuple[Callable[..., Any], tuple[str, ...]]"
"""A function from `(asker, *words)` to an answer, and the words."""


class _Answer(NamedTuple):
    value: Any
    read: frozenset[Key]
    asked: tuple[tuple[Question, Any], ...]
    """The other questions that it rests on, with the answers to them."""


class _Computation(NamedTuple):
    """What a computation has read and asked so far."""

    read: set[Key]
    asked: dict[Question, Any]


class Answers:
    """A store of answers that knows which of them can still be trusted."""

    def __init__(self, *, tracks: bool = True) -> None:
        """Keep answers; those of one that does not track what they rest on hold for good."""
        self._tracks = tracks
        self._known: dict[Question, _Answer] = {}
        self._doubtful: dict[Question, bool] = {}
        """Whether a fact that the answer read itself has changed, or only one behind another answer."""
        self._readers: defaultdict[str, dict[str, set[Question]]] = defaultdict(dict)
        self._dependents: defaultdict[Question, set[Question]] = defaultdict(set)
        self._running: list[_Computation] = []
        self._open: set[Question] = set()

    def ask(self, asker: Any, question: Question) -> Any:
        """Return the answer, computed with `asker` if there is none that holds."""
        if question in self._open:
            return None
        known = self._known.get(question)
        if known is None or (question in self._doubtful and not self._still_holds(asker, question, known)):
            known = self._compute(asker, question)
        if self._running and self._tracks:
            self._running[-1].asked[question] = known.value
        return known.value

    def read(self, key: Key) -> None:
        """Note that the answer being computed depends on `key`."""
        if self._running and self._tracks:
            self._running[-1].read.add(key)

    def names_read(self, module: str) -> list[str]:
        """Return the names of `module` that answers depend on."""
        return list(self._readers.get(module, ()))

    def doubt(self, keys: Iterable[Key]) -> frozenset[Question]:
        """Make doubtful what depends on `keys`, and return it."""
        direct: set[Question] = set()
        for module, name in keys:
            direct |= self._readers.get(module, {}).get(name, set())
        reached, waiting = set(direct), list(direct)
        while waiting:
            for dependent in self._dependents.get(waiting.pop(), ()):
                if dependent not in reached:
                    reached.add(dependent)
                    waiting.append(dependent)
        for question in reached:
            self._doubtful[question] = question in direct or self._doubtful.get(question, False)
        return frozenset(reached)

    def abandon(self) -> None:
        """Forget what was being computed when an error ended it, whatever of it was already put away."""
        self._running.clear()
        self._open.clear()

    def _still_holds(self, asker: Any, question: Question, known: _Answer) -> bool:
        """Tell whether a doubtful answer holds: what it read is unchanged, and so is each answer that it rests on."""
        if self._doubtful[question]:
            return False
        depth = len(self._running)
        try:
            self._open.add(question)
            self._running.append(_Computation(set(), {}))  # what is asked here belongs to no computation
            holds = all(self.ask(asker, other) == value for other, value in known.asked)
        finally:
            del self._running[depth:]
            self._open.discard(question)
        if holds:
            self._doubtful.pop(question, None)
        return holds

    def _compute(self, asker: Any, question: Question) -> _Answer:
        answer, words = question
        running, depth = _Computation(set(), {}), len(self._running)
        try:
            self._open.add(question)
            self._running.append(running)
            value = answer(asker, *words)
        finally:
            del self._running[depth:]
            self._open.discard(question)
        known = _Answer(value, frozenset(running.read), tuple(running.asked.items()))
        self._keep(question, known)
        return known

    def _keep(self, question: Question, known: _Answer) -> None:
        """Keep an answer. It is there last of all: who is interrupted before has no answer, never half of one."""
        old = self._known.pop(question, None)
        for module, name in old.read if old is not None else ():
            self._readers[module].get(name, set()).discard(question)
        for other, _ in old.asked if old is not None else ():
            self._dependents[other].discard(question)
        for module, name in known.read:
            self._readers[module].setdefault(name, set()).add(question)
        for other, _ in known.asked:
            self._dependents[other].add(question)
        self._doubtful.pop(question, None)
        self._known[question] = known
