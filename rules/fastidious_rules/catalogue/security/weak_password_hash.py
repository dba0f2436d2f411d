"""The rule `weak-password-hash`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastidious_rules.api import (
    Apply,
    Assignment,
    Attribute,
    Call,
    Collection,
    Comparison,
    DictDisplay,
    DoubleStarred,
    Ref,
    Related,
    Rule,
    Severity,
    String,
    as_written,
    callee_of,
    carried,
    hash_functions,
    hashes_passwords,
    is_hashed_password,
    is_plain_password,
    is_slow,
    may_name_passwords,
    name_of,
    on,
    passwords_passed,
    plain_passwords,
    stands_for_a_person,
    words_of,
)
from fastidious_rules.catalogue.security.password_cost import COSTLY, cheap
from fastidious_rules.catalogue.security.password_remedy import remedy
from fastidious_rules.catalogue.security.stored_passwords import (
    dumped_password,
    is_stored_in_clear,
    stored,
    validated_password,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastidious_rules.api import Finding, Function, HashFunction, Scope, Term, View

_FAST = frozenset(name.rpartition(".")[2] for name in hash_functions())
_STORED = "`{value}` is stored in `{target}` as it was typed; hash it with `{remedy}`"
_COMPARED = "`{target}` is compared with the password itself, so it is stored in clear; hash it with `{remedy}`"
_REVERSIBLE = "`{function}` hides nothing: anybody turns `{value}` back; hash it with `{remedy}`"
_LEAKS = frozenset({"pwned", "hibp", "breach", "breached", "breaches", "leaked", "compromised"})
_KEYS = frozenset({"cache", "cached", "etag", "fingerprint", "key"})
_REALM = "realm"
"""What HTTP's digest authentication hashes with a password, with MD5 because its standard says so."""
_CIPHERS = frozenset({"Fernet", "AESGCM", "AES", "MultiFernet", "ChaCha20Poly1305"})


class WeakPasswordHash(Rule):
    """Password that is kept so that whoever steals the database can read it or guess it fast."""

    severity = Severity.ERROR
    message = "`{function}` is built to be fast, and so is guessing `{value}`; hash it with `{remedy}`"

    @on(Call, names=_FAST | {"update"})
    def check_hash(self, call: Call, scope: Scope) -> Iterator[Finding]:
        """Report a password that goes through a function which protects no password."""
        found = _hash_function(call, scope)
        if found is None or _is_not_for_security(call) or _is_done_well(call, scope):
            return
        value = _password(call, found, scope)
        message = _REVERSIBLE if found.is_reversible else ""
        if value is not None and (not found.is_reversible or _is_kept(call, scope)):
            yield self.finding(
                call, message=message, function=found.name, value=as_written(value), remedy=remedy(scope)
            )
        elif value is None and not found.is_reversible:
            yield from self._check_callers(call, found, scope)

    def _check_callers(self, call: Call, found: HashFunction, scope: Scope) -> Iterator[Finding]:
        function, argument = scope.function, call.argument(found.position, found.keyword)
        for each in carried(argument.term) if argument is not None and function is not None else ():
            passings = scope.ask(passwords_passed, scope.qualified(function), as_written(each)) if function else ()
            if passings:
                value = passings[0].source.path
                related = Related(passings[0].place, f"`{value}` is passed here")
                evidence = f"`{as_written(each)}` is `{value}` of {{@0}}."
                yield self.finding(
                    call, function=found.name, value=value, remedy=remedy(scope), related=(related,), evidence=evidence
                )
                return

    @on(Call, names=COSTLY)
    def check_cost(self, call: Call, scope: Scope) -> Iterator[Finding]:
        """Report parameters of a good hash that make it cheap."""
        for each in cheap(call, scope):
            yield self.finding(each.view, message=each.message, severity=each.severity, evidence=each.evidence)

    @on(Call, when=may_name_passwords)
    def check_entity(self, call: Call, scope: Scope) -> Iterator[Finding]:
        """Report a new row that holds the password itself."""
        if not call.last_name[:1].isupper():
            return
        yield from self._check_dumped(call, scope)
        for name, value in call.keywords.items():
            if not (is_plain_password(name) or is_hashed_password(name)):
                continue
            password = stored(value, scope)
            if password is not None and is_stored_in_clear(scope.resolve(call), name, scope):
                yield self._in_clear(value, f"{call.last_name}.{name}", password, scope)

    def _check_dumped(self, call: Call, scope: Scope) -> Iterator[Finding]:
        """Report a row that is filled with all the fields of a model, a password among them."""
        for each in call.all_arguments:
            password = dumped_password(each, scope.resolve(call), scope) if isinstance(each, DoubleStarred) else None
            if password is not None:
                yield self._in_clear(each, f"{call.last_name}.{name_of(password)}", password, scope)

    @on(Call, names=frozenset({"model_validate", "from_orm"}))
    def check_validated(self, call: Call, scope: Scope) -> Iterator[Finding]:
        """Report a row that is made from a model with a password."""
        entity = scope.resolve_name(call.receiver.text) if call.receiver is not None else ""
        body, update = call.argument(0, "obj"), call.keywords.get("update")
        if not entity or body is None:
            return
        if isinstance(update, DictDisplay):
            yield from self._check_update(update, entity, scope)
        password = validated_password(body, entity, scope) if update is None else None
        if password is not None:
            shown = f"{entity.rpartition('.')[2]}.{name_of(password)}"
            yield self._in_clear(call, shown, password, scope)

    def _check_update(self, update: DictDisplay, entity: str, scope: Scope) -> Iterator[Finding]:
        """Report a password among the columns that are set beside those of a model."""
        for key, value in update.pairs:
            name = key.value or "" if isinstance(key, String) else ""
            password = stored(value, scope) if is_plain_password(name) or is_hashed_password(name) else None
            if password is not None and is_stored_in_clear(entity, name, scope):
                yield self._in_clear(value, f"{entity.rpartition('.')[2]}.{name}", password, scope)

    @on(Assignment, when=may_name_passwords)
    def check_attribute(self, assignment: Assignment, scope: Scope) -> Iterator[Finding]:
        """Report a password that is put into a row as it is."""
        target, value = assignment.target, assignment.value
        if not isinstance(target, Attribute) or value is None:
            return
        name = target.name.text
        if not (is_plain_password(name) or is_hashed_password(name)):
            return
        password = stored(value, scope)
        if password is not None and is_stored_in_clear(scope.type_of(target.value).name, name, scope):
            yield self._in_clear(value, target.text, password, scope)

    def _in_clear(self, where: View, target: str, password: Term, scope: Scope) -> Finding:
        return self.finding(where, message=_STORED, value=as_written(password), target=target, remedy=remedy(scope))

    @on(Comparison, when=may_name_passwords)
    def check_comparison(self, comparison: Comparison, scope: Scope) -> Iterator[Finding]:
        """Report a stored password that is compared with what was typed."""
        if comparison.operators not in (["=="], ["!="]):
            return
        operands = comparison.operands
        for kept, typed in (operands, operands[::-1]):
            if isinstance(kept, Attribute) and stored(typed, scope) is not None and _is_kept_in(kept, scope):
                yield self.finding(comparison, message=_COMPARED, target=kept.text, remedy=remedy(scope))
                return


