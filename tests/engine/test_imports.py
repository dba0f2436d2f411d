"""Imports that fixes need: in their group, in order, in the layout that is there."""

from __future__ import annotations

import pytest

from fastidious_rules.engine.finding import NeededImport
from fastidious_rules.engine.imports import import_edits
from tests.engine.workbench import document

ANYIO = NeededImport("anyio")
QUERY = NeededImport("fastapi", "Query")
SETTINGS = NeededImport("app.config", "settings")
LOADER = NeededImport("sqlalchemy.orm", "selectinload")


def with_imports(text: str, *wanted: NeededImport) -> str:
    reviewed = document(text)
    encoded = text.encode()
    for edit in sorted(import_edits(reviewed, wanted), reverse=True):
        encoded = encoded[: edit.span.start] + edit.replacement.encode() + encoded[edit.span.end :]
    return encoded.decode()


@pytest.mark.parametrize(
    ("before", "wanted", "after"),
    [
        ("import json\n", ANYIO, "import json\n\nimport anyio\n"),
        ("import json\n\nimport httpx\n", ANYIO, "import json\n\nimport anyio\nimport httpx\n"),
        ("import json\n\nfrom fastapi import X\n", ANYIO, "import json\n\nimport anyio\nfrom fastapi import X\n"),
        ("import json\n\nfrom app import a\n", ANYIO, "import json\n\nimport anyio\n\nfrom app import a\n"),
        ("from . import a\n", ANYIO, "import anyio\n\nfrom . import a\n"),
        (
            "import httpx\n\nfrom . import a\n",
            SETTINGS,
            "import httpx\n\nfrom app.config import settings\n\nfrom . import a\n",
        ),
        (
            "from app import a\nfrom app.db import b\n",
            SETTINGS,
            "from app import a\nfrom app.config import settings\nfrom app.db import b\n",
        ),
        (
            "import sqlalchemy as sa\nfrom fastapi import X\n",
            LOADER,
            "import sqlalchemy as sa\nfrom fastapi import X\nfrom sqlalchemy.orm import selectinload\n",
        ),
        (
            "from zlib import a\n\n\ndef f(): ...\n\n\nimport httpx\n",
            ANYIO,
            "from zlib import a\n\nimport anyio\n\n\ndef f(): ...\n\n\nimport httpx\n",
        ),
    ],
)
def test_import_stands_in_its_group(before: str, wanted: NeededImport, after: str) -> None:
    assert with_imports(before, wanted) == after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("Body, Request", "Body, Query, Request"),
        ("Request", "Query, Request"),
        ("Body", "Body, Query"),
        ("Request, Body", "Request, Body, Query"),
        ("APIRouter, depends, Request", "APIRouter, depends, Query, Request"),
        ("(\n    Body,\n    Request,\n)", "(\n    Body,\n    Query,\n    Request,\n)"),
        ("(\n    Body,\n)", "(\n    Body,\n    Query,\n)"),
        ("(\n    Body\n)", "(\n    Body,\n    Query\n)"),
        ("(\n    Body, Depends,\n    Request,\n)", "(\n    Body, Depends,\n    Query,\n    Request,\n)"),
    ],
)
def test_name_joins_the_import_of_its_module(before: str, after: str) -> None:
    assert with_imports(f"from fastapi import {before}\n", QUERY) == f"from fastapi import {after}\n"


def test_each_name_stands_in_its_own_place() -> None:
    wanted = [NeededImport("fastapi", "BackgroundTasks"), QUERY, NeededImport("fastapi", "status")]
    expected = "from fastapi import BackgroundTasks, Depends, Query, Request, status\n"

    assert with_imports("from fastapi import Depends, Request\n", *wanted) == expected


def test_import_behind_a_definition_is_not_relied_on() -> None:
    text = "from fastapi import Body\n\n\ndef f(): ...\n\n\nfrom app.config import settings\n"

    assert with_imports(text, SETTINGS).startswith("from fastapi import Body\n\nfrom app.config import settings\n\n\n")
