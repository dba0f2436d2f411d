"""Libraries for authentication that nobody maintains."""

from __future__ import annotations

from typing import TYPE_CHECKING

from packaging.version import Version

from fastidious_rules.api import If, Import, ImportFrom, Rule, Severity, imports_of, on, unmaintained

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastidious_rules.api import Finding, Scope, Unmaintained, View


class UnmaintainedAuthLibrary(Rule):
    """Library for authentication that nobody maintains."""

    severity = Severity.INFORMATION
    card_severity = Severity.WARNING
    message = "`{module}` {problem}; use {instead}"

    @on(Import)
    def check(self, statement: Import, scope: Scope) -> Iterator[Finding]:
        """Report `import jose`, the first import of a library in a module only."""
        for each in statement.names:
            yield from self._reported(each, each.target, each.target, scope)

    @on(ImportFrom)
    def check_from(self, statement: ImportFrom, scope: Scope) -> Iterator[Finding]:
        """Report `from jose import jwt`, and `from authlib import jose`."""
        for each in statement.names:
            yield from self._reported(statement, statement.module, f"{statement.module}.{each.target}", scope)

    def _reported(self, where: View, module: str, imported: str, scope: Scope) -> Iterator[Finding]:
        known = unmaintained(imported)
        if (
            known is None
            or _is_for_types(where)
            or scope.ask(imports_of, scope.module, known.module)[:1] != (imported,)
        ):
            return
        is_broken = _is_broken(known, scope)
        yield self.finding(
            where,
            severity=Severity.WARNING if is_broken else None,
            module=known.module if module.startswith(known.module) else imported,
            problem=known.broken if is_broken else known.problem,
            instead=known.instead,
        )


def _is_for_types(view: View) -> bool:
    around = view.nearest(If)
    return around is not None and "TYPE_CHECKING" in around.condition.text


def _is_broken(known: Unmaintained, scope: Scope) -> bool:
    """Tell whether the code is written for a version of another library that this one fails with."""
    if not known.breaks:
        return False
    distribution, first = known.breaks
    version = scope.version(distribution)
    return version is not None and version >= Version(first)
