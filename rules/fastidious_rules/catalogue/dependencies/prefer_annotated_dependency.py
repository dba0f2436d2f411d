"""The rule prefer-annotated-dependency."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastidious_rules.api import (
    Call,
    Conversion,
    Edit,
    Finding,
    Fix,
    Function,
    NeededImport,
    Parameter,
    Profile,
    Rule,
    Safety,
    Scope,
    Severity,
    Span,
    Use,
    converted,
    injected_alike,
    is_passed_by_position,
    marker,
    on,
    styles,
    with_comments,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

_NAMES = frozenset({"Depends", "Security", "Query", "Path", "Body", "Header", "Cookie", "Form", "File"})
_REPEATED = 2


class PreferAnnotatedDependency(Rule):
    """Parameter of a route or a dependency whose default is a call of FastAPI."""

    severity = Severity.HINT
    card_severity = Severity.INFORMATION
    message = "the default of `{parameter}`{others} is a FastAPI marker, not a value; move it into `Annotated[...]`"
    fixable = Safety.SAFE
    requires = {"fastapi": ">=0.95"}  # noqa: RUF012  the contract of rules

    @on(Function)
    def check(self, function: Function, scope: Scope) -> Iterator[Finding]:
        """Report a signature once, at its first such parameter."""
        found = _old_style(function, scope)
        if not found or (scope.settings.profile is not Profile.CARD and scope.ask(styles, scope.module).is_old):
            return
        others = f" (and of {len(found) - 1} more)" if len(found) > 1 else ""
        yield self.finding(found[0], parameter=found[0].name, others=others)

    def fixes(self, view: Function, finding: Finding, scope: Scope) -> Iterator[Fix]:
        """Offer to convert the whole signature, with an alias for a dependency that the module repeats."""
        del finding
        may_reorder = scope.uses(view) == frozenset({Use.ENDPOINT}) and not _has_positional_caller(view, scope)
        plain = converted(view, scope, may_reorder=may_reorder)
        if plain is None:
            return
        imports = (
            () if scope.resolve_in_module("Annotated") == "typing.Annotated" else (NeededImport("typing", "Annotated"),)
        )
        yield Fix(f"Convert the signature to `Annotated`{_caveat(plain)}", plain.edits, imports, _safety(plain))
        yield from _with_alias(view, scope, imports, may_reorder=may_reorder)


def _old_style(function: Function, scope: Scope) -> list[Parameter]:
    """Return the parameters whose default is a marker of FastAPI."""
    if b"=" not in function.parameter_list.text.encode():
        return []
    calls = [(each, each.default) for each in function.parameters]
    likely = [(each, call) for each, call in calls if isinstance(call, Call) and _is_likely(call, scope)]
    return [each for each, call in likely if marker(scope.asker, scope.module, call.term)]


def _is_likely(call: Call, scope: Scope) -> bool:
    name = call.last_name
    return name in _NAMES or scope.resolve_in_module(name).rpartition(".")[2] in _NAMES


def _has_positional_caller(function: Function, scope: Scope) -> bool:
    return scope.ask(is_passed_by_position, scope.qualified(function))


def _caveat(conversion: Conversion) -> str:
    if conversion.is_starred:
        return "; parameters after `*` are then passed by name only"
    return ", required parameters first" if conversion.is_reordered else ""


def _safety(conversion: Conversion) -> Safety:
    return Safety.UNSAFE if conversion.is_starred else Safety.SAFE


def _with_alias(
    function: Function, scope: Scope, imports: tuple[NeededImport, ...], *, may_reorder: bool
) -> Iterator[Fix]:
    repeated = next((each for each in _old_style(function, scope) if _is_repeated(each, scope)), None)
    if repeated is None or scope.class_name or function.enclosing_function is not None:
        return
    annotation, default = repeated.annotation, repeated.default
    alias = _alias_name(annotation.text if annotation is not None else "")
    if annotation is None or default is None or not alias or scope.resolve_in_module(alias):
        return
    conversion = converted(function, scope, may_reorder=may_reorder, aliases={repeated.name: alias})
    if conversion is not None:
        start = with_comments(scope.document_text, scope.unit_span.start) - scope.unit_span.start
        text = f"{alias} = Annotated[{annotation.text}, {default.text}]\n\n\n"
        edits = (Edit(Span(start, start), text), *conversion.edits)
        title = f"Convert the signature to `Annotated` and extract the alias `{alias}`{_caveat(conversion)}"
        yield Fix(title, edits, imports, Safety.UNSAFE)


def _is_repeated(parameter: Parameter, scope: Scope) -> bool:
    annotation, default = parameter.annotation, parameter.default
    if (
        annotation is None
        or default is None
        or not marker(scope.asker, scope.module, default.term).endswith(("Depends", "Security"))
    ):
        return False
    return injected_alike(scope.asker.project, scope.module, annotation.term, default.term) >= _REPEATED


def _alias_name(annotation: str) -> str:
    name = annotation.rpartition(".")[2]
    return f"{name}Dep" if name.isidentifier() and name[:1].isupper() else ""
