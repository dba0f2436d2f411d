"""Extract the facts of a unit from its views."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastidious_rules.semantics.after_commit import stale_reads
from fastidious_rules.semantics.bindings import bound_terms, bounded_names, compared_terms, paired, stored_keys
from fastidious_rules.semantics.facts import (
    CallFact,
    ClassFact,
    FunctionFact,
    ImportFact,
    ModuleFacts,
    ParameterFact,
    UnitFacts,
    VariableFact,
    standing_for,
)
from fastidious_rules.semantics.module import ROUTING_CALLS
from fastidious_rules.syntax.nodes import (
    Assignment,
    Attribute,
    Call,
    Class,
    Comprehension,
    ExpressionStatement,
    For,
    Function,
    If,
    Import,
    ImportFrom,
    Lambda,
    Name,
    Parameter,
    Raise,
    Return,
    TypeAlias,
    View,
    While,
    With,
    Yield,
    names_in,
)
from fastidious_rules.syntax.reading import SHALLOW
from fastidious_rules.syntax.terms import OPAQUE, Apply, Ref, Term
from fastidious_rules.syntax.text import Source
from fastidious_rules.syntax.tree import Tree
from fastidious_rules.syntax.units import Unit, cut

if TYPE_CHECKING:
    from collections.abc import Iterator

_LONGEST_DOCSTRING = 400
_TYPE_VARIABLE = Apply(Ref("typing.TypeVar"))
"""What stands for the value of a type parameter: `class Page[T]` binds `T` as `T = TypeVar("T")` does."""


def module_facts(text: bytes) -> ModuleFacts:
    """Return the facts of a module."""
    cuts = cut(Tree(Source(text)).root, text)
    return ModuleFacts(tuple(_released_facts(Unit(each, text)) for each in cuts), tuple(each.start for each in cuts))


def _released_facts(unit: Unit) -> UnitFacts:
    facts = unit_facts(unit)
    unit.release()
    return facts


def unit_facts(unit: Unit) -> UnitFacts:
    """Return the facts of one unit."""
    if not unit.views:
        return UnitFacts(unit.class_name)
    bodies = _Bodies(unit)
    own = bodies.of(None)
    classes = tuple(_class(each) for each in unit.by_kind.get(Class, ()) if isinstance(each, Class))
    return UnitFacts(
        class_name="" if unit.is_header else unit.class_name,
        imports=tuple(_imports(own)),
        stars=tuple(each.module for each in own if isinstance(each, ImportFrom) and each.is_star),
        variables=tuple(_variables(own)),
        functions=tuple(_functions(unit, bodies)),
        classes=classes,
    )


class _Bodies:
    """The collected views of a unit, by the function or lambda in whose body they run."""

    __slots__ = ("_views",)

    def __init__(self, unit: Unit) -> None:
        self._views: dict[View | None, list[View]] = {}
        for view in unit.views.values():
            self._views.setdefault(view.enclosing_function, []).append(view)

    def of(self, function: View | None) -> list[View]:
        return self._views.get(function, [])

    def owners(self) -> Iterator[View | None]:
        yield from self._views


def _functions(unit: Unit, bodies: _Bodies) -> Iterator[FunctionFact]:
    for view in unit.by_kind.get(Function, ()):
        if isinstance(view, Function):
            yield _function(view, bodies.of(view))
    own = bodies.of(None)
    calls = tuple(_calls(own))
    if calls and not unit.class_name:
        yield FunctionFact("", (0, 0), calls=calls, is_main=_is_main(own))


def _function(view: Function, body: list[View]) -> FunctionFact:
    name = view.name_view.span
    docstring = view.docstring
    return FunctionFact(
        name=qualified_name(view),
        span=(name.start, name.end),
        is_async=view.is_async,
        is_generator=any(isinstance(each, Yield) for each in body),
        parameters=tuple(_parameters(view)),
        returns=view.returns.term if view.returns is not None else None,
        decorators=tuple(each.value.term for each in view.decorators),
        docstring=docstring.text[:_LONGEST_DOCSTRING] if docstring is not None else "",
        local=bound_terms(body),
        imports=tuple(_imports(body)),
        calls=tuple(_calls(body)),
        returned=tuple(_value(each.value) for each in body if isinstance(each, Return)),
        yielded=tuple(_value(each.value) for each in body if isinstance(each, Yield)),
        raised=tuple(_value(each.value) for each in body if isinstance(each, Raise)),
        attributes=_attributes(view, body),
        stored=stored_keys(body),
        compared=compared_terms(body),
        bounded=bounded_names(body),
        contexts=tuple(item.context.term for each in body if isinstance(each, With) for item in each.items),
        stale=stale_reads(view, body),
    )


def qualified_name(view: View) -> str:
    """Return the dotted name of a definition inside its module: `Class.method`, `outer.inner`."""
    names = [each.name for each in (view, *view.ancestors()) if isinstance(each, Function | Class)]
    if view.unit.class_name and not view.unit.is_header:
        names.append(view.unit.class_name)
    return ".".join(reversed(names))


def _parameters(view: Function) -> Iterator[ParameterFact]:
    keyword_only = False
    for parameter in view.parameters:
        if parameter.is_marker:
            keyword_only = keyword_only or parameter.text == "*"
            continue
        yield parameter_fact(parameter, keyword_only=keyword_only)
        keyword_only = keyword_only or parameter.stars == 1


def parameter_fact(parameter: Parameter, *, keyword_only: bool) -> ParameterFact:
    """Return the fact of one parameter."""
    annotation, default = parameter.annotation, parameter.default
    return ParameterFact(
        parameter.name,
        annotation.term if annotation is not None else None,
        default.term if default is not None else None,
        parameter.stars,
        keyword_only,
    )


def _value(view: View | None) -> Term:
    return OPAQUE if view is None else view.term


def _calls(body: list[View]) -> Iterator[CallFact]:
    for view in body:
        if not isinstance(view, Call):
            continue
        term = view.unit.reader.read(view.cst, 0 if view.last_name in ROUTING_CALLS else SHALLOW)
        if isinstance(term, Apply):
            span = view.span
            outer = view.parent if view.is_awaited else view
            statement = isinstance(outer.parent, ExpressionStatement) if outer is not None else False
            yield CallFact(term, (span.start, span.end), view.is_awaited, _loops_around(view), statement)


def _loops_around(view: View) -> int:
    """Count the loops around `view` in its function that run it more than once."""
    count, inner = 0, view
    start = view.cst.start_byte
    for outer in view.ancestors():
        if isinstance(outer, Function | Lambda):
            break
        if isinstance(outer, For):
            count += start >= outer.body.cst.start_byte
        elif isinstance(outer, While):
            count += 1
        elif isinstance(outer, Comprehension):
            count += not _is_first_iterable(outer, inner)
        inner = outer
    return count


def _is_first_iterable(comprehension: Comprehension, inner: View) -> bool:
    """Tell whether `inner` stands in what the comprehension iterates over, which is evaluated once."""
    first = comprehension.clauses[0] if comprehension.clauses else None
    return first is not None and first.span.contains(inner.span)


def _attributes(view: Function, body: list[View]) -> dict[str, Term]:
    """Return what a method assigns to `self`; values that are parameters become their annotations."""
    parameters = view.parameters
    if not parameters or (not view.unit.class_name and view.parent is None):
        return {}
    found: dict[str, Term] = {}
    for each in body:
        for target, term in _assigned(each) if isinstance(each, Assignment) else ():
            if isinstance(target, Attribute) and target.value.text == parameters[0].name:
                found.setdefault(target.name.text, term)
    return found


def _assigned(view: Assignment) -> Iterator[tuple[View, Term]]:
    """Yield what an assignment assigns to, with the annotation, or else the value."""
    value = view.final_value
    if view.annotation is not None:
        yield view.target, standing_for(":", view.annotation.term)
    elif value is not None:
        yield from ((target, given.term) for target, given in paired(view.target, value))


def _imports(body: list[View]) -> Iterator[ImportFact]:
    for view in body:
        if isinstance(view, Import):
            for name in view.names:
                span = name.span
                yield ImportFact(name.bound, name.target if name.alias else name.bound, "", span, _for_types(view))
                if not name.alias and "." in name.target:
                    yield ImportFact("", name.target, "", span, _for_types(view))
        elif isinstance(view, ImportFrom):
            for name in view.names:
                yield ImportFact(name.alias or name.target, view.module, name.target, name.span, _for_types(view))


def _for_types(view: View) -> bool:
    around = view.nearest(If)
    return around is not None and "TYPE_CHECKING" in around.condition.text


def _variables(body: list[View]) -> Iterator[VariableFact]:
    for view in body:
        if isinstance(view, Assignment):
            for name in names_in(view.target):
                span = name.span
                single = isinstance(view.target, Name)
                annotation, value = view.annotation, view.final_value if single else None
                yield VariableFact(
                    _in_nested_class(view, name.text),
                    span,
                    annotation.term if annotation else None,
                    value.term if value else None,
                )
        elif isinstance(view, TypeAlias):
            yield VariableFact(view.name, view.span, Ref("typing.TypeAlias"), view.value.term)
        elif isinstance(view, Class):
            yield from (VariableFact(each.text, each.span, None, _TYPE_VARIABLE) for each in view.type_parameters)


def _in_nested_class(view: View, name: str) -> str:
    """Return the name of a variable, dotted if it belongs to a class inside the unit."""
    classes = [each.name for each in view.ancestors() if isinstance(each, Class)]
    return ".".join([*reversed(classes), name])


def _class(view: Class) -> ClassFact:
    span = view.name_view.span
    keywords = tuple((name, value.term) for name, value in view.keywords.items())
    bases = tuple(each.term for each in view.bases)
    decorators = tuple(each.value.term for each in view.decorators)
    parameters = tuple(each.text for each in view.type_parameters)
    return ClassFact(qualified_name(view), span, bases, keywords, decorators, parameters)


def _is_main(own: list[View]) -> bool:
    return any(isinstance(each, If) and "__name__" in each.condition.text for each in own)
