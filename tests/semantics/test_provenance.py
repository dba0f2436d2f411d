"""Provenance of values: how far they are followed, and what keeps the answer up to date."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastidious_rules.semantics.asynchrony.execution import environment_of
from fastidious_rules.semantics.extract import module_facts
from fastidious_rules.semantics.flow.provenance import URL, VALUE, Provenance, provenance, ways
from fastidious_rules.semantics.flow.source import Origin
from fastidious_rules.semantics.names import function_fact
from fastidious_rules.semantics.project import Project

if TYPE_CHECKING:
    from fastidious_rules.syntax.terms import Apply, Term

HANDLER = """
from fastapi import FastAPI
from service import {name}
app = FastAPI()

@app.get('/')
def handler(url: str):
    {body}
"""


def project_of(**modules: str) -> Project:
    project = Project()
    for name, text in modules.items():
        update(project, name, text)
    return project


def update(project: Project, name: str, text: str) -> None:
    project.update(f"/project/{name}.py", name, module_facts(text.encode()))


def answer(project: Project, qualified: str, part: str) -> tuple[Provenance, ...]:
    """Return the ways to what the last call of a function takes first."""
    found = function_fact(project, qualified)
    assert found is not None
    where = environment_of(project, *found)
    call = found[1].calls[-1].term
    return tuple(ways(project, where, first(call), part))


def first(call: Apply) -> Term:
    return call.arguments[0]


def worst(project: Project, qualified: str, part: str = VALUE) -> Provenance:
    found = function_fact(project, qualified)
    assert found is not None
    return provenance(project, environment_of(project, *found), first(found[1].calls[-1].term), part)


def handler(name: str, body: str) -> str:
    return HANDLER.format(name=name, body=body)


def test_a_value_is_followed_over_two_calls_and_each_has_its_place() -> None:
    project = project_of(
        web=handler("load", "load(url)"),
        service="def load(address):\n    fetch(address)\n\ndef fetch(link):\n    send(link)\n",
    )
    found = worst(project, "service.fetch")
    assert (found.origin, found.source.path, found.function) == (Origin.REQUEST, "url", "web.handler")
    assert [(each.caller, each.place.path) for each in found.passings] == [
        ("service.load", "/project/service.py"),
        ("web.handler", "/project/web.py"),
    ]


def test_a_third_call_is_too_far() -> None:
    project = project_of(
        web=handler("load", "load(url)"),
        service="def load(a):\n    pick(a)\n\ndef pick(b):\n    fetch(b)\n\ndef fetch(link):\n    send(link)\n",
    )
    assert worst(project, "service.fetch").origin is Origin.PARAMETER


def test_each_caller_is_a_way() -> None:
    service = "def fetch(link):\n    send(link)\n\ndef refresh():\n    fetch('https://example.com')\n"
    project = project_of(web=handler("fetch", "fetch(url)"), service=service)
    assert {each.origin for each in answer(project, "service.fetch", VALUE)} == {Origin.CONSTANT, Origin.REQUEST}


def test_of_a_url_only_what_decides_about_the_host_counts() -> None:
    project = project_of(
        web=handler("fetch", "fetch(f'https://example.com/{url}')"), service="def fetch(link):\n    send(link)\n"
    )
    assert worst(project, "service.fetch", VALUE).origin is Origin.REQUEST
    assert worst(project, "service.fetch", URL).origin is Origin.CONSTANT


def test_a_check_on_the_way_is_seen() -> None:
    checked = "validate(url)\n    fetch(url)"
    project = project_of(web=handler("fetch", checked), service="def fetch(link):\n    send(link)\n")
    assert worst(project, "service.fetch").is_screened


def test_the_call_that_hands_the_value_on_is_no_check() -> None:
    project = project_of(web=handler("check_url", "check_url(url)"), service="def check_url(link):\n    send(link)\n")
    assert not worst(project, "service.check_url").is_screened


def test_functions_that_call_each_other_end() -> None:
    project = project_of(service="def one(a):\n    two(a)\n\ndef two(b):\n    one(b)\n")
    assert worst(project, "service.two").origin is Origin.PARAMETER


def test_a_changed_caller_changes_the_answer() -> None:
    project = project_of(web=handler("fetch", "fetch(url)"), service="def fetch(link):\n    send(link)\n")
    assert worst(project, "service.fetch").origin is Origin.REQUEST
    update(project, "web", handler("fetch", "fetch('https://example.com')"))
    assert worst(project, "service.fetch").origin is Origin.CONSTANT


def test_tests_are_no_callers() -> None:
    project = project_of(service="def fetch(link):\n    send(link)\n")
    project.update(
        "/project/tests/test_web.py", "tests.test_web", module_facts(handler("fetch", "fetch(url)").encode())
    )
    assert worst(project, "service.fetch").origin is Origin.PARAMETER
