"""Algorithms that nobody, or the token itself, chooses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastidious_rules.api import (
    DECODE_NAMES,
    Apply,
    Call,
    Display,
    Edit,
    Fix,
    Index,
    Literal,
    NeededImport,
    Opaque,
    Ref,
    Rule,
    Safety,
    Severity,
    Span,
    String,
    algorithm_for,
    algorithms_in,
    bound_as,
    called_name,
    callee_of,
    dotted,
    guarded_names,
    key_name,
    on,
    option_of,
    parts,
    reads_header,
    settled,
    split_qualified,
)
from fastidious_rules.catalogue.security.tokens import verifying

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastidious_rules.api import Algorithm, Finding, Scope, Term, TokenFunction, View

_NOTHING = Literal("None", "None")
_KEYS_WITH_ALGORITHM = frozenset({"get_signing_key_from_jwt", "get_signing_key", "PyJWK", "from_dict", "from_json"})
_LISTS = "authlib.jose.JsonWebToken"
_BELIEVING = frozenset({"joserfc", "Authlib"})
_DEEPEST = 3


class JwtMissingAlgorithms(Rule):
    """Token that is verified with an algorithm that nobody has fixed."""

    severity = Severity.ERROR
    message = "`{call}` needs `algorithms`: without them {library} {consequence}; name the one that you sign with"
    fixable = Safety.SAFE

    @on(Call, names=DECODE_NAMES)
    def check(self, call: Call, scope: Scope) -> Iterator[Finding]:
        """Report verification without algorithms, with those of the token, with `none`, with two kinds of keys."""
        known = verifying(call, scope)
        if known is None or not known.algorithms or "" in _spread(call):
            return
        given = call.argument(*known.algorithms)
        term = settled(scope.asker, scope.environment, given.term) if given is not None else None
        if term is None or term == _NOTHING:
            if known.library in _CONSEQUENCES and _needs_algorithms(call, known, scope):
                consequence = _CONSEQUENCES[known.library]
                yield self.finding(call, call=call.function.text, library=known.library, consequence=consequence)
        elif given is not None and _is_tokens_own(term, scope):
            yield self.finding(given, message=_TOKENS_OWN, value=given.text)
        elif given is not None:
            yield from self._chosen(given, algorithms_in(scope.asker, scope.environment, term), known.library)

    @on(Call, names=frozenset({"JsonWebToken"}))
    def check_list(self, call: Call, scope: Scope) -> Iterator[Finding]:
        """Report `none` among the algorithms of a `JsonWebToken`."""
        given = call.argument(0, "algorithms")
        if given is not None and scope.resolve(call) == _LISTS:
            term = settled(scope.asker, scope.environment, given.term) or Opaque()
            yield from self._chosen(given, algorithms_in(scope.asker, scope.environment, term), "Authlib")

    def _chosen(self, given: View, names: tuple[str, ...], library: str) -> Iterator[Finding]:
        if any(each.lower() == "none" for each in names):
            severity = Severity.ERROR if library in _BELIEVING else Severity.WARNING
            message = _UNSIGNED if library in _BELIEVING else _USELESS
            yield self.finding(given, severity=severity, message=message, library=library)
        elif any(each.startswith("HS") for each in names) and not all(each.startswith("HS") for each in names):
            yield self.finding(given, severity=Severity.WARNING, message=_MIXED, value=given.text)

    def fixes(self, view: Call, finding: Finding, scope: Scope) -> Iterator[Fix]:
        """Yield the algorithm that the project signs with under the same key, or the list without `none`."""
        given = _list_of(view, scope)
        if "`none`" in finding.message:
            yield from _without_none(given)
            return
        known = verifying(view, scope)
        key = view.argument(*known.key) if known is not None else None
        if known is None or key is None or "both" in finding.message:
            return
        algorithm = scope.ask(algorithm_for, scope.module, key_name(scope.asker, scope.environment, key.term))
        if algorithm is not None:
            yield _naming(view, given, algorithm, known, scope)


_CONSEQUENCES = {"PyJWT": "refuses every token", "python-jose": "takes the one that the token names"}
_TOKENS_OWN = (
    "`{value}` is what the token says of itself, and anybody can write that; name the algorithm that you sign with"
)
_UNSIGNED = "`none` among the algorithms makes {library} accept tokens without a signature; take it out"
_USELESS = "`none` among the algorithms asks {library} for tokens without a signature, which it refuses; take it out"
_MIXED = "`{value}` lets one key serve as a shared secret and as a public one; name the algorithm of this key, not both kinds"


def _spread(call: Call) -> tuple[str, ...]:
    term = call.term
    return tuple(name for name, _ in term.keywords) if isinstance(term, Apply) else ()


def _needs_algorithms(call: Call, known: TokenFunction, scope: Scope) -> bool:
    """Tell whether a call verifies, with a key that does not bring its algorithm along."""
    options = call.argument(*known.options)
    given = options.term if options is not None else None
    if option_of(scope.asker, scope.environment, given, "verify_signature") not in (None, Literal("bool", "True")):
        return False
    key = call.argument(*known.key)
    if key is None:
        return False
    return known.library != "PyJWT" or not any(_brings_algorithm(each) for each in _origins(key.term, scope))


def _brings_algorithm(term: Term) -> bool:
    return called_name(term) in _KEYS_WITH_ALGORITHM or "jwk" in dotted(term).lower()


def _origins(term: Term, scope: Scope, depth: int = 0) -> Iterator[Term]:
    """Yield a term, its parts and what the names in it are assigned from."""
    fact = scope.environment.function
    for part in parts(term):
        yield part
        local = fact.local.get(part.dotted.partition(".")[0], ()) if fact is not None and isinstance(part, Ref) else ()
        for each in local if depth < _DEEPEST else ():
            yield from _origins(each, scope, depth + 1)


def _is_tokens_own(term: Term, scope: Scope) -> bool:
    """Tell whether algorithms come from the header of a token, and nobody compares them with a fixed list."""
    function = scope.function
    found = list(_origins(term, scope))
    if not any(_reads_algorithm(each) for each in found) or not any(_is_header(each, scope) for each in found):
        return False
    checked = guarded_names(function) if function is not None else frozenset[str]()
    return not any(dotted(each) in checked for each in found if dotted(each)) and not _compares(checked)


def _compares(checked: frozenset[str]) -> bool:
    return any('"alg"' in each or "'alg'" in each for each in checked)


def _reads_algorithm(term: Term) -> bool:
    name = Literal("str", "alg")
    return (isinstance(term, Index) and name in term.arguments) or (called_name(term) == "get" and name in parts(term))


def _is_header(term: Term, scope: Scope) -> bool:
    if not isinstance(term, Apply) or not called_name(term).startswith("get_unverified_header"):
        return False
    return reads_header(callee_of(scope.asker, scope.environment, term))


def _list_of(call: Call, scope: Scope) -> View | None:
    known = verifying(call, scope)
    return call.argument(*known.algorithms) if known is not None else call.argument(0, "algorithms")


def _without_none(given: View | None) -> Iterator[Fix]:
    """Yield the fix that takes `none` out of a list that has others."""
    items = given.items if isinstance(given, Display) else []
    kept = [each for each in items if not (isinstance(each, String) and (each.value or "").lower() == "none")]
    if given is not None and kept and len(kept) < len(items):
        text = f"[{', '.join(each.text for each in kept)}]"
        yield Fix("Refuse tokens without a signature", (Edit(given.span, text),))


def _naming(call: Call, given: View | None, algorithm: Algorithm, known: TokenFunction, scope: Scope) -> Fix:
    text, imports = _expression(algorithm, scope)
    title = f"Accept `{text}` only, which tokens are signed with"
    if given is not None:
        return Fix(title, (Edit(given.span, f"[{text}]"),), imports)
    after = call.argument(*known.key)
    last = max((each.span.end for each in call.arguments), default=after.span.end if after is not None else 0)
    return Fix(title, (Edit(Span(last, last), f", algorithms=[{text}]"),), imports)


def _expression(algorithm: Algorithm, scope: Scope) -> tuple[str, tuple[NeededImport, ...]]:
    """Return how an algorithm is settled here, and the import that it needs."""
    if algorithm.is_literal:
        return f'"{algorithm.text}"', ()
    found = split_qualified(scope.asker.project, algorithm.text)
    module, symbol = found if found is not None else ("", algorithm.text)
    first = symbol.partition(".")[0]
    if module == scope.module or scope.resolve_in_module(first) == f"{module}.{first}":
        return symbol, ()
    known_as = scope.ask(bound_as, scope.module, module)
    if known_as:
        return f"{known_as}.{symbol}", ()
    return symbol, (NeededImport(module, first),)
