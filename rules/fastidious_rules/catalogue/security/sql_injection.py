"""The rule `sql-injection`."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, NamedTuple

from fastidious_rules.api import (
    SINK_NAMES,
    Assembled,
    Call,
    Collection,
    Finding,
    Fix,
    Function,
    Hole,
    Name,
    Origin,
    Piece,
    Provenance,
    Role,
    Rule,
    Safety,
    Scope,
    Severity,
    View,
    ancestry,
    assembled,
    guarded_names,
    hole_between,
    is_sql_function,
    is_telling_method,
    looks_like_sql,
    on,
    placeholder_style,
    provenance,
)
from fastidious_rules.catalogue.security.bound_parameters import bound_parameters
from fastidious_rules.catalogue.security.flows import handed_on, way_of

if TYPE_CHECKING:
    from collections.abc import Iterator


class Suspect(NamedTuple):
    """A value in a statement."""

    piece: Piece
    hole: Hole
    found: Provenance

    @property
    def origin(self) -> Origin:
        """Where the value comes from."""
        return self.found.origin


class SqlInjection(Rule):
    """Value put into the text of an SQL statement instead of being bound to it."""

    severity = Severity.WARNING
    message = "{where} `{value}` becomes part of the SQL text that `{sink}` runs; bind it as a parameter"
    fixable = Safety.UNSAFE
    roles: ClassVar[frozenset[Role]] = frozenset({Role.CODE, Role.SCRIPT})

    @on(Call, names=SINK_NAMES)
    def check(self, call: Call, scope: Scope) -> Iterator[Finding]:
        """Look at what may become SQL."""
        argument = call.argument(0, "sql") or call.argument(0, "query")
        if argument is None or (isinstance(argument, Call) and argument.last_name in {"select", "text", "insert"}):
            return
        texts = [each for each in assembled(argument, scope.function) if each.holes]
        if not texts or not _is_sink(call, scope, texts):
            return
        for text in texts:
            suspects = list(_suspects(text, scope))
            if suspects:
                yield self._report(call, text, suspects, scope)
                return

    def _report(self, call: Call, text: Assembled, suspects: list[Suspect], scope: Scope) -> Finding:
        worst = max(suspects, key=lambda each: (_severity_rank(each), -suspects.index(each)))
        assert worst.piece.value is not None  # noqa: S101  a suspect is a value
        severity = _severity(worst)
        message = self.message if worst.hole is not Hole.IDENTIFIER else _IDENTIFIER_MESSAGE
        return self.finding(
            text.view if call.span.contains(text.view.span) else call,
            severity=severity,
            message=message,
            related=handed_on(worst.found),
            where=_WHERE[worst.origin],
            value=worst.piece.value.text,
            sink=call.function.text if len(call.function.text) < _LONG else call.last_name,
            evidence=_evidence(worst, call, scope.function),
        )

    def fixes(self, view: Call, finding: Finding, scope: Scope) -> Iterator[Fix]:
        """Offer to bind the values, where the statement is written in the call itself."""
        argument = view.argument(0, "sql") or view.argument(0, "query")
        if argument is None or not view.span.contains(finding.span):
            return
        suspects = [
            each
            for text in assembled(argument, None)
            for each in _suspects(text, scope)
            if each.hole is not Hole.IDENTIFIER
        ]
        edits = bound_parameters(view, argument, [(each.piece, each.hole) for each in suspects], _style(view, scope))
        if edits:
            names = ", ".join(dict.fromkeys(f"`{each.piece.value.text}`" for each in suspects if each.piece.value))
            yield Fix(f"Bind {names} as a parameter (the driver then checks its type)", edits, (), Safety.UNSAFE)


_LONG = 40
_IDENTIFIER_MESSAGE = (
    "{where} `{value}` names a table or column in the SQL that `{sink}` runs; check it against a fixed list"
)
_WHERE = {
    Origin.REQUEST: "the client's",
    Origin.PARAMETER: "whatever callers pass as",
    Origin.UNKNOWN: "the value of",
}


def _is_sink(call: Call, scope: Scope, texts: list[Assembled]) -> bool:
    """Tell whether a call runs its argument as SQL: by what it is, else by a text that can be nothing else."""
    resolved = scope.resolve(call)
    if is_sql_function(resolved):
        return True
    if _style(call, scope):
        return True
    known = scope.type_of(call.receiver) if call.receiver is not None else None
    if known or not is_telling_method(call.last_name):
        return False
    return any(looks_like_sql(text.text) for text in texts)


def _style(call: Call, scope: Scope) -> str:
    """Return how the driver of a call's receiver writes bound values; `named` for `text()`."""
    if is_sql_function(scope.resolve(call)):
        return "text"
    known = scope.type_of(call.receiver) if call.receiver is not None else None
    for each in scope.ask(ancestry, known.name) if known else ():
        if placeholder_style(each):
            return placeholder_style(each)
    return ""


def _suspects(text: Assembled, scope: Scope) -> Iterator[Suspect]:
    function = scope.function
    checked = guarded_names(function) if function is not None else frozenset[str]()
    for position, piece in enumerate(text.pieces):
        if piece.value is None or piece.value.text in checked:
            continue
        before = "".join("?" if each.value is not None else each.text for each in text.pieces[:position])
        after = "".join("?" if each.value is not None else each.text for each in text.pieces[position + 1 :])
        hole = hole_between(before, after)
        found = provenance(scope.asker, scope.environment, piece.value.term)
        if hole is Hole.FRAGMENT or found.origin <= Origin.TRUSTED or found.is_screened:
            continue
        if _matters(hole, found.origin, piece.value):
            yield Suspect(piece, hole, found)


def _matters(hole: Hole, source: Origin, value: View) -> bool:
    """Tell whether a hole is worth a word: of an identifier only what callers or clients choose."""
    if hole is Hole.IDENTIFIER:
        return source >= Origin.PARAMETER and isinstance(value, Name) and "quoted" not in value.text.lower()
    term = value.term
    return not (isinstance(term, Collection) and term.kind != "text")


def _severity_rank(suspect: Suspect) -> int:
    order = (Severity.HINT, Severity.INFORMATION, Severity.WARNING, Severity.ERROR)
    return order.index(_severity(suspect))


def _severity(suspect: Suspect) -> Severity:
    if suspect.hole is Hole.IDENTIFIER:
        return Severity.WARNING if suspect.origin is Origin.REQUEST else Severity.HINT
    return Severity.ERROR if suspect.origin is Origin.REQUEST else Severity.WARNING


def _evidence(suspect: Suspect, call: Call, function: Function | None) -> str:
    value = suspect.piece.value.text if suspect.piece.value is not None else ""
    around = f" of `{function.name}`" if function is not None else ""
    match suspect.origin:
        case Origin.REQUEST if suspect.found.passings:
            source = f"{way_of(suspect.found, call.last_name)}: a client writes `{value}`."
        case Origin.REQUEST:
            source = f"`{value}` is a request parameter{around}: the client writes it."
        case Origin.PARAMETER:
            source = f"`{value}` is a parameter{around}; nothing here limits what callers pass."
        case _:
            source = f"Nothing here proves that `{value}` is a constant."
    kind = "between quotes, where one more quote ends the string" if suspect.hole is Hole.QUOTED_VALUE else "as it is"
    return source if suspect.hole is Hole.IDENTIFIER else f"{source} It is put in {kind}."
