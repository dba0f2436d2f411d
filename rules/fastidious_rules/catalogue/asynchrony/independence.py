"""What keeps awaits in their order, whatever the calls themselves are proven to do."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from fastidious_rules.api import Function, With, async_library

if TYPE_CHECKING:
    from fastidious_rules.api import Scope, View

_EXCLUSIVE = re.compile(
    r"lock|mutex|semaphore|limit|throttl|transaction|begin|atomic|nursery|task_?group", re.IGNORECASE
)


def is_exclusive(view: View) -> bool:
    """Tell whether `view` runs in a transaction, behind a lock or a limiter: the order there is meant."""
    for outer in view.ancestors():
        if isinstance(outer, Function):
            return False
        if isinstance(outer, With) and any(_EXCLUSIVE.search(item.context.text) for item in outer.items):
            return True
    return False


def knows_gather(scope: Scope) -> bool:
    """Tell whether the module is written for asyncio, or for no library in particular."""
    return scope.ask(async_library, scope.module) == "asyncio"
