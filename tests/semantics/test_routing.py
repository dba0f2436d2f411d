"""The graph of routers follows edits, and paths match as Starlette matches them."""

from __future__ import annotations

import pytest

from fastidious_rules.catalogue import PACK
from fastidious_rules.engine.checker import Checker
from fastidious_rules.engine.document import Document
from fastidious_rules.engine.registry import Registry
from fastidious_rules.engine.settings import Settings
from fastidious_rules.semantics.project import Project
from fastidious_rules.semantics.web.paths import template
from fastidious_rules.semantics.web.routing import Endpoint, entries, full_paths, is_complete
from fastidious_rules.syntax.text import Source, Span

HEAD = "from fastapi import FastAPI\n\napp = FastAPI()\n\n\n"
DYNAMIC = '@app.get("/users/{name}")\ndef read_user(name: str) -> str:\n    return name\n\n\n'
STATIC = '@app.get("/users/me")\ndef read_me() -> str:\n    return "me"\n\n\n'


def project_of(files: dict[str, str]) -> Project:
    project = Project()
    checker = Checker(Registry([PACK]), Settings())
    for module, text in files.items():
        path = f"/project/{module.replace('.', '/')}.py"
        _ = Document(path, module, Source.from_str(text), project, checker).facts
    return project


def shadowed(document: Document) -> list[str]:
    return [each.message for each in document.check().findings() if each.rule == "shadowed-route"]


@pytest.mark.parametrize(
    ("path", "other", "captured"),
    [
        ("/users/{name}", "/users/me", {"name": "me"}),
        ("/users/{name}", "/users/{id}", {}),
        ("/users/{name}", "/users/me/", None),
        ("/users/{id:int}", "/users/me", None),
        ("/users/{id:int}", "/users/7", {"id": "7"}),
        ("/files/{path:path}", "/files/a/b", {"path": "a/b"}),
        ("/{kind}/{id}", "/users/{id}", {"kind": "users"}),
        ("/{kind}/{id:int}", "/users/{id}", None),
        ("/users/{id:slug}", "/users/me", None),
        ("/users.{extension}", "/users.json", {"extension": "json"}),
        ("/users.{extension}", "/usersxjson", None),
    ],
)
def test_template_captures_fixed_text(path: str, other: str, captured: dict[str, str] | None) -> None:
    assert template(path).captures(template(other)) == captured


def test_route_that_is_moved_up_is_reached_again() -> None:
    text = HEAD + DYNAMIC + STATIC
    checker = Checker(Registry([PACK]), Settings(select=frozenset({"shadowed-route"})))
    document = Document("/project/app.py", "app", Source.from_str(text), Project(), checker)
    assert len(shadowed(document)) == 1

    start = len(HEAD.encode())
    document.edit(Span(start, len(text.encode())), (STATIC + DYNAMIC).encode())
    assert shadowed(document) == []

    document.edit(Span(start, len(text.encode())), (DYNAMIC + STATIC).encode())
    assert len(shadowed(document)) == 1


def test_body_of_a_route_does_not_touch_the_graph() -> None:
    text = HEAD + DYNAMIC + STATIC
    project = Project()
    document = Document("/project/app.py", "app", Source.from_str(text), project, Checker(Registry([PACK]), Settings()))
    document.check()
    before = project.ask(entries, "app")

    place = text.encode().index(b'"me"')
    document.edit(Span(place, place + 4), b'"you"')
    document.check()

    assert project.ask(entries, "app") is before


def test_prefixes_add_up_from_the_application_down() -> None:
    project = project_of(
        {
            "app.config": 'class Settings:\n    API: str = "/api"\n\n\nsettings = Settings()\n',
            "app.users": 'from fastapi import APIRouter\n\nrouter = APIRouter(prefix="/users")\n\n\n'
            '@router.get("/{number}")\ndef read(number: int) -> int:\n    return number\n',
            "app.routes": "from fastapi import APIRouter\n\nfrom app import users\n\nrouter = APIRouter()\n"
            'router.include_router(users.router, prefix="/v1")\n',
            "app.main": "from fastapi import FastAPI\n\nfrom app.config import settings\nfrom app.routes import router\n\n"
            "app = FastAPI()\napp.include_router(router, prefix=settings.API)\n",
        }
    )

    [endpoint] = [each for each in project.ask(entries, "app.users") if isinstance(each, Endpoint)]

    assert full_paths(project, endpoint) == ("/api/v1/users/{number}",)
    assert endpoint.types == (("number", "builtins.int"),)
    assert is_complete(project)


def test_include_in_a_loop_leaves_the_graph_incomplete() -> None:
    loop = "for router in ROUTERS:\n    app.include_router(router)\n"
    project = project_of({"app.main": f"from fastapi import FastAPI\n\napp = FastAPI()\nROUTERS = []\n{loop}"})

    assert not is_complete(project)
