from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING, cast

from hypothesis import given
from hypothesis import strategies as st

from fastidious_server.config.keys import Position, key_positions, nearest_position

if TYPE_CHECKING:
    from collections.abc import Iterator

DOCUMENT = '''\
# profile = "comment"
title = """
profile = "inside a string"
[not.a.table]
"""
[tool . "fastidious"]  # a comment
profile = 'card'
select = [
  "a", # b,
  'c]',
  ["d", {x = 1, "y.z" = [2]}],
]
severity.one = "hint"
per-path."tests/**".ignore = []
when = 1979-05-27T07:32:00Z
[[tool.many]]
a = 1
[[tool.many]]
a = -2.5e3
[tool.many.below]
b = { c = { d = true } }
'''


def line_of(*path: str | int) -> int:
    return key_positions(DOCUMENT)[path].line


def test_keys_are_found_where_they_stand() -> None:
    assert line_of("tool", "fastidious") == 6
    assert line_of("tool", "fastidious", "profile") == 7
    assert line_of("tool", "fastidious", "select") == 8
    assert line_of("tool", "fastidious", "severity", "one") == 13
    assert line_of("tool", "fastidious", "per-path", "tests/**", "ignore") == 14
    assert line_of("tool", "fastidious", "when") == 15


def test_items_of_arrays_and_inline_tables_are_found() -> None:
    assert line_of("tool", "fastidious", "select", 0) == 9
    assert line_of("tool", "fastidious", "select", 1) == 10
    assert line_of("tool", "fastidious", "select", 2, 1, "y.z", 0) == 11
    assert line_of("tool", "many", 0, "a") == 17
    assert line_of("tool", "many", 1, "a") == 19
    assert line_of("tool", "many", 1, "below", "b", "c", "d") == 21


def test_columns_are_those_of_the_last_part_of_a_dotted_key() -> None:
    assert key_positions(DOCUMENT)["tool", "fastidious", "severity", "one"] == Position(13, 10, 13)


def test_a_key_that_is_not_there_is_placed_at_the_one_around_it() -> None:
    positions = key_positions(DOCUMENT)
    assert nearest_position(positions, ("tool", "fastidious", "select", 7, "x")).line == 8
    assert nearest_position(positions, ("nothing",)) == Position(1, 1, 1)


def test_text_that_is_no_toml_gives_what_stands_before_the_mistake() -> None:
    assert key_positions("a = 1\nb = [1, \n") == {("a",): Position(1, 1, 2), ("b",): Position(2, 1, 2), ("b", 0): Position(2, 6, 7)}  # fmt: skip # noqa: E501


KEYS = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), min_size=1, max_size=4)
SCALARS = st.integers() | st.booleans() | st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=8)
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3), max_leaves=8
)


def basic_string(text: str) -> str:
    escaped = "".join(f"\\U{ord(each):08x}" if each in '"\\' or not each.isprintable() else each for each in text)
    return f'"{escaped}"'


def written(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return basic_string(value)
    if isinstance(value, list):
        return "[" + ", ".join(written(each) for each in cast("list[object]", value)) + "]"
    if isinstance(value, dict):
        table = cast("dict[str, object]", value)
        return "{" + ", ".join(f"{basic_string(key)} = {written(each)}" for key, each in table.items()) + "}"
    return str(value)


def paths(value: object, prefix: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    if isinstance(value, dict):
        items = list(cast("dict[str, object]", value).items())
    elif isinstance(value, list):
        items = list(enumerate(cast("list[object]", value)))
    else:
        return
    for key, each in items:
        yield (*prefix, key)
        yield from paths(each, (*prefix, key))


@given(st.dictionaries(KEYS, VALUES, max_size=4))
def test_every_key_of_a_document_has_a_place(table: dict[str, object]) -> None:
    text = "".join(f"{basic_string(key)} = {written(value)}\n" for key, value in table.items())
    assert tomllib.loads(text) == table
    positions = key_positions(text)
    assert set(positions) == set(paths(table))
    for number, key in enumerate(table, start=1):
        assert positions[(key,)].line == number
