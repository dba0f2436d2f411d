"""Payloads on their way through a function: which keys a dict has where it is used."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastidious_rules.semantics.tokens.payloads import (
    HARMLESS,
    NO_KEYS,
    UNKNOWN_KEYS,
    Keys,
    keys_of,
    written_by,
)
from fastidious_rules.syntax.nodes import (
    Assignment,
    AugmentedAssignment,
    Block,
    Call,
    Delete,
    For,
    If,
    Keyword,
    Name,
    Raise,
    Return,
    Subscript,
    View,
    While,
    With,
    names_in,
)
from fastidious_rules.syntax.terms import OPAQUE, Apply, Collection, Literal, Ref

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import TypeAlias

    from fastidious_rules.semantics.project import Asker
    from fastidious_rules.semantics.types import Environment
    from fastidious_rules.syntax.nodes import Function

    Names: TypeAlias = Mapping[str, Keys]

_REMOVING = frozenset({"pop", "popitem", "clear"})


def keys_at(asker: Asker, where: Environment, payload: View, function: Function | None) -> Keys:
    """Return the keys of the dict `payload` where it stands, after all that `function` did to it on the way."""
    if function is None:
        return keys_of(asker, where, payload.term, {})
    flow = _Flow(asker, where, payload)
    flow.run(function.body, {})
    return keys_of(asker, where, payload.term, flow.found or {})


def _joined(one: Names | None, other: Names | None) -> Names | None:
    """Return what names hold where two ways meet; None is a way that ends before."""
    if one is None or other is None:
        return one if other is None else other
    return {
        name: one[name]
        if one.get(name) is other.get(name)
        else one.get(name, UNKNOWN_KEYS).joined(other.get(name, UNKNOWN_KEYS))
        for name in {**one, **other}
    }


class _Flow:
    """Follows dicts through statements, up to the one that holds `target`."""

    __slots__ = ("_asker", "_target", "_where", "found")

    def __init__(self, asker: Asker, where: Environment, target: View) -> None:
        self._asker = asker
        self._where = where
        self._target = target
        self.found: Names | None = None

    def run(self, block: View, names: Names | None) -> Names | None:
        """Return what names hold after a block; None if it is left before its end."""
        for statement in block.children():
            if names is None:
                return None
            names = self._statement(statement, names)
        return names

    def _statement(self, statement: View, names: Names) -> Names | None:
        if isinstance(statement, If):
            return self._branches(statement, names)
        if isinstance(statement, With):
            return self.run(statement.body, self._simple(statement, names))
        if isinstance(statement, For | While):
            return _joined(names, self.run(statement.body, self._unbound(statement, names)))
        if statement.cst.type == "case_clause":
            return _joined(names, self.run(_block_of(statement), names))
        blocks = [each for each in statement.children() if _holds_block(each)]
        if blocks and not statement.opens_scope:
            return self._ways(blocks, names)
        if statement.span.contains(self._target.span):
            self.found = _joined(self.found, names)
        return None if isinstance(statement, Return | Raise) else self._simple(statement, names)

    def _branches(self, statement: If, names: Names) -> Names | None:
        after = self.run(statement.body, names)
        otherwise = False
        for each in statement.alternatives:
            block = next((child for child in each.children() if isinstance(child, Block)), each)
            after = _joined(after, self.run(block, names))
            otherwise = otherwise or each.cst.type == "else_clause"
        return after if otherwise else _joined(after, names)

    def _ways(self, blocks: list[View], names: Names) -> Names | None:
        """Return what names hold after a `try` or a `match`: after its body, and after each way out of it."""
        first = blocks[0] if isinstance(blocks[0], Block) else _block_of(blocks[0])
        after = self.run(first, names)
        for each in blocks[1:]:
            is_last = each.cst.type in {"finally_clause", "else_clause"}
            start = after if is_last else _joined(names, after)
            done = self.run(_block_of(each), start) if start is not None else None
            after = done if is_last else _joined(after, done)
        return after

    def _unbound(self, loop: For | While, names: Names) -> Names:
        bound = [each.text for each in names_in(loop.target)] if isinstance(loop, For) else []
        return {**names, **dict.fromkeys(bound, UNKNOWN_KEYS)}

    # Statements that hold no others

    def _simple(self, statement: View, names: Names) -> Names:
        changed = dict(names)
        for call in statement.find(Call):
            if not isinstance(statement, With):
                self._call(call, changed)
        for assignment in statement.find(Assignment):
            self._assignment(assignment, changed)
        if isinstance(statement, Delete):
            for each in statement.children():
                self._removed(each, changed)
        for each in statement.find(AugmentedAssignment):
            if isinstance(each.target, Name) and each.target.text in changed:
                added = keys_of(self._asker, self._where, each.value.term, changed)
                _change(changed, each.target.text, changed[each.target.text].merged(added))
        return changed

    def _current(self, name: str, names: dict[str, Keys]) -> Keys:
        if name not in names:
            names[name] = keys_of(self._asker, self._where, Ref(name), {}) if self._is_parameter(name) else UNKNOWN_KEYS
        return names[name]

    def _is_parameter(self, name: str) -> bool:
        function = self._where.function
        return function is not None and any(each.name == name for each in function.parameters)

    def _call(self, call: Call, names: dict[str, Keys]) -> None:
        if call.span.contains(self._target.span):
            return
        receiver = call.receiver
        if isinstance(receiver, Name):
            self._method(call, receiver.text, names)
        if call.last_name in HARMLESS | {"update", "setdefault"}:
            return
        for given in call.all_arguments:
            value = given.value if isinstance(given, Keyword) else given
            if isinstance(value, Name) and (value.text in names or self._is_parameter(value.text)):
                _change(names, value.text, self._current(value.text, names)._replace(is_open=True))

    def _method(self, call: Call, name: str, names: dict[str, Keys]) -> None:
        term = call.term
        if not isinstance(term, Apply):
            return
        if call.last_name in {"update", "setdefault"}:
            added = written_by(self._asker, self._where, term, name, names)
            _change(names, name, self._current(name, names).merged(added))
        elif call.last_name in _REMOVING and name in names:
            key = term.arguments[0] if term.arguments else None
            kept = names[name].without(key.text) if isinstance(key, Literal) else UNKNOWN_KEYS
            _change(names, name, kept)

    def _assignment(self, assignment: Assignment, names: dict[str, Keys]) -> None:
        value, target = assignment.final_value, assignment.target
        if isinstance(target, Subscript):
            self._stored(target, names)
        elif isinstance(target, Name) and value is not None:
            held = keys_of(self._asker, self._where, value.term, names)
            names[target.text] = held if isinstance(value, Name) else held._replace()  # a copy is another dict
        elif value is not None:
            names.update({each.text: UNKNOWN_KEYS for each in names_in(target)})

    def _stored(self, target: Subscript, names: dict[str, Keys]) -> None:
        if not isinstance(target.value, Name):
            return
        current = self._current(target.value.text, names)
        added = keys_of(self._asker, self._where, _display_of(target), names)
        _change(names, target.value.text, current.merged(added))

    def _removed(self, target: View, names: dict[str, Keys]) -> None:
        if isinstance(target, Subscript) and isinstance(target.value, Name) and target.indexes:
            key = target.indexes[0].term
            current = self._current(target.value.text, names)
            kept = current.without(key.text) if isinstance(key, Literal) else UNKNOWN_KEYS
            _change(names, target.value.text, kept)


def _change(names: dict[str, Keys], name: str, keys: Keys) -> None:
    """Let a dict have other keys, under all the names that it has."""
    old = names.get(name, NO_KEYS)
    for each in [other for other, held in names.items() if held is old]:
        names[each] = keys
    names[name] = keys


def _display_of(target: Subscript) -> Collection:
    """Return the dict with the one item that an assignment to `target` stores."""
    key = target.indexes[0].term if len(target.indexes) == 1 else OPAQUE
    return Collection("dict", (key, OPAQUE))


def _holds_block(view: View) -> bool:
    return isinstance(view, Block) or any(isinstance(each, Block) for each in view.children())


def _block_of(view: View) -> View:
    return (
        view if isinstance(view, Block) else next((each for each in view.children() if isinstance(each, Block)), view)
    )
