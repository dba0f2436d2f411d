"""Commands that become part of what a shell reads."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from fastidious_rules.api import (
    Apply,
    Assembled,
    Call,
    Constant,
    Display,
    Origin,
    Piece,
    Provenance,
    Ref,
    Rule,
    Safety,
    Severity,
    String,
    View,
    assembled,
    callee_of,
    command_names,
    entry,
    is_quoting,
    is_shell,
    on,
    optional_shell_text,
    parts,
    program_arguments,
    provenance,
    shell_text,
)
from fastidious_rules.catalogue.security.argument_lists import argument_list, quoted
from fastidious_rules.catalogue.security.flows import handed_on, way_of, written_by_client

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastidious_rules.api import Finding, Fix, Scope, Term

_LONG = 40


class _Suspect(NamedTuple):
    """A value in a command, and where it comes from."""

    piece: Piece
    value: View
    found: Provenance
    is_quoted: bool = False
    """Whether it is quoted already, inside other quotes that end there."""


class CommandInjection(Rule):
    """Value that a shell reads as part of a command."""

    severity = Severity.ERROR
    message = "{where} `{value}` becomes part of the command that `{sink}` hands to a shell; {remedy}"
    fixable = Safety.UNSAFE

    @on(Call, names=command_names())
    def check(self, call: Call, scope: Scope) -> Iterator[Finding]:
        """Report values in what a shell is given to read."""
        command = _command(call, scope)
        if command is None or (isinstance(command, String) and not command.is_formatted):
            return
        for text in _texts(command, scope):
            worst = max(_suspects(text, scope), key=_rank, default=None)
            if worst is not None:
                yield self._report(call, text, worst, scope)
                return

    def _report(self, call: Call, text: Assembled, worst: _Suspect, scope: Scope) -> Finding:
        sink = call.function.text if len(call.function.text) <= _LONG else call.last_name
        written = worst.value.text
        return self.finding(
            text.view if call.span.contains(text.view.span) else call,
            severity=_SEVERITIES[worst.found.origin],
            related=handed_on(worst.found),
            evidence=_evidence(worst, sink),
            where=_WHERE[worst.found.origin],
            value=written if len(written) <= _LONG and "\n" not in written else "...",
            sink=sink,
            remedy=_remedy(call, worst, scope),
        )

    def fixes(self, view: Call, finding: Finding, scope: Scope) -> Iterator[Fix]:
        """Offer a list of arguments where the command is one text, then quotes for the shell."""
        command = _command(view, scope)
        if command is None or not view.span.contains(finding.span):
            return
        for text in _texts(command, scope):
            suspects = [each for each in _suspects(text, scope) if not each.is_quoted]
            if suspects:
                yield from argument_list(view, command, text, scope)
                yield from quoted(text, [each.piece for each in suspects], scope)
                return


_WHERE = {
    Origin.REQUEST: "the client's",
    Origin.PARAMETER: "whatever callers pass as",
    Origin.UNKNOWN: "the value of",
}
_SEVERITIES = {
    Origin.REQUEST: Severity.ERROR,
    Origin.PARAMETER: Severity.WARNING,
    Origin.UNKNOWN: Severity.INFORMATION,
}


def _command(call: Call, scope: Scope) -> View | None:
    """Return what a call gives a shell to read, None if it gives it nothing."""
    qualified = scope.resolve(call)
    always, sometimes = shell_text(qualified), optional_shell_text(qualified)
    if always or (sometimes and _asks_for_shell(call)):
        command = call.argument(*(always or sometimes))
        return _script_of(command, 0) if isinstance(command, Display) else command
    position = program_arguments(qualified)
    if position is None:
        return None
    given = call.arguments if position < 0 else call.arguments[position : position + 1]
    return _script(given) if position < 0 else _script_of(given[0] if given else None, 2)


def _asks_for_shell(call: Call) -> bool:
    value = call.keywords.get("shell")
    return isinstance(value, Constant) and value.text == "True"


def _script_of(arguments: View | None, position: int) -> View | None:
    """Return what a shell reads of a list: with `shell=True` the first item, else what follows `["sh", "-c", ...]`."""
    items = arguments.items if isinstance(arguments, Display) else []
    return _script(items) if position else next(iter(items), None)


def _script(words: list[View]) -> View | None:
    program, *options = words or [None]
    if not isinstance(program, String) or not is_shell(program.value or ""):
        return None
    for position, option in enumerate(options[:-1]):
        if isinstance(option, String) and (option.value or "") in {"-c", "-lc", "-ec", "/c", "/C", "-Command"}:
            return options[position + 1]
    return None


def _texts(command: View, scope: Scope) -> list[Assembled]:
    found = assembled(command, scope.function)
    return found or ([] if isinstance(command, Display) else [Assembled(command, (Piece("", command),))])


def _suspects(text: Assembled, scope: Scope) -> Iterator[_Suspect]:
    is_alone = len(text.pieces) == 1
    for position, piece in enumerate(text.pieces):
        if piece.value is None:
            continue
        before = "".join(each.text for each in text.pieces[:position])
        if _is_quoted(piece.value, scope) and not is_alone:
            inside = before.count("'") % 2 or before.count('"') % 2
            if inside:
                found = provenance(scope.asker, scope.environment, piece.value.term)
                yield _Suspect(piece, piece.value, found, is_quoted=True)
            continue
        found = provenance(scope.asker, scope.environment, piece.value.term)
        if _matters(found, scope, is_alone=is_alone):
            yield _Suspect(piece, piece.value, found)


def _matters(found: Provenance, scope: Scope, *, is_alone: bool) -> bool:
    """Tell whether a value is worth a word: a whole command only if a client writes it."""
    if found.is_screened or found.origin <= Origin.TRUSTED or (is_alone and found.origin is not Origin.REQUEST):
        return False
    return not found.function or not scope.ask(entry, found.function).is_command


def _is_quoted(value: View, scope: Scope) -> bool:
    """Tell whether a value is made one word for the shell, here or where it was assigned."""
    term, where = value.term, scope.environment
    assigned = where.function.local.get(term.dotted, ()) if where.function is not None and isinstance(term, Ref) else ()
    return any(_quotes(part, scope) for each in (term, *assigned) for part in parts(each))


def _quotes(term: Term, scope: Scope) -> bool:
    functions = [term, *(Apply(each) for each in term.arguments)] if isinstance(term, Apply) else []
    return any(is_quoting(callee_of(scope.asker, scope.environment, each)) for each in functions)


def _rank(suspect: _Suspect) -> int:
    return suspect.found.origin


def _remedy(call: Call, worst: _Suspect, scope: Scope) -> str:
    if worst.is_quoted:
        return "it is quoted twice: drop the outer quotes"
    has_list = bool(optional_shell_text(scope.resolve(call))) or call.last_name == "create_subprocess_shell"
    return "pass a list of arguments without one" if has_list else "quote it with `shlex.quote`"


def _evidence(worst: _Suspect, sink: str) -> str:
    value, found = worst.value.text, worst.found
    match found.origin:
        case Origin.REQUEST:
            way = f" {way_of(found, sink)}." if found.passings else ""
            said = f"{written_by_client(found)}{way}"
        case Origin.PARAMETER:
            said = f"`{value}` is a parameter; nothing here limits what callers pass."
        case _:
            said = f"Nothing here proves that `{value}` is a constant."
    if worst.is_quoted:
        return f"{said} `shlex.quote` writes quotes of its own: inside the quotes around it they end the word."
    return f"{said} The shell reads `;`, `|`, `$(...)` and line ends in it as its own."
