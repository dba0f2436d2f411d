"""Backend in several files whose routes are put together in all the usual ways, and tests that call them."""

from __future__ import annotations

from fastidious_rules.semantics.extract import module_facts
from fastidious_rules.semantics.project import Project

FILES = {
    "shop/__init__.py": "",
    "shop/config.py": """
from pydantic_settings import BaseSettings

VERSION = "v1"


class Settings(BaseSettings):
    api_prefix: str = "/api"


def get_settings() -> Settings:
    return Settings()
""",
    "shop/errors.py": """
from fastapi import HTTPException, Request, status
from fastapi.responses import JSONResponse
from starlette.status import HTTP_410_GONE


class OutOfStock(Exception):
    ...


class SoldOut(OutOfStock):
    ...


class Gone(HTTPException):
    def __init__(self, title: str) -> None:
        super().__init__(status_code=HTTP_410_GONE, detail=title)


async def answer_out_of_stock(request: Request, error: OutOfStock) -> JSONResponse:
    return JSONResponse(status_code=status.HTTP_409_CONFLICT, content={})
""",
    "shop/security.py": """
from typing import Annotated

from fastapi import Depends, HTTPException, Security
from fastapi.security import OAuth2PasswordBearer, SecurityScopes

scheme = OAuth2PasswordBearer(tokenUrl="token")


async def get_session():
    yield 1


async def get_current_user(scopes: SecurityScopes, token: Annotated[str, Depends(scheme)], session=Depends(get_session)):
    if not token:
        raise HTTPException(status_code=401)
    return token


CurrentUser = Annotated[str, Depends(get_current_user)]
Librarian = Annotated[str, Security(get_current_user, scopes=["books:write"])]


def count_requests() -> None: ...


def require_tenant() -> None: ...
""",
    "shop/service.py": """
from fastapi import HTTPException

from shop.errors import Gone, SoldOut


def find_book(number: int) -> str:
    if number < 0:
        raise HTTPException(404, "no such book")
    return reserve(number)


def reserve(number: int) -> str:
    if number == 7:
        raise SoldOut()
    if number == 8:
        raise Gone("old")
    raise ValueError(number)
""",
    "shop/books.py": '''
from fastapi import APIRouter, Depends, WebSocket
from slowapi import Limiter

from shop.security import CurrentUser, Librarian, require_tenant
from shop.service import find_book

limiter = Limiter(key_func=str)
router = APIRouter(prefix="/books", tags=["books"], dependencies=[Depends(require_tenant)])


class Book: ...


@router.get("/")
def list_books() -> list[Book]:
    return []


@router.get("/latest", name="latest")
async def read_latest(user: CurrentUser) -> Book: ...


@router.get("/{number}", response_model=Book | None)
@limiter.limit("5/minute")
async def read_book(request, number: int):
    """Return one book.

    All about it.
    """
    return find_book(number)


@router.post("/", status_code=201, tags=["writing"], deprecated=True)
def create_book(user: Librarian) -> Book: ...


@router.websocket("/feed")
async def feed(websocket: WebSocket) -> None: ...
''',
    "shop/health.py": """
def is_alive() -> bool:
    return True
""",
    "shop/admin.py": """
from fastapi import FastAPI

admin = FastAPI()


@admin.get("/stock")
def read_stock() -> int:
    return 1
""",
    "shop/main.py": """
from fastapi import APIRouter, Depends, FastAPI

from shop import books
from shop.admin import admin
from shop.config import VERSION, get_settings
from shop.errors import OutOfStock, answer_out_of_stock
from shop.health import is_alive
from shop.security import count_requests


def register(app: FastAPI) -> None:
    app.add_api_route("/health", is_alive, methods=["GET"], tags=["status"])


def create_app() -> FastAPI:
    settings = get_settings()
    application = FastAPI(dependencies=[Depends(count_requests)])
    versioned = APIRouter()
    versioned.include_router(books.router, prefix=f"/{VERSION}", tags=["shop"])
    application.include_router(versioned, prefix=settings.api_prefix)
    application.add_exception_handler(OutOfStock, answer_out_of_stock)
    application.mount("/admin", admin)
    register(application)
    return application


app = create_app()
""",
    "tests/conftest.py": """
import pytest
from fastapi.testclient import TestClient
from httpx import ASGITransport, AsyncClient

from shop.main import create_app


@pytest.fixture
def app():
    return create_app()


@pytest.fixture
def client(app):
    with TestClient(app) as client:
        yield client


@pytest.fixture
async def api(app):
    async with AsyncClient(transport=ASGITransport(app=app), base_url="http://test/api/v1") as api:
        yield api
""",
    "tests/test_books.py": """
import pytest

BOOKS = "/api/v1/books"


def test_lists(client):
    assert client.get("/api/v1/books/?page=2").json() == []
    assert client.get(BOOKS).status_code == 200


def test_reads(client, book):
    url = f"{BOOKS}/{book.number}"
    assert client.get(url)
    assert client.get("/api/v1/books/latest")


@pytest.mark.parametrize("path", ["/api/v1/books/latest", "/api/v1/books/%d"])
def test_refuses(client, path, number):
    assert client.get(path % number).status_code == 401


class TestWriting:
    async def test_creates(self, api):
        assert await api.post("/books/", json={})

    async def test_looks_up(self, api, app):
        assert await api.request("GET", app.url_path_for("latest"))


def test_listens(client):
    with client.websocket_connect("/api/v1/books/feed") as socket:
        assert socket


def test_misses(client, cache):
    assert client.delete("/api/v1/books/1").status_code == 405
    assert cache.get("books") is None
    assert client.get("/admin/stock")
    assert client.get("/health")
""",
}


def project_of(files: dict[str, str]) -> Project:
    """Return a project that knows the files, below `/project`."""
    project = Project()
    project.root_of = lambda _: "/project"
    for path, text in files.items():
        module = path.removesuffix(".py").replace("/", ".").removesuffix(".__init__")
        project.update(f"/project/{path}", module, module_facts(text.encode()))
    return project


def bookstore() -> Project:
    """Return a project that knows the whole backend."""
    return project_of(FILES)
