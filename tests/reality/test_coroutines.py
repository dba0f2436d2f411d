"""What the guide of missing-await says about coroutines, and what its table says about libraries, is so."""

from __future__ import annotations

import asyncio
import importlib
import inspect
from typing import Any

import pytest

from fastidious_rules.knowledge import table
from fastidious_rules.semantics.asynchrony.coroutines import names_of

_ENTRIES = [(entry["sort"], name) for entry in table("coroutines")["calls"] for name in names_of(entry)]


def _found(name: str) -> Any:
    parts = name.split(".")
    pytest.importorskip(parts[0])
    for size in range(len(parts) - 1, 0, -1):
        try:
            value: Any = importlib.import_module(".".join(parts[:size]))
        except ModuleNotFoundError:
            continue
        for part in parts[size:]:
            value = getattr(value, part)
        return value
    return None


@pytest.mark.parametrize("name", [name for sort, name in _ENTRIES if sort == "function"])
def test_functions_of_the_table_are_coroutine_functions(name: str) -> None:
    assert inspect.iscoroutinefunction(_found(name))


@pytest.mark.filterwarnings("ignore:Call to deprecated setex")
@pytest.mark.parametrize("name", [name for sort, name in _ENTRIES if sort == "wrapper"])
def test_wrappers_of_the_table_hand_out_coroutines(name: str) -> None:
    redis = pytest.importorskip("redis.asyncio")
    method = getattr(redis.Redis(), name.rpartition(".")[2])
    needed = [each for each in inspect.signature(method).parameters.values() if each.default is each.empty]
    given: list[Any] = [
        5 if each.annotation in {"int", "ExpiryT"} else "a" for each in needed if each.kind.name != "VAR_KEYWORD"
    ]
    if name.endswith("hset"):
        given = ["a", "b", "c"]
    made = method(*given)
    assert inspect.iscoroutine(made)
    made.close()


async def _truth() -> bool:
    return False


def test_coroutine_that_nobody_awaits_runs_nothing() -> None:
    ran: list[str] = []

    async def work() -> None:
        ran.append("work")

    coroutine = work()
    coroutine.close()
    assert not ran


def test_coroutine_is_true_whatever_it_would_return() -> None:
    coroutine = _truth()
    assert coroutine
    assert not asyncio.run(coroutine)


def test_coroutine_has_no_items_and_nothing_of_its_result() -> None:
    coroutine = _truth()
    with pytest.raises(TypeError):
        len(coroutine)  # type: ignore[arg-type]
    with pytest.raises(AttributeError):
        coroutine.real  # type: ignore[attr-defined]  # noqa: B018
    coroutine.close()


@pytest.mark.parametrize("is_async", [True, False])
def test_fastapi_cannot_send_a_coroutine(*, is_async: bool) -> None:
    fastapi = pytest.importorskip("fastapi")
    httpx = pytest.importorskip("httpx2")
    application = fastapi.FastAPI()
    made = _truth()

    def read() -> Any:
        return made

    async def read_later() -> Any:
        return made

    application.get("/")(read_later if is_async else read)

    async def status() -> int:
        transport = httpx.ASGITransport(app=application, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            return (await client.get("/")).status_code

    assert asyncio.run(status()) == 500
    made.close()
