"""Run rules over a unit."""

from __future__ import annotations

import traceback
from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from fastidious_rules.engine.guard import QUESTIONS, Guard, Overdue
from fastidious_rules.engine.scope import Scope
from fastidious_rules.semantics.role import Role
from fastidious_rules.syntax.nodes import Call, View

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from fastidious_rules.engine.finding import Finding, Severity
    from fastidious_rules.engine.registry import Registry
    from fastidious_rules.engine.rule import Rule, Subscription
    from fastidious_rules.engine.scope import UnitContext
    from fastidious_rules.engine.settings import Settings
    from fastidious_rules.semantics.answers import Question
    from fastidious_rules.semantics.project import Project

T = TypeVar("T")


class RuleFailure(NamedTuple):
    """A rule that raised, or took too long: its findings on one unit are lost, and nothing else is."""

    rule: str
    error: str
    """The traceback, or how long is too long."""
    line: int = 0
    """First line of the unit when that happened, one-based."""
    is_overdue: bool = False


class Check(NamedTuple):
    """One check of a rule, ready to run."""

    rule: Rule
    run: Callable[[Any, Scope], Iterator[Finding]]
    options: Any
    when: Callable[[bytes], bool] | None = None


class _Table:
    """The checks for files of one role, by what they subscribe to."""

    __slots__ = ("by_kind", "by_name")

    def __init__(self) -> None:
        self.by_kind: dict[type[View], list[Check]] = {}
        self.by_name: dict[str, list[Check]] = {}

    def add(self, check: Check, subscription: Subscription) -> None:
        for name in subscription.names:
            self.by_name.setdefault(name, []).append(check)
        if not subscription.names:
            self.by_kind.setdefault(subscription.kind, []).append(check)

    def named(self, view: View, context: UnitContext) -> list[Check]:
        """Return the checks that want a call by its name."""
        return self.by_name.get(context.real_name(view), []) if isinstance(view, Call) else []


class Checker:
    """The rules that settings turn on. It keeps nothing of what it checks, so documents can share it."""

    def __init__(
        self, registry: Registry, settings: Settings, guard: Guard | None = None, *, has_anchors: bool = True
    ) -> None:
        """Turn on what `settings` want; `guard` watches over the calls.

        Without `has_anchors` findings have an anchor only in files that the baseline of `settings` knows.
        """
        self._has_anchors = has_anchors
        self.guard = guard or Guard()
        self.registry = registry
        self.settings = settings
        self.severities: Mapping[str, Severity] = registry.enabled(settings)
        self._tables: dict[Role, _Table] = {role: self._table(role) for role in Role}

    def _table(self, role: Role) -> _Table:
        table = _Table()
        for name in self.severities:
            rule = self.registry.rules[name]
            if role not in rule.roles:
                continue
            options = self._options(rule)
            for subscription, run in subscriptions(rule):
                table.add(Check(rule, run, options, subscription.when), subscription)
        return table

    def _options(self, rule: Rule) -> Any:
        options = rule.default_options()
        chosen = self.settings.options.get(rule.name)
        return replace(options, **chosen) if chosen and options is not None else options

    def check(self, context: UnitContext, failures: list[RuleFailure]) -> list[Finding]:
        """Return the findings in one unit, in the order of the text; rules that fail are added to `failures`."""
        table = self._tables[context.document.role]
        self.guard.begin()
        found: list[Finding] = []
        for kind, views in context.unit.by_kind.items():
            for check in _wanting(table.by_kind.get(kind, []), context.unit.text):
                found.extend(self._run(check, views, context, failures))
        for call in context.unit.by_kind.get(Call, ()) if table.by_name else ():
            for check in table.named(call, context):
                found.extend(self._run(check, [call], context, failures))
        overdue = {failure.rule for failure in failures if failure.is_overdue}
        return sorted(dict.fromkeys(each for each in found if each.rule not in overdue), key=_order)

    def _run(self, check: Check, views: list[View], context: UnitContext, failures: list[RuleFailure]) -> list[Finding]:
        """Return what a check says of `views`, in one call: there are many more of them than of checks."""
        if failures and any(each.is_overdue and each.rule == check.rule.name for each in failures):
            return []
        found = self.attempt(check, context, failures, _seen, check, views, context)
        return [self._graded(each, check) for each in found]

    def anchors(self, path: str) -> bool:
        """Tell whether findings in the file at `path` are to have an anchor."""
        return self._has_anchors or bool(self.settings.baseline.of(path))

    def attempt(
        self,
        check: Check,
        context: UnitContext,
        failures: list[RuleFailure],
        work: Callable[..., Iterable[T]],
        *arguments: object,
    ) -> list[T]:
        """Return all that `work`, a method of the rule, gives; nothing if it fails, which is added to `failures`."""
        rule, guard = check.rule.name, self.guard
        if guard.off and rule in guard.off:
            return []
        try:
            return guard.call(rule, work, *arguments)
        except Overdue:
            failures.append(RuleFailure(rule, guard.note(rule), _line(context), is_overdue=True))
        except Exception:  # noqa: BLE001  a rule that crashes loses its own finding and nothing else
            failures.append(RuleFailure(rule, traceback.format_exc(), _line(context)))
        context.asker.project.abandon()
        return []

    def are_none(self, changed: Iterator[Question], project: Project) -> bool:
        """Tell whether no answer has changed; one that cannot be had has, and the rule that asks will fail of it."""
        self.guard.begin()
        try:
            return not self.guard.call(QUESTIONS, islice, changed, 1)
        except Overdue:
            self.guard.note(QUESTIONS)
        except Exception:  # noqa: BLE001, S110  the rule that asks raises it again, and is reported
            pass
        project.abandon()
        return False

    def _graded(self, finding: Finding, check: Check) -> Finding:
        """Put the severity that settings give in the place of the rule's default one."""
        rule = check.rule
        if finding.severity == rule.default_severity or rule.name in self.settings.severity:
            severity = self.severities[rule.name]
            return finding if severity == finding.severity else replace(finding, severity=severity)
        return finding

    def checks_of(self, rule_name: str, view: View, context: UnitContext) -> list[Check]:
        """Return the checks of one rule that look at `view`."""
        table = self._tables[context.document.role]
        wanted = [*table.by_kind.get(type(view), []), *table.named(view, context)]
        return [check for check in wanted if check.rule.name == rule_name]


def _seen(check: Check, views: list[View], context: UnitContext) -> Iterator[Finding]:
    """Yield what a check finds in `views`."""
    for view in views:
        yield from check.run(view, Scope(context, view, check.options))


def _line(context: UnitContext) -> int:
    unit = context.unit
    return unit.reader.text.count(b"\n", 0, unit.start) + 1


def _wanting(checks: list[Check], text: bytes) -> list[Check]:
    """Return the checks that a unit with this text can have something for."""
    return [check for check in checks if check.when is None or check.when(text)]


def subscriptions(rule: Rule) -> Iterator[tuple[Subscription, Callable[[Any, Scope], Iterator[Finding]]]]:
    """Yield what a rule subscribes to, each with the check that wants it."""
    for name in dir(type(rule)):
        method = getattr(rule, name) if not name.startswith("__") else None
        for subscription in getattr(method, "subscriptions", ()):
            yield subscription, method  # type: ignore[misc]


def _order(finding: Finding) -> tuple[int, int, str]:
    return finding.span.start, finding.span.end, finding.rule
