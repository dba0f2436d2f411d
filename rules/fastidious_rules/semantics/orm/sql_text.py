"""SQL text with holes: what sort of thing a hole stands for."""

from __future__ import annotations

import re
from enum import StrEnum

_STATEMENT = re.compile(
    r"\s*(?:--[^\n]*\n\s*|/\*.*?\*/\s*)*(?:SELECT\b.+?\bFROM\b|SELECT\s+(?:COUNT|EXISTS|\*)|INSERT\s+(?:OR\s+\w+\s+)?INTO\b|UPDATE\s+\S+\s+SET\b"
    r"|DELETE\s+FROM\b|WITH\s+(?:RECURSIVE\s+)?\w+\s+AS\s*\(|CREATE\s+(?:\w+\s+)*(?:TABLE|INDEX|VIEW|DATABASE|SCHEMA|USER|ROLE)\b"
    r"|ALTER\s+(?:TABLE|ROLE|USER|DATABASE)\b|DROP\s+(?:TABLE|INDEX|VIEW|DATABASE|SCHEMA|USER|ROLE)\b|TRUNCATE\b|SET\s+\w+|EXEC\b|CALL\s+\w+)",
    re.IGNORECASE | re.DOTALL,
)
_VALUE_BEFORE = re.compile(
    r"(?:[=<>+*/|-]|\b(?:LIKE|ILIKE|BETWEEN|AND|LIMIT|OFFSET|THEN|ELSE|WHEN|ANY|ALL|INTERVAL|SIMILAR\s+TO|TOP|FETCH\s+NEXT|SELECT)"
    r"|\b(?:IN|VALUES|ANY|ALL|COALESCE|LOWER|UPPER|CAST)\s*\((?:[^()]*,)?|\bVALUES\b.*\((?:[^()]*,)?)\s*\Z",
    re.IGNORECASE | re.DOTALL,
)
_IDENTIFIER_BEFORE = re.compile(
    r"(?:\b(?:FROM|JOIN|INTO|UPDATE|TABLE|INDEX|VIEW|DATABASE|SCHEMA|USER|ROLE|COLUMN|BY|EXISTS|ON|USING|AS|ASC|DESC|SET|SEQUENCE|ONLY)"
    r"|\b(?:ORDER|GROUP|PARTITION)\s+BY\b[^()]*,|\.|[\"`\[]|\bSELECT\b(?:\s+DISTINCT)?(?:[^()']*,)?|\bINTO\s+\S+\s*\((?:[^()]*,)?)\s*\Z",
    re.IGNORECASE,
)
_COMPARED_AFTER = re.compile(r"\s*(?:=|<|>|!=|<>|\bIS\b|\bIN\b|\bLIKE\b|\bILIKE\b|\bBETWEEN\b)", re.IGNORECASE)


class Hole(StrEnum):
    """What a hole in a statement stands for."""

    VALUE = "value"
    QUOTED_VALUE = "quoted value"
    """A value between single quotes that the text brings along."""
    IDENTIFIER = "identifier"
    FRAGMENT = "fragment"
    """A piece of SQL: nothing can be said of it here."""


def looks_like_sql(text: str) -> bool:
    """Tell whether a text starts as a statement does, beyond doubt."""
    return _STATEMENT.match(text) is not None


def hole_between(before: str, after: str) -> Hole:
    """Return what a hole stands for between the texts around it; holes further in front are `?` in `before`."""
    if before.count("'") % 2:
        return Hole.QUOTED_VALUE
    if _COMPARED_AFTER.match(after) and not re.search(r"[=<>]\s*\Z", before):
        return Hole.IDENTIFIER
    if _IDENTIFIER_BEFORE.search(before) and not re.search(r"[=<>]\s*\Z", before):
        return Hole.IDENTIFIER
    return Hole.VALUE if _VALUE_BEFORE.search(before) else Hole.FRAGMENT
