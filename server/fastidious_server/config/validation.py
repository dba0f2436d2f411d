"""Validation of a configuration table: what is wrong in it, told with what is allowed."""

from __future__ import annotations

import json
import typing
from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import TYPE_CHECKING, Any, NamedTuple

from packaging.version import InvalidVersion, Version
from pydantic import TypeAdapter, ValidationError

from fastidious_server.config.model import FastidiousTable, PathTable, TargetTable
from fastidious_server.config.problem import choices, unknown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydantic_core import ErrorDetails

    from fastidious_server.config.keys import KeyPath
    from fastidious_server.config.known_rule import KnownRule

_EVERYTHING = "ALL"
_TABLE_MODELS = {"per-path": PathTable, "target": TargetTable}
_EXPECTED = {
    "string_type": "must be a string",
    "bool_type": "must be `true` or `false`",
    "int_type": "must be a whole number",
    "float_type": "must be a number",
    "list_type": "must be an array",
    "tuple_type": "must be an array",
    "dict_type": "must be a table",
    "mapping_type": "must be a table",
    "model_type": "must be a table",
}


class Mistake(NamedTuple):
    """Key path inside the table, and what is wrong there."""

    path: KeyPath
    message: str


class Validated(NamedTuple):
    """Table as far as it is right, and its mistakes."""

    table: FastidiousTable
    mistakes: tuple[Mistake, ...]


def validated(raw: Mapping[str, object], rules: Mapping[str, KnownRule]) -> Validated:
    """Return `raw` as a table; top-level keys with mistakes keep their defaults."""
    mistakes = list(_shape_mistakes(raw))
    sound = {key: value for key, value in raw.items() if key not in {mistake.path[0] for mistake in mistakes}}
    table = FastidiousTable.model_validate(sound)
    wrong_names = [*_name_mistakes(table, rules), *_option_mistakes(table, rules), *_version_mistakes(table)]
    if wrong_names:
        sound = {key: value for key, value in sound.items() if key not in {mistake.path[0] for mistake in wrong_names}}
        table = FastidiousTable.model_validate(sound)
    return Validated(table, (*mistakes, *wrong_names))


def options_of(rule: KnownRule, table: Mapping[str, object]) -> dict[str, Any]:
    """Return the options of `rule` in `table`, which is valid, by the names that the rule gives them."""
    types = option_types(rule)
    return {
        (name := key.replace("-", "_")): TypeAdapter(types[name]).validate_json(_json(value), strict=True)
        for key, value in table.items()
    }


def _shape_mistakes(raw: Mapping[str, object]) -> Iterator[Mistake]:
    try:
        FastidiousTable.model_validate(dict(raw))
    except ValidationError as error:
        for details in error.errors(include_url=False):
            yield shape_mistake(details)


def shape_mistake(details: ErrorDetails) -> Mistake:
    """Return what pydantic found wrong, in the words of this program."""
    path = details["loc"]
    kind, context = details["type"], details.get("ctx", {})
    if kind == "extra_forbidden":
        return Mistake(path, unknown("key", str(path[-1]), _keys_beside(path)))
    if kind == "literal_error":
        return Mistake(path, f"{_shown(details['input'])} is not allowed here; allowed: {context['expected']}")
    if kind == "string_pattern_mismatch":
        return Mistake(path, f'{_shown(details["input"])} is not a version; write one like "3.12"')
    if kind in _EXPECTED:
        return Mistake(path, f"{_EXPECTED[kind]}, not {_shown(details['input'])}")
    return Mistake(path, details["msg"])


def _keys_beside(path: KeyPath) -> list[str]:
    model = _TABLE_MODELS.get(str(path[0]), FastidiousTable) if len(path) > 1 else FastidiousTable
    return [field.alias or name for name, field in model.model_fields.items()]


def _name_mistakes(table: FastidiousTable, rules: Mapping[str, KnownRule]) -> Iterator[Mistake]:
    yield from _rule_lists((), table.select, table.ignore, rules)
    yield from _severities((), table.severity, rules)
    for pattern, there in table.per_path.items():
        yield from _rule_lists(("per-path", pattern), there.select or [], there.ignore, rules)
        yield from _severities(("per-path", pattern), there.severity, rules)


def _rule_lists(
    path: KeyPath, select: list[str], ignore: list[str], rules: Mapping[str, KnownRule]
) -> Iterator[Mistake]:
    families = {rule.family for rule in rules.values()}
    for key, names in (("select", select), ("ignore", ignore)):
        for index, name in enumerate(names):
            if name != _EVERYTHING and name not in rules and name not in families:
                allowed = [*rules, *sorted(families), _EVERYTHING]
                yield Mistake((*path, key, index), unknown("rule or family", name, allowed, hint=_rules_hint(families)))


def _severities(path: KeyPath, severity: Mapping[str, str], rules: Mapping[str, KnownRule]) -> Iterator[Mistake]:
    for name in severity:
        if name not in rules:
            yield Mistake((*path, "severity", name), unknown_rule(name, rules))


def unknown_rule(name: str, rules: Mapping[str, KnownRule]) -> str:
    """Return what to tell somebody who wrote `name` for a rule."""
    return unknown("rule", name, rules, hint="`fastidious rules` lists them all")


def _rules_hint(families: set[str]) -> str:
    return (
        f"allowed: names that `fastidious rules` lists, `{_EVERYTHING}`, and the families {choices(sorted(families))}"
    )


def _option_mistakes(table: FastidiousTable, rules: Mapping[str, KnownRule]) -> Iterator[Mistake]:
    for name, options in table.rules.items():
        rule = rules.get(name)
        if rule is None:
            yield Mistake(("rules", name), unknown_rule(name, rules))
            continue
        types = option_types(rule)
        for key, value in options.items():
            message = _option_mistake(key, value, types)
            if message:
                yield Mistake(("rules", name, key), message)


def _option_mistake(key: str, value: object, types: Mapping[str, Any]) -> str:
    if not types:
        return "this rule has no options"
    name = key.replace("-", "_")
    if name not in types:
        return unknown("option", key, (option.replace("_", "-") for option in types))
    try:
        TypeAdapter(types[name]).validate_json(_json(value), strict=True)
    except ValidationError as error:
        return shape_mistake(error.errors(include_url=False)[0]).message
    return ""


def option_types(rule: KnownRule) -> dict[str, Any]:
    """Return the types of the options of a rule, by their names in code."""
    if rule.Options is None:
        return {}
    # Rules import these two for type checkers only.
    types = typing.get_type_hints(rule.Options, localns={"Mapping": Mapping, "Sequence": Sequence})
    return {field.name: types[field.name] for field in fields(rule.Options)}


def _version_mistakes(table: FastidiousTable) -> Iterator[Mistake]:
    for package, version in table.target.packages.items():
        try:
            Version(version)
        except InvalidVersion:
            message = f'{_shown(version)} is not a version; write one like "0.115.2"'
            yield Mistake(("target", "packages", package), message)


def _json(value: object) -> str:
    return json.dumps(value, default=str)


def _shown(value: object) -> str:
    return json.dumps(value, default=str, ensure_ascii=False)
