"""What a rule may ask about the view that it looks at."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from packaging.version import InvalidVersion, Version

from fastidious_rules.engine.elsewhere import unit_at, unit_in
from fastidious_rules.semantics.inference import callee_of, inferred
from fastidious_rules.semantics.names import canonical, renamed, resolve
from fastidious_rules.semantics.types import Environment, Type
from fastidious_rules.semantics.types import annotated as type_of_annotation
from fastidious_rules.semantics.web import fastapi
from fastidious_rules.syntax.nodes import Call, Comprehension, For, Function, Lambda, Name, View, While
from fastidious_rules.syntax.terms import Apply, Ref, Term
from fastidious_rules.syntax.text import Span

if TYPE_CHECKING:
    from collections.abc import Callable

    from fastidious_rules.engine.elsewhere import Elsewhere
    from fastidious_rules.engine.settings import Settings
    from fastidious_rules.semantics.answers import Question
    from fastidious_rules.semantics.facts import FunctionFact, UnitFacts
    from fastidious_rules.semantics.place import Place
    from fastidious_rules.semantics.project import Project
    from fastidious_rules.semantics.role import Role
    from fastidious_rules.semantics.web.fastapi import Route
    from fastidious_rules.syntax.units import Unit

A = TypeVar("A")


class Recorder:
    """A project that remembers what it was asked, and what it answered."""

    __slots__ = ("answers", "project")

    def __init__(self, project: Project) -> None:
        self.project = project
        self.answers: dict[Question, Any] = {}

    def ask(self, answer: Callable[..., A], *words: str) -> A:
        """Ask the project and remember."""
        question = (answer, words)
        known = self.answers.get(question, self)
        if known is self:
            known = self.answers[question] = self.project.ask(answer, *words)
        return known  # type: ignore[return-value]


class ModuleContext(NamedTuple):
    """What holds for a whole document."""

    path: str
    module: str
    role: Role
    settings: Settings


class UnitContext:
    """What holds for one unit while it is checked."""

    __slots__ = ("_renamed", "asker", "document", "facts", "functions", "unit")

    def __init__(self, document: ModuleContext, unit: Unit, facts: UnitFacts, asker: Recorder) -> None:
        self.document = document
        self.unit = unit
        self.facts = facts
        self.asker = asker
        views = unit.by_kind.get(Function, [])
        named = [each for each in facts.functions if each.name]
        self.functions: dict[View, FunctionFact] = dict(zip(views, named, strict=False))
        self._renamed: dict[str, str] | None = None

    def real_name(self, call: Call) -> str:
        """Return the last name of what is called, as it is called where it is defined."""
        name = call.last_name
        return self._real_names().get(name, name) if isinstance(call.function, Name) else name

    def _real_names(self) -> dict[str, str]:
        if self._renamed is None:
            inside = [each for function in self.facts.functions for each in function.imports]
            self._renamed = dict(self.asker.ask(renamed, self.document.module))
            self._renamed.update((each.bound, each.name) for each in inside if each.name)
        return self._renamed


class Scope:
    """Meaning around one view. Every answer that leaves the unit is remembered: see `Project`."""

    __slots__ = ("_context", "_rule_options", "view")

    def __init__(self, context: UnitContext, view: View, options: Any = None) -> None:
        self._context = context
        self.view = view
        self._rule_options = options

    # Where

    @property
    def path(self) -> str:
        """Path of the document."""
        return self._context.document.path

    @property
    def module(self) -> str:
        """Dotted name of the document's module."""
        return self._context.document.module

    @property
    def role(self) -> Role:
        """What the document is for."""
        return self._context.document.role

    @property
    def settings(self) -> Settings:
        """The settings of the document."""
        return self._context.document.settings

    @property
    def options(self) -> Any:
        """The rule's own options: an instance of its `Options`."""
        return self._rule_options

    @property
    def facts(self) -> UnitFacts:
        """Facts of the unit."""
        return self._context.facts

    @property
    def document_text(self) -> bytes:
        """Text of the whole document. For fixes only: a check that reads it would not be run again when it changes."""
        return self._context.unit.reader.text

    @property
    def unit_span(self) -> Span:
        """Bytes of the unit in `document_text`, for fixes that reach beyond the unit."""
        unit = self._context.unit
        return Span(unit.start, unit.start + len(unit.text))

    @property
    def class_name(self) -> str:
        """Name of the class whose member, or header, the unit is."""
        return self._context.unit.class_name

    @property
    def function(self) -> Function | None:
        """The function in whose body the view runs; None at module or class level, and inside a lambda."""
        function = self.view.enclosing_function
        return function if isinstance(function, Function) else None

    @property
    def in_loop(self) -> bool:
        """Whether the view runs once for each round of a loop or comprehension of its function."""
        return self.loop is not None

    @property
    def loop(self) -> For | While | Comprehension | None:
        """The innermost loop that runs the view more than once, in the view's own function."""
        start = self.view.cst.start_byte
        for outer in self.view.ancestors():
            if isinstance(outer, Function | Lambda):
                return None
            if isinstance(outer, For) and start >= outer.body.cst.start_byte:
                return outer
            if isinstance(outer, While):
                return outer
            if isinstance(outer, Comprehension) and not outer.clauses[0].span.contains(self.view.span):
                return outer
        return None

    def elsewhere(self, place: Place) -> Elsewhere | None:
        """Return the unit that `place` stands in, in whatever file. For fixes only, as `document_text`."""
        if place.path != self.path:
            return unit_at(self.asker.project, place)
        span = self.asker.project.locate(place)
        found = unit_in(self.document_text, span.start, "") if span is not None else None
        return found._replace(start=found.start - self.unit_span.start) if found is not None else None

    # FastAPI

    def routes(self, function: Function) -> tuple[Route, ...]:
        """Return the routes that the decorators of a function of this unit declare."""
        fact = self.fact_of(function)
        return fastapi.routes(self.asker, self._around(function), fact) if fact is not None else ()

    def uses(self, function: Function) -> frozenset[fastapi.Use]:
        """Return what FastAPI uses a function of this unit for: endpoint, dependency, middleware ..."""
        fact = self.fact_of(function)
        return fastapi.uses(self.asker, self._around(function), fact) if fact is not None else frozenset()

    def _around(self, function: Function) -> Environment:
        """Return where the `def` itself stands."""
        return self.inside(function).outer or Environment(self.module, None, self._context.unit.class_name)

    # Meaning

    @property
    def asker(self) -> Recorder:
        """Whom to ask questions of `fastidious_rules.semantics`."""
        return self._context.asker

    def ask(self, answer: Callable[..., A], *words: str) -> A:
        """Return what the function `answer` of `fastidious_rules.semantics` says about `words`."""
        return self._context.asker.ask(answer, *words)

    def fact_of(self, function: Function) -> FunctionFact | None:
        """Return the facts of a function of this unit."""
        return self._context.functions.get(function)

    def qualified(self, function: Function) -> str:
        """Return the qualified name of a function of this unit."""
        fact = self.fact_of(function)
        return f"{self.module}.{fact.name}" if fact is not None else f"{self.module}.{function.name}"

    @property
    def environment(self) -> Environment:
        """Where the view stands, for inference."""
        function = self.view.enclosing_function
        while isinstance(function, Lambda):
            function = function.enclosing_function
        return self.inside(function) if isinstance(function, Function) else Environment(self.module)

    def inside(self, function: Function) -> Environment:
        """Return where the body of `function` stands, for inference."""
        outer = function.enclosing_function
        around = self.inside(outer) if isinstance(outer, Function) else None
        return Environment(self.module, self.fact_of(function), self._context.unit.class_name, around)

    def at(self, view: View) -> Scope:
        """Return the scope of another view of the same unit."""
        return Scope(self._context, view, self._rule_options)

    def resolve(self, view: View) -> str:
        """Return the qualified name of what is called, or of what a name stands for; empty unless it is known.

        `time.sleep` for a call of it under any alias, `requests.Session.get` for a method of a value of that type.
        """
        term = view.term
        if isinstance(term, Apply):
            return callee_of(self.asker, self.environment, term)
        return self.resolve_name(term.dotted) if isinstance(term, Ref) else ""

    def resolve_name(self, name: str) -> str:
        """Return the qualified name of a dotted name written here."""
        return callee_of(self.asker, self.environment, Apply(Ref(name)))

    def resolve_in_module(self, name: str) -> str:
        """Return the qualified name of a dotted name written in the body of the module."""
        return resolve(self.asker, self.module, name)

    def type_of(self, view: View) -> Type:
        """Return the type of an expression, unknown unless it is proven."""
        return self.type_of_term(view.term)

    def type_of_term(self, term: Term) -> Type:
        """Return the type of a term as if it stood here."""
        return inferred(self.asker, self.environment, term)

    def annotation(self, view: View | None) -> Type:
        """Return the type that an annotation stands for."""
        return type_of_annotation(self.asker, self.module, view.term if view is not None else None)

    def canonical(self, qualified: str) -> str:
        """Return where a qualified name is really defined."""
        return self.ask(canonical, qualified)

    def version(self, distribution: str) -> Version | None:
        """Return the version of a library that the code is written for, if it is known."""
        text = self.settings.target.packages.get(distribution)
        try:
            return Version(text) if text else None
        except InvalidVersion:
            return None
