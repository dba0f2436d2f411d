"""Composition root: the one place that knows all parts of the server and puts them together."""

# ruff: noqa: PLC0415 - imported when wanted: every command pays for what it imports

from __future__ import annotations

import sys
from functools import lru_cache
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from fastidious_rules.engine.registry import Registry
    from fastidious_server.cli.services import Transport
    from fastidious_server.config.configurations import Configurations
    from fastidious_server.packs import Packs
    from fastidious_server.workspace.background import Inference
    from fastidious_server.workspace.ports import Engine, Services
    from fastidious_server.workspace.storage.disk import DiskCache


@lru_cache(maxsize=1)
def _packs() -> Packs:
    from fastidious_server.packs import load_packs

    return load_packs()


@lru_cache(maxsize=1)
def build_registry() -> Registry:
    """Return the rules of all packs that are installed; what does not load is said on standard error."""
    from fastidious_rules.engine.registry import Registry

    packs = _packs()
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


def option_text(rule: str, option: str) -> str:
    """Return what an option of a rule means, nothing if its pack forgot to say."""
    from fastidious_rules.engine.guide import guide_of
    from fastidious_rules.engine.markdown import GuideError

    try:
        return guide_of(type(build_registry().rules[rule])).option(option)
    except GuideError:
        return ""


def run_command(arguments: Sequence[str]) -> int:
    """Run the command line and return its exit code."""
    from fastidious_server.cli import services
    from fastidious_server.cli.application import run

    return run(arguments, services.Services(build_registry, _configuration, _cache, _serve))


def _configuration(overrides: Mapping[str, object], is_isolated: bool) -> Configurations:  # noqa: FBT001 - a port
    from fastidious_server.config.configurations import Configurations

    configurations = Configurations(lambda: build_registry().rules, equivalents, isolated=is_isolated)
    configurations.override("command line", overrides)
    return configurations


def _cache() -> DiskCache:
    from fastidious_server.packs import fingerprint
    from fastidious_server.workspace.storage.disk import user_cache

    return user_cache(fingerprint())


def _serve(transport: Transport) -> int:
    return serve(transport.host, tcp=transport.tcp, ws=transport.ws)


def serve(host: str = "127.0.0.1", *, tcp: int | None = None, ws: int | None = None) -> int:
    """Run the language server and end the process with its exit code.

    Only what answers `initialize` is imported here; `editor_services` brings the rest when a document needs it.
    """
    from fastidious_server.lsp.server import Server
    from fastidious_server.lsp.wire.transport import serve_stdio, serve_tcp, serve_ws

    server = Server(editor_services)
    if tcp is not None:
        serve_tcp(server, host, tcp)
    if ws is not None:
        serve_ws(server, host, ws)
    serve_stdio(server)


def editor_services() -> Services:
    """Return what the language server is wired to."""
    from fastidious_rules.semantics.project import Project
    from fastidious_server.config.assistance import ConfigurationAssistance
    from fastidious_server.config.configurations import Configurations
    from fastidious_server.config.editor import EditorConfiguration
    from fastidious_server.workspace.baselines.baseline_process import BaselineProcess
    from fastidious_server.workspace.indexing.index import BackgroundIndex, Wiring
    from fastidious_server.workspace.inspecting.inspection import BackgroundInspection, InspectionWiring
    from fastidious_server.workspace.ports import Services
    from fastidious_server.workspace.reviewer import Reviewer

    configurations = Configurations(lambda: build_registry().rules, equivalents)
    reviewer = Reviewer(build_registry(), Project())
    settings, cache = EditorConfiguration(configurations), _cache().location
    index = BackgroundIndex(Wiring(reviewer.learn, configurations.exclusion, cache))
    inspection = BackgroundInspection(InspectionWiring(settings.settings_for, configurations, cache))
    engine = cast("Engine", reviewer)  # the documents that it takes are those that it gave
    return Services(
        engine,
        settings,
        index,
        _inference(),
        BaselineProcess(),
        ConfigurationAssistance(lambda: build_registry().rules, option_text),
        inspection,
        _surroundings,
    )


def _surroundings() -> dict[str, str]:
    loaded, failures = _packs()
    cache = _cache()
    return {
        "rule packs": ", ".join(f"{pack.name} {pack.version} ({len(pack.rules)} rules)" for pack in loaded),
        "rule packs that cannot be loaded": ", ".join(f"{each.name}: {each.error}" for each in failures) or "none",
        "cache": f"{cache.location}, {cache.size() >> 20} MB",
    }


def _inference() -> Inference:
    from fastidious_server.inference.client import ProcessInference

    return ProcessInference()
