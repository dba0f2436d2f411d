"""Queries: built in steps, run, returned by functions."""

from __future__ import annotations

import pytest

from fastidious_rules.semantics.extract import module_facts
from fastidious_rules.semantics.names import function_fact
from fastidious_rules.semantics.orm.query import Query, Stage
from fastidious_rules.semantics.orm.relationships import relationships
from fastidious_rules.semantics.orm.statements import environment_of, query_of, returned_query
from fastidious_rules.semantics.project import Project
from fastidious_rules.syntax.terms import Ref

MODELS = """
from sqlalchemy import ForeignKey, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, joinedload, mapped_column, relationship, selectinload
class Base(DeclarativeBase): pass
class Order(Base):
    __tablename__ = "orders"
    id: Mapped[int] = mapped_column(primary_key=True)
    owner_id = mapped_column(ForeignKey("owners.id"))
    lines: Mapped[list["Line"]] = relationship(lazy="raise")
    owner = relationship("Owner")
class Line(Base):
    __tablename__ = "lines"
class Owner(Base):
    __tablename__ = "owners"
"""


def found(body: str, name: str = "x") -> Query | None:
    """Return the query that the local `name` of a function with this body is."""
    project = Project()
    lines = "".join(f"    {line}\n" for line in body.splitlines())
    text = f"{MODELS}async def f(session: Session, other: AsyncSession):\n{lines}"
    project.update("/work/app.py", "app", module_facts(text.encode()))
    known = function_fact(project, "app.f")
    assert known is not None
    return query_of(project, environment_of(project, "app", known[1]), Ref(name))


@pytest.mark.parametrize(
    ("body", "stage", "is_bounded"),
    [
        ("x = select(Order)", Stage.STATEMENT, False),
        ("x = select(Order)\nif f:\n    x = x.limit(3)", Stage.STATEMENT, True),
        ("x = session.scalars(select(Order)).all()", Stage.ROWS, False),
        ("x = session.execute(select(Order)).scalars()", Stage.ROWS, False),
        ("x = session.execute(select(Order))", Stage.TUPLES, False),
        ("x = session.scalar(select(Order))", Stage.ROW, True),
        ("x = session.query(Order).filter(1).all()", Stage.ROWS, False),
        ("x = session.query(Order).first()", Stage.ROW, True),
        ("x = list(session.scalars(select(Order)))", Stage.ROWS, False),
        ("y = session.scalars(select(Order))\nfor x in y: pass", Stage.ROW, False),
    ],
)
def test_stage_and_bound_follow_the_steps(body: str, stage: Stage, *, is_bounded: bool) -> None:
    query = found(body)

    assert query is not None
    assert (query.entity, query.stage, query.is_bounded) == ("app.Order", stage, is_bounded)


@pytest.mark.parametrize(
    ("options", "loads"),
    [
        ("selectinload(Order.lines)", {"lines"}),
        ("selectinload(Order.lines).joinedload(Line.product)", {"lines", "lines.product"}),
        ("selectinload(Order.lines).options(joinedload(Line.product))", {"lines", "lines.product"}),
        ('joinedload("*")', {"*"}),
        ("wanted", {"*"}),
        ("*wanted", {"*"}),
    ],
)
def test_loader_options_are_paths_and_unknown_ones_load_everything(options: str, loads: set[str]) -> None:
    query = found(f"x = select(Order).options({options})")

    assert query is not None
    assert query.loads == loads


@pytest.mark.parametrize("body", ["x = other_thing.all()", "x = select(Order).subquery()", "x = f(select(Order))"])
def test_what_nobody_understands_is_no_query(body: str) -> None:
    assert found(body) is None


def test_session_that_is_awaited_or_typed_so_is_asynchronous() -> None:
    asynchronous, plain = (
        found("x = (await other.scalars(select(Order))).all()"),
        found("x = session.scalars(select(Order))"),
    )

    assert asynchronous is not None
    assert asynchronous.is_async
    assert plain is not None
    assert not plain.is_async


def test_function_returns_the_query_of_the_one_that_it_calls() -> None:
    project = Project()
    text = (
        MODELS + "def a(s: Session):\n    return s.scalars(select(Order))\ndef b(s: Session):\n    return a(s).all()\n"
    )
    project.update("/work/app.py", "app", module_facts(text.encode()))

    query = project.ask(returned_query, "app.b", "", "1")

    assert query is not None
    assert [place.symbol for place in query.through] == ["b", "a"]
    assert query.origin is not None
    assert query.origin.symbol == "a"


def test_relationships_say_how_many_and_when() -> None:
    project = Project()
    project.update("/work/app.py", "app", module_facts(MODELS.encode()))

    assert [
        (each.name, each.target, each.is_collection, each.loading) for each in project.ask(relationships, "app.Order")
    ] == [
        ("lines", "app.Line", True, "raise"),
        ("owner", "app.Owner", False, "select"),
    ]
