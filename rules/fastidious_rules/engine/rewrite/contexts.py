"""Statements moved into a context manager."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import libcst as cst


class Context(NamedTuple):
    """A context manager as it is written, and the name that it is entered under."""

    manager: str
    name: str


def in_async_context(statement: str, context: Context, call: str, replacement: str, indentation: str) -> str:
    """Return a statement inside `async with`, with `replacement` in the place of `call`; empty where that cannot be.

    `statement` is its text without the white space in front of its first line, which is `indentation`: so is what is
    returned. Everything else in it, comments and breaks between parentheses too, stays as it was written.
    """
    import libcst as cst  # noqa: PLC0415  it takes longer to load than all else, and few fixes need it

    newline = "\r\n" if "\r\n" in statement else "\n"
    try:
        module = cst.parse_module(_dedented(statement, indentation, newline) + newline)
        wanted = _dedented(call, indentation, newline)
        replaced = module.visit(_replacing(module, wanted, cst.parse_expression(replacement)))
        manager = cst.parse_expression(context.manager)
    except cst.ParserSyntaxError:
        return ""
    if module.deep_equals(replaced):
        return ""
    item = cst.WithItem(manager, cst.AsName(cst.Name(context.name)))
    block = cst.IndentedBlock(replaced.body, indent="\t" if "\t" in indentation else None)
    code = replaced.with_changes(body=[cst.With([item], block, asynchronous=cst.Asynchronous())]).code
    return newline.join(_indented(code.rstrip("\r\n").split(newline), indentation))


def _dedented(code: str, indentation: str, newline: str) -> str:
    """Return code as it would be written at the left margin."""
    first, *rest = code.split(newline)
    return newline.join([first, *(line.removeprefix(indentation) for line in rest)])


def _indented(lines: list[str], indentation: str) -> list[str]:
    return [line if not number or not line.strip() else f"{indentation}{line}" for number, line in enumerate(lines)]


def _replacing(module: cst.Module, call: str, replacement: cst.BaseExpression) -> cst.CSTTransformer:
    """Return the transformer that puts an expression in the place of the first call that is written as `call`."""
    import libcst as cst  # noqa: PLC0415  see above

    class Replace(cst.CSTTransformer):
        """Put one expression in the place of another, once."""

        def __init__(self) -> None:
            super().__init__()
            self.is_done = False

        def leave_Call(  # noqa: N802  libcst calls it by this name
            self, original_node: cst.Call, updated_node: cst.Call
        ) -> cst.BaseExpression:
            if self.is_done or module.code_for_node(original_node) != call:
                return updated_node
            self.is_done = True
            return replacement

    return Replace()
