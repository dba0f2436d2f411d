"""What models and entities take that nobody meant them to take."""

from __future__ import annotations

from typing import Any

import pytest

pydantic = pytest.importorskip("pydantic")
orm = pytest.importorskip("sqlalchemy.orm")
sqlalchemy = pytest.importorskip("sqlalchemy")


def entity() -> Any:
    """Return a new entity with a privileged column."""
    base: Any = orm.declarative_base()
    columns = {
        "__tablename__": "users",
        "id": sqlalchemy.Column(sqlalchemy.Integer, primary_key=True),
        "is_admin": sqlalchemy.Column(sqlalchemy.Boolean, default=False),
    }
    return type("User", (base,), columns)


def test_an_entity_takes_every_column_that_a_mapping_names() -> None:
    assert entity()(id=1, is_admin=True).is_admin


def test_an_entity_refuses_what_is_no_column() -> None:
    with pytest.raises(TypeError, match="is_root"):
        entity()(is_root=True)


def test_a_model_drops_what_it_does_not_declare() -> None:
    model = pydantic.create_model("Closed", name=(str, ...))
    assert model(name="a", is_admin=True).model_dump() == {"name": "a"}


def test_a_model_that_allows_extras_hands_them_on() -> None:
    configuration = pydantic.ConfigDict(extra="allow")
    model = pydantic.create_model("Open", __config__=configuration, name=(str, ...))
    assert model(name="a", is_admin=True).model_dump() == {"name": "a", "is_admin": True}


def test_excluding_unset_fields_keeps_those_that_a_client_sends() -> None:
    model = pydantic.create_model("Update", name=(str, ""), is_admin=(bool, False))
    assert model(is_admin=True).model_dump(exclude_unset=True) == {"is_admin": True}
