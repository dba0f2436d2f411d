"""What a response shows to clients: the fields of its model, of nested models and of their bases."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from fastidious_rules.knowledge import names
from fastidious_rules.semantics.names import function_fact
from fastidious_rules.semantics.pydantic.models import ModelField, fields_of, hides, is_model, is_serialised_by_hand
from fastidious_rules.syntax.terms import Apply, Literal, called_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastidious_rules.semantics.facts import FunctionFact
    from fastidious_rules.semantics.project import Asker, Project
    from fastidious_rules.semantics.types import Type

_DEEPEST = 5
_TRUE = Literal("bool", "True")
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_TEXTS = frozenset({"builtins.str", "builtins.bytes", "pydantic.EmailStr"})
_CONTAINERS = frozenset(
    {"builtins.list", "builtins.set", "builtins.tuple", "builtins.frozenset", "collections.abc.Sequence"}
)
_MASKED = frozenset({"pydantic.SecretStr", "pydantic.SecretBytes", "pydantic.Secret", "pydantic.types.SecretStr"})
_NO_VALUES = frozenset({"builtins.type", "collections.abc.Callable", "typing.Callable", "typing.Literal"})


class Exposed(NamedTuple):
    """A field that a response shows: the fields that lead to it from the model of the response, itself last."""

    model: Type
    """The model of the response that it is found in."""
    path: tuple[ModelField, ...]
    holder: Type
    """The model that has the field, itself or from a base."""

    @property
    def field(self) -> ModelField:
        """The field itself."""
        return self.path[-1]


def exposed(asker: Asker, response: Type) -> Iterator[Exposed]:
    """Yield the fields that a response of this type shows, those of each model once."""
    seen: set[Type] = set()
    for model in _models_in(asker, response):
        yield from _below(asker, model, model, (), seen)


def _below(asker: Asker, start: Type, model: Type, path: tuple[ModelField, ...], seen: set[Type]) -> Iterator[Exposed]:
    if model in seen or len(path) > _DEEPEST or asker.ask(is_serialised_by_hand, model.name):
        return
    seen.add(model)
    for field in fields_of(asker, model):
        if field.is_excluded or field.is_converted:
            continue
        yield Exposed(start, (*path, field), model)
        for inner in _models_in(asker, field.type):
            yield from _below(asker, start, inner, (*path, field), seen)


def _models_in(asker: Asker, type_: Type) -> Iterator[Type]:
    """Yield the models among a type and what it contains."""
    if is_model(asker, type_.name):
        yield type_
    elif type_.name not in _NO_VALUES:
        for each in type_.arguments:
            yield from _models_in(asker, each)


def words_of(name: str) -> tuple[str, ...]:
    """Return the words that a name is made of, in lower case: `hashedPassword` is `hashed`, `password`."""
    return tuple(each.lower() for each in _WORD.findall(name))


def is_secret_name(name: str, extra: tuple[str, ...] = (), allowed: tuple[str, ...] = ()) -> bool:
    """Tell whether a name says that its value is a secret. `extra` and `allowed` are names that a project adds."""
    if name in allowed:
        return False
    words = words_of(name)
    if not words or "by" in words or words[0] in names("sensitive", "about"):
        return False
    return name in extra or any(words[-size:] in _secrets() for size in range(1, min(len(words), 4) + 1))


@cache
def _secrets() -> frozenset[tuple[str, ...]]:
    return frozenset(tuple(each.split()) for each in names("sensitive", "secrets"))


def is_text(type_: Type) -> bool:
    """Tell whether values of a type carry text, alone or several: a date or a number is no secret."""
    return any(
        each.name in _TEXTS or (each.name in _CONTAINERS and any(is_text(inner) for inner in each.arguments))
        for each in type_.members
    )


def is_masked(type_: Type) -> bool:
    """Tell whether values of a type are shown as asterisks."""
    return any(each.name in _MASKED for each in type_.members)


def says(kind: str, *texts: str) -> bool:
    """Tell whether names or sentences contain a word of a list of `sensitive.toml`: `issuing`, `signing_in`."""
    wanted = names("sensitive", kind)
    return any(word in wanted for text in texts for word in words_of(text))


def hides_secrets(project: Project, qualified: str) -> bool:
    """Tell whether a function calls one that masks or redacts."""
    found = function_fact(project, qualified)
    return found is not None and calls_hiding(found[1])


def calls_hiding(fact: FunctionFact) -> bool:
    """Tell whether a function calls one that masks or redacts, or asks for that, or defines one inside itself."""
    return hides(fact.name) or any(hides(called_name(each.term)) or _asks_to_hide(each.term) for each in fact.calls)


def _asks_to_hide(call: Apply) -> bool:
    return any(hides(name) and value == _TRUE for name, value in call.keywords)
