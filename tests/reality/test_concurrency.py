"""What the guides of sequential-independent-awaits and await-in-loop say is so."""

from __future__ import annotations

import asyncio
import inspect
from importlib import import_module
from typing import Any

import pytest

from fastidious_rules.knowledge import names


class _Service:
    """Answers when as many requests have come as it waits for, or when nothing else can happen."""

    def __init__(self) -> None:
        self.running = 0
        self.most = 0

    async def answer(self, number: int) -> int:
        self.running += 1
        self.most = max(self.most, self.running)
        await asyncio.sleep(0)
        self.running -= 1
        return number


def test_awaits_in_a_row_send_one_request_at_a_time() -> None:
    async def run() -> tuple[list[int], int]:
        service = _Service()
        return [await service.answer(number) for number in range(3)], service.most

    assert asyncio.run(run()) == ([0, 1, 2], 1)


def test_gather_sends_all_at_once_and_keeps_their_order() -> None:
    async def run() -> tuple[list[int], int]:
        service = _Service()
        return list(await asyncio.gather(*(service.answer(number) for number in range(3)))), service.most

    assert asyncio.run(run()) == ([0, 1, 2], 3)


async def _fail() -> None:
    raise LookupError


async def _finish(done: list[str]) -> None:
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    done.append("finished")


def test_gather_leaves_the_others_running_when_one_fails() -> None:
    async def run() -> list[str]:
        done: list[str] = []
        with pytest.raises(LookupError):
            await asyncio.gather(_fail(), _finish(done))
        for _ in range(3):
            await asyncio.sleep(0)
        return done

    assert asyncio.run(run()) == ["finished"]


async def _grouped(done: list[str]) -> None:
    async with asyncio.TaskGroup() as group:
        group.create_task(_fail())
        group.create_task(_finish(done))


def test_task_group_cancels_the_others_when_one_fails() -> None:
    done: list[str] = []
    with pytest.raises(ExceptionGroup):
        asyncio.run(_grouped(done))
    assert done == []


@pytest.mark.parametrize(
    "name", [name for name in sorted(names("concurrency", "entering")) if not name.startswith("contextlib")]
)
def test_contexts_of_the_table_exist(name: str) -> None:
    module, _, attribute = name.rpartition(".")
    pytest.importorskip(module)
    assert callable(getattr(import_module(module), attribute))


@pytest.mark.parametrize("name", sorted(names("concurrency", "asking")))
def test_clients_of_the_table_ask_as_it_says(name: str) -> None:
    library, client, *path = name.split(".")
    pytest.importorskip(library)
    value: Any = getattr(import_module(library), client)(api_key="none")
    for each in path:
        value = getattr(value, each)
    assert inspect.iscoroutinefunction(inspect.unwrap(value))
