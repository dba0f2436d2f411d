"""Guard that stops what takes too long: a thread that looks now and then at what is being called."""

from __future__ import annotations

import contextlib
import ctypes
import threading
import time
import weakref
from collections import Counter
from functools import partial
from typing import TYPE_CHECKING

from fastidious_rules.engine.guard import QUESTIONS, Guard, Overdue

if TYPE_CHECKING:
    from collections.abc import Callable

EDITOR_BUDGET = 2.0
"""Seconds of processor time that a rule may take for one unit while somebody waits for the next keystroke."""
CHECK_BUDGET = 20.0
"""The same for the command line, which reads whole projects at once."""
MOST_OFFENCES = 3
"""A rule that takes too long this often is called no more."""
_STEPS_UNTIL_RAISED = 100
"""Rounds of a loop after which an exception has been raised that another thread has ordered: CPython looks in each."""
_SECONDS_BETWEEN_LOOKS = 0.05
_SECONDS_BETWEEN_LOOKS_AT_NOTHING = 0.5


class Watchdog(Guard):
    """Guard that gives each rule `budget` seconds of processor time for each unit.

    The thread samples: what passes from one look to the next counts for the rule that is being called at the later
    one. So calls cost next to nothing, and a rule is stopped that takes long once as well as one that is called often.
    """

    def __init__(self, budget: float = EDITOR_BUDGET) -> None:
        super().__init__()
        self._budget = budget
        self._thread = 0
        self._clock: Callable[[], float] = time.perf_counter
        self._watching: threading.Thread | None = None
        self._looked_at: tuple[int, float] = (0, 0.0)
        self._spent: Counter[str] = Counter()
        self._fired = threading.Event()
        self._offences: Counter[str] = Counter()

    def begin(self) -> None:
        """Count anew what each rule takes, in the thread that calls this."""
        self.unit += 1
        if self._thread != threading.get_ident():
            self._thread = threading.get_ident()
            self._clock = _clock_of(self._thread)
        if self._watching is None:
            self._watching = threading.Thread(
                target=_watch, args=(weakref.ref(self),), name="fastidious-watchdog", daemon=True
            )
            self._watching.start()

    def settle(self) -> None:
        """Wait for the thread that is aiming, and take what it raises, which was meant for a call that has ended."""
        with contextlib.suppress(Overdue):
            self._fired.wait()
            for _ in range(_STEPS_UNTIL_RAISED):
                pass
        self.is_aiming = False

    def note(self, rule: str) -> str:
        """Take note that `rule` was interrupted, and return what there is to say of it."""
        self.is_aiming = False
        text = f"it takes more than {self._budget:g} s of processor time"
        if rule == QUESTIONS:
            return text
        self._offences[rule] += 1
        if self._offences[rule] < MOST_OFFENCES:
            return text
        self.off |= {rule}
        end = "until Fastidious, or its index, is started again"
        return f"{text}, and is switched off {end}: that happened {MOST_OFFENCES} times"

    def forgive(self) -> frozenset[str]:
        """Let all rules be called again as if none had taken too long; return those that were called no more."""
        forgiven, self.off = self.off, frozenset()
        self._offences.clear()
        return forgiven

    def look(self) -> float:
        """Stop what takes too long; return the seconds until the next look."""
        rule, current = self.running, self.unit
        if not rule:
            return _SECONDS_BETWEEN_LOOKS_AT_NOTHING
        now = self._clock()
        last, then = self._looked_at
        self._looked_at = current, now
        if last != current:
            self._spent.clear()
            return _SECONDS_BETWEEN_LOOKS
        self._spent[rule] += now - then  # pyright: ignore[reportArgumentType] - a Counter of seconds
        if self._spent[rule] > self._budget:
            self._interrupt(rule, current)
        return _SECONDS_BETWEEN_LOOKS

    def _interrupt(self, rule: str, current: int) -> None:
        if self.is_aiming:
            return  # it is on its way
        self._fired = threading.Event()
        self.is_aiming = True  # said before the last look: a call that ends from here on waits for `_fired`
        if self.running == rule and self.unit == current:
            _raise_in(self._thread, Overdue)
        self._fired.set()


def _watch(watchdog: weakref.ref[Watchdog]) -> None:
    """Look for as long as anybody else knows the watchdog."""
    while (watched := watchdog()) is not None:
        seconds = watched.look()
        del watched
        time.sleep(seconds)


def _clock_of(thread: int) -> Callable[[], float]:
    """Return a clock of the processor time of a thread; of the time that passes where there is none."""
    if not hasattr(time, "pthread_getcpuclockid"):
        return time.perf_counter
    return partial(time.clock_gettime, time.pthread_getcpuclockid(thread))


def _raise_in(thread: int, error: type[BaseException]) -> None:
    """Let `error` be raised in a thread before its next step.

    It is not to be taken back: CPython would go on looking for it for ever, and hang under a debugger.
    """
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), ctypes.py_object(error))
