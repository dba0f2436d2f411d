"""The rule `unverified-tls`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from fastidious_rules.api import (
    Assignment,
    Attribute,
    Call,
    Conditional,
    Edit,
    Fix,
    If,
    NeededImport,
    Rule,
    Safety,
    Severity,
    String,
    checked_names,
    decides_about_checks,
    holding,
    is_unverified_context,
    on,
    says_unverified,
    switches,
    tls_attributes,
    unverified_contexts,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastidious_rules.api import Finding, Scope, View

_LOCAL = re.compile(r"(?:https?|wss?)://(?:localhost|127\.0\.0\.1|\[::1\]|host\.docker\.internal)\b|http://|ws://")
_SESSIONS = frozenset({"requests.Session", "niquests.Session", "niquests.AsyncSession"})
_ON = {"False": "True", "CERT_NONE": "CERT_REQUIRED"}
_TITLE = "Check who answers, with `{text}` (a certificate that nobody vouches for is then an error)"


class _Switch(NamedTuple):
    """What turns the check off, and what would turn it on."""

    view: View
    replacement: str


class UnverifiedTls(Rule):
    """Connection that is encrypted, and does not look to whom."""

    severity = Severity.ERROR
    message = "`{switch}` lets anybody on the way answer in the server's place and read all; check the certificate"
    fixable = Safety.UNSAFE

    @on(Call, names=checked_names() | unverified_contexts())
    def check(self, call: Call, scope: Scope) -> Iterator[Finding]:
        """Report a call that turns the check off."""
        found = _switch(call, scope)
        if found is not None and not _is_decided(call, scope):
            yield self._report(found, call)

    @on(Assignment, when=holding("_create_default_https_context", *tls_attributes()))
    def check_assignment(self, assignment: Assignment, scope: Scope) -> Iterator[Finding]:
        """Report a context, or a session, whose check is turned off, and the default one that is replaced."""
        found = _assigned(assignment, scope)
        if found is not None and not _is_decided(assignment, scope):
            yield self.finding(found.view, switch=assignment.text)

    def _report(self, found: _Switch, call: Call) -> Finding:
        outer = next((f"{name}={value.text}" for name, value in call.keywords.items() if value == found.view), "")
        return self.finding(found.view, switch=outer or found.view.text)

    def fixes(self, view: View, finding: Finding, scope: Scope) -> Iterator[Fix]:
        """Yield the same with the check turned on."""
        found = _switch(view, scope) if isinstance(view, Call) else None
        if isinstance(view, Assignment):
            found = _assigned(view, scope)
        if found is None or found.view.span != finding.span:
            return
        imports = (NeededImport("ssl"),) if found.replacement.startswith("ssl.") else ()
        edits = [Edit(found.view.span, found.replacement), *_names_too(view, scope)]
        yield Fix(_TITLE.format(text=found.replacement), tuple(edits), imports, Safety.UNSAFE)


def _switch(call: Call, scope: Scope) -> _Switch | None:
    """Return the argument that turns the check off, or the call itself that makes a context without one."""
    if call.last_name in unverified_contexts() and is_unverified_context(scope.resolve(call)):
        return _Switch(call.function, "ssl.create_default_context")
    given = {name: value for name, value in call.keywords.items() if _last(value) in _ON}
    if not given or _is_local(call):
        return None
    known = switches(scope.resolve(call))
    return next((_turned_on(value) for name, value in given.items() if known.get(name) == _last(value)), None)


def _last(value: View) -> str:
    """Return the last name of a value: `CERT_NONE` of `ssl.CERT_NONE` and of its name as a text."""
    text = value.value or "" if isinstance(value, String) else value.text
    return text.rpartition(".")[2]


def _turned_on(value: View) -> _Switch:
    text = value.text
    return _Switch(value, text.replace(_last(value), _ON[_last(value)]))


def _assigned(assignment: Assignment, scope: Scope) -> _Switch | None:
    target, value = assignment.target, assignment.value
    if not isinstance(target, Attribute) or value is None:
        return None
    name = target.name.text
    if name == "_create_default_https_context" and is_unverified_context(scope.resolve(value)):
        return _Switch(value, "ssl.create_default_context")
    if tls_attributes().get(name) != _last(value):
        return None
    if name == "verify" and scope.type_of(target.value).name not in _SESSIONS:
        return None
    if _is_said_already(assignment, target, scope) or _is_taken_back(assignment, target, value, scope):
        return None
    return _turned_on(value)


def _is_said_already(assignment: Assignment, target: Attribute, scope: Scope) -> bool:
    """Tell whether a name need not be checked because nothing is: `verify_mode` has to be switched off last."""
    if target.name.text != "check_hostname":
        return False
    return any(_last(each) == "CERT_NONE" for each in _others(assignment, "verify_mode", scope))


def _is_taken_back(assignment: Assignment, target: Attribute, value: View, scope: Scope) -> bool:
    """Tell whether something further down decides otherwise, as for a mode that asks for the check."""
    later = (each for each in _others(assignment, target.name.text, scope) if each.span.start > value.span.end)
    return any(_last(each) != _last(value) for each in later)


def _names_too(view: View, scope: Scope) -> Iterator[Edit]:
    """Yield the edit that has names checked as well, where the same context does not."""
    if isinstance(view, Assignment) and view.target.text.endswith(".verify_mode"):
        yield from (Edit(each.span, "True") for each in _others(view, "check_hostname", scope) if each.text == "False")


def _others(assignment: Assignment, name: str, scope: Scope) -> Iterator[View]:
    """Yield what the function assigns to another attribute of the same thing."""
    target, function = assignment.target, scope.function
    if not isinstance(target, Attribute) or function is None:
        return
    other = f"{target.value.text}.{name}"
    for each in function.body.find(Assignment):
        if each.target.text == other and each.value is not None:
            yield each.value


def _is_local(call: Call) -> bool:
    """Tell whether a call goes to this machine, or is not encrypted at all."""
    return any(isinstance(each, String) and _LOCAL.match(each.value or "") for each in call.arguments)


def _is_decided(view: View, scope: Scope) -> bool:
    """Tell whether a condition, or the name of the function, says that somebody has decided to check nothing."""
    names = [scope.function.name] if scope.function is not None else []
    if isinstance(view, Assignment) and isinstance(view.target, Attribute):
        names.append(view.target.value.text)
    if any(says_unverified(each) for each in names):
        return True
    for each in view.ancestors():
        condition = (
            each.condition if isinstance(each, If) else each.choices[1] if isinstance(each, Conditional) else None
        )
        if condition is not None and decides_about_checks(condition.text):
            return True
    return False
