"""Exit codes of the commands."""

from __future__ import annotations

from click import ClickException

CLEAN = 0
FOUND = 1
FAILED = 2
"""Wrong usage, wrong configuration, or a fault of this program."""
INTERRUPTED = 130


class CommandFailedError(ClickException):
    """What keeps a command from doing its work, said to whoever gave it."""

    exit_code = FAILED
