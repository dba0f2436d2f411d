"""What the guides say about the event loop and threads is so."""

from __future__ import annotations

import asyncio
import hashlib
import io
import threading
from typing import Any

import pytest

fastapi = pytest.importorskip("fastapi")
httpx = pytest.importorskip("httpx")


async def _get(app: Any, path: str = "/") -> Any:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://app") as client:
        response = await client.get(path)
    return response.raise_for_status().json()


def _thread_of_statement(session: Any) -> int:
    """Return the thread that a statement of `session` is executed in, as the database sees it."""
    sqlalchemy = pytest.importorskip("sqlalchemy")
    session.connection().connection.dbapi_connection.create_function("thread", 0, threading.get_ident)
    return session.scalar(sqlalchemy.text("select thread()"))


def test_synchronous_session_waits_in_the_thread_of_the_loop_under_async_def_and_in_another_under_def() -> None:
    sqlalchemy = pytest.importorskip("sqlalchemy")
    orm = pytest.importorskip("sqlalchemy.orm")
    engine = sqlalchemy.create_engine(
        "sqlite://", poolclass=sqlalchemy.StaticPool, connect_args={"check_same_thread": False}
    )
    app = fastapi.FastAPI()

    @app.get("/async")
    async def read() -> bool:
        with orm.Session(engine) as session:
            return _thread_of_statement(session) == threading.get_ident()

    def in_own_thread(loop_thread: int) -> bool:
        with orm.Session(engine) as session:
            return _thread_of_statement(session) == loop_thread

    @app.get("/plain/{thread}")
    def read_plain(thread: int) -> bool:
        return in_own_thread(thread)

    async def main() -> tuple[bool, bool]:
        return await _get(app, "/async"), await _get(app, f"/plain/{threading.get_ident()}")

    assert asyncio.run(main()) == (True, False)
    engine.dispose()


def test_adding_to_a_session_sends_nothing() -> None:
    sqlalchemy = pytest.importorskip("sqlalchemy")
    orm = pytest.importorskip("sqlalchemy.orm")

    class Base(orm.DeclarativeBase):
        pass

    class Item(Base):
        __tablename__ = "item"
        id = sqlalchemy.Column(sqlalchemy.Integer, primary_key=True)

    engine = sqlalchemy.create_engine("sqlite://")
    statements: list[str] = []

    def remember(*values: Any) -> None:
        statements.append(values[2])

    sqlalchemy.event.listen(engine, "before_cursor_execute", remember)
    with orm.Session(engine) as session:
        session.add(Item(id=1))
        session.query(Item).filter(Item.id == 1)
        assert statements == []
    engine.dispose()


async def _nothing() -> int:
    return 1


def _with_new_loop(coroutine: Any) -> None:
    loop = asyncio.new_event_loop()
    try:
        loop.run_until_complete(coroutine)
    finally:
        loop.close()


def _with_runner(coroutine: Any) -> None:
    asyncio.Runner().run(coroutine)


def _with_anyio(coroutine: Any) -> None:
    coroutine.close()
    pytest.importorskip("anyio").run(_nothing)


@pytest.mark.parametrize("start", [asyncio.run, _with_new_loop, _with_runner, _with_anyio])
def test_starting_a_loop_where_one_is_running_raises(start: Any) -> None:
    coroutine = _nothing()

    async def main() -> None:
        start(coroutine)

    with pytest.raises(RuntimeError):
        asyncio.run(main())
    coroutine.close()


@pytest.mark.parametrize("start", [asyncio.run, _with_new_loop, _with_anyio])
def test_starting_a_loop_in_a_thread_beside_the_running_one_works(start: Any) -> None:
    async def main() -> None:
        await asyncio.to_thread(start, _nothing())

    asyncio.run(main())


def test_endpoint_in_a_thread_can_use_the_loop_of_the_server() -> None:
    from_thread = pytest.importorskip("anyio").from_thread
    app = fastapi.FastAPI()

    async def thread_of_loop() -> int:
        return threading.get_ident()

    @app.get("/")
    def read() -> int:
        return from_thread.run(thread_of_loop)

    async def main() -> bool:
        return await _get(app) == threading.get_ident()

    assert asyncio.run(main())


def _rounds_beside(work: Any) -> int:
    """Return how often this thread gets its turn while another one works."""
    started = threading.Event()

    def run() -> None:
        started.set()
        work()

    worker = threading.Thread(target=run)
    worker.start()
    started.wait()
    rounds = 0
    while worker.is_alive():
        rounds += 1
    return rounds


def test_hashing_of_passwords_releases_the_gil() -> None:
    bcrypt = pytest.importorskip("bcrypt")
    argon2 = pytest.importorskip("argon2")
    assert _rounds_beside(lambda: bcrypt.hashpw(b"secret", bcrypt.gensalt(8))) > 1
    assert _rounds_beside(lambda: argon2.PasswordHasher(time_cost=2, memory_cost=8192).hash("secret")) > 1
    assert _rounds_beside(lambda: hashlib.pbkdf2_hmac("sha256", b"secret", b"salt", 100_000)) > 1


def test_opening_an_image_reads_its_header_only() -> None:
    images = pytest.importorskip("PIL.Image")
    whole = io.BytesIO()
    images.new("RGB", (64, 64)).save(whole, "PNG")
    with images.open(io.BytesIO(whole.getvalue()[:60])) as image:
        assert image.size == (64, 64)
        with pytest.raises(OSError, match=r"truncated|broken|Truncated"):
            image.load()


def test_upload_gives_what_its_file_gives() -> None:
    async def main() -> None:
        for content in (b"small", b"large" * 1_000_000):
            upload = fastapi.UploadFile(io.BytesIO(content))
            assert await upload.read(3) == content[:3]
            assert upload.file.read(2) == content[3:5]
            assert await upload.read() == content[5:]

    asyncio.run(main())


def test_files_of_anyio_are_read_written_and_iterated_over(tmp_path: Any) -> None:
    anyio = pytest.importorskip("anyio")
    target = tmp_path / "lines"

    async def main() -> list[str]:
        async with await anyio.open_file(target, "w") as file:
            await file.write("one\n")
            await file.writelines(["two\n"])
        assert await anyio.Path(target).read_text() == "one\ntwo\n"
        async with await anyio.Path(target).open() as file:
            return [line async for line in file]

    assert asyncio.run(main()) == ["one\n", "two\n"]
