"""Watch over calls of rules. The core cannot tell the time: whoever can, interrupts what takes too long."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

T = TypeVar("T")

QUESTIONS = "questions"
"""Stands in the place of a rule while answers are looked at again that several rules rest on."""


class Overdue(BaseException):
    """Raised inside a call that takes too long; no `except Exception` on the way takes it for its own."""


class Guard:
    """Guard that lets every call take as long as it likes. The shell has a stricter one.

    Another thread may read all attributes. It may raise `Overdue` in this one only while `running` names a call,
    and must say so first by `is_aiming`: a call that ends meanwhile waits in `settle`, so nothing is raised after it.
    """

    def __init__(self) -> None:
        self.unit: int = 0
        """Grows with each unit that is looked at: what one rule takes is counted within it."""
        self.running = ""
        """The rule that is being called, empty between calls."""
        self.is_aiming = False
        self.off: frozenset[str] = frozenset()
        """Rules that took too long too often."""

    def begin(self) -> None:
        """Count anew what each rule takes."""
        self.unit += 1

    def call(self, rule: str, work: Callable[..., Iterable[T]], *arguments: object) -> list[T]:
        """Return all that `work` gives; raise `Overdue` if it was interrupted."""
        try:
            self.running = rule
            return list(work(*arguments))
        finally:
            self.running = ""
            if self.is_aiming:
                self.settle()

    def settle(self) -> None:
        """Wait for whoever is aiming, and take back what was to be raised in a call that has ended."""
        self.is_aiming = False

    def note(self, rule: str) -> str:
        """Take note that `rule` was interrupted, and return what there is to say of it."""
        self.is_aiming = False
        return f"{rule} took too long"
