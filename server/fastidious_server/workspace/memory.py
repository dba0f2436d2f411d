"""Memory of this process."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

_STATUS = Path("/proc/self/statm")


def resident_bytes() -> int | None:
    """Return how much memory this process has in use, None where the system does not say."""
    with contextlib.suppress(OSError, ValueError, IndexError):
        return int(_STATUS.read_text("ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")
    return None
