"""The rule `insecure-cookie`."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from fastidious_rules.api import (
    SESSIONS,
    Call,
    Constant,
    DoubleStarred,
    Edit,
    Fix,
    Ref,
    Rule,
    Safety,
    Severity,
    Starred,
    String,
    is_response,
    name_of,
    on,
    opens_a_session,
    text_of,
    with_argument,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastidious_rules.api import Finding, Scope, View

_SENT_IN_CLEAR = "`{cookie}` is also sent over plain HTTP, where anybody on the way reads it; set `{flag}=True`"
_READ_BY_SCRIPTS = "`{cookie}` can be read by any script on the page, an injected one too; set `{flag}=True`"
_REFUSED = "browsers refuse `{cookie}`: `SameSite=None` needs `Secure`; set `{flag}=True`"
_MIDDLEWARE = frozenset({"starlette.middleware.Middleware"})


class _Cookie(NamedTuple):
    """A call that sets a cookie: its name, and how the call spells what protects it."""

    call: Call
    name: str
    secure: str
    scripts: str
    """Name of the flag that keeps scripts away; none where that is so anyway."""
    same_site: str


class InsecureCookie(Rule):
    """Cookie of a session or a token that others can read or send."""

    severity = Severity.WARNING
    message = _SENT_IN_CLEAR
    fixable = Safety.UNSAFE

    @on(Call, names=frozenset({"set_cookie", "add_middleware", "SessionMiddleware", "Middleware"}))
    def check(self, call: Call, scope: Scope) -> Iterator[Finding]:
        """Report the first protection that a cookie lacks."""
        cookie = _cookie(call, scope)
        if cookie is None or any(isinstance(each, DoubleStarred | Starred) for each in call.all_arguments):
            return
        for flag, message in _missing(cookie):
            where = cookie.call.keywords.get(flag) or call.function
            is_meant = flag == cookie.scripts and flag in cookie.call.keywords
            severity = Severity.INFORMATION if is_meant else None
            yield self.finding(where, severity=severity, message=message, cookie=cookie.name, flag=flag)
            return

    def fixes(self, view: Call, finding: Finding, scope: Scope) -> Iterator[Fix]:
        """Yield the call with all the protection that it lacks."""
        del finding
        cookie = _cookie(view, scope)
        if cookie is None:
            return
        flags = list(dict.fromkeys(flag for flag, _ in _missing(cookie)))
        given = view.keywords
        edits = [Edit(given[each].span, "True") for each in flags if each in given]
        added = with_argument(view, *(f"{each}=True" for each in flags if each not in given))
        if added is not None:
            edits.append(added)
        shown = " and ".join(f"`{each}=True`" for each in flags)
        yield Fix(
            f"Set {shown} (the cookie is then sent over HTTPS only, and scripts cannot read it)",
            tuple(edits),
            (),
            Safety.UNSAFE,
        )


def _cookie(call: Call, scope: Scope) -> _Cookie | None:
    """Return the cookie that a call sets, if whoever has it is somebody."""
    if call.last_name == "set_cookie":
        return _set_by_response(call, scope)
    registers = call.last_name == "add_middleware" or scope.resolve(call) in _MIDDLEWARE
    target = call.arguments[0] if registers and call.arguments else call
    if scope.resolve(target) != SESSIONS:
        return None
    return _Cookie(call, "the session", "https_only", "", "same_site")


def _set_by_response(call: Call, scope: Scope) -> _Cookie | None:
    receiver, key = call.receiver, call.argument(0, "key")
    if receiver is None or key is None or _is_deleted(call):
        return None
    name = _text(key, scope)
    if not opens_a_session(name) or not is_response(scope.asker, scope.type_of(receiver)):
        return None
    return _Cookie(call, name, "secure", "httponly", "samesite")


def _text(key: View, scope: Scope) -> str:
    """Return the name of a cookie: its text where that is known, else how the code calls it."""
    term = key.term
    known = text_of(scope.asker, scope.module, term)
    return known if known is not None else name_of(term) if isinstance(term, Ref) else ""


def _is_deleted(call: Call) -> bool:
    """Tell whether a call takes a cookie back: it has no value, or no time to live."""
    value, age = call.argument(1, "value"), call.argument(2, "max_age")
    is_empty = value is None or (isinstance(value, String) and not value.value)
    return is_empty or (age is not None and age.text == "0")


def _missing(cookie: _Cookie) -> Iterator[tuple[str, str]]:
    """Yield the flags that a cookie lacks, each with what that does."""
    given = cookie.call.keywords
    site = given.get(cookie.same_site)
    if _is_off(given.get(cookie.secure)) and len(cookie.call.arguments) < _SECURE:
        is_none = isinstance(site, String) and (site.value or "").lower() == "none"
        yield cookie.secure, _REFUSED if is_none else _SENT_IN_CLEAR
    if cookie.scripts and _is_off(given.get(cookie.scripts)) and len(cookie.call.arguments) < _SECURE:
        yield cookie.scripts, _READ_BY_SCRIPTS


_SECURE = 7
"""So many arguments come before `secure` where all are given by position."""


def _is_off(value: View | None) -> bool:
    """Tell whether a flag is left out or false; one that a setting decides is neither."""
    return value is None or (isinstance(value, Constant) and value.text == "False")
