"""What the guide of untracked-task says about tasks is so."""

from __future__ import annotations

import asyncio
import gc
from typing import Any


async def _wait_for_nobody() -> None:
    await asyncio.get_running_loop().create_future()


async def _fail() -> None:
    raise ValueError


def _reported(start: Any) -> list[str]:
    messages: list[str] = []

    async def run() -> None:
        loop = asyncio.get_running_loop()
        loop.set_exception_handler(lambda _, context: messages.append(context["message"]))
        kept = start()
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        gc.collect()
        for each in kept:
            each.cancel()

    asyncio.run(run())
    return messages


def test_task_that_nobody_keeps_is_collected_while_it_waits() -> None:
    def start() -> list[asyncio.Task[None]]:
        asyncio.create_task(_wait_for_nobody())  # noqa: RUF006
        return []

    assert _reported(start) == ["Task was destroyed but it is pending!"]


def test_task_that_is_kept_is_not_collected() -> None:
    assert _reported(lambda: [asyncio.create_task(_wait_for_nobody())]) == []


def test_exception_of_a_task_is_told_when_the_task_is_collected() -> None:
    def start() -> list[asyncio.Task[None]]:
        asyncio.create_task(_fail())  # noqa: RUF006
        return []

    assert _reported(start) == ["Task exception was never retrieved"]


def test_exception_of_a_kept_task_is_not_told_while_it_is_kept() -> None:
    messages: list[str] = []

    async def run() -> None:
        asyncio.get_running_loop().set_exception_handler(lambda _, context: messages.append(context["message"]))
        kept = asyncio.create_task(_fail())
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        gc.collect()
        assert not messages
        assert isinstance(kept.exception(), ValueError)

    asyncio.run(run())