def _hash_function(call: Call, scope: Scope) -> HashFunction | None:
    known = hash_functions()
    if call.last_name != "update":
        return known.get(scope.resolve(call))
    receiver = call.receiver.text if call.receiver is not None else ""
    fact = scope.fact_of(scope.function) if scope.function is not None else None
    for term in fact.local.get(receiver, ()) if fact is not None else ():
        found = known.get(callee_of(scope.asker, scope.environment, term)) if isinstance(term, Apply) else None
        if found is not None and not found.is_reversible:
            return found._replace(position=0, keyword="data")
    return None


def _is_not_for_security(call: Call) -> bool:
    said = call.keywords.get("usedforsecurity")
    return said is not None and said.text == "False"


def _password(call: Call, found: HashFunction, scope: Scope) -> Term | None:
    """Return the password that a hash function is given: so called, or a parameter of what hashes passwords."""
    argument = call.argument(found.position, found.keyword)
    if argument is None:
        return None
    term, function = argument.term, scope.function
    others = [name_of(each) for each in carried(term)]
    if (found.is_reversible and len(others) > 1) or _REALM in others:
        return None
    plain = next(plain_passwords(term), None)
    if plain is not None or function is None or not hashes_passwords(function.name):
        return plain
    parameters = {each.name for each in function.parameters if not _is_salt(each.name)}
    return next((each for each in carried(term) if as_written(each) in parameters), None)


def _is_salt(name: str) -> bool:
    return name in {"self", "cls"} or is_hashed_password(name) or not {"salt", "hashed"}.isdisjoint(words_of(name))


def _is_done_well(call: Call, scope: Scope) -> bool:
    """Tell whether the function hands the result to a slow hash, asks for leaked passwords, or makes a key of it."""
    function = scope.function
    fact = scope.fact_of(function) if function is not None else None
    if function is None or fact is None:
        return any(isinstance(each.term, Apply) and is_slow(each.term) for each in call.ancestors())
    if any(is_slow(each.term) for each in fact.calls) or any(
        isinstance(each.term.function, Ref) and each.term.function.dotted.rpartition(".")[2] in _CIPHERS
        for each in fact.calls
    ):
        return True
    return (
        not _LEAKS.isdisjoint(words_of(function.text)) or "[:5]" in function.text or _is_part_of_a_key(call, function)
    )


def _is_part_of_a_key(call: Call, function: Function) -> bool:
    """Tell whether a hash tells cached things apart: it becomes part of a longer text, or is called a key."""
    assignment = call.nearest(Assignment)
    texts = [each.text for each in (assignment.target if assignment is not None else None,) if each is not None]
    is_part = assignment is not None and assignment.value is not None and isinstance(assignment.value.term, Collection)
    return is_part or not _KEYS.isdisjoint(word for text in (function.name, *texts) for word in words_of(text))


def _is_kept(call: Call, scope: Scope) -> bool:
    """Tell whether what is encoded is called a hash, or is kept as a password."""
    function = scope.function
    if function is not None and hashes_passwords(function.name):
        return True
    return any(
        isinstance(each, Assignment)
        and isinstance(each.target, Attribute)
        and (is_plain_password(each.target.name.text) or is_hashed_password(each.target.name.text))
        and stands_for_a_person(scope.type_of(each.target.value).name)
        for each in call.ancestors()
    )


def _is_kept_in(attribute: Attribute, scope: Scope) -> bool:
    owner = scope.type_of(attribute.value).name
    return bool(owner) and is_stored_in_clear(owner, attribute.name.text, scope)
