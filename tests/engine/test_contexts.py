"""Statements moved into a context manager keep what people wrote."""

from __future__ import annotations

import pytest

from fastidious_rules.engine.rewrite.contexts import Context, in_async_context

CONTEXT = Context("httpx.AsyncClient(timeout=5)", "client")


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_comments_and_breaks_between_parentheses_stay(newline: str) -> None:
    statement = newline.join(["answer = load(", "        get(url),  # first", "        other,", "    )"])

    moved = in_async_context(statement, CONTEXT, "get(url)", "await client.get(url)", "    ")

    assert moved.split(newline) == [
        "async with httpx.AsyncClient(timeout=5) as client:",
        "        answer = load(",
        "            await client.get(url),  # first",
        "            other,",
        "        )",
    ]


def test_a_receiver_is_replaced_in_parentheses() -> None:
    moved = in_async_context("return get(url).json()", CONTEXT, "get(url)", "(await client.get(url))", "")

    assert moved.endswith("\n    return (await client.get(url)).json()")


@pytest.mark.parametrize(("statement", "call"), [("x = other(url)", "get(url)"), ("x = (", "get(url)")])
def test_what_cannot_be_moved_is_left_alone(statement: str, call: str) -> None:
    assert in_async_context(statement, CONTEXT, call, "await client.get(url)", "") == ""
