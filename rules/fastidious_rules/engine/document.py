"""A document under review: text, tree, and what was found in each unit."""

from __future__ import annotations

from contextlib import contextmanager
from itertools import islice
from typing import TYPE_CHECKING

from fastidious_rules.engine import fix
from fastidious_rules.engine.baseline import anchored, without_known
from fastidious_rules.engine.broken import inherited, syntax_errors, too_complex
from fastidious_rules.engine.report import Report, UnitReport
from fastidious_rules.engine.scope import ModuleContext, Recorder, UnitContext
from fastidious_rules.engine.states import Memo, Pending, Result, State, moved, same_back, same_front
from fastidious_rules.engine.suppress import Shown, Suppressions
from fastidious_rules.semantics.facts import ModuleFacts, UnitFacts
from fastidious_rules.syntax.text import Span
from fastidious_rules.syntax.tree import Tree
from fastidious_rules.syntax.units import Cut, Unit, cut

if TYPE_CHECKING:
    from collections.abc import Collection, Generator, Iterator

    from fastidious_rules.engine.checker import Checker, RuleFailure
    from fastidious_rules.engine.finding import Attempts, Edit, Finding, Fix
    from fastidious_rules.semantics.answers import Question
    from fastidious_rules.semantics.project import Project
    from fastidious_rules.syntax.text import Source


