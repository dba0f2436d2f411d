"""Calls that sign and verify tokens, as the rules on tokens see them."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from fastidious_rules.api import (
    DECODE_NAMES,
    ENCODE_NAMES,
    Edit,
    Keyword,
    Literal,
    Span,
    option_of,
    purpose,
    signer,
    verifier,
    words_of,
)

if TYPE_CHECKING:
    from fastidious_rules.api import Call, Scope, TokenFunction, View

_FEWEST = 2


def signing(call: Call, scope: Scope) -> TokenFunction | None:
    """Return what is known of a call that signs a token; `text.encode("utf-8")` has too few arguments for that."""
    return signer(scope.resolve(call)) if len(call.all_arguments) >= _FEWEST else None


def verifying(call: Call, scope: Scope) -> TokenFunction | None:
    """Return what is known of a call that verifies a token."""
    return verifier(scope.resolve(call)) if len(call.all_arguments) >= _FEWEST else None


def is_for_link(name: str) -> bool:
    """Tell whether a function makes a token for a link in an e-mail, by its name: `create_email_token`."""
    return not purpose("links").isdisjoint(words_of(name))


def makes_token(name: str) -> bool:
    """Tell whether a function makes tokens, by its name: `create_access_token`, `encode_jwt`."""
    words = words_of(name)
    return bool({"token", "tokens", "jwt"} & set(words)) and not purpose("making").isdisjoint(words)


def verifies(call: Call, scope: Scope) -> bool:
    """Tell whether a call verifies the signature of a token: it is not told to leave that out."""
    known = verifying(call, scope)
    if known is None:
        return False
    given = call.argument(*known.options) if known.options else None
    options = given.term if given is not None else None
    return option_of(scope.asker, scope.environment, options, "verify_signature") != Literal("bool", "False")


def key_of(call: Call, scope: Scope) -> View | None:
    """Return the key of a call that signs a token, or verifies one."""
    known = signing(call, scope) if call.last_name in ENCODE_NAMES else None
    if call.last_name in DECODE_NAMES and verifies(call, scope):
        known = verifying(call, scope)
    return call.argument(*known.key) if known is not None else None


def keyword_removed(call: Call, name: str) -> Edit | None:
    """Return the edit that takes a keyword argument, and the comma in front of it, out of a call."""
    arguments = call.all_arguments
    for before, each in pairwise(arguments):
        if isinstance(each, Keyword) and each.name == name:
            return Edit(Span(before.span.end, each.span.end), "")
    return None
