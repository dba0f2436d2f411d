"""The contract of rules."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple, TypeVar

from fastidious_rules.engine.finding import Finding, Fix, Related, Request, Safety, Severity
from fastidious_rules.engine.settings import Profile
from fastidious_rules.semantics.role import Role
from fastidious_rules.syntax.nodes import View

if TYPE_CHECKING:
    from fastidious_rules.engine.guide import Guide
    from fastidious_rules.engine.scope import Scope
    from fastidious_rules.syntax.text import Span

C = TypeVar("C", bound=Callable[..., Iterator[Finding]])

_CAPITAL = re.compile(r"(?<!^)(?=[A-Z])")


class Subscription(NamedTuple):
    """What a check wants to see."""

    kind: type[View]
    names: frozenset[str]
    """For calls: only those whose last name is one of these. Empty means all."""
    when: Callable[[bytes], bool] | None = None
    """Says by the text of a unit whether there can be anything in it to see."""


def on(
    kind: type[View], *, names: frozenset[str] | None = None, when: Callable[[bytes], bool] | None = None
) -> Callable[[C], C]:
    """Subscribe a check to the views of `kind`; with `names`, to calls whose last name is one of them.

    The engine looks names up in one table, so a check that names what it wants costs nothing elsewhere. Where no names
    can be given, `when` is asked once for each unit, with its text: a check that it turns down sees nothing of the unit.
    """

    def subscribe(check: C) -> C:
        subscriptions: tuple[Subscription, ...] = getattr(check, "subscriptions", ())
        check.subscriptions = (*subscriptions, Subscription(kind, names or frozenset(), when))  # type: ignore[attr-defined]
        return check

    return subscribe


class Rule:
    """Base of all rules: a class without state; its docstring is its one-sentence summary.

    The name comes from the class (`BlockingCall` -> `blocking-call`), the family from the folder that its module is
    in. `severity` is what the `recommended` profile shows, `card_severity` what `card` does where it differs; None turns the
    rule off there. A check yields findings and is a pure function of the view and of what it asks the scope.
    """

    severity: ClassVar[Severity | None] = Severity.WARNING
    card_severity: ClassVar[Severity | None] = None
    message: ClassVar[str]
    """What is wrong in this code, then the remedy; `{placeholders}` are filled by `finding`."""
    Options: ClassVar[type[Any] | None] = None
    """A frozen dataclass of the rule's own options, with defaults."""
    fixable: ClassVar[Safety | None] = None
    """The best that `fixes` has to offer, if it has anything."""
    roles: ClassVar[frozenset[Role]] = frozenset({Role.CODE})
    """What sort of files it looks at."""
    requires: ClassVar[dict[str, str]] = {}
    """Versions without which it has nothing to say: `{"pydantic": ">=2"}`. An unknown version counts as the newest."""
    tags: ClassVar[frozenset[str]] = frozenset()
    """LSP tags of its findings."""

    name: ClassVar[str]
    family: ClassVar[str]

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        cls.name = _CAPITAL.sub("-", cls.__name__).lower()
        cls.family = cls.__module__.rpartition(".")[0].rpartition(".")[2]

    @property
    def summary(self) -> str:
        """One sentence that says what the rule finds."""
        return (self.__doc__ or "").strip().partition("\n")[0]

    @property
    def default_severity(self) -> Severity:
        """The severity of a finding whose evidence does not decide it; settings may put another one in its place."""
        return self.severity or self.card_severity or Severity.HINT

    def severity_in(self, profile: Profile) -> Severity | None:
        """Return the severity that `profile` gives, None where the profile leaves the rule off."""
        if profile is Profile.CARD and self.card_severity is not None:
            return self.card_severity
        return self.severity

    def default_options(self) -> Any:
        """Return the rule's options as they are when the user sets none."""
        return self.Options() if self.Options is not None else None

    def guide(self) -> Guide:
        """Return the guide that lies beside the rule's module; raises `GuideError` where it cannot be read."""
        from fastidious_rules.engine.guide import guide_of  # noqa: PLC0415  guides are read when somebody asks for one

        return guide_of(type(self))

    def fixes(self, view: Any, finding: Finding, scope: Scope) -> Iterator[Fix]:
        """Yield the fixes of `finding`, which `view` led to; the one to prefer first.

        Spans count bytes from the start of the unit, like those of findings.
        """
        del view, finding, scope
        yield from ()

    def finding(
        self,
        where: View | Span,
        /,
        *,
        severity: Severity | None = None,
        related: tuple[Related, ...] = (),
        evidence: str = "",
        message: str = "",
        request: Request | None = None,
        **values: object,
    ) -> Finding:
        """Return a finding of this rule. `severity` is only given where the evidence decides it."""
        span = where.span if isinstance(where, View) else where
        text = (message or self.message).format(**values)
        return Finding(self.name, span, text, severity or self.default_severity, related, evidence, self.tags, request)


def holding(*words: str) -> Callable[[bytes], bool]:
    """Return what tells whether a text holds one of `words`: for `when`."""
    wanted = tuple(word.encode() for word in words)
    return lambda text: any(word in text for word in wanted)


@dataclass(frozen=True, slots=True)
class Pack:
    """Rules that come together: what the entry points of the group `fastidious.rules` name."""

    name: str
    version: str
    rules: tuple[type[Rule], ...]
