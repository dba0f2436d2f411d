"""How tests are spread over processes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from xdist.scheduler import LoadScopeScheduling

if TYPE_CHECKING:
    from xdist.workermanage import WorkerController

WINDOWS = "tests/editors/vscode/"
"""Where the tests are that need a VS Code, which takes a whole processor and minutes."""


class OneWindowAtATime(LoadScopeScheduling):
    """Gives all tests of VS Code to the first process, and a module at a time to the others."""

    def _split_scope(self, nodeid: str) -> str:
        return WINDOWS if nodeid.startswith(WINDOWS) else super()._split_scope(nodeid)

    def _assign_work_unit(self, node: WorkerController) -> None:
        if WINDOWS in self.workqueue:
            self.workqueue.move_to_end(WINDOWS, last=False)
        super()._assign_work_unit(node)


@pytest.hookimpl
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> OneWindowAtATime:
    """Return what decides which process runs which tests."""
    return OneWindowAtATime(config, log)
