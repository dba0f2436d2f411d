"""Explain findings and rules in Markdown: why it matters before how to fix it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from fastidious_rules.engine.guide import EXCEPTIONS, FIX_SAFETY, GOOD, WHY

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from fastidious_rules.engine.finding import Finding
    from fastidious_rules.engine.guide import Guide
    from fastidious_rules.semantics.place import Place

_MOST_LINES = 36
"""Length of an example that still fits beside the code it is compared with."""


class Remedy(NamedTuple):
    """What the best fix of a finding does, or why there is none though its rule has fixes for others."""

    title: str = ""
    diff: str = ""
    refusal: str = ""
    """End of a sentence."""


def hover(finding: Finding, guide: Guide, show: Callable[[Place], str], remedy: Remedy) -> str:
    """Return what there is to know about `finding` beside its message; `show` writes a place as `pdf.py:40`."""
    return "\n\n".join(
        (
            f"**`{finding.rule}`**: {guide.summary}",
            *_evidence(finding, show),
            *_titled("Why", guide.section(WHY)),
            *_remedy(finding.rule, guide, remedy),
            *_titled("When this is fine", guide.section(EXCEPTIONS)),
            f"To keep it, say why: `# fastidious: ignore[{finding.rule}] reason`",
            "---",
            *_sources(guide),
        )
    )


def brief(finding: Finding, guide: Guide, show: Callable[[Place], str], remedy: Remedy) -> str:
    """Return what `finding` is, why it matters, and its best fix, for somebody who reads about others beside it."""
    return "\n\n".join(
        (
            f"**`{finding.rule}`**: {guide.summary}",
            *_evidence(finding, show),
            *_titled("Why", guide.section(WHY)),
            *_fix(remedy),
            f"`fastidious explain {finding.rule}` says more.",
        )
    )


def about(rule: str, guide: Guide) -> str:
    """Return what somebody wants to know who reads the name of a rule: why it is there before all else."""
    return "\n\n".join(
        (
            f"**`{rule}`**: {guide.summary}",
            *_titled("Why", guide.section(WHY)),
            *_titled("Better", guide.section(GOOD)),
            *_titled("When this is fine", guide.section(EXCEPTIONS)),
            "---",
            *_sources(guide),
        )
    )


def page(guide: Guide) -> str:
    """Return the whole page on a rule."""
    return "\n\n".join((guide.markdown.strip(), *_sources(guide, links=False))) + "\n"


def _sentence(text: str) -> str:
    return text if text.endswith((".", "!", "?")) else f"{text}."


def _titled(title: str, text: str) -> Iterator[str]:
    if text:
        yield f"**{title}**"
        yield text


def _evidence(finding: Finding, show: Callable[[Place], str]) -> Iterator[str]:
    if not finding.evidence and not finding.related:
        return
    yield "**In this code**"
    if finding.evidence:
        yield finding.described(finding.evidence, show)
    if finding.related:
        yield "\n".join(f"- `{show(each.place)}`: {finding.described(each.message, show)}" for each in finding.related)


def _remedy(rule: str, guide: Guide, remedy: Remedy) -> Iterator[str]:
    yield from _fix(remedy)
    if not remedy.diff:
        good = guide.section(GOOD)
        is_short = good.count("\n") < _MOST_LINES
        yield from _titled("Better", good if is_short else f"`fastidious explain {rule}` shows an example.")
        return
    yield from _titled("Is the fix safe?", guide.section(FIX_SAFETY))


def _fix(remedy: Remedy) -> Iterator[str]:
    if remedy.diff:
        yield f"**Fix:** {_sentence(remedy.title)}"
        yield f"```diff\n{remedy.diff.rstrip()}\n```"
    elif remedy.refusal:
        yield f"**No fix here:** {_sentence(remedy.refusal)}"


def _sources(guide: Guide, *, links: bool = True) -> Iterator[str]:
    """Yield where the rule comes from, and what other tools call it."""
    if guide.card:
        yield f"> {guide.card}"
    if guide.equivalents:
        yield f"Other tools call it {', '.join(f'`{each}`' for each in guide.equivalents)}."
    if links and guide.references:
        yield "Read on: " + ", ".join(f"[{each.title}]({each.address})" for each in guide.references)
