"""Session factories whose objects cannot be read after a commit, though somebody does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastidious_rules.api import (
    Call,
    DoubleStarred,
    Edit,
    Fix,
    Related,
    Rule,
    Safety,
    Severity,
    expired_reads,
    is_subclass,
    keeps_objects,
    on,
    with_argument,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastidious_rules.api import ExpiredRead, Finding, Scope

_OPTION = "expire_on_commit"
_SESSION = "sqlalchemy.ext.asyncio.AsyncSession"
_FACTORIES = frozenset({"sqlalchemy.ext.asyncio.async_sessionmaker", "sqlalchemy.orm.sessionmaker"})
_MOST = 5


class ExpiredAttributeAfterCommit(Rule):
    """Factory of async sessions that expires objects at each commit, where some are read afterwards."""

    severity = Severity.WARNING
    message = "`commit` expires objects of this session, and `{function}` reads `{read}` after it ({{@0}}); set `{option}=False`"
    fixable = Safety.UNSAFE

    @on(Call, names=frozenset({"async_sessionmaker", "sessionmaker", "AsyncSession"}))
    def check(self, call: Call, scope: Scope) -> Iterator[Finding]:
        """Report a factory that expires what coroutines of the project read after a commit."""
        if not _expires(call, scope) or scope.ask(keeps_objects):
            return
        found = scope.ask(expired_reads)
        if found:
            yield self.finding(
                call,
                related=tuple(Related(each.place, _said(each)) for each in found[:_MOST]),
                evidence=_evidence(found),
                function=found[0].place.symbol,
                read=_read(found[0]),
                option=_OPTION,
            )

    def fixes(self, view: Call, finding: Finding, scope: Scope) -> Iterator[Fix]:
        """Yield the option that keeps objects as they are."""
        del finding, scope
        given = view.keywords.get(_OPTION)
        edit = Edit(given.span, "False") if given is not None else with_argument(view, f"{_OPTION}=False")
        if edit is None:
            return
        yield Fix(
            f"Set `{_OPTION}=False` (objects keep what they had, also where others have changed it)",
            (edit,),
            (),
            Safety.UNSAFE,
        )


def _expires(call: Call, scope: Scope) -> bool:
    """Tell whether a call makes async sessions, and leaves them to expire objects."""
    given = call.keywords.get(_OPTION)
    if (given is not None and given.text != "True") or any(
        isinstance(each, DoubleStarred) for each in call.all_arguments
    ):
        return False
    made = scope.resolve(call)
    if made not in _FACTORIES:
        return is_subclass(scope.asker, made, _SESSION)
    chosen = call.keywords.get("class_")
    if chosen is None:
        return made.endswith("async_sessionmaker")
    return is_subclass(scope.asker, scope.resolve(chosen), _SESSION)


def _read(read: ExpiredRead) -> str:
    return f"{read.name}.{read.attribute}" if read.attribute else read.name


def _said(read: ExpiredRead) -> str:
    entity = read.entity.rpartition(".")[2]
    what = (
        f"`{_read(read)}`, of the expired `{entity}`, is read"
        if read.attribute
        else f"the expired `{entity}` is returned"
    )
    return f"{what} after the commit"


def _evidence(found: tuple[ExpiredRead, ...]) -> str:
    """Say who reads what, and what happens there."""
    uses = ", ".join(
        f"`{_read(each)}` in `{each.place.symbol}` ({{@{number}}})" for number, each in enumerate(found[:_MOST])
    )
    more = f" and {len(found) - _MOST} more" if len(found) > _MOST else ""
    return (
        f"Read after a commit, with no `refresh` between: {uses}{more}. "
        "The session would have to run a query there, which nobody awaits: `MissingGreenlet`."
    )
