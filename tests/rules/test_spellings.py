"""Variants say the same in other words, and move no line."""

from __future__ import annotations

import pytest

from fastidious_rules.testing.code import Code
from fastidious_rules.testing.spellings import aliased, annotated, defaulted, qualified, rerouted


def test_aliases_rename_what_is_imported_and_nothing_else() -> None:
    code = Code("import time\n\n\ndef nap(event):\n    event.time(time=1)\n    time.sleep(event.time)\n")
    expected = "import time as time_\n\n\ndef nap(event):\n    event.time(time=1)\n    time_.sleep(event.time)\n"
    assert code.changed(aliased(code)) == expected


@pytest.mark.parametrize(
    "text",
    [
        "import time\n\n\ndef nap(time):\n    time.sleep(1)\n",
        "import os.path\n\nprint(os.path.sep)\n",
        'from app.models import User\n\nusers: "list[User]" = [User()]\n',
        'from app.models import User\n\n__all__ = ["User"]\n',
        "from typing import Annotated\n\nx: Annotated[int, 1] = 2\n",
    ],
)
def test_names_that_cannot_be_followed_keep_their_spelling(text: str) -> None:
    code = Code(text)
    assert code.changed(aliased(code)) is None


def test_names_of_fastapi_are_written_in_full() -> None:
    code = Code("from fastapi import (\n    Depends,\n    FastAPI,\n)\n\napp = FastAPI(dependencies=[Depends(f)])\n")
    expected = "import fastapi\n\n\n\n\napp = fastapi.FastAPI(dependencies=[fastapi.Depends(f)])\n"
    assert code.changed(qualified(code)) == expected


def test_defaults_become_annotations() -> None:
    code = Code("from fastapi import Depends\n\n\ndef route(page: int, user: User = Depends(current_user)): ...\n")
    expected = (
        "from typing import Annotated; from fastapi import Depends\n\n\n"
        "def route(page: int, user: Annotated[User, Depends(current_user)]): ...\n"
    )
    assert code.changed(annotated(code)) == expected


def test_annotations_become_defaults() -> None:
    code = Code("def route(page: int, user: Annotated[User, Depends(current_user)]): ...\n")
    assert code.changed(defaulted(code)) == "def route(page: int, user: User = Depends(current_user)): ...\n"


def test_annotations_stay_where_a_default_may_not_stand() -> None:
    code = Code("def route(user: Annotated[User, Depends(current_user)], page: int): ...\n")
    assert code.changed(defaulted(code)) is None


def test_applications_become_routers() -> None:
    code = Code('from fastapi import FastAPI\n\napp = FastAPI()\n\n\n@app.get("/")\ndef root(): ...\n')
    expected = 'from fastapi import APIRouter\n\nrouter = APIRouter()\n\n\n@router.get("/")\ndef root(): ...\n'
    assert code.changed(rerouted(code)) == expected


def test_applications_that_do_more_than_declare_routes_stay() -> None:
    code = Code("from fastapi import FastAPI\n\napp = FastAPI()\napp.add_middleware(Gzip)\n")
    assert code.changed(rerouted(code)) is None
