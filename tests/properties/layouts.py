"""The same code laid out in other ways: with comments everywhere, with tabs."""

from __future__ import annotations

import io
import tokenize

_ENDS = frozenset({tokenize.NEWLINE, tokenize.NL})
_FILLERS = frozenset({tokenize.INDENT, tokenize.DEDENT, tokenize.ENCODING})
_INDENT = "    "


def with_comments(text: bytes) -> bytes:
    """Return `text` with a comment behind all that stands on a line, also inside calls, and one above each statement."""
    lines = text.decode().splitlines(keepends=True)
    behind, above = _places(text)
    result: list[str] = []
    for row, line in enumerate(lines):
        if row in above:
            indent = line[: len(line) - len(line.lstrip())]
            result.append(f"{indent}# above {row}\n")
        result.append(f"{line.rstrip()}  # behind {row}\n" if row in behind else line)
    return "".join(result).encode()


def with_tabs(text: bytes) -> bytes:
    """Return `text` indented by tabs; strings of several lines stay as they are."""
    inside = {
        row
        for token in _tokens(text)
        if token.end[0] > token.start[0] and token.type not in _ENDS
        for row in range(token.start[0], token.end[0])
    }
    lines = text.decode().splitlines(keepends=True)
    return "".join(line if row in inside else _tabbed(line) for row, line in enumerate(lines)).encode()


def _tabbed(line: str) -> str:
    depth = (len(line) - len(line.lstrip(" "))) // len(_INDENT)
    return "\t" * depth + line[depth * len(_INDENT) :]


def _places(text: bytes) -> tuple[set[int], set[int]]:
    """Return the rows that a comment may end, and those where a statement begins."""
    behind: set[int] = set()
    above: set[int] = set()
    previous = None
    for token in _tokens(text):
        if token.type in _ENDS and previous is not None and previous.type not in {*_ENDS, tokenize.COMMENT, *_FILLERS}:
            behind.add(token.start[0] - 1)
        is_code = token.type not in {*_ENDS, *_FILLERS, tokenize.COMMENT, tokenize.ENDMARKER}
        if is_code and (previous is None or previous.type == tokenize.NEWLINE):
            above.add(token.start[0] - 1)
        if token.type not in _FILLERS and (token.type != tokenize.NL or previous is None or _is_open(previous)):
            previous = token
    return behind, above


def _is_open(token: tokenize.TokenInfo) -> bool:
    return token.type not in _ENDS


def _tokens(text: bytes) -> list[tokenize.TokenInfo]:
    return list(tokenize.tokenize(io.BytesIO(text).readline))
