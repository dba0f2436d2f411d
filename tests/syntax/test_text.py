"""The text model: lines as LSP and CPython count them, through any sequence of edits."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from fastidious_rules.syntax.text import Lines, Source, Span, with_unix_rows

PIECES = st.sampled_from(
    [
        "",
        "a",
        "é",
        "中",
        "😀",
        "e\u0301",
        "👩\u200d💻",
        "\n",
        "\r\n",
        "\r",
        "\x0c",
        "\x0b",
        "\x1c",
        "\x85",
        "\u2028",
        " ",
    ]
)
TEXTS = st.lists(PIECES, max_size=30).map("".join)
EDITS = st.lists(st.tuples(st.integers(0, 100), st.integers(0, 100), TEXTS), max_size=12)


def starts(text: bytes) -> list[int]:
    return [0, *(match.end() for match in re.finditer(rb"\r\n|\n|\r", text))]


@given(TEXTS, EDITS)
@example("a\r", [(50, 50, "\n")])
@example("\r\n\r\n", [(1, 2, "")])
@example("a\r\nb", [(25, 50, "")])
@pytest.mark.complaint(8)
@pytest.mark.complaint(7)
def test_lines_after_edits_are_the_lines_of_the_text(text: str, edits: list[tuple[int, int, str]]) -> None:
    source = Source.from_str(text)
    for one, other, replacement in edits:
        size = len(source.text)
        first, last = sorted((one * size // 100, other * size // 100))
        source.replace(Span(first, last), replacement.encode())

        expected = starts(source.text)

        assert [source.lines.start(row) for row in range(len(source.lines))] == expected


@given(TEXTS)
def test_every_byte_lies_on_the_line_that_starts_before_it(text: str) -> None:
    encoded = text.encode()
    lines = Lines(encoded)

    for offset in range(len(encoded) + 1):
        row = lines.row_of(offset)
        assert lines.start(row) <= offset
        assert row + 1 == len(lines) or offset < lines.start(row + 1)


@given(TEXTS)
def test_text_for_the_parser_keeps_its_length_and_has_rows_where_lines_are(text: str) -> None:
    encoded = text.encode()

    parsed = with_unix_rows(encoded)

    assert len(parsed) == len(encoded)
    assert [0, *(match.end() for match in re.finditer(rb"\n", parsed))] == starts(encoded)


def test_a_line_comes_without_its_end() -> None:
    source = Source(b"one\r\ntwo\rthree\n")

    assert [source.line(row) for row in range(len(source.lines))] == [b"one", b"two", b"three", b""]


def test_a_lone_surrogate_survives() -> None:
    assert str(Source.from_str("a\ud800b")) == "a\ud800b"


def test_a_copy_is_edited_on_its_own() -> None:
    source = Source(b"a\nb\n")
    twin = source.copy()

    twin.replace(Span(0, 1), b"x\ny")

    assert source.text == b"a\nb\n"
    assert len(source.lines) == 3
    assert len(twin.lines) == 4
