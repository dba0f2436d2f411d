"""Numbers of the grammar's node kinds and fields: comparing numbers is what makes a walk fast."""

from __future__ import annotations

from fastidious_rules.syntax.tree import LANGUAGE


def kind(name: str) -> int:
    """Return the number of the named node kind `name`; an unknown one is a mistake in this package."""
    number = LANGUAGE.id_for_node_kind(name, True)  # noqa: FBT003  the binding takes it by position only
    if number is None:
        message = f"the Python grammar has no node kind {name!r}"
        raise LookupError(message)
    return number


def field(name: str) -> int:
    """Return the number of the field `name`."""
    number = LANGUAGE.field_id_for_name(name)
    if number is None:
        message = f"the Python grammar has no field {name!r}"
        raise LookupError(message)
    return number


ASYNC = LANGUAGE.id_for_node_kind("async", False)  # noqa: FBT003  the binding takes it by position only
COMMENT = kind("comment")
CLASS = kind("class_definition")
DECORATED = kind("decorated_definition")
DECORATOR = kind("decorator")
BLOCK = kind("block")
