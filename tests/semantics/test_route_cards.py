"""Routes as applications serve them, and all that is known of one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fastidious_rules.semantics.extract import module_facts
from fastidious_rules.semantics.web.route_card import RouteCard, route_card
from fastidious_rules.semantics.web.route_list import known_routes
from tests.semantics.bookstore import FILES, bookstore, project_of

if TYPE_CHECKING:
    from fastidious_rules.semantics.project import Project

PROJECT = bookstore()
APP = "from fastapi import APIRouter, Depends, FastAPI, HTTPException\n\napp = FastAPI()\n\n\n"


def titles(project: Project) -> list[str]:
    return [each.title for each in project.ask(known_routes)]


def card(title: str, project: Project = PROJECT) -> RouteCard:
    [found] = [each for each in project.ask(known_routes) if each.title == title]
    return route_card(project, found)


def only_card(text: str) -> RouteCard:
    project = project_of({"main.py": APP + text})
    [found] = project.ask(known_routes)
    return route_card(project, found)


def test_routes_of_an_application_come_in_the_order_in_which_they_are_tried() -> None:
    assert titles(PROJECT) == [
        "GET /api/v1/books/",
        "GET /api/v1/books/latest",
        "GET /api/v1/books/{number}",
        "POST /api/v1/books/",
        "WS /api/v1/books/feed",
        "GET /admin/stock",
        "GET /health",
    ]


def test_card_tells_the_contract_of_a_route() -> None:
    found = card("GET /api/v1/books/{number}")
    assert (found.handler, found.summary) == ("shop.books.read_book", "Return one book.")
    assert (found.response_model, found.status, found.tags) == ("Book | None", 200, ("shop", "books"))
    assert (found.limits, found.is_deprecated) == (("5/minute",), False)
    created = card("POST /api/v1/books/")
    assert (created.response_model, created.status, created.is_deprecated) == ("Book", 201, True)
    assert created.tags == ("shop", "books", "writing")


def test_dependencies_come_from_the_application_down_to_the_function() -> None:
    needs = card("POST /api/v1/books/").needs
    assert [(each.name, each.origin.value) for each in needs] == [
        ("count_requests", "application"),
        ("require_tenant", "router"),
        ("get_current_user", "handler"),
    ]
    assert [each.written for each in needs[-1].rests_on] == ["scheme", "get_session"]


def test_security_is_named_by_scheme_guard_and_scopes() -> None:
    found = card("POST /api/v1/books/").security
    assert (found.schemes, found.guards, found.scopes) == (
        ("OAuth2PasswordBearer",),
        ("get_current_user",),
        ("books:write",),
    )
    assert not card("GET /api/v1/books/").security.is_found


def test_statuses_are_followed_through_calls_handlers_and_classes() -> None:
    raised = card("GET /api/v1/books/{number}").raised
    assert [(each.status, each.exception, each.place.symbol) for each in raised] == [
        (404, "HTTPException", "find_book"),
        (409, "SoldOut", "reserve"),
        (410, "Gone", "reserve"),
    ]
    assert [each.status for each in card("GET /api/v1/books/latest").raised] == [401]


def test_added_and_mounted_routes_are_known() -> None:
    assert card("GET /health").handler == "shop.health.is_alive"
    assert card("GET /health").tags == ("status",)
    assert card("GET /admin/stock").needs == ()


def test_what_nobody_can_read_is_unknown_and_not_invented() -> None:
    found = only_card("@app.get(PATH, status_code=code())\ndef read(): ...\n")
    assert (found.paths, found.status, found.response_model) == (("…",), 0, "")
    unknown = project_of({"main.py": APP + "app.include_router(router, prefix=prefix())\nrouter = APIRouter()\n"
                          "@router.get('/a')\ndef read(): ...\n"})  # fmt: skip
    assert titles(unknown) == ["GET /…/a"]


def test_a_router_that_nobody_includes_serves_nothing() -> None:
    found = only_card("router = APIRouter()\n\n\n@router.get('/a')\ndef read(): ...\n")
    assert not found.is_served


def test_where_includes_are_unknown_the_beginning_of_a_path_is_unknown() -> None:
    loop = "router = APIRouter()\nfor each in ROUTERS:\n    app.include_router(each)\n\n\n"
    found = only_card(loop + "@router.get('/a')\ndef read(): ...\n")
    assert found.title == "GET …/a"


def test_one_router_under_two_prefixes_has_two_paths() -> None:
    text = "router = APIRouter()\n\n\n@router.get('/a')\ndef read(): ...\n\n\n"
    includes = "app.include_router(router, prefix='/one')\napp.include_router(router, prefix='/two')\n"
    project = project_of({"main.py": APP + text + includes})
    first, _ = project.ask(known_routes)
    assert route_card(project, first).paths == ("/one/a", "/two/a")


def test_two_functions_of_one_name_have_their_own_cards() -> None:
    text = "@app.get('/a', status_code=200)\ndef a(): ...\n\n\n@app.post('/a', status_code=202)\ndef a() -> int: ...\n"
    project = project_of({"main.py": APP + text})
    assert [route_card(project, each).status for each in project.ask(known_routes)] == [200, 202]


def test_several_applications_keep_their_routes_apart() -> None:
    text = "other = FastAPI()\n\n\n@app.get('/a')\ndef a(): ...\n\n\n@other.get('/a')\ndef b(): ...\n"
    project = project_of({"main.py": APP + text})
    assert [(each.root, each.title) for each in project.ask(known_routes)] == [
        ("main.app", "GET /a"),
        ("main.other", "GET /a"),
    ]


@pytest.mark.parametrize(
    ("raising", "status"),
    [
        ("raise HTTPException(403)", 403),
        ("raise HTTPException(status_code=418)", 418),
        ("raise HTTPException(code)", None),
        ("error = HTTPException(404)\n    raise error", 404),
    ],
)
def test_status_of_a_raised_exception(raising: str, status: int | None) -> None:
    [raised] = only_card(f"@app.get('/a')\ndef read(code: int):\n    {raising}\n").raised
    assert raised.status == status


def test_answers_follow_edits() -> None:
    project = bookstore()
    assert card("GET /api/v1/books/{number}", project).raised[0].status == 404
    edited = FILES["shop/service.py"].replace("404", "400")
    project.update("/project/shop/service.py", "shop.service", module_facts(edited.encode()))
    assert card("GET /api/v1/books/{number}", project).raised[0].status == 400
    main = FILES["shop/main.py"].replace("settings.api_prefix", '"/web"')
    project.update("/project/shop/main.py", "shop.main", module_facts(main.encode()))
    assert titles(project)[0] == "GET /web/v1/books/"


@pytest.mark.parametrize(
    ("handler", "statuses"),
    [
        ("JSONResponse({}, status_code=status_of(error))", [404, 409, 400]),
        ("JSONResponse({}, status_code=STATUSES[type(error)])", [404, 409, None]),
        ("JSONResponse({}, status_code=STATUSES.get(type(error), status.HTTP_418_IM_A_TEAPOT))", [404, 409, 418]),
        ("JSONResponse({}, status_code=error.status)", [451, None, None]),
        ("JSONResponse({}, status_code=error.args[0])", [None, None, None]),
    ],
)
def test_statuses_that_handlers_look_up_are_known_by_class(handler: str, statuses: list[int | None]) -> None:
    text = f"""
from fastapi import status
from fastapi.responses import JSONResponse

class ShopError(Exception): ...
class Missing(ShopError):
    status = 451
class Taken(ShopError): ...
class TakenTwice(Taken): ...
class Odd(ShopError): ...

STATUSES: dict[type[ShopError], int] = {{Missing: status.HTTP_404_NOT_FOUND, Taken: 409}}

def status_of(error: ShopError) -> int:
    for kind in type(error).__mro__:
        if kind in STATUSES:
            return STATUSES[kind]
    return status.HTTP_400_BAD_REQUEST

@app.exception_handler(ShopError)
async def answer(request, error: ShopError):
    return {handler}

@app.get("/a")
async def read():
    if 1: raise Missing
    if 2: raise TakenTwice
    raise Odd
"""
    raised = {each.exception: each.status for each in only_card(text).raised}
    assert [raised[name] for name in ("Missing", "TakenTwice", "Odd")] == statuses
