"""Statements that functions run, whatever is written of their sessions; what follows a commit."""

from __future__ import annotations

import pytest

from fastidious_rules.semantics.extract import module_facts
from fastidious_rules.semantics.orm.query_paths import query_path
from fastidious_rules.semantics.project import Project

_MODELS = """
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase): ...


class User(Base):
    __tablename__ = "users"

    id: Mapped[int] = mapped_column(primary_key=True)
"""


def _project(code: str) -> Project:
    project = Project()
    for name, text in (("models", _MODELS), ("service", code)):
        project.update(f"/{name}.py", name, module_facts(text.encode()))
    return project


@pytest.mark.parametrize(
    "body",
    [
        "db.query(User).filter(User.id == key).first()",
        "db.query(func.count(User.id)).scalar()",
        "db.execute(select(User)).scalars().all()",
        "db.execute(update(User).values(id=key))",
        "db.get(User, key)",
    ],
)
def test_a_statement_is_proof_enough_where_the_session_has_no_type(body: str) -> None:
    project = _project(
        "from sqlalchemy import func, select, update\nfrom models import User\n"
        f"def find(db, key):\n    return {body}\ndef outer(db, key):\n    return find(db, key)\n"
    )
    own, through = project.ask(query_path, "service.find"), project.ask(query_path, "service.outer")
    assert own is not None
    assert through is not None
    assert (len(own.steps), len(through.steps)) == (1, 2)


@pytest.mark.parametrize(
    "body",
    ["known.get(key)", "known.get(key, 0)", "known.all()", "select(User)", "known.first()", "known.execute(key)"],
)
def test_methods_of_the_same_name_prove_nothing(body: str) -> None:
    project = _project(
        f"from sqlalchemy import select\nfrom models import User\ndef find(known, key):\n    return {body}\n"
    )
    assert project.ask(query_path, "service.find") is None


def _stale(body: str) -> list[str]:
    lines = "\n".join(f"    {line}" for line in body.splitlines())
    facts = module_facts(f"async def work(session, user):\n{lines}\n".encode())
    return [f"{each.name}.{each.attribute}" for unit in facts.units for each in unit.functions[0].stale]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("await session.commit()\nreturn user.id", ["user.id"]),
        ("await session.commit()\nreturn user", ["user."]),
        ("if user.id:\n    await session.commit()\nprint(user.name)", ["user.name"]),
        ("if user.id:\n    await session.commit()\nelse:\n    print(user.name)", []),
        ("if user.id:\n    await session.commit()\n    return 1\nreturn user.name", []),
        ("try:\n    await session.commit()\nexcept ValueError:\n    print(user.name)", []),
        ("await session.commit()\nawait session.refresh(user)\nreturn user.id", []),
        ("await session.commit()\nuser = await find()\nreturn user.id", []),
        ("await session.commit()\nuser.name = 'x'", []),
        ("session.commit()\nreturn user.id", []),
        ("await session.flush()\nreturn user.id", []),
    ],
)
def test_what_is_read_after_a_commit_in_the_same_run_is_stale(body: str, expected: list[str]) -> None:
    assert _stale(body) == expected
