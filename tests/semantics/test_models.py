"""Fields of models: inherited, excluded, of generic bases."""

from __future__ import annotations

from fastidious_rules.semantics.extract import module_facts
from fastidious_rules.semantics.project import Project
from fastidious_rules.semantics.pydantic.model_config import reads_attributes
from fastidious_rules.semantics.pydantic.models import fields_of, is_model, model_fields
from fastidious_rules.semantics.types import Type

HEAD = "from typing import ClassVar, Generic, TypeVar\nfrom pydantic import BaseModel, ConfigDict, Field\n"


def project(**modules: str) -> Project:
    """Return a project of modules by name."""
    known = Project()
    for name, text in modules.items():
        known.update(f"/work/{name}.py", name, module_facts((HEAD + text).encode()))
    return known


def test_fields_of_bases_in_other_files_come_first_and_may_be_declared_again() -> None:
    known = project(
        first="class A(BaseModel):\n    x: int\n    y: str\n",
        second="from first import A\nclass B(A):\n    y: int = 1\n    _z: int\n    K: ClassVar[int] = 2\n",
    )

    fields = known.ask(model_fields, "second.B")

    assert [(each.name, each.type.short, each.owner) for each in fields] == [
        ("x", "int", "first.A"),
        ("y", "int", "second.B"),
    ]


def test_type_variables_stand_for_what_is_given() -> None:
    known = project(
        app="T = TypeVar('T')\nclass P(BaseModel, Generic[T]):\n    items: list[T]\n"
        "class U(BaseModel):\n    id: int\nclass Q(P[U]):\n    pass\n"
    )
    expected = Type("builtins.list", (Type("app.U"),))

    assert fields_of(known, Type("app.P", (Type("app.U"),)))[0].type == expected
    assert known.ask(model_fields, "app.Q")[0].type == expected


def test_excluded_fields_say_so_in_either_spelling() -> None:
    known = project(
        app="from typing import Annotated\nclass A(BaseModel):\n    a: str = Field(exclude=True)\n"
        "    b: Annotated[str, Field(exclude=True)]\n    c: str = Field(exclude=False)\n"
    )

    assert [each.is_excluded for each in known.ask(model_fields, "app.A")] == [True, True, False]


def test_variables_of_a_nested_class_are_not_those_of_the_class_around_it() -> None:
    known = project(app="class A(BaseModel):\n    class B(BaseModel):\n        secret: str\n    b: B\n")

    assert [each.name for each in known.ask(model_fields, "app.A")] == ["b"]


def test_configuration_is_inherited() -> None:
    known = project(
        app="class A(BaseModel):\n    model_config = ConfigDict(from_attributes=True)\nclass B(A):\n    x: int\n"
        "class C(BaseModel):\n    class Config:\n        orm_mode = True\nclass D(BaseModel, from_attributes=True):\n    x: int\n"
        "class E(BaseModel):\n    x: int\n"
    )

    assert [known.ask(reads_attributes, f"app.{name}") for name in "ABCDE"] == [True, True, True, True, False]


def test_dataclasses_and_the_old_namespace_are_no_models() -> None:
    known = project(
        app="from dataclasses import dataclass\nfrom pydantic import v1\n@dataclass\nclass A:\n    x: int\n"
        "class B(v1.BaseModel):\n    x: int\n"
    )

    assert not is_model(known, "app.A")
    assert not is_model(known, "app.B")
