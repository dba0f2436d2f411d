"""Watch over the editor, which may die without a word."""

from __future__ import annotations

import os
import sys
import threading
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

_SECONDS_BETWEEN_LOOKS = 1.0
_SECONDS_TO_LEAVE = 1.0


def watch_parent(process: int, on_death: Callable[[], None]) -> None:
    """Call `on_death`, in another thread, once the process is gone, and leave even if that does not help."""

    def watch() -> None:
        _await_end(process)
        on_death()
        time.sleep(_SECONDS_TO_LEAVE)
        os._exit(1)

    threading.Thread(target=watch, name="parent-watch", daemon=True).start()


if sys.platform == "win32":
    import ctypes

    _SYNCHRONIZE = 0x00100000
    _WAIT_FOREVER = 0xFFFFFFFF

    def _await_end(process: int) -> None:
        kernel = ctypes.windll.kernel32
        handle = kernel.OpenProcess(_SYNCHRONIZE, 0, process)
        if handle:
            kernel.WaitForSingleObject(handle, _WAIT_FOREVER)

else:

    def _await_end(process: int) -> None:
        is_own_parent = os.getppid() == process
        while _is_alive(process) and not (is_own_parent and os.getppid() != process):
            time.sleep(_SECONDS_BETWEEN_LOOKS)

    def _is_alive(process: int) -> bool:
        try:
            os.kill(process, 0)
        except ProcessLookupError:
            return False
        except OSError:
            return True  # it belongs to another user
        return True
