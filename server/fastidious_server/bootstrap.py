"""Composition root: the one place that knows all parts of the server and puts them together."""

# ruff: noqa: PLC0415 - imported when wanted: every command pays for what it imports

from __future__ import annotations

import sys
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from fastidious_rules.engine.registry import Registry
    from fastidious_server.cli.services import Transport
    from fastidious_server.config.configurations import Configurations
    from fastidious_server.workspace.disk import DiskCache


@lru_cache(maxsize=1)
def build_registry() -> Registry:
    """Return the rules of all packs that are installed; what does not load is said on standard error."""
    from fastidious_rules.engine.registry import Registry
    from fastidious_server.packs import load_packs

    packs = load_packs()
    for failure in packs.failures:
        sys.stderr.write(f"warning: the rule pack `{failure.name}` cannot be loaded: {failure.error}\n")
    return Registry(packs.loaded)


def equivalents(rule: str) -> tuple[str, ...]:
    """Return the names that a rule has in other tools, none if its pack forgot to say."""
    from fastidious_rules.engine.guide import guide_of
    from fastidious_rules.engine.markdown import GuideError

    try:
        return guide_of(type(build_registry().rules[rule])).equivalents
    except GuideError:
        return ()


def run_command(arguments: Sequence[str]) -> int:
    """Run the command line and return its exit code."""
    from fastidious_server.cli.application import run
    from fastidious_server.cli.services import Services

    return run(arguments, Services(build_registry, _configuration, _cache, _serve))


def _configuration(overrides: Mapping[str, object], is_isolated: bool) -> Configurations:  # noqa: FBT001 - a port
    from fastidious_server.config.configurations import Configurations

    configurations = Configurations(lambda: build_registry().rules, equivalents, isolated=is_isolated)
    configurations.override("command line", overrides)
    return configurations


def _cache() -> DiskCache:
    from fastidious_server.packs import fingerprint
    from fastidious_server.workspace.disk import user_cache

    return user_cache(fingerprint())


def _serve(transport: Transport) -> int:
    del transport
    return serve()


def serve() -> int:
    """Run the language server and return its exit code."""
    raise NotImplementedError
