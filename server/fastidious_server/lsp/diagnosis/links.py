"""Pages that explain rules."""

from __future__ import annotations

_RULE_PAGE = "https://github.com/fastidious-lsp/fastidious/blob/main/docs/rules/{}.md"
_WITHOUT_PAGE = frozenset({"syntax-error", "too-complex"})


def rule_page(rule: str) -> str:
    """Return the address of the page on `rule`, empty if it has none."""
    return "" if rule in _WITHOUT_PAGE else _RULE_PAGE.format(rule)
