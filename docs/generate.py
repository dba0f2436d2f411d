"""Write the pages on rules and the list in the README from the guides; exit 1 if any of them was stale."""

from __future__ import annotations

import itertools
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from fastidious_rules.catalogue import PACK
from fastidious_rules.engine.explain import page
from fastidious_rules.engine.finding import Safety
from fastidious_rules.engine.guide import guide_of
from fastidious_rules.engine.registry import Registry
from fastidious_rules.engine.settings import Profile

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fastidious_rules.api import Rule

ROOT = Path(__file__).parent.parent
PAGES = ROOT / "docs" / "rules"
README = ROOT / "README.md"
NOTICE = "<!-- Written by docs/generate.py from the guide of the rule: edit that. -->"
LIST = re.compile(r"(?<=<!-- rules: written by docs/generate\.py -->\n).*?(?=<!-- end of rules -->)", re.DOTALL)
HEADER = "| rule | what it finds | severity | fix |\n| --- | --- | --- | --- |\n"
FIXES = {None: "", Safety.SAFE: "safe", Safety.UNSAFE: "unsafe"}


def main() -> int:
    """Write what is stale, name it, and return 1 if there was anything."""
    texts = generated()
    stale = [path for path, text in texts.items() if not path.exists() or path.read_text(encoding="utf-8") != text]
    orphans = [path for path in sorted(PAGES.glob("*.md")) if path not in texts]
    for path in stale:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(texts[path], encoding="utf-8")
    for path in orphans:
        path.unlink()
    for path in [*stale, *orphans]:
        print(path.relative_to(ROOT))
    return int(bool(stale or orphans))


def generated() -> dict[Path, str]:
    """Return the files to write and their texts."""
    rules = list(Registry([PACK]).rules.values())
    texts = {PAGES / f"{rule.name}.md": rule_page(rule) for rule in rules}
    texts[PAGES / "README.md"] = index(rules)
    readme = README.read_text(encoding="utf-8")
    texts[README] = LIST.sub(lambda _: f"\n{overview(rules, 'docs/rules/')}\n", readme)
    return texts


def rule_page(rule: Rule) -> str:
    """Return the page on a rule: its guide below what the catalogue says."""
    title, _, body = page(guide_of(type(rule))).partition("\n")
    traits = f"`{rule.name}` · {rule.family} · {severity(rule)}{fix(rule)}"
    return f"{title}\n\n{NOTICE}\n\n{traits}\n{body}"


def index(rules: Iterable[Rule]) -> str:
    """Return the tables of all rules by family."""
    chapters = (f"## {family.capitalize()}\n\n{table(found)}" for family, found in by_family(rules))
    return "\n".join(["# Rules\n", f"{NOTICE}\n", *chapters])


def overview(rules: Iterable[Rule], folder: str) -> str:
    """Return the names of all rules by family, with links to their pages in `folder`."""
    lines = (
        f"- **{family.capitalize()}**: {', '.join(f'[`{rule.name}`]({folder}{rule.name}.md)' for rule in found)}\n"
        for family, found in by_family(rules)
    )
    return "".join(lines)


def by_family(rules: Iterable[Rule]) -> list[tuple[str, list[Rule]]]:
    """Return the rules of each family."""
    groups = itertools.groupby(sorted(rules, key=_family), key=_family)
    return [(family, list(found)) for family, found in groups]


def table(rules: Iterable[Rule]) -> str:
    """Return a table of rules with links to their pages."""
    return HEADER + "".join(map(row, rules))


def row(rule: Rule) -> str:
    """Return the line of one rule in a table."""
    summary = guide_of(type(rule)).summary.replace("|", "\\|")
    link = f"[`{rule.name}`]({rule.name}.md)"
    return f"| {link} | {summary} | {severity(rule)} | {FIXES[rule.fixable]} |\n"


def severity(rule: Rule) -> str:
    """Return how loud a rule is, in both profiles where they differ."""
    recommended, card = (rule.severity_in(profile) or "off" for profile in (Profile.RECOMMENDED, Profile.CARD))
    return recommended if recommended == card else f"{recommended}, {card} in `card`"


def fix(rule: Rule) -> str:
    """Return the last of the traits of a rule: what its fix is, if it has one."""
    return f" · {FIXES[rule.fixable]} fix" if rule.fixable else ""


def _family(rule: Rule) -> str:
    return rule.family


if __name__ == "__main__":
    sys.exit(main())
