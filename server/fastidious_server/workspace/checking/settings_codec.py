"""Settings as bytes: to send them to other processes, and to tell whether they changed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

import msgspec

from fastidious_rules.engine.baseline import Baseline, Known
from fastidious_rules.engine.finding import Severity
from fastidious_rules.engine.settings import OptionValue, Profile, Settings, Target


def encode_settings(settings: Settings) -> bytes:
    """Return `settings` as bytes that are equal for equal settings."""
    return msgspec.msgpack.encode(_plain(settings), order="deterministic")


def decode_settings(data: bytes) -> Settings:
    """Return the settings that `encode_settings` wrote."""
    plain = msgspec.msgpack.decode(data)
    return Settings(
        profile=Profile(plain["profile"]),
        select=frozenset(plain["select"]),
        ignore=frozenset(plain["ignore"]),
        severity={rule: Severity(level) for rule, level in plain["severity"].items()},
        options={
            rule: {name: _option(value) for name, value in table.items()} for rule, table in plain["options"].items()
        },
        extra_blocking=plain["extra_blocking"],
        sensitive_names=tuple(plain["sensitive_names"]),
        layers={layer: tuple(patterns) for layer, patterns in plain["layers"].items()},
        muted=frozenset(plain["muted"]),
        pytest=plain["pytest"],
        target=Target(**plain["target"]),
        baseline=_baseline(**plain["baseline"]),
    )


def _plain(value: object) -> Any:
    """Return `value` made of dictionaries, lists and scalars only."""
    if isinstance(value, Settings | Target):
        return {name: _plain(getattr(value, name)) for name in type(value).__dataclass_fields__}
    if isinstance(value, Baseline):
        files = {path: [[*each, count] for each, count in known.items()] for path, known in value.files.items()}
        return {"directory": value.directory, "files": files}
    if isinstance(value, Mapping):
        return {key: _plain(each) for key, each in cast("Mapping[str, object]", value).items()}
    if isinstance(value, frozenset):
        return sorted(cast("frozenset[str]", value))
    if isinstance(value, tuple):
        return [_plain(each) for each in cast("tuple[object, ...]", value)]
    return value


def _option(value: object) -> OptionValue:
    return cast("OptionValue", tuple(cast("list[str]", value)) if isinstance(value, list) else value)


def _baseline(directory: str, files: Mapping[str, list[list[Any]]]) -> Baseline:
    return Baseline(directory, {path: {Known(*each): count for *each, count in known} for path, known in files.items()})
