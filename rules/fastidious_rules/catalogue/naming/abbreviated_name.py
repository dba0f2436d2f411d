"""The rule abbreviated-name."""

from __future__ import annotations

from dataclasses import dataclass
from keyword import iskeyword
from typing import TYPE_CHECKING, NamedTuple

from fastidious_rules.api import (
    Apply,
    Assignment,
    Attribute,
    Awaited,
    Edit,
    Finding,
    Fix,
    For,
    Function,
    Index,
    Name,
    Operation,
    Ref,
    Request,
    Rule,
    Safety,
    Scope,
    Severity,
    Task,
    View,
    With,
    class_shape,
    initials_of,
    is_injectable,
    is_override,
    may_be_abbreviated,
    named_after,
    names_in,
    on,
    places_of,
    spelled_out,
    takes_requests,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from fastidious_rules.api import FunctionFact, Parameter, Term


@dataclass(frozen=True, slots=True)
class Options:
    """`allow` holds names that are never reported."""

    allow: tuple[str, ...] = ()


class _Suspect(NamedTuple):
    name: str
    new_name: str
    class_name: str


class AbbreviatedName(Rule):
    """Name that shortens the words which it is made of."""

    severity = Severity.HINT
    card_severity = Severity.INFORMATION
    message = "`{name}` makes every reader spell it out; call it `{new_name}`"
    fixable = Safety.SAFE
    Options = Options

    @on(Function)
    def check(self, function: Function, scope: Scope) -> Iterator[Finding]:
        """Report abbreviated names of parameters, of local variables, and of attributes that a method sets."""
        fact = scope.fact_of(function)
        if fact is None:
            return
        inside = scope.at(function.body)
        for suspect in _suspects({each.name: (each.annotation,) for each in fact.parameters}, inside):
            yield from self._of_parameter(function, suspect, scope)
        for suspect in _suspects(fact.local, inside):
            yield from self._reported(_local(function, suspect.name), suspect, None)
        if function.name == "__init__":
            for suspect in _suspects(_attributes(fact), inside):
                request = Request(Task.RENAME, suspect.new_name)
                yield from self._reported(_attribute(function, suspect.name), suspect, request)

    def _of_parameter(self, function: Function, suspect: _Suspect, scope: Scope) -> Iterator[Finding]:
        parameter = next((each for each in function.parameters if each.name == suspect.name), None)
        if parameter is None or not _is_free(function, scope):
            return
        if not takes_requests(scope, function) or is_injectable(scope, parameter):
            yield from self._reported(_bare(parameter), suspect, Request(Task.RENAME, suspect.new_name))

    def _reported(self, view: View | None, suspect: _Suspect, request: Request | None) -> Iterator[Finding]:
        if view is not None:
            evidence = f"It holds a `{suspect.class_name}`." if suspect.class_name else ""
            yield self.finding(view, evidence=evidence, request=request, name=suspect.name, new_name=suspect.new_name)

    def fixes(self, view: Function, finding: Finding, scope: Scope) -> Iterator[Fix]:
        """Offer to rename a local variable; names that others may use are left to whoever sees all of the project."""
        del scope
        if finding.request is None:
            name, new_name = finding.message.split("`")[1::2]
            places = places_of(view, name, new_name)
            if places:
                yield Fix(f"Rename to `{new_name}`", tuple(Edit(span, new_name) for span in places))


def _suspects(variables: Mapping[str, tuple[Term | None, ...]], scope: Scope) -> Iterator[_Suspect]:
    """Yield the names that are abbreviations, by what is assigned to them first. Cheap: runs for every function."""
    for name, terms in variables.items():
        if may_be_abbreviated(name) and name not in scope.options.allow:
            class_name = _class_name(terms[0])
            new_name = _in_full(name, class_name, scope)
            if new_name and new_name != name and not iskeyword(new_name):
                yield _Suspect(name, new_name, class_name)


def _attributes(fact: FunctionFact) -> dict[str, tuple[Term | None]]:
    """Return what a method assigns to `self`; what comes from a parameter has the parameter's annotation."""
    annotations = {each.name: each.annotation for each in fact.parameters}
    return {
        name: (annotations.get(term.dotted, term),) if isinstance(term, Ref) else (term,)
        for name, term in fact.attributes.items()
    }


def _bare(parameter: Parameter) -> View:
    view = parameter.name_view
    return view if isinstance(view, Name) else next((each for each in view.children() if isinstance(each, Name)), view)


def _is_free(function: Function, scope: Scope) -> bool:
    known = {"staticmethod", "classmethod"}
    foreign = [each for each in function.decorators if each.name.text not in known]
    if foreign and not scope.routes(function):
        return False
    return not (scope.class_name and is_override(scope, function))


def _local(function: Function, name: str) -> View | None:
    """Return where a local variable is bound first; None for one of a comprehension."""
    for statement in (*function.body.find(Assignment), *function.body.find(For), *function.body.find(With)):
        for target in _targets(statement):
            for each in names_in(target):
                if each.text == name:
                    return each
    return None


def _targets(statement: Assignment | For | With) -> Iterator[View]:
    if isinstance(statement, With):
        yield from (item.target for item in statement.items if item.target is not None)
    else:
        yield statement.target


def _attribute(function: Function, name: str) -> View | None:
    targets = (each.target for each in function.body.find(Assignment))
    return next((each.name for each in targets if isinstance(each, Attribute) and each.name.text == name), None)


def _class_name(term: Term | None) -> str:
    """Return the name of the class that a value is made of or annotated with, as it is written."""
    match term:
        case Ref(name):
            last = name.rpartition(".")[2]
            return last if last[:1].isupper() and not last.isupper() else ""
        case Apply(Ref(":" | "with"), (inner, *_)):
            return _class_name(inner)
        case Apply(Ref() as function):
            return _class_name(function)
        case Awaited(value):
            return _class_name(value)
        case Index(Ref(name), arguments) if name.rpartition(".")[2] in {"Annotated", "Optional"}:
            return _class_name(arguments[0])
        case Operation("|", left, _):
            return _class_name(left)
        case _:
            return ""


def _in_full(name: str, class_name: str, scope: Scope) -> str:
    if class_name:
        guided = named_after(name, class_name)
        if guided:
            return guided if scope.resolve_name(class_name) or scope.resolve_in_module(class_name) else ""
        initials = initials_of(name, class_name)
        if initials:
            return initials if scope.ask(class_shape, scope.resolve_in_module(class_name)) is not None else ""
    return spelled_out(name, lambda each: bool(scope.resolve_in_module(each)))
