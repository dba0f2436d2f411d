"""What stands at a place is found in documents that are being written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fastidious_server.config.toml_cursor import Cursor, cursor_at


def at(text: str) -> Cursor | None:
    """Return what stands at the bar in `text`."""
    before, _, behind = text.partition("|")
    return cursor_at((before + behind).encode(), len(before.encode()))


@pytest.mark.parametrize(
    ("text", "path", "is_key", "word"),
    [
        ("|", (), True, ""),
        ("pro|file = 1\n", (), True, "profile"),
        ("[tool.fast|idious]\n", ("tool",), True, "fastidious"),
        ("[a]\nb = 1\n[tool.x]\nkey|", ("tool", "x"), True, "key"),
        ('[tool."é x"]\n|', ("tool", "é x"), True, ""),
        ("a.b.c|", ("a", "b"), True, "c"),
        ("a = |", ("a",), False, ""),
        ('a = "x|"', ("a",), False, "x"),
        ('a = "é|\nb = 1', ("a",), False, "é"),
        ('a = ["x", "y|"]', ("a",), False, "y"),
        ('a = [\n  "x", # why\n  |\n]', ("a",), False, ""),
        ('a = ["x", "y|', ("a",), False, "y"),
        ("a = { b = 1, c|", ("a",), True, "c"),
        ("a = { b = { c = '|' } }", ("a", "b", "c"), False, ""),
        ("a = { b = 1 }\nc|", (), True, "c"),
        ('a = """\n[b]\n"""\nc = |', ("c",), False, ""),
        ("[[a.b]]\nc = t|", ("a", "b", "c"), False, "t"),
    ],
)
def test_key_or_value_at_a_place(text: str, path: tuple[str, ...], is_key: bool, word: str) -> None:  # noqa: FBT001
    found = at(text)
    assert found is not None
    assert (found.path, found.is_key, found.text) == (path, is_key, word)


@pytest.mark.parametrize("text", ["# a|", "a = 1 |", 'a = ["x" |]', 'a = "x"|', "[a] |"])
def test_nothing_belongs_behind_a_value_or_into_a_comment(text: str) -> None:
    assert at(text) is None


def test_what_is_there_already_is_known() -> None:
    assert at('a = ["x", "y", "|"]') == (("a",), False, (16, 16), "", '"', {"x", "y"})
    found = at("[t]\na = 1\nb.c = 2\n|")
    assert found is not None
    assert found.others == {"a"}


@given(st.text(alphabet="ab.=[]{},\"'#\n \\é", max_size=40), st.integers(0, 60))
def test_no_text_is_too_broken(text: str, offset: int) -> None:
    found = cursor_at(text.encode(), offset)
    assert found is None or found.span.start <= found.span.end
