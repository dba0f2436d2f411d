"""Parts of the edge, each alone."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fastidious_rules.engine.finding import Edit
from fastidious_rules.syntax.text import Source, Span
from fastidious_server.lsp.differences import difference
from fastidious_server.lsp.positions import Encoding, Position, from_position, from_range, to_position
from fastidious_server.lsp.wire.framing import FrameDecoder, framed
from fastidious_server.lsp.wire.inbox import Inbox
from fastidious_server.workspace.storage.identity import identify, to_uri

CHARACTERS = st.text(alphabet="ab é中😀\u0301\u200d\f\v\x1c\x85\u2028\n\r\ufeff", max_size=30)
ENCODINGS = st.sampled_from(list(Encoding))


def units(text: str, encoding: Encoding) -> int:
    """Return the length of `text` by the words of the specification."""
    codec = {"utf-8": ("utf-8", 1), "utf-16": ("utf-16-le", 2), "utf-32": ("utf-32-le", 4)}[encoding]
    return len(text.encode(codec[0])) // codec[1]


def model_offset(text: str, line: int, character: int, encoding: Encoding) -> int:
    """Return the index in `text` of a position by the words of the specification."""
    lines = text.replace("\r\n", "\n\n").replace("\r", "\n")
    starts = [0] + [i + 1 for i, c in enumerate(lines) if c == "\n" and text[i : i + 2] != "\r\n"]
    if line >= len(starts):
        return len(text)
    content = text[starts[line] :].split("\r", maxsplit=1)[0].split("\n", maxsplit=1)[0]
    size = 0
    while size < len(content) and units(content[: size + 1], encoding) <= character:
        size += 1
    return starts[line] + size


@given(CHARACTERS, st.integers(0, 8), st.integers(0, 40), ENCODINGS)
@pytest.mark.complaint(9)
@pytest.mark.complaint(5)
def test_positions_mean_what_the_specification_says(text: str, line: int, column: int, encoding: Encoding) -> None:
    expected = len(text[: model_offset(text, line, column, encoding)].encode())
    assert from_position(Source.from_str(text), Position(line, column), encoding) == expected


@given(CHARACTERS, st.integers(0, 30), ENCODINGS)
def test_a_position_leads_back_to_its_offset(text: str, index: int, encoding: Encoding) -> None:
    source = Source.from_str(text)
    offset = len(text[:index].encode())
    if source.text[offset - 1 : offset + 1] != b"\r\n":
        assert from_position(source, to_position(source, offset, encoding), encoding) == offset


@given(CHARACTERS, st.lists(st.tuples(*[st.integers(0, 6)] * 4, CHARACTERS), max_size=6), ENCODINGS)
@pytest.mark.complaint(8)
@pytest.mark.complaint(6)
def test_a_text_follows_its_edits(text: str, edits: list[tuple[int, int, int, int, str]], encoding: Encoding) -> None:
    source = Source.from_str(text)
    for first_line, first, last_line, last, new in edits:
        start = model_offset(text, first_line, first, encoding)
        end = max(start, model_offset(text, last_line, last, encoding))
        span = from_range(source, Position(first_line, first), Position(last_line, last), encoding)
        source.replace(span, new.encode())
        text = text[:start] + new + text[end:]
        assert str(source) == text


def test_lone_surrogates_count_as_one_unit() -> None:
    source = Source.from_str("\ud83dx")
    assert to_position(source, 3, Encoding.UTF_16) == Position(0, 1)


@given(st.lists(st.binary(max_size=20), max_size=4), st.integers(1, 9))
@pytest.mark.complaint(30)
def test_frames_come_out_as_they_went_in_however_they_are_cut(bodies: list[bytes], size: int) -> None:
    stream = b"".join(framed(body) for body in bodies)
    decoder = FrameDecoder()
    chunks = [stream[start : start + size] for start in range(0, len(stream), size)]
    assert [body for chunk in chunks for body in decoder.feed(chunk)] == bodies


def test_headers_without_a_length_are_skipped() -> None:
    decoder = FrameDecoder()
    stream = b"Content-Type: x\r\n\r\nContent-Length: x\r\n\r\n" + framed(b"{}")
    assert list(decoder.feed(stream)) == [b"{}"]


@pytest.mark.parametrize(
    ("uri", "path"),
    [
        ("file:///a/b.py", "/a/b.py"),
        ("file://localhost/a/b.py", "/a/b.py"),
        ("FILE:///a/b.py", "/a/b.py"),
        ("file:///a%20b/%C3%A9%23%3F.py", "/a b/é#?.py"),
        ("file:///a b/é#?.py", "/a b/é#?.py"),
        ("file:///c%3A/x.py", "C:/x.py"),
        ("file:///C:/x.py", "C:/x.py"),
        ("file://server/share/x.py", "//server/share/x.py"),
    ],
)
@pytest.mark.complaint(37)
def test_spellings_of_a_uri_name_one_file(uri: str, path: str) -> None:
    assert identify(uri) == (path, True)
    assert identify(to_uri(path)) == (path, True)


@pytest.mark.parametrize("uri", ["untitled:Untitled-1", "git:/a/b.py?ref", "vscode-remote://ssh/a.py", "a", ""])
@pytest.mark.complaint(37)
def test_other_schemes_have_no_file(uri: str) -> None:
    identity = identify(uri)
    assert not identity.is_file
    assert identity.module is not None
    assert identity.module.isidentifier()


def test_a_difference_shows_the_lines_around_each_edit_only() -> None:
    source = Source(b"import a\n" + b"x\n" * 500 + b"def f():\n    b()\n    c()\n")
    call = source.text.index(b"b()")
    edits = [Edit(Span(call, call + 3), "d()"), Edit(Span(8, 8), "\nimport d"), Edit(Span(0, 1), "", "/other.py")]
    assert difference(source, edits) == " import a\n+import d\n …\n-    b()\n+    d()"


async def test_a_cancellation_overtakes_its_request_once() -> None:
    inbox = Inbox(asyncio.get_running_loop())
    inbox.put([{"id": 1, "method": "x"}, {"method": "$/cancelRequest", "params": {"id": 1}}])
    assert inbox.is_cancelled(1)
    assert not inbox.is_cancelled(1)
