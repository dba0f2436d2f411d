"""Fixes that reach into other files: proven on what the project would know then, and undone after the trial."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastidious_rules.engine.checker import Checker
from fastidious_rules.engine.document import Document
from fastidious_rules.engine.finding import Edit, Fix, NeededImport, Safety
from fastidious_rules.engine.registry import Registry
from fastidious_rules.engine.rule import Pack, Rule, on
from fastidious_rules.engine.settings import Settings
from fastidious_rules.semantics.names import variable_fact
from fastidious_rules.semantics.place import Place
from fastidious_rules.semantics.project import Project
from fastidious_rules.syntax.nodes import Call
from fastidious_rules.syntax.text import Source, Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastidious_rules.engine.finding import Finding
    from fastidious_rules.engine.scope import Scope

MAIN = "from app.limits import LIMIT\n\nrun(LIMIT)\n"
LIMITS = "LIMIT = None\n"


def limit_is_missing(project: Project, qualified: str) -> bool:
    """Tell whether the variable is None."""
    found = variable_fact(project, qualified)
    return found is not None and "None" in str(found[1].value)


class MissingLimit(Rule):
    """Limit that another file leaves open."""

    message = "`{call}` has no limit; set one"
    fixable = Safety.UNSAFE

    @on(Call, names=frozenset({"run"}))
    def check(self, call: Call, scope: Scope) -> Iterator[Finding]:
        """Report calls while the other file says None."""
        if scope.ask(limit_is_missing, "app.limits.LIMIT"):
            yield self.finding(call, call=call.text)

    def fixes(self, view: Call, finding: Finding, scope: Scope) -> Iterator[Fix]:
        """Yield one fix that helps, one that does not, and one that breaks the other file."""
        del view, finding
        elsewhere = scope.elsewhere(Place("/project/app/limits.py", "LIMIT", Span(0, 5)))
        if elsewhere is not None:
            needed = (NeededImport("app.defaults", "DEFAULT", elsewhere.path),)
            for title, value in (("Set it", "DEFAULT"), ("Leave it", "None"), ("Break it", "(")):
                yield Fix(title, (elsewhere.edit(Span(8, 12), value),), needed, Safety.UNSAFE)


def workspace() -> tuple[Project, Document]:
    """Return a project of two files, and the document of the one that has the finding."""
    project = Project()
    checker = Checker(Registry([Pack("toys", "1", (MissingLimit,))]), Settings())
    files = {"/project/app/limits.py": LIMITS}
    project.text_of = lambda path: files[path].encode() if path in files else None
    other = Document("/project/app/limits.py", "app.limits", Source.from_str(LIMITS), project, checker)
    assert other.facts.units
    return project, Document("/project/app/main.py", "app.main", Source.from_str(MAIN), project, checker)


def test_fix_in_another_file_is_offered_only_if_it_clears_the_finding_and_breaks_nothing() -> None:
    _, main = workspace()
    [finding] = main.check().findings()

    [fix] = main.fixes(finding)

    assert fix.title == "Set it"
    assert set(fix.edits) == {
        Edit(Span(0, 0), "from app.defaults import DEFAULT\n\n", "/project/app/limits.py"),
        Edit(Span(8, 12), "DEFAULT", "/project/app/limits.py"),
    }


def test_trial_leaves_the_project_as_it_was() -> None:
    project, main = workspace()
    before = main.check().findings()

    main.fixes(before[0])

    assert project.ask(limit_is_missing, "app.limits.LIMIT")
    assert main.check().findings() == before


def test_no_fix_is_offered_for_a_file_that_cannot_be_read() -> None:
    project, main = workspace()
    project.text_of = lambda _path: None
    [finding] = main.check().findings()

    assert main.fixes(finding) == ()


def test_fix_all_leaves_other_files_alone() -> None:
    _, main = workspace()

    assert main.fix_all(unsafe=True) is None
