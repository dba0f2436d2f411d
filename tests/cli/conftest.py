# ruff: noqa: ARG002 - rules take what the contract says

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fastidious_rules.api import Call, Edit, Fix, Pack, Rule, Safety, Severity, on
from fastidious_rules.engine.registry import Registry
from fastidious_server.cli.application import run
from fastidious_server.cli.services import Services, Transport
from fastidious_server.config.configurations import Configurations
from fastidious_server.workspace.storage.disk import DiskCache

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from fastidious_rules.api import Finding, Scope


class OldCall(Rule):
    """Call of `old`, which is called `new` now."""

    severity = Severity.WARNING
    message = "`{name}` is old; use `new`"
    fixable = Safety.SAFE

    @on(Call, names=frozenset({"old"}))
    def check(self, call: Call, scope: Scope) -> Iterator[Finding]:
        yield self.finding(call.function, name=call.last_name)

    def fixes(self, view: Call, finding: Finding, scope: Scope) -> Iterator[Fix]:
        yield Fix("Call `new`", (Edit(view.function.span, "new"),))


class RiskyCall(Rule):
    """Call of `risky`."""

    severity = Severity.ERROR
    message = "`{name}` is risky"
    fixable = Safety.UNSAFE

    @on(Call, names=frozenset({"risky"}))
    def check(self, call: Call, scope: Scope) -> Iterator[Finding]:
        yield self.finding(call.function, name=call.last_name)

    def fixes(self, view: Call, finding: Finding, scope: Scope) -> Iterator[Fix]:
        yield Fix("Call `careful`", (Edit(view.function.span, "careful"),), safety=Safety.UNSAFE)


class CrashingCall(Rule):
    """Call of `crash`, which this rule does not survive."""

    @on(Call, names=frozenset({"crash"}))
    def check(self, call: Call, scope: Scope) -> Iterator[Finding]:
        message = "boom"
        raise RuntimeError(message)


REGISTRY = Registry([Pack("test", "1", (OldCall, RiskyCall, CrashingCall))])


def _configuration(overrides: Mapping[str, object], is_isolated: bool) -> Configurations:  # noqa: FBT001
    configurations = Configurations(lambda: REGISTRY.rules, lambda _: (), isolated=is_isolated)
    configurations.override("command line", overrides)
    return configurations


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Empty project, which is the working directory."""
    directory = tmp_path / "project"
    directory.mkdir()
    (directory / "pyproject.toml").write_text("")
    monkeypatch.chdir(directory)
    return directory


@pytest.fixture
def fastidious(project: Path, tmp_path: Path) -> Callable[..., int]:
    """Run the command line with the rules of this file; return the exit code."""
    served: list[Transport] = []

    def serve(transport: Transport) -> int:
        served.append(transport)
        return 7

    services = Services(lambda: REGISTRY, _configuration, lambda: DiskCache(tmp_path / "cache"), serve)
    return lambda *arguments: run(arguments, services)
