"""JSON responses that endpoints with a contract make and return."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from fastidious_rules.api import (
    RESPONSE,
    Assignment,
    Call,
    Conditional,
    DictDisplay,
    Literal,
    Name,
    annotated,
    filters,
    is_json_response,
    response_contract,
    status_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastidious_rules.api import Function, Return, Route, Scope, Type, View

_ADORNMENTS = ((2, "headers"), (4, "background"))
_SUCCESS, _FAILURE = 200, 400
_DUMPS = frozenset({"dumps", "json", "model_dump_json"})


class Made(NamedTuple):
    """A response, what it is made of, and the contract that it goes around."""

    call: Call
    where: View
    """What is returned: the call, or the name that holds what it made."""
    content: View
    contract: Type
    endpoint: str
    is_adorned: bool
    """Whether it carries headers, cookies or a background task: what a plain value cannot."""
    has_other_status: bool
    """Whether its status is another success than the one that the contract is declared for."""

    @property
    def pairs(self) -> list[tuple[View, View]] | None:
        """Keys and values of a dict that is written out in the place."""
        content = self.content
        is_plain = isinstance(content, DictDisplay) and "**" not in content.text
        return list(content.pairs) if is_plain and isinstance(content, DictDisplay) else None


def made_responses(statement: Return, scope: Scope) -> Iterator[Made]:
    """Yield the JSON responses of success that a statement returns in an endpoint with a contract that filters."""
    function, value = scope.function, statement.value
    if function is None or value is None or not function.decorators:
        return
    returned = [each for each in _calls(value, function) if _is_json(each.call, scope)]
    declared = next(_contracts(function, scope), None) if returned else None
    for each in returned if declared is not None else ():
        made = _made(each, *declared, function.name) if declared is not None else None
        if made is not None:
            yield made


class _Returned(NamedTuple):
    """A call that made what is returned at `where`."""

    call: Call
    where: View
    is_changed: bool
    """Whether the code goes on with what was made: `response.set_cookie(...)`."""


def _calls(value: View, function: Function) -> Iterator[_Returned]:
    """Yield the calls that a returned value may be."""
    match value:
        case Call():
            yield _Returned(value, value, is_changed=False)
        case Conditional():
            for each in (value.choices[0], value.choices[2]):
                yield from _calls(each, function)
        case Name():
            assigned = [each for each in function.body.find(Assignment) if each.target.text == value.text]
            made = assigned[0].value if len(assigned) == 1 else None
            if isinstance(made, Call):
                yield _Returned(made, value, f"{value.text}." in function.body.text)
        case _:
            return


def _is_json(call: Call, scope: Scope) -> bool:
    if not call.last_name.endswith("Response") and not call.last_name[:1].isupper():
        return False
    made = scope.at(call).resolve(call)
    if made == RESPONSE:
        content = call.argument(0, "content")
        written = call.argument(3, "media_type")
        is_declared = written is not None and isinstance(written.term, Literal) and "json" in written.term.text
        return is_declared or (written is None and isinstance(content, Call) and content.last_name in _DUMPS)
    return bool(made) and is_json_response(scope.asker, made)


def _contracts(function: Function, scope: Scope) -> Iterator[tuple[Route, Type]]:
    fact = scope.fact_of(function)
    for route in scope.routes(function):
        contract = response_contract(fact, route) if fact is not None else None
        known = annotated(scope.asker, scope.module, contract)
        if known and not route.is_websocket and filters(scope.asker, known):
            yield route, known


def _made(returned: _Returned, route: Route, contract: Type, endpoint: str) -> Made | None:
    call = returned.call
    content, written = call.argument(0, "content"), call.argument(1, "status_code")
    status = status_of(written.term) if written is not None else _SUCCESS
    if content is None or status is None or status >= _FAILURE:
        return None
    is_adorned = returned.is_changed or any(call.argument(*each) is not None for each in _ADORNMENTS)
    declared = status_of(route.argument("status_code")) or _SUCCESS
    is_other = written is not None and status != declared
    return Made(call, returned.where, content, contract, endpoint, is_adorned, is_other)
