"""Who runs a test: markers on functions, classes and modules, and hooks that add them."""

from __future__ import annotations

from enum import StrEnum
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, NamedTuple

from fastidious_rules.semantics.module import SIGNATURES
from fastidious_rules.semantics.names import (
    ancestry,
    class_shape,
    find_member,
    resolve,
    split_qualified,
    variable_fact,
)
from fastidious_rules.syntax.terms import Apply, Collection, Literal, Ref, Term, parts

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from fastidious_rules.semantics.facts import FunctionFact
    from fastidious_rules.semantics.module import Module
    from fastidious_rules.semantics.project import Asker, Project

_MARK = "pytest.mark."
_RUNNERS = frozenset({"anyio", "asyncio", "asyncio_cooperative", "curio", "gen_test", "tornado", "trio", "twisted"})
_NEUTRAL = ("pytest.mark.", "unittest.mock.patch", "freezegun.freeze_time", "respx.mock", "moto.mock_")
_HOOKS = ("pytest_pyfunc_call", "pytest_pycollect_makeitem")
_MODIFIER = "pytest_collection_modifyitems"
_BACKEND = "anyio_backend"
_PLAIN = "unittest.TestCase"
_DEEPEST = 4


class Runner(StrEnum):
    """What runs the methods of a class of tests."""

    PYTEST = "pytest"
    """pytest, which needs a plugin to run coroutines."""
    UNITTEST = "unittest"
    """`unittest.TestCase`, which never awaits them."""
    OTHER = "other"
    """Something else: it is marked, or not collected, or nobody knows."""


class Tests(NamedTuple):
    """How many tests of a module are coroutines without a marker of their own, and how many are plain functions."""

    unmarked: int
    synchronous: int


def is_left_alone(asker: Asker, module: str, decorators: Iterable[Term]) -> bool:
    """Tell whether decorators, or the markers in `pytestmark`, leave it to pytest itself to run a test."""
    return all(_is_neutral(asker, module, each) for each in decorators)


def _is_neutral(asker: Asker, module: str, term: Term, depth: int = 0) -> bool:
    """Tell whether a decorator is known, and does not see to it that a coroutine is run or skipped."""
    target = term.function if isinstance(term, Apply) else term
    if not isinstance(target, Ref) or depth > _DEEPEST:
        return False
    qualified = resolve(asker, module, target.dotted)
    if qualified.startswith(_MARK):
        name = qualified.removeprefix(_MARK).partition(".")[0]
        return name not in {*_RUNNERS, "skip"} and Literal("str", _BACKEND) not in getattr(term, "arguments", ())
    aliased = asker.ask(_assigned, qualified)
    if aliased is not None:
        return all(_is_neutral(asker, aliased[0], each, depth + 1) for each in _listed(aliased[1]))
    return qualified.startswith(_NEUTRAL)


def _assigned(project: Project, qualified: str) -> tuple[str, Term] | None:
    found = variable_fact(project, qualified) if qualified else None
    return (found[0].name, found[1].value) if found is not None and found[1].value is not None else None


def _listed(value: Term) -> tuple[Term, ...]:
    return value.items if isinstance(value, Collection) and value.kind in {"list", "tuple"} else (value,)


def is_module_left_alone(project: Project, module: str) -> bool:
    """Tell whether nothing in a module marks all its tests."""
    mark = resolve(project, module, "pytestmark")
    if not mark:
        return True
    aliased = project.ask(_assigned, mark)
    return aliased is not None and is_left_alone(project, aliased[0], _listed(aliased[1]))


def has_marks(project: Project, module: str) -> bool:
    """Tell whether a module has a `pytestmark`, whatever it says."""
    return bool(resolve(project, module, "pytestmark"))