class Document:
    """Text that is edited and checked. Only what changed, and what asked about what changed, is looked at again."""

    def __init__(
        self,
        path: str,
        module: str,
        source: Source,
        project: Project,
        checker: Checker,
        *,
        facts: ModuleFacts | None = None,
    ) -> None:
        """Open a text for review; `facts` are those of this very text, where somebody has them already."""
        self.path = path
        self.module = module
        self.source = source
        self.project = project
        self._checker = checker
        self._tree = Tree(source)
        self._states: list[State] = []
        self._memo = Memo(facts)
        self._pending = Pending(Span(0, len(source.text)))
        self._ahead: Iterator[None] | None = None
        self._facts = ModuleFacts((), ())
        self._suppressions = Suppressions()
        self._shown = Shown()
        self._shown_unknown = Shown()

    @property
    def checker(self) -> Checker:
        """The rules in force; setting others forgets what the old ones found."""
        return self._checker

    @checker.setter
    def checker(self, checker: Checker) -> None:
        self._checker = checker
        self._memo.clear()
        for state in self._states:
            state.result.findings = None

    @property
    def facts(self) -> ModuleFacts:
        """Facts of the text as it stands."""
        self._refresh()
        return self._facts

    @property
    def tree(self) -> Tree:
        """The syntax tree of the text as it stands."""
        self._refresh()
        return self._tree

    @property
    def states(self) -> list[State]:
        """The units of the text as it stands."""
        self._refresh()
        return self._states

    @property
    def suppressions(self) -> Suppressions:
        """The suppression comments of the text as it stands."""
        self._refresh()
        return self._suppressions

    def edit(self, span: Span, replacement: bytes) -> None:
        """Replace the bytes of `span`. Several edits may precede a check."""
        self._ahead = None
        self._tree.edit(self.source, span, replacement)
        self._pending.add(span, len(replacement))

    def check(self) -> Report:
        """Return what the rules say now, without what the baseline knows."""
        return self.without_known(self.check_all())

    def without_known(self, report: Report) -> Report:
        """Return `report` without what the baseline knows."""
        known = self._checker.settings.baseline.of(self.path)
        return without_known(report, known, self._checker, self._shown_unknown) if known else report

    def check_all(self) -> Report:
        """Return what the rules say now, known or not."""
        self.prepare()
        return self._report()

    def prepare(self, most: int | None = None) -> bool:
        """Read units of a new text, or run rules over those that need it, at most so many; tell whether `check` has none left."""
        if most is not None and not self._states and not self._read_ahead(most):
            return False
        self._refresh()
        revision = self.project.revision
        stale: dict[int, frozenset[Question] | None] = {revision: frozenset()}
        for state in self._states:
            result = state.result
            if result.revision != revision or result.findings is None:
                if most == 0:
                    return False
                if result.revision not in stale:
                    stale[result.revision] = self.project.changed_since(result.revision)
                if result.findings is None or not self._holds(result, stale[result.revision]):
                    self._run(state)
                    most = most - 1 if most is not None else None
                result.revision = revision
        return True

    def context_of(self, state: State, unit: Unit) -> UnitContext:
        """Return what rules are given to look at a unit."""
        role = self.project.role_of(self.path, self.module)
        document = ModuleContext(self.path, self.module, role, self._checker.settings)
        return UnitContext(document, unit, state.result.facts, Recorder(self.project))

    def fork(self) -> Document:
        """Return a copy to try edits on. It shares the project: see `restore`."""
        self._refresh()
        twin = Document.__new__(Document)
        twin.__dict__.update(self.__dict__)
        twin.source = self.source.copy()
        twin._tree = self._tree.copy()
        twin._states = list(self._states)
        twin._memo = self._memo.copy()
        twin._pending = self._pending.copy()
        twin._shown = Shown()
        twin._shown_unknown = Shown()
        return twin

    def restore(self) -> None:
        """Give the project the facts of this document again, after a copy of it was checked."""
        self.project.update(self.path, self.module, self._facts)

    def fixes(self, finding: Finding) -> tuple[Fix, ...]:
        """Return the proven fixes of `finding`, whose span counts from the start of the document; the best first."""
        return self.attempts(finding).fixes

    def attempts(self, finding: Finding) -> Attempts:
        """Return the proven fixes of `finding`, or why it has none, though its rule has fixes for others."""
        with self._trial():
            return fix.attempts(self, finding)

    def fix_all(self, rules: Collection[str] | None = None, *, unsafe: bool = False) -> Edit | None:
        """Return one edit that applies all fixes of `rules` (None: of all) until there are no more; None: nothing to do."""
        with self._trial():
            return fix.fix_all(self, rules, unsafe=unsafe)

    @contextmanager
    def _trial(self) -> Generator[None]:
        """Let copies of the document be tried: what they tell the project is taken back."""
        self._refresh()
        before = self.project.revision
        try:
            yield
        finally:
            self.project.tried += self.project.revision - before

    # Facts

    def _refresh(self) -> None:
        """Bring tree, units and facts up to date with the text."""
        taken = self._pending.take()
        if taken is None:
            return
        self._ahead = None
        edited, grown = taken
        changed = [edited, *self._tree.parse(self.source)]
        dirty = Span(min(each.start for each in changed), max(each.end for each in changed))
        self._states = self._aligned(cut(self._tree.root, self.source.text), dirty, edited, grown)
        self._publish_facts()
        self._suppressions = Suppressions.read(self._tree, self.source)

    def _read_ahead(self, most: int) -> bool:
        """Read at most so many units of a text that has no states yet; tell whether all are read."""
        if self._ahead is None:
            self._tree.parse(self.source)
            self._ahead = self._memo.reading(cut(self._tree.root, self.source.text), self.source.text)
        return sum(1 for _ in islice(self._ahead, most)) < most

    def _aligned(self, cuts: list[Cut], dirty: Span, edited: Span, grown: int) -> list[State]:
        """Return the states of units: the old ones in front of and behind `dirty`, new ones between."""
        old = self._states
        front = same_front(old, cuts, dirty.start)
        back = same_back(old[front:], cuts[front:], dirty.end, grown)
        gone = old[front : len(old) - back]
        self._memo.keep(gone)
        middle = self._memo.states(cuts[front : len(cuts) - back], self.source.text)
        self._memo.trim()
        if any(each.cut.is_broken for each in middle):
            middle = inherited(middle, gone, self.source, edited, grown)
        behind = moved(old[len(old) - back :], cuts[len(cuts) - back :], grown)
        return [*moved(old[:front], cuts, 0), *middle, *behind]

    def _publish_facts(self) -> None:
        units: list[UnitFacts] = []
        starts: list[int] = []
        for state in self._states:
            if state.inherited is None:
                units.append(state.result.facts)
                starts.append(state.cut.start)
            else:
                units.extend(facts for facts, _ in state.inherited.facts)
                starts.extend(start for _, start in state.inherited.facts)
        self._facts = ModuleFacts(tuple(units), tuple(starts))
        self.project.update(self.path, self.module, self._facts)

    # Findings

    def _holds(self, result: Result, stale: frozenset[Question] | None) -> bool:
        """Tell whether the answers that a result rests on are still the same."""
        asked = result.answers
        if stale is not None and asked.keys().isdisjoint(stale):
            return True
        doubtful = asked.keys() if stale is None else asked.keys() & stale
        changed = (each for each in doubtful if self.project.ask(each[0], *each[1]) != asked[each])
        return self._checker.are_none(changed, self.project)

    def _run(self, state: State) -> None:
        result = state.result
        unit, result.unit = result.unit, None
        if unit is None or not unit.stands_at(state.cut, self.source.text):
            unit = Unit(state.cut, self.source.text)
        context = self.context_of(state, unit)
        problems: list[RuleFailure] = []
        found = self._checker.check(context, problems) if unit.views else ()
        found = [too_complex(unit)] if unit.excess else found
        has_anchors = found and self._checker.anchors(self.path)
        result.findings = anchored(found, state.cut, self.source.text) if has_anchors else tuple(found)
        result.problems = tuple(problems)
        unit.release()
        result.answers = context.asker.answers

    def _report(self) -> Report:
        units: list[UnitReport] = []
        problems: list[RuleFailure] = []
        for state in self._states:
            if state.cut.is_broken:
                units.append(UnitReport(0, 0, syntax_errors(state.cut)))
                units.append(UnitReport(0, 0, state.inherited.findings if state.inherited is not None else ()))
            elif state.result.findings:
                units.append(UnitReport(state.cut.start, state.cut.row, state.result.findings))
            problems.extend(state.result.problems)
        units = [unit for unit in units if unit.findings]
        if self._suppressions:
            units = self._suppressions.filtered(units, self._tree, self.source, self._checker, self._shown)
        return Report(tuple(units), tuple(problems))
