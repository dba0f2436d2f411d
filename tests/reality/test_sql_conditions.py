"""What SQLAlchemy makes of conditions that Python decides."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

pytest.importorskip("sqlalchemy")

from sqlalchemy import Select, and_, or_, select
from sqlalchemy.dialects import mssql
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

if TYPE_CHECKING:
    from collections.abc import Callable


class Base(DeclarativeBase): ...


class User(Base):
    __tablename__ = "users"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str | None]
    banned: Mapped[bool]


def _where(*conditions: object) -> str:
    statement: Select[tuple[int]] = select(User.id).where(*conditions)  # type: ignore[arg-type]
    return str(statement).partition("WHERE ")[2]


@pytest.mark.parametrize(
    ("condition", "sql"),
    [
        (lambda: User.name is None, "false"),
        (lambda: None is User.name, "false"),
        (lambda: User.name is not None, "true"),
        (lambda: User.banned is True, "false"),
        (lambda: not User.banned, "false"),
        (lambda: not User.id == 1, "true"),  # noqa: SIM201  that is the point
        (lambda: User.id in [1, 2], "false"),
        (lambda: User.id not in [1, 2], "true"),
        (lambda: User.id == 1 and User.name == "a", "users.id = :id_1"),
        (lambda: User.id != 1 and User.name == "a", "users.name = :name_1"),
        (lambda: User.id == 1 or User.name == "a", "users.name = :name_1"),
        (lambda: User.banned and User.name == "a", "users.name = :name_1"),
    ],
)
def test_python_decides_before_the_query_is_built(condition: Callable[[], object], sql: str) -> None:
    assert _where(condition()) == sql


@pytest.mark.parametrize(
    "condition",
    [
        lambda: 1 < User.id < 3,
        lambda: not User.id > 1,
        lambda: User.id > 1 and User.banned,
        lambda: User.name.like("a") or User.banned,
    ],
)
def test_other_comparisons_have_no_truth_value(condition: Callable[[], object]) -> None:
    with pytest.raises(TypeError, match="Boolean value of this clause is not defined"):
        condition()


def test_nobody_can_look_into_a_column() -> None:
    with pytest.raises(NotImplementedError, match="contains"):
        assert "a" in User.name  # type: ignore[operator]


@pytest.mark.parametrize(
    ("condition", "sql"),
    [
        (User.name.is_(None), "users.name IS NULL"),
        (User.name.is_not(None), "users.name IS NOT NULL"),
        (~User.banned, "NOT users.banned"),
        (~and_(User.id == 1, User.banned), "NOT (users.id = :id_1 AND users.banned)"),
        (~or_(User.id == 1, User.banned), "NOT (users.id = :id_1 OR users.banned)"),
        (~(User.id > 1), "users.id <= :id_1"),
    ],
)
def test_rewritten_conditions_reach_the_database(condition: object, sql: str) -> None:
    assert _where(condition) == sql


@pytest.mark.parametrize("values", [{1, 2}, (1, 2), range(3), {1: "a"}.keys()])
def test_in_takes_any_collection(values: object) -> None:
    assert _where(User.id.in_(values)).startswith("users.id IN")  # type: ignore[arg-type]


def test_conditions_side_by_side_all_hold() -> None:
    assert _where(User.id == 1, User.banned) == "users.id = :id_1 AND users.banned"


def test_sql_server_knows_no_truth_values() -> None:
    statement = select(User.id).where(User.banned.is_(True))
    assert str(statement.compile(dialect=mssql.dialect())).endswith("IS 1")
