"""Look for coroutines that wait for a file on the way to a response."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from fastidious_rules.api import (
    BLOCKS_FILE,
    FILE,
    Call,
    Function,
    Rule,
    Safety,
    Severity,
    blocking_names,
    on,
)
from fastidious_rules.catalogue.asynchrony.async_file import of_path, of_upload
from fastidious_rules.catalogue.asynchrony.chains import short, short_library
from fastidious_rules.catalogue.asynchrony.offloading import in_thread
from fastidious_rules.catalogue.asynchrony.plain_def import plain_def
from fastidious_rules.catalogue.asynchrony.sites import REQUEST, coroutine_around, helper_sites, known_call, reached

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastidious_rules.api import Blocking, Finding, Fix, Scope

_LAZY = frozenset({"os.scandir", "os.walk"})
"""What reads as it is iterated over: a thread would only make the iterator."""
_UPLOAD = "fastapi.UploadFile"
_LOOP = "It lies on the way to a response: until the disk answers, this process answers no other request."


@dataclass(frozen=True, slots=True)
class Options:
    """How far to look."""

    helpers: bool = False
    """Whether to follow calls of functions of the project to the files that they open."""


class BlockingFileIoInAsync(Rule):
    """File that is read or written on the event loop while a request waits."""

    severity = Severity.INFORMATION
    card_severity = Severity.WARNING
    message = "{what} waits for the disk on the event loop in async `{function}`; {remedy}"
    Options = Options
    fixable = Safety.SAFE

    @on(Call, names=blocking_names(FILE))
    def check(self, call: Call, scope: Scope) -> Iterator[Finding]:
        """Report calls of the table of functions that wait for a file."""
        function = coroutine_around(call, scope)
        known = _known(call, scope) if function is not None else None
        if function is None or known is None or reached(function, scope) != REQUEST:
            return
        yield self.finding(
            call,
            evidence=f"The call is `{known.name}`. {_LOOP}",
            what=f"`{short_library(known.name)}`",
            function=function.name,
            remedy=_remedy(known),
        )

    @on(Function)
    def check_helpers(self, function: Function, scope: Scope) -> Iterator[Finding]:
        """Report calls of functions of the project that end in one of them, where the user asks for that."""
        if not scope.options.helpers:
            return
        for site in helper_sites(function, scope, BLOCKS_FILE):
            if site.cached or reached(function, scope) != REQUEST:
                continue
            yield self.finding(
                site.span,
                related=site.related,
                evidence=f"{site.way}. {_LOOP}",
                what=f"`{short(site.callee)}` ends in `{short_library(site.leaf)}` ({site.end}), which",
                function=function.name,
                remedy="run it in a thread",
            )

    def fixes(self, view: Call | Function, finding: Finding, scope: Scope) -> Iterator[Fix]:
        """Yield, in this order: the upload's own method, `def`, anyio's files, a thread."""
        function = view if isinstance(view, Function) else scope.function
        call = view if isinstance(view, Call) else _call_at(view, finding)
        if function is None or call is None:
            return
        known = _known(call, scope.at(call))
        if known is not None and known.alternative == _UPLOAD:
            yield from of_upload(call)
        yield from plain_def(function, scope)
        if known is not None:
            yield from of_path(call, known)
        if known is None or known.name not in _LAZY:
            yield from in_thread(call, scope.at(call))


def _call_at(function: Function, finding: Finding) -> Call | None:
    return next((call for call in function.body.find(Call) if call.span == finding.span), None)


def _known(call: Call, scope: Scope) -> Blocking | None:
    known = known_call(call, scope)
    return known if known is not None and known.kind == FILE else None


def _remedy(known: Blocking) -> str:
    if known.alternative == _UPLOAD:
        return f"await the upload's own `{short(known.name)}`"
    return f"use `{known.alternative}`" if known.alternative else "run it in a thread"
