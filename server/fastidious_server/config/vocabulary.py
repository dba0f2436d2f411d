"""What may stand where in a configuration, with what it means."""

from __future__ import annotations

from dataclasses import MISSING, fields
from typing import TYPE_CHECKING, NamedTuple, get_args

from fastidious_server.config.model import FastidiousTable, Level, PathTable, TargetTable
from fastidious_server.workspace.words import Suggestion, Word

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from pydantic import BaseModel

    from fastidious_server.config.known_rule import SummarizedRule

ALL = "ALL"
_SELECT = "Names of rules or families, or `ALL`; replaces what the profile turns on."
_IGNORE = "Names of rules or families that are off; wins over `select`."
_SEVERITY = "How loud rules are: `error`, `warning`, `information`, `hint` or `off`, by rule."
KEYS: Mapping[type[BaseModel], Mapping[str, str]] = {
    FastidiousTable: {
        "profile": "`recommended`, or `card`: the guideline card to the letter, with style findings louder.",
        "select": _SELECT,
        "ignore": _IGNORE,
        "severity": _SEVERITY,
        "per-path": "By glob pattern: `select`, `ignore` and `severity` for these files.",
        "extra-blocking": 'By qualified name of a call that blocks: what to await in its place, or `""`.',
        "sensitive-names": "Names of fields and variables whose values are secrets here, besides those that everybody knows.",
        "layers": "By layer: glob patterns of its modules; replaces what Fastidious infers.",
        "rules": "By rule: its own options.",
        "defer-to-ruff": "Stay silent where the project's ruff already reports the same.",
        "exclude": "Patterns of files that are not reviewed, besides those that git ignores.",
        "baseline": 'The file with the findings that are known; `""` for none.',
        "target": "Versions that the code is written for, where they are not to be found out.",
    },
    PathTable: {"select": _SELECT, "ignore": _IGNORE, "severity": _SEVERITY},
    TargetTable: {
        "python": 'Version of Python: `"3.12"`.',
        "packages": 'By package: its version, `{ fastapi = "0.115" }`.',
    },
}
"""What each key means, by the model of its table."""
_LEVELS = {
    "error": "A bug or a hole.",
    "warning": "Harm in production.",
    "information": "Design debt.",
    "hint": "Style.",
    "off": "Not reported.",
}


class Vocabulary(NamedTuple):
    """Words of configurations; `option_text` says in a sentence what an option of a rule means."""

    rules: Mapping[str, SummarizedRule]
    option_text: Callable[[str, str], str]

    def keys(self, path: tuple[str, ...]) -> Iterator[Suggestion]:
        """Yield the keys of the table at `path`, which starts inside `[tool.fastidious]`."""
        match path:
            case ():
                yield from _keys(FastidiousTable)
            case ("per-path", _):
                yield from _keys(PathTable)
            case ("target",):
                yield from _keys(TargetTable)
            case ("severity",) | ("per-path", _, "severity"):
                yield from self._rules()
            case ("rules",):
                yield from (each for each in self._rules() if self.rules[each.text].Options is not None)
            case ("rules", rule) if rule in self.rules:
                yield from self._options(self.rules[rule])
            case _:
                pass

    def values(self, path: tuple[str, ...]) -> Iterator[Suggestion]:
        """Yield the values that the key at `path` may have, or the items of its array."""
        match path:
            case ("profile",):
                yield Suggestion("recommended", Word.VALUE, "What most backends want to hear of.")
                yield Suggestion("card", Word.VALUE, "The guideline card to the letter.")
            case ("select" | "ignore",) | ("per-path", _, "select" | "ignore"):
                yield from self._rules()
                yield from self._families()
            case ("severity", _) | ("per-path", _, "severity", _):
                yield from (Suggestion(level, Word.VALUE, _LEVELS[level]) for level in get_args(Level))
            case ("defer-to-ruff",):
                yield from _SWITCH
            case ("rules", rule, option) if rule in self.rules:
                yield from _SWITCH if isinstance(_defaults(self.rules[rule]).get(option), bool) else ()
            case _:
                pass

    def _rules(self) -> Iterator[Suggestion]:
        return (Suggestion(name, Word.RULE, rule.summary) for name, rule in self.rules.items())

    def _families(self) -> Iterator[Suggestion]:
        for family in sorted({rule.family for rule in self.rules.values()}):
            members = ", ".join(f"`{rule.name}`" for rule in self.rules.values() if rule.family == family)
            yield Suggestion(family, Word.FAMILY, f"The family of {members}.")
        yield Suggestion(ALL, Word.FAMILY, "All rules.")

    def _options(self, rule: SummarizedRule) -> Iterator[Suggestion]:
        for name in _defaults(rule):
            yield Suggestion(name, Word.KEY, self.option_text(rule.name, name.replace("-", "_")))


def _keys(model: type[BaseModel]) -> Iterator[Suggestion]:
    defaults = {field.alias or name: field.default for name, field in model.model_fields.items()}
    for key, meaning in KEYS[model].items():
        default = defaults[key]
        shown = f"`{str(default).lower()}`" if isinstance(default, bool) else f"`{default}`"
        has_default = isinstance(default, str | bool)
        yield Suggestion(key, Word.KEY, f"{meaning} Default: {shown}." if has_default else meaning)


def _defaults(rule: SummarizedRule) -> dict[str, object]:
    """Return the default values of the options of `rule`, by the names that configurations give them."""
    options = rule.Options
    found = () if options is None else fields(options)
    return {each.name.replace("_", "-"): None if each.default is MISSING else each.default for each in found}


_SWITCH = (Suggestion("true", Word.SWITCH, ""), Suggestion("false", Word.SWITCH, ""))