def runner_of(project: Project, qualified: str) -> Runner:
    """Return what runs the methods of a class."""
    names = project.ask(ancestry, qualified)
    shapes = [shape for name in names if (shape := project.ask(class_shape, name)) is not None]
    outside = [name for name in names if split_qualified(project, name) is None and name != "builtins.object"]
    if any("" in shape.bases for shape in shapes) or any(name != _PLAIN for name in outside):
        return Runner.OTHER
    if any(not is_left_alone(project, shape.module, shape.decorators) for shape in shapes):
        return Runner.OTHER
    if any(not _is_class_left_alone(project, shape.qualified) for shape in shapes):
        return Runner.OTHER
    if outside:
        return Runner.UNITTEST
    refused = any(project.ask(find_member, qualified, name) for name in ("__init__", "__new__", "__test__"))
    return Runner.OTHER if refused else Runner.PYTEST


def _is_class_left_alone(project: Project, qualified: str) -> bool:
    aliased = project.ask(_assigned, f"{qualified}.pytestmark")
    return aliased is None or is_left_alone(project, aliased[0], _listed(aliased[1]))


def has_hook(project: Project, path: str) -> bool:
    """Tell whether a hook or an automatic fixture of pytest sees to the coroutines among the tests at `path`."""
    for hook in _HOOKS:
        if any(True for _ in _functions_near(project, path, hook, hook)):
            return True
    if any(_adds_marker(fact) for fact in _functions_near(project, path, _MODIFIER, _MODIFIER)):
        return True
    return any(_is_automatic(fact) for fact in _functions_near(project, path, _BACKEND, ""))


def _functions_near(project: Project, path: str, word: str, name: str) -> Iterator[FunctionFact]:
    """Yield the functions called `name`, of any name if it is empty, in what pytest loads for the tests at `path`."""
    for module in project.mentioning(word):
        if _is_loaded(module, path):
            yield from (fact for fact in module.functions() if name in {"", fact.name})


def _is_loaded(module: Module, path: str) -> bool:
    """Tell whether pytest loads a module for the tests at `path`: itself, a conftest above it, or a plugin."""
    pure = PurePosixPath(module.path)
    if pure.name == "conftest.py":
        return PurePosixPath(path).is_relative_to(pure.parent)
    return module.path == path or not pure.name.startswith("test_")


def _adds_marker(fact: FunctionFact) -> bool:
    terms = [call.term for call in fact.calls] + [term for values in fact.local.values() for term in values]
    inside = [part for term in terms for part in parts(term)]
    names = {part.dotted.rpartition(".")[2] for part in inside if isinstance(part, Ref)}
    texts = {part.text for part in inside if isinstance(part, Literal)}
    return "add_marker" in names and not _RUNNERS.isdisjoint(names | texts)


def _is_automatic(fact: FunctionFact) -> bool:
    asked = any(parameter.name == _BACKEND for parameter in fact.parameters)
    return asked and any(
        isinstance(each, Apply) and each.keyword("autouse") == Literal("bool", "True") for each in fact.decorators
    )


def marker_in_use(project: Project, word: str) -> int:
    """Return how many modules use the marker `word`."""
    return len(project.mentioning(f"{_MARK}{word}"))


def tests_of(project: Project, module: str) -> Tests:
    """Return how many tests of a module, its classes included, are coroutines without a marker, or plain functions."""
    found = project.module(module)
    project.read(module, SIGNATURES)
    every = found.functions() if found is not None else ()
    functions = [each for each in every if each.name.rpartition(".")[2].startswith("test")]
    unmarked = sum(each.is_async and is_left_alone(project, module, each.decorators) for each in functions)
    return Tests(unmarked, sum(not each.is_async for each in functions))


def end_of_imports(project: Project, module: str) -> int:
    """Return where the last name ends that the top of a module imports, as byte of its file; zero if there is none.

    For fixes only: it moves with the text.
    """
    found = project.module(module)
    end = 0
    for unit, start in zip(found.facts.units, found.facts.starts, strict=True) if found is not None else ():
        if unit.functions or unit.classes:
            break
        end = max([end, *(start + each.span[1] for each in unit.imports)])
    return end
