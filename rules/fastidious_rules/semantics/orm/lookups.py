"""What sessions find: an entity of the class that they are asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastidious_rules.semantics.names import ancestry, resolve
from fastidious_rules.semantics.types import UNKNOWN, Type
from fastidious_rules.syntax.terms import Apply, Ref

if TYPE_CHECKING:
    from fastidious_rules.semantics.project import Asker

_FINDERS = frozenset({"get", "get_one"})
_SESSION = "sqlalchemy.orm.Session"
_ASYNC_SESSION = "sqlalchemy.ext.asyncio.AsyncSession"


def looked_up(asker: Asker, module: str, callee: str, call: Apply, *, awaited: bool) -> Type:
    """Return the class that a call finds an object of: `session.get(User, 1)` gives a `User`."""
    owner, _, method = callee.rpartition(".")
    entity = call.arguments[0] if call.arguments else None
    if method not in _FINDERS or not isinstance(entity, Ref):
        return UNKNOWN
    session = _ASYNC_SESSION if awaited else _SESSION
    return Type(resolve(asker, module, entity.dotted)) if session in asker.ask(ancestry, owner) else UNKNOWN
