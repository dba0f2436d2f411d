"""Endpoints that change something for anybody, where the others ask who is there."""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from fastidious_rules.api import Function, Rule, on, outliers

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastidious_rules.api import Finding, Outlier, Scope

_READING = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})


@dataclass(frozen=True, slots=True)
class Options:
    """How a project checks who is there, and what it leaves open."""

    callables: tuple[str, ...] = ()
    """Names of dependencies that check who is there, whatever they are called."""
    public_paths: tuple[str, ...] = ()
    """Full paths that are open to everybody, with `*` for anything: `/public/*`."""


class MissingAuthDependency(Rule):
    """Endpoint that changes something and depends on nothing that checks who is there, unlike nearly all others."""

    message = (
        "nobody checks who calls `{endpoint}`, unlike {guarded} of the {others} other routes that change something"
    )
    Options = Options

    @on(Function)
    def check(self, function: Function, scope: Scope) -> Iterator[Finding]:
        """Report mutating endpoints without a guard, where at least four of five others have one."""
        routes = scope.routes(function) if function.decorators else ()
        fact = scope.fact_of(function)
        if fact is None or all(_READING.issuperset(each.methods) for each in routes):
            return
        for each in scope.ask(outliers, scope.module, fact.name, ",".join(scope.options.callables)):
            if not _is_public(each, scope.options):
                yield self.finding(
                    function.name_view,
                    endpoint=f"{each.method} {each.paths[0]}" if each.paths else function.name,
                    guarded=each.guarded,
                    others=each.others,
                    evidence=(
                        "Neither its parameters nor `dependencies=` of its decorator, its routers and the application "
                        "lead to a security scheme, or to anything that answers 401 or 403."
                    ),
                )
                return


def _is_public(outlier: Outlier, options: Options) -> bool:
    return any(fnmatchcase(path, pattern) for path in outlier.paths for pattern in options.public_paths)
