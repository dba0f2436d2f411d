"""Code that runs on the event loop."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastidious_rules.catalogue.asynchrony.asyncio_run_in_async import AsyncioRunInAsync
from fastidious_rules.catalogue.asynchrony.await_in_loop import AwaitInLoop
from fastidious_rules.catalogue.asynchrony.background_task_uses_closed_session import BackgroundTaskUsesClosedSession
from fastidious_rules.catalogue.asynchrony.blocking_call_in_async import BlockingCallInAsync
from fastidious_rules.catalogue.asynchrony.blocking_call_through_helper import BlockingCallThroughHelper
from fastidious_rules.catalogue.asynchrony.blocking_file_io_in_async import BlockingFileIoInAsync
from fastidious_rules.catalogue.asynchrony.cpu_bound_in_async import CpuBoundInAsync
from fastidious_rules.catalogue.asynchrony.gather_on_shared_session import GatherOnSharedSession
from fastidious_rules.catalogue.asynchrony.http_client_per_request import HttpClientPerRequest
from fastidious_rules.catalogue.asynchrony.missing_await import MissingAwait
from fastidious_rules.catalogue.asynchrony.request_without_timeout import RequestWithoutTimeout
from fastidious_rules.catalogue.asynchrony.sequential_independent_awaits import SequentialIndependentAwaits
from fastidious_rules.catalogue.asynchrony.sync_session_in_async_function import SyncSessionInAsyncFunction
from fastidious_rules.catalogue.asynchrony.untracked_task import UntrackedTask

if TYPE_CHECKING:
    from fastidious_rules.api import Rule

RULES: tuple[type[Rule], ...] = (
    AsyncioRunInAsync,
    AwaitInLoop,
    BackgroundTaskUsesClosedSession,
    BlockingCallInAsync,
    BlockingCallThroughHelper,
    BlockingFileIoInAsync,
    CpuBoundInAsync,
    GatherOnSharedSession,
    HttpClientPerRequest,
    MissingAwait,
    RequestWithoutTimeout,
    SequentialIndependentAwaits,
    SyncSessionInAsyncFunction,
    UntrackedTask,
)
