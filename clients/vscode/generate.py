"""Write the settings of the extension and the schemas of the configuration files; exit 1 if any of them was stale."""

from __future__ import annotations

import ast
import inspect
import itertools
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args, get_origin

from pydantic import TypeAdapter

from fastidious_rules.catalogue import PACK
from fastidious_rules.engine.guide import guide_of
from fastidious_rules.engine.registry import Registry
from fastidious_server.config.editor_options import EditorOptions
from fastidious_server.config.model import FastidiousTable, PathTable, TargetTable
from fastidious_server.config.validation import option_types

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pydantic import BaseModel

    from fastidious_rules.api import Rule

ROOT = Path(__file__).parent
MANIFEST = ROOT / "package.json"
SCHEMAS = ROOT / "schemas"
DIALECT = "http://json-schema.org/draft-07/schema#"
CLIENT_SECTION = "client"
NOT_FOR_VSCODE = frozenset({"position_encoding"})
"""VS Code counts columns in one unit only."""
WINDOW_ONLY = frozenset({"diagnostic_mode", "code_lens", "return_type_hints", "log_level"})
"""Options that hold for all folders of a window alike."""
VALUES = {
    "recommended": "Bugs, holes and what will hurt in production.",
    "card": "The guideline card to the letter, with style findings louder.",
    "openFilesOnly": "Only files that are open.",
    "workspace": "All files of the workspace.",
    "error": "Shown as an error.",
    "warning": "Shown as a warning.",
    "information": "Shown as information.",
    "hint": "Shown as a hint.",
    "off": "Not reported.",
}
LOG_LEVELS = {"error": "Failures.", "warning": "And what is odd.", "info": "And what happens.", "debug": "Everything."}


def main() -> int:
    """Write what is stale, name it, and return 1 if there was anything."""
    texts = {path: json.dumps(value, indent=2, ensure_ascii=False) + "\n" for path, value in generated().items()}
    stale = [path for path, text in texts.items() if not path.exists() or path.read_text(encoding="utf-8") != text]
    for path in stale:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(texts[path], encoding="utf-8")
        print(path.relative_to(ROOT))
    return int(bool(stale))


def generated() -> dict[Path, dict[str, Any]]:
    """Return the files to write and what is in them."""
    rules = sorted(Registry([PACK]).rules.values(), key=lambda rule: rule.name)
    names = _names(rules)
    table = _table(FastidiousTable, names, rules, is_open=True)
    return {
        MANIFEST: _manifest(rules),
        SCHEMAS / "fastidious.json": {"$schema": DIALECT, **table},
        SCHEMAS / "pyproject.json": {"$schema": DIALECT, **_below(["tool", "fastidious"], table)},
    }


def _manifest(rules: Sequence[Rule]) -> dict[str, Any]:
    manifest = json.loads(MANIFEST.read_text(encoding="utf-8"))
    sections = manifest["contributes"]["configuration"]
    table = _table(FastidiousTable, _names(rules), rules, is_open=False)["properties"]
    review = {_camel(key): {"scope": "resource", **value} for key, value in table.items()}
    editor = _table(EditorOptions, {}, rules, is_open=False)["properties"]
    shown = {_camel(name) for name in EditorOptions.model_fields if name not in NOT_FOR_VSCODE}
    display = {key: {"scope": _scope(key), **value} for key, value in editor.items() if key in shown}
    manifest["contributes"]["configuration"] = [
        *(section for section in sections if section["id"] == CLIENT_SECTION),
        _section("review", "Review", 2, review),
        _section("display", "Display", 3, display),
    ]
    return manifest


def _section(name: str, title: str, order: int, properties: Mapping[str, Any]) -> dict[str, Any]:
    prefixed = {f"fastidious.{key}": value for key, value in properties.items()}
    return {"id": name, "title": title, "order": order, "properties": prefixed}


def _scope(key: str) -> str:
    return "window" if key in {_camel(name) for name in WINDOW_ONLY} else "resource"


def _table(model: type[BaseModel], names: Mapping[str, str], rules: Sequence[Rule], *, is_open: bool) -> dict[str, Any]:
    """Return the schema of `model`; where it `is_open`, names of rules that are not ours are right too."""
    meanings = _meanings(model)
    properties: dict[str, Any] = {}
    for name, field in model.model_fields.items():
        shape = _shape(name, field.annotation, names, rules, is_open=is_open)
        properties[field.alias or name] = _described(
            shape, meanings[name], field.get_default(call_default_factory=True)
        )
    return {"type": "object", "additionalProperties": False, "properties": properties}


