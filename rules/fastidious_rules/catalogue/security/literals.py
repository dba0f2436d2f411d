"""Literals that a statement gives a name: by assignment, as argument, as item, as default, in a comparison."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from fastidious_rules.api import (
    Assignment,
    Attribute,
    BooleanOperation,
    Call,
    Comparison,
    ConcatenatedString,
    Conditional,
    DictDisplay,
    Display,
    Function,
    Keyword,
    Name,
    Parenthesized,
    Return,
    String,
    Subscript,
    name_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastidious_rules.api import Scope, View

_WRAPPERS = frozenset({"SecretStr", "SecretBytes", "Secret", "str", "bytes"})
_FIELDS = frozenset(
    {"Field", "field", "Column", "mapped_column", "Query", "Header", "Form", "Body", "Option", "Argument"}
)
_READING = frozenset({"getenv", "get", "config", "env", "str", "get_secret", "environ"})
_PAIR = 2


class Named(NamedTuple):
    """A literal and the name that it has where it is written; no name where it is only passed on."""

    name: str
    literal: String | ConcatenatedString
    fallback: Call | None = None
    """The call that reads the environment and falls back to the literal."""

    @property
    def value(self) -> str:
        """What the literal says, as written."""
        strings = self.literal.strings if isinstance(self.literal, ConcatenatedString) else [self.literal]
        return "".join(part.text for string in strings for part in string.parts)


def named_literals(view: View, scope: Scope) -> Iterator[Named]:
    """Yield the literals that stand directly in a view."""
    match view:
        case Assignment():
            yield from _assigned(view, scope)
        case Call():
            yield from _passed(view, scope)
        case DictDisplay():
            for key, value in view.pairs:
                name = key.value or "" if isinstance(key, String) else ""
                yield from _literals(name, value)
        case Function():
            for parameter in view.parameters:
                yield from _literals(parameter.name, parameter.default)
        case Comparison():
            yield from _compared(view)
        case Return():
            yield from _literals("", view.value)
        case _:
            return


def _assigned(view: Assignment, scope: Scope) -> Iterator[Named]:
    value = view.final_value
    name = _name_of_target(view.target)
    if isinstance(value, Call) and name and _called(value, scope) in _FIELDS | _WRAPPERS:
        first = value.arguments[0] if value.arguments else None
        yield from _literals(name, first or value.keywords.get("default"))
    else:
        yield from _literals(name, value)


def _called(call: Call, scope: Scope) -> str:
    """Return the last name of what is called, where it is defined if that is known."""
    return scope.resolve(call).rpartition(".")[2] or call.last_name


def _name_of_target(target: View) -> str:
    match target:
        case Name():
            return target.text
        case Attribute():
            return target.name.text
        case Subscript():
            return name_of(target.term)
        case _:
            return ""


def _literals(name: str, value: View | None) -> Iterator[Named]:
    """Yield the literals that a value may be; each of those in a list or tuple."""
    match value:
        case String() | ConcatenatedString():
            yield Named(name, value)
        case Parenthesized():
            yield from _literals(name, value.value)
        case Display():
            for each in value.items:
                yield from _literals(name, each)
        case BooleanOperation() if value.operator == "or":
            yield from _literals(name, value.right)
        case Conditional():
            yield from _literals(name, value.choices[0])
            yield from _literals(name, value.choices[2])
        case Call() if value.last_name == "encode" and isinstance(value.receiver, String):
            yield Named(name, value.receiver)
        case _:
            return


def _passed(view: Call, scope: Scope) -> Iterator[Named]:
    fallbacks = list(_fallback(view))
    yield from fallbacks
    given = [] if fallbacks else list(_arguments(view))
    if given and _called(view, scope) not in _FIELDS | _WRAPPERS:
        yield from given


def _arguments(view: Call) -> Iterator[Named]:
    for each in view.all_arguments:
        if isinstance(each, Keyword):
            yield from _literals(each.name, each.value)
        elif isinstance(each, String | ConcatenatedString):
            yield Named("", each)


def _fallback(view: Call) -> Iterator[Named]:
    """Yield what is taken where the environment has no value: `os.getenv("API_KEY", "...")`."""
    arguments = view.arguments
    default = view.keywords.get("default") or (arguments[1] if len(arguments) == _PAIR else None)
    key = arguments[0] if arguments else None
    if view.last_name in _READING and isinstance(key, String) and isinstance(default, String):
        yield Named(key.value or "", default, view)


def _compared(view: Comparison) -> Iterator[Named]:
    if view.operators not in (["=="], ["!="]):
        return
    for one, other in (view.operands, view.operands[::-1]):
        if isinstance(other, String):
            yield Named(name_of(one.term), other)
