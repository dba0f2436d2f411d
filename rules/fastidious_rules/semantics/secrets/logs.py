"""Logs: which calls write to one, and which values must not get there."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from fastidious_rules.knowledge import names
from fastidious_rules.semantics.carriers import name_of
from fastidious_rules.semantics.names import class_shape, find_member, resolve, variable_fact
from fastidious_rules.semantics.pydantic.models import fields_of, hides, is_model
from fastidious_rules.semantics.secrets.passwords import hashes_on_validation
from fastidious_rules.semantics.tokens.jwt_calls import signer
from fastidious_rules.semantics.types import is_subclass
from fastidious_rules.semantics.web.exposure import is_masked, is_secret_name, is_text, words_of
from fastidious_rules.syntax.terms import Apply, Collection, Index, Literal, Ref, Term, called_name, parts

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fastidious_rules.semantics.project import Asker, Project
    from fastidious_rules.semantics.pydantic.models import ModelField
    from fastidious_rules.semantics.types import Type

_LIBRARIES = ("logging.", "loguru.", "structlog.", "logfire.")
_MOST_WORDS = 4
_ASTERISKS = "**"
_FALSE = Literal("bool", "False")


@cache
def writer_names() -> frozenset[str]:
    """Return the last names of the calls that may write to a log."""
    return names("logs", "methods") | {each.rpartition(".")[2] for each in names("logs", "functions")}


def is_called_logger(receiver: str) -> bool:
    """Tell whether something is called a logger: `self._logger`, `verbose_proxy_logger`."""
    words = words_of(receiver.rpartition(".")[2])
    return bool(words) and words[-1] in names("logs", "loggers")


def is_writer(asker: Asker, callee: str) -> bool:
    """Tell whether what is called writes to a log."""
    if callee in names("logs", "functions") or callee.startswith(_LIBRARIES):
        return True
    return is_subclass(asker, callee.rpartition(".")[0], *names("logs", "classes"))


def must_not_be_logged(name: str, extra: tuple[str, ...] = ()) -> bool:
    """Tell whether a name says that its value opens something to whoever reads it. `extra` are names of the project."""
    if name in extra:
        return True
    words = words_of(name)
    if not words or words[0] in names("sensitive", "about") or not names("logs", "about").isdisjoint(words):
        return words[-2:] in {("hashed", "password"), ("password", "hash")}
    if any(words[-size:] in _endings("allowed") for size in range(1, _MOST_WORDS)):
        return False
    return any(words[-size:] in _endings("secrets") for size in range(1, _MOST_WORDS)) or is_secret_name(name)


@cache
def _endings(section: str) -> frozenset[tuple[str, ...]]:
    return frozenset(tuple(each.split()) for each in names("logs", section))


def carries_header(term: Term) -> str:
    """Return the header with a secret that a dictionary written out has; empty if it has none."""
    if not isinstance(term, Collection) or term.kind != "dict":
        return ""
    keys = (each.text for each in term.items[::2] if isinstance(each, Literal))
    return next((each for each in keys if each.lower() in names("logs", "headers")), "")


def is_weakened(values: Iterable[Term]) -> bool:
    """Tell whether one of the values of a name is cut or masked: `key[:4] + "***"`, `mask(key)`, `bool(key)`."""
    return any(_is_cut(part) for each in values for part in parts(each))


def _is_cut(term: Term) -> bool:
    match term:
        case Index():
            return not name_of(term)
        case Apply():
            return _weakens(called_name(term))
        case Literal("str", text):
            return _ASTERISKS in text
        case _:
            return False


def _weakens(function: str) -> bool:
    return hides(function) or function in {"bool", "len", "hash", "type"} or "hash" in words_of(function)


def makes_token(callee: str, term: Apply) -> bool:
    """Tell whether a call makes a token that opens something: `create_access_token(...)`, `jwt.encode(...)`."""
    words = words_of(called_name(term))
    is_made = words[-1:] == ("token",) and not names("logs", "making").isdisjoint(words)
    return is_made or signer(callee) is not None or callee in {"secrets.token_urlsafe", "secrets.token_hex"}


def readable_secret(asker: Asker, model: Type, extra: tuple[str, ...] = ()) -> ModelField | None:
    """Return the first field with a secret that the text of a model shows, if there is one. `extra` are more names."""
    if not is_model(asker, model.name) or asker.ask(shows_itself_otherwise, model.name):
        return None
    if asker.ask(hashes_on_validation, model.name):
        return None
    for field in fields_of(asker, model):
        is_readable = is_text(field.type) and not is_masked(field.type)
        if (
            is_readable
            and must_not_be_logged(field.name, extra)
            and not asker.ask(is_left_out, f"{field.owner}.{field.name}")
        ):
            return field
    return None


def shows_itself_otherwise(project: Project, qualified_class: str) -> bool:
    """Tell whether a model decides itself how it is shown."""
    return any(find_member(project, qualified_class, each) for each in ("__repr__", "__str__", "__repr_args__"))


def is_left_out(project: Project, qualified: str) -> bool:
    """Tell whether a field of a model is declared with `repr=False`."""
    found = variable_fact(project, qualified)
    value = found[1].value if found is not None else None
    return isinstance(value, Apply) and value.keyword("repr") == _FALSE


def is_class_member(asker: Asker, module: str, term: Term) -> bool:
    """Tell whether a name is that of a member of a class: `Kind.PASSWORD`."""
    owner = term.dotted.rpartition(".")[0] if isinstance(term, Ref) else ""
    qualified = resolve(asker, module, owner) if owner else ""
    return bool(qualified) and asker.ask(class_shape, qualified) is not None
