"""Cards of routes in Markdown: what somebody wants to know of an endpoint before changing it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from fastidious_rules.semantics.place import Place
    from fastidious_rules.semantics.web.client_calls import ClientCall
    from fastidious_rules.semantics.web.raised_statuses import Raised
    from fastidious_rules.semantics.web.route_card import RouteCard
    from fastidious_rules.semantics.web.route_dependencies import Need
    from fastidious_rules.semantics.web.route_security import Security

    Link = Callable[[Place], str]
    """Shows a place as a link, or by its name alone."""

_HANDLER = "handler"
"""Origin of what needs no explanation."""
_MOST_TESTS = 5


def render(card: RouteCard, link: Link) -> str:
    """Return a card in Markdown."""
    head = [f"**{_title(card)}**", *_remarks(card)]
    rows = [f"- {name}: {value}".replace(": \n", ":\n") for name, value in _rows(card, link) if value]
    return "\n\n".join([*head, "\n".join(rows)])


def _title(card: RouteCard) -> str:
    first, *others = card.paths
    method = ", ".join(card.methods) or "WS"
    more = "".join(f", {_code(path)}" for path in others)
    return f"{_code(f'{method} {first}')}{more}"


def _remarks(card: RouteCard) -> Iterator[str]:
    if card.summary:
        yield card.summary
    if card.is_deprecated:
        yield "*Deprecated.*"
    if not card.is_served:
        yield "*No application is known to include this router.*"


def _rows(card: RouteCard, link: Link) -> Iterator[tuple[str, str]]:
    name = card.handler.rpartition(".")[2]
    yield "handler", f"{_code(name)} ({link(card.place)})" if name else f"unknown ({link(card.place)})"
    yield "security", _security(card.security)
    yield "depends on", "".join(f"\n  - {_need(each, link)}" for each in card.needs)
    yield "responds with", _response(card)
    yield "may raise", ", ".join(_raised(each, link) for each in card.raised)
    yield "limited to", _codes(card.limits)
    yield "tags", _codes(card.tags)
    yield "tests", _tests(card.tests, link)


def _security(security: Security) -> str:
    found = [_codes(security.schemes), f"checked by {_codes(security.guards)}" if security.guards else ""]
    if security.scopes:
        found.append(f"scopes {_codes(security.scopes)}")
    shown = "; ".join(each for each in found if each)
    if not security.is_found:
        shown = "none found"
    return f"{shown}; perhaps checked by {_plain(security.perhaps)}" if security.perhaps else shown


def _plain(names: Iterable[str]) -> str:
    return ", ".join(name if " " in name else _code(name) for name in names)


def _need(need: Need, link: Link) -> str:
    name = _code(need.name) if need.name else "something unknown"
    place = f" ({link(need.place)})" if need.place is not None else ""
    below = [each.qualified or each.written for each in need.rests_on]
    names = dict.fromkeys(each.rpartition(".")[2] for each in below if each)
    rests = f", which rests on {_codes(names)}" if names else ""
    origin = "" if need.origin == _HANDLER else f", by the {need.origin.value}"
    return f"{name}{place}{origin}{rests}"


def _response(card: RouteCard) -> str:
    status = str(card.status) if card.status else ""
    if not card.methods:
        return ""
    model = _code(card.response_model) if card.response_model else "no declared model"
    return f"{status or 'an unknown status'}, {model}"


def _raised(raised: Raised, link: Link) -> str:
    place = link(raised.place)
    if raised.status is None:
        return f"{_code(raised.exception)} ({place}; its status is not known)"
    named = "" if raised.exception == "HTTPException" else f" {_code(raised.exception)}"
    return f"{raised.status}{named} ({place})"


def _tests(calls: tuple[ClientCall, ...], link: Link) -> str:
    first = {call.test: call for call in reversed(calls)}
    ordered = [first[test] for test in dict.fromkeys(call.test for call in calls)]
    shown = [f"{_code(call.symbol.rpartition('.')[2])} ({link(call.place)})" for call in ordered[:_MOST_TESTS]]
    more = [f"{len(ordered) - _MOST_TESTS} more"] if len(ordered) > _MOST_TESTS else []
    return ", ".join([*shown, *more]) or "none found"


def _codes(names: Iterable[str]) -> str:
    return ", ".join(_code(name) for name in names)


def _code(text: str) -> str:
    """Return `text` as code, whatever stands in it."""
    fence = "``" if "`" in text else "`"
    return f"{fence}{text}{fence}"
