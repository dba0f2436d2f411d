"""The project: what is asked of it, and what a change of one file does to the others."""

from __future__ import annotations

import pytest

from fastidious_rules.semantics.extract import module_facts
from fastidious_rules.semantics.facts import decode, encode
from fastidious_rules.semantics.names import ancestry, class_shape, resolve, signature
from fastidious_rules.semantics.place import Place
from fastidious_rules.semantics.project import Project
from fastidious_rules.syntax.text import Span
from tests.engine.workbench import document, found

FILES = {
    "app/__init__.py": "",
    "app/crud/__init__.py": "from .users import get_user as load, User\nfrom ..base import *\n",
    "app/crud/users.py": "from app.base import Base\nclass User(Base): ...\ndef get_user(): ...\n",
    "app/base.py": "from pydantic import BaseModel\nclass Base(BaseModel): ...\n",
    "app/main.py": "import os.path\nimport os as o\nimport app.crud as c\nfrom app import crud\nfrom app.crud import load as l\n",
    "app/cycle_a.py": "from app.cycle_b import x\n",
    "app/cycle_b.py": "from app.cycle_a import x\n",
}


def project_of(files: dict[str, str]) -> Project:
    project = Project()
    for path, text in files.items():
        put(project, path, text)
    return project


def put(project: Project, path: str, text: str) -> None:
    module = path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
    project.update(f"/work/{path}", module, encode(module_facts(text.encode())))


@pytest.mark.parametrize(
    ("name", "meaning"),
    [
        ("os.path.join", "os.path.join"),
        ("c.load", "app.crud.users.get_user"),
        ("crud.load", "app.crud.users.get_user"),
        ("crud.User", "app.crud.users.User"),
        ("crud.Base", "app.base.Base"),
        ("l", "app.crud.users.get_user"),
        ("print", "builtins.print"),
        ("nobody", ""),
        ("o.path", "os.path"),
    ],
)
def test_names_are_followed_through_imports_and_reexports(name: str, meaning: str) -> None:
    assert resolve(project_of(FILES), "app.main", name) == meaning


def test_names_that_import_each_other_in_a_circle_end() -> None:
    assert resolve(project_of(FILES), "app.cycle_a", "x") in {"", "app.cycle_a.x", "app.cycle_b.x"}


def test_bases_are_found_across_files() -> None:
    assert project_of(FILES).ask(ancestry, "app.crud.users.User") == (
        "app.crud.users.User",
        "app.base.Base",
        "pydantic.BaseModel",
    )


def test_a_change_makes_doubtful_what_read_it_and_nothing_else() -> None:
    project = project_of(FILES)
    project.ask(ancestry, "app.crud.users.User")
    project.ask(signature, "app.crud.users.get_user")
    before = project.revision

    put(project, "app/base.py", "class Base: ...\n")

    changed = project.changed_since(before)
    assert changed is not None
    assert (ancestry, ("app.crud.users.User",)) in changed
    assert (signature, ("app.crud.users.get_user",)) not in changed
    assert project.ask(ancestry, "app.crud.users.User") == ("app.crud.users.User", "app.base.Base")


def test_a_change_that_nobody_asked_about_changes_no_answer() -> None:
    project = project_of(FILES)
    project.ask(class_shape, "app.base.Base")
    before = project.revision

    put(project, "app/main.py", "x = 1\n")

    assert project.revision == before


def test_the_same_facts_again_change_nothing() -> None:
    project = project_of(FILES)
    project.ask(ancestry, "app.crud.users.User")
    before = project.revision

    put(project, "app/base.py", FILES["app/base.py"])

    assert project.revision == before


def test_a_file_that_comes_and_goes_is_noticed() -> None:
    project = project_of(FILES)
    assert project.ask(signature, "app.late.run") is None

    put(project, "app/late.py", "def run(): ...\n")
    assert project.ask(signature, "app.late.run") is not None

    project.update("/work/app/late.py", "app.late", None)
    assert project.ask(signature, "app.late.run") is None


def test_a_place_moves_with_its_definition() -> None:
    project = project_of({"app/main.py": "def f(): ...\n"})
    place = Place("/work/app/main.py", "f", Span(4, 5))
    assert project.locate(place) == Span(4, 5)

    put(project, "app/main.py", "import os\n\n\ndef f(): ...\n")

    assert project.locate(place) == Span(16, 17)
    assert project.locate(place._replace(symbol="g")) is None


def test_facts_survive_the_way_to_another_process() -> None:
    facts = module_facts(
        b"from a import b\n@b(1)\nasync def f(x: 'int | None' = 3, *a, **k) -> list[str]:\n    return [await x(y) for y in a]\n"
    )

    assert decode(encode(facts)) == facts


def test_a_document_hears_of_another_file() -> None:
    project = project_of({"app/clock.py": "from time import sleep\n"})
    reviewed = document("from app.clock import sleep\nasync def f():\n    sleep(1)\n", project=project)
    assert found(reviewed) == ["`sleep` sleeps in `f`"]

    put(project, "app/clock.py", "def sleep(seconds): ...\n")
    assert found(reviewed) == []

    put(project, "app/clock.py", "from time import sleep\n")
    assert found(reviewed) == ["`sleep` sleeps in `f`"]