def _shape(
    name: str, annotation: Any, names: Mapping[str, str], rules: Sequence[Rule], *, is_open: bool
) -> dict[str, Any]:
    match name:
        case "select" | "ignore":
            return {"type": "array", "items": _one_of(names, is_open=is_open), "uniqueItems": True}
        case "severity":
            return _by_rule(rules, {rule.name: _level(rule) for rule in rules})
        case "rules":
            return _by_rule(rules, {rule.name: _options(rule) for rule in rules if rule.Options})
        case "per_path":
            return {"type": "object", "additionalProperties": _table(PathTable, names, rules, is_open=is_open)}
        case "target":
            return _table(TargetTable, names, rules, is_open=is_open)
        case _:
            return _plain(annotation, LOG_LEVELS if name == "log_level" else VALUES)


def _described(shape: dict[str, Any], meaning: str, default: Any) -> dict[str, Any]:
    description = {"markdownDescription": meaning, "description": meaning.replace("`", "")}
    fallback = {"default": default} if isinstance(default, str | bool | int | list | dict) else {}
    return {**shape, **fallback, **description}


def _names(rules: Sequence[Rule]) -> dict[str, str]:
    """Return all that can be selected, and what it means."""
    families = sorted({rule.family for rule in rules})
    return {
        "ALL": "All rules.",
        **{family: f"All rules of the family {family}." for family in families},
        **{rule.name: _summary(rule) for rule in rules},
    }


def _one_of(names: Mapping[str, str], *, is_open: bool) -> dict[str, Any]:
    known = {"type": "string", "enum": list(names), "enumDescriptions": list(names.values())}
    return {"anyOf": [known, {"type": "string"}]} if is_open else known


def _by_rule(rules: Sequence[Rule], shapes: Mapping[str, dict[str, Any]]) -> dict[str, Any]:
    summaries = {rule.name: _summary(rule) for rule in rules}
    return {
        "type": "object",
        "properties": {name: {**shape, "description": summaries[name]} for name, shape in shapes.items()},
    }


def _level(rule: Rule) -> dict[str, Any]:
    levels = get_args(get_args(FastidiousTable.model_fields["severity"].annotation)[1])
    usual = rule.severity or "off"
    return {"type": "string", "enum": list(levels), "default": str(usual)}


def _options(rule: Rule) -> dict[str, Any]:
    types = option_types(type(rule))
    properties = {name.replace("_", "-"): _plain(annotation, VALUES) for name, annotation in types.items()}
    return {"type": "object", "additionalProperties": False, "properties": properties}


def _plain(annotation: Any, values: Mapping[str, str]) -> dict[str, Any]:
    """Return the schema of a type that has no rules in it."""
    if get_origin(annotation) is tuple:
        return {"type": "array", "items": {"type": "string"}}
    schema = TypeAdapter(annotation).json_schema()
    for shape in schema.get("anyOf", ()):
        if shape != {"type": "null"}:
            return shape
    described = [values[value] for value in schema.get("enum", ()) if value in values]
    return {**schema, "enumDescriptions": described} if described else schema


def _below(keys: Sequence[str], schema: dict[str, Any]) -> dict[str, Any]:
    for key in reversed(keys):
        schema = {"type": "object", "properties": {key: schema}}
    return schema


def _meanings(model: type[BaseModel]) -> dict[str, str]:
    """Return what the text below each field of a model says."""
    statements = [
        statement for definition in ast.parse(inspect.getsource(model)).body for statement in _body(definition)
    ]
    meanings: dict[str, str] = {}
    for statement, following in itertools.pairwise(statements):
        match statement, following:
            case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(value=ast.Constant(value=str(text))):
                meanings[name] = text
            case _:
                pass
    missing = model.model_fields.keys() - meanings.keys()
    if missing:
        sys.exit(f"Say below {', '.join(sorted(missing))} in {model.__name__} what it means")
    return meanings


def _body(definition: ast.stmt) -> list[ast.stmt]:
    return definition.body if isinstance(definition, ast.ClassDef) else []


def _summary(rule: Rule) -> str:
    return guide_of(type(rule)).summary.replace("`", "")


def _camel(key: str) -> str:
    first, *others = key.replace("_", "-").split("-")
    return first + "".join(other.capitalize() for other in others)


if __name__ == "__main__":
    sys.exit(main())
