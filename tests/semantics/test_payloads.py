"""Payloads: which keys a dict has where a function hands it on."""

from __future__ import annotations

import pytest

from fastidious_rules.api import Call, Function, Keys, keys_at
from fastidious_rules.engine.elsewhere import unit_in
from fastidious_rules.semantics.extract import module_facts
from fastidious_rules.semantics.names import function_fact
from fastidious_rules.semantics.project import Project
from fastidious_rules.semantics.types import Environment

HEAD = """
from dataclasses import asdict, dataclass
from typing import TypedDict, cast
import copy
from pydantic import BaseModel
COMMON = {"iss": "books"}
class Claims(BaseModel):
    sub: str
    exp: int
@dataclass
class Record:
    sub: str
class Shape(TypedDict):
    sub: str
def made():
    claims = {"sub": "1"}
    claims["exp"] = 1
    return claims
"""
A_KEY = frozenset({"a"})
BOTH = frozenset({"a", "exp"})


def keys(body: str, given: str = "x") -> Keys:
    """Return the keys of what a function with this body hands to `sign`."""
    lines = "".join(f"    {line}\n" for line in f"{body}\nsign({given})".splitlines())
    text = f"{HEAD}def f(data: dict, record: Record, shape: Shape, flag=None, **extra):\n{lines}".encode()
    project = Project()
    project.update("/work/app.py", "app", module_facts(text))
    found = unit_in(text, text.index(b"def f("), "")
    known = function_fact(project, "app.f")
    assert found is not None
    assert known is not None
    function = next(each for each in found.views(Function) if each.name == "f")
    call = next(each for each in found.views(Call) if each.last_name == "sign")
    return keys_at(project, Environment("app", known[1]), call.arguments[0], function)


@pytest.mark.parametrize(
    ("body", "always"),
    [
        ('x = {"a": 1}', {"a"}),
        ('x = dict(a=1, **{"b": 2})', {"a", "b"}),
        ('x = {"a": 1}\nx["exp"] = 2', {"a", "exp"}),
        ('x = {"a": 1}\nx.update({"b": 2}, exp=3)', {"a", "b", "exp"}),
        ('x = {"a": 1}\nx |= {"exp": 2}', {"a", "exp"}),
        ('x = {"a": 1} | COMMON', {"a", "iss"}),
        ('x = {**COMMON, "a": 1}', {"a", "iss"}),
        ('x = {"a": 1}\nx.setdefault("exp", 2)', {"a", "exp"}),
        ('x = {"a": 1, "exp": 2}\ndel x["exp"]', {"a"}),
        ('x = {"a": 1, "exp": 2}\nx.pop("exp")', {"a"}),
        ('y = {"a": 1}\nx = y\ny["exp"] = 2', {"a", "exp"}),
        ('y = {"a": 1}\nx = copy.deepcopy(y)\ny["exp"] = 2', {"a"}),
        ("x = asdict(record)", {"sub"}),
        ("x = cast(dict, shape)", {"sub"}),
        ('x = Claims(sub="1", exp=2).model_dump()', {"sub", "exp"}),
        ('x = Claims(sub="1", exp=2).model_dump(exclude={"exp"})', {"sub"}),
        ("x = made()", {"sub", "exp"}),
    ],
)
def test_keys_are_known_whoever_writes_them(body: str, always: set[str]) -> None:
    assert keys(body) == Keys(frozenset(always), frozenset(always))


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ('x = {"a": 1}\nif flag:\n    x["exp"] = 2', Keys(A_KEY, BOTH)),
        ('x = {"a": 1}\nif flag:\n    x["exp"] = 2\nelse:\n    x["exp"] = 3', Keys(BOTH, BOTH)),
        ('x = {"a": 1}\nif flag:\n    return\nelse:\n    x["exp"] = 3', Keys(BOTH, BOTH)),
        ('x = {"a": 1}\nif flag:\n    pass\nelif data:\n    x["exp"] = 3', Keys(A_KEY, BOTH)),
        ('x = {"a": 1}\nfor each in data:\n    x["exp"] = 3', Keys(A_KEY, BOTH)),
        ('x = {"a": 1}\nwith flag:\n    x["exp"] = 3', Keys(BOTH, BOTH)),
        ('x = {"a": 1}\ntry:\n    x["exp"] = 3\nexcept KeyError:\n    pass', Keys(A_KEY, BOTH)),
        ('x = {"a": 1}\ntry:\n    x["exp"] = 3\nexcept KeyError:\n    raise', Keys(BOTH, BOTH)),
        ('x = {"a": 1}\ntry:\n    pass\nfinally:\n    x["exp"] = 3', Keys(BOTH, BOTH)),
        ('x = {"a": 1} if flag else {"a": 1, "exp": 2}', Keys(A_KEY, BOTH)),
        ('x = {"a": 1}\nmatch flag:\n    case 1:\n        x["exp"] = 3', Keys(A_KEY, BOTH)),
    ],
)
def test_keys_follow_the_paths_through_a_function(body: str, expected: Keys) -> None:
    assert keys(body) == expected


@pytest.mark.parametrize(
    "body",
    [
        'x = {"a": 1}\nfill(x)',
        'x = {"a": 1}\nx[flag] = 2',
        'x = {"a": 1, flag: 2}',
        'x = {"a": 1}\nx.update(other())',
        "x = {k: v for k, v in data}",
        "x = flag.claims",
        "x, y = data",
        'x = {"a": 1}\nfor key in data:\n    x[key] = 2',
    ],
)
def test_a_dict_that_other_code_may_fill_is_open(body: str) -> None:
    assert keys(body).is_open


def test_what_callers_pass_is_told_from_what_nobody_knows() -> None:
    assert keys("x = {**data.copy(), **extra}").passed == {"data", "extra"}
    assert not keys("x = data").is_open
    assert keys("fill(data)", "data").is_open
