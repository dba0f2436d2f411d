"""Process that works for the server: told what to do, listened to, and started again when it dies."""

from __future__ import annotations

import contextlib
import subprocess
import sys
import threading
from queue import SimpleQueue
from typing import IO, TYPE_CHECKING, Generic, Protocol, TypeVar, cast

import msgspec

from fastidious_server.workspace.indexing.frames import write_frame

if TYPE_CHECKING:
    from collections.abc import Callable

_Answer = TypeVar("_Answer")
_AnswerTaken = TypeVar("_AnswerTaken", contravariant=True)
_MAX_DEATHS = 10
"""A process that dies more often than this in the middle of its work is not started again."""


class Guardian(Protocol[_AnswerTaken]):
    """Whoever a process works for. All but `take` is called with the lock of the process held."""

    def take(self, answer: _AnswerTaken) -> None:
        """Take an answer, on the thread that listens."""
        ...

    def is_busy(self) -> bool:
        """Tell whether the process has something to do."""
        ...

    def resume(self) -> None:
        """Tell the process, which was started again, what it needs to know."""
        ...

    def give_up(self) -> None:
        """Do without the process: it died too often."""
        ...


class ChildProcess(Generic[_Answer]):
    """Process that runs a module of the server, with the threads that write to it and listen to it.

    `lock` is held while the process is replaced: who holds it sends to the one process or to the other.
    """

    def __init__(self, module: str, read: Callable[[IO[bytes]], _Answer | None], guardian: Guardian[_Answer]) -> None:
        self.lock = threading.Lock()
        self.is_stopped = False
        self._module = module
        self._read = read
        self._guardian = guardian
        self._deaths = 0
        self._is_dismissed = False
        self._start()

    def listen(self) -> None:
        """Begin to pass on answers."""
        threading.Thread(target=self._listen, name=f"{self._module}-answers", daemon=True).start()

    def send(self, message: msgspec.Struct) -> None:
        """Send `message` after all that was sent before; does not wait until that is done."""
        self._outbox.put(message)

    def dismiss(self) -> None:
        """Let the process end once it has taken all that was sent; nothing is sent any more."""
        self._is_dismissed = True
        self._outbox.put(None)

    def stop(self) -> None:
        """End the process at once."""
        with self.lock:
            self.is_stopped = True
            self._process.kill()

    def _start(self) -> None:
        # Neither the working directory nor the workspace may lend modules to this process.
        safety = "-I" if sys.flags.isolated else "-P"
        flags = getattr(subprocess, "CREATE_NO_WINDOW", 0)
        command = [sys.executable, safety, "-m", self._module]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, creationflags=flags)
        self._outbox: SimpleQueue[msgspec.Struct | None] = SimpleQueue()
        writing = (self._outbox, cast("IO[bytes]", self._process.stdin))
        threading.Thread(target=_write, args=writing, name=f"{self._module}-requests", daemon=True).start()

    def _listen(self) -> None:
        while not self.is_stopped:
            answer = self._next_answer()
            if answer is not None:
                self._guardian.take(answer)
            elif not self._is_replaced():
                break
        self._close()

    def _next_answer(self) -> _Answer | None:
        try:
            return self._read(cast("IO[bytes]", self._process.stdout))
        except (OSError, ValueError, msgspec.MsgspecError):
            return None

    def _is_replaced(self) -> bool:
        """Start the process again, unless it has ended well or too often."""
        with self.lock:
            is_busy = self._guardian.is_busy()
            self._deaths += is_busy
            if self.is_stopped or (self._is_dismissed and not is_busy):
                return False
            if self._deaths > _MAX_DEATHS:
                self.is_stopped = True
                self._guardian.give_up()
                return False
            self._close()
            self._start()
            self._guardian.resume()
            return True

    def _close(self) -> None:
        self._outbox.put(None)
        with contextlib.suppress(OSError):
            cast("IO[bytes]", self._process.stdout).close()
        self._process.kill()  # one that only sent what nobody understands is still alive
        self._process.wait()


def _write(messages: SimpleQueue[msgspec.Struct | None], stream: IO[bytes]) -> None:
    """Write what is to be sent: a process that is busy must not keep anybody waiting but this thread."""
    with contextlib.suppress(OSError, ValueError):
        while (message := messages.get()) is not None:
            write_frame(stream, message)
    with contextlib.suppress(OSError):
        stream.close()
