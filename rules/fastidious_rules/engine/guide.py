"""Guides: what a rule says of itself, in the Markdown file beside its module."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, NamedTuple

from fastidious_rules.engine.example import Example, example
from fastidious_rules.engine.markdown import Block, GuideError, Heading, Prose, parts

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from fastidious_rules.engine.markdown import Part
    from fastidious_rules.engine.rule import Rule

WHY = "Why"
BAD = "Bad"
GOOD = "Good"
FIX_SAFETY = "Fix safety"
OPTIONS = "Options"
EXCEPTIONS = "When not to use it"
REFERENCES = "References"
HEADINGS = (WHY, BAD, GOOD, FIX_SAFETY, OPTIONS, EXCEPTIONS, REFERENCES)
_OPTIONAL = frozenset({FIX_SAFETY, OPTIONS})

_EQUIVALENT = re.compile(r"Equivalents?:(?P<ids>.*)")
_IDENTIFIER = re.compile(r"[a-z][\w-]*:[\w./-]*\w")
_CARD = re.compile(r"Card:\s*(?P<text>.+)")
_VARIANTS = re.compile(r"<!--\s*variants:\s*(?P<names>[\w,\s-]*?)\s*-->")
_LINK = re.compile(r"^\s*[-*]\s+\[(?P<title>[^\]]+)\]\((?P<address>[^)\s]+)\)")


class Reference(NamedTuple):
    """A page to read on."""

    title: str
    address: str


@dataclass(frozen=True, slots=True)
class Section:
    """What stands below one heading of the second level: Markdown as it is shown, and the examples in it."""

    heading: str
    markdown: str
    examples: tuple[Example, ...]


@dataclass(frozen=True, slots=True)
class Guide:
    """What a rule says of itself."""

    title: str
    summary: str
    introduction: str
    """What stands between the title and the first section, the summary included."""
    sections: tuple[Section, ...]
    equivalents: tuple[str, ...]
    """Names of the same rule in other tools: `ruff:ASYNC210`."""
    card: str
    """The line of the guideline card that the rule enforces, if it quotes one."""
    references: tuple[Reference, ...]
    variants: str | None
    """Names of the variants that its examples have, as testing reads them."""

    def section(self, heading: str) -> str:
        """Return the text below `heading`, empty if there is none."""
        return next((each.markdown for each in self.sections if each.heading == heading), "")

    def option(self, name: str) -> str:
        """Return what an option means, with its default: `(20): lines of code`; empty if the guide does not say."""
        lines = self.section(OPTIONS).splitlines()
        start = f"- `{name}` "
        return next((line.removeprefix(start) for line in lines if line.startswith(start)), "")

    @property
    def examples(self) -> tuple[Example, ...]:
        """All examples, in order."""
        return tuple(each for section in self.sections for each in section.examples)

    @property
    def markdown(self) -> str:
        """The whole guide as it is shown: without marks."""
        body = (f"## {each.heading}\n\n{each.markdown}\n" for each in self.sections)
        return "\n".join([f"# {self.title}\n", f"{self.introduction}\n", *body])


@cache
def guide_of(rule: type[Rule]) -> Guide:
    """Return the guide of a rule: the file called like its module, beside it.

    Raises:
        GuideError: there is none, or it is malformed.
    """
    package, _, module = rule.__module__.rpartition(".")
    file = f"{package.replace('.', '/')}/{module}.md"
    try:
        text = resources.files(package).joinpath(f"{module}.md").read_text("utf-8")
    except FileNotFoundError:
        raise GuideError(file, 1, f"rule {rule.name} has no guide: it is expected here, beside its module") from None
    return parse_guide(text, file)


def parse_guide(text: str, file: str) -> Guide:
    """Return the guide that `text` is; `file` is what errors call it."""
    chapters = list(_chapters(parts(text, file), file))
    _check_headings(chapters, file)
    prose = [part.text for _, body in chapters for part in body if isinstance(part, Prose)]
    title, introduction = chapters[0][0], shown(chapters[0][1], file)
    if not introduction:
        raise GuideError(file, title.line + 1, "one sentence that says what the rule finds is expected below the title")
    sections = tuple(_section(heading.text, body, file) for heading, body in chapters[1:])
    return Guide(
        title=title.text,
        summary=" ".join(introduction.partition("\n\n")[0].split()),
        introduction=introduction,
        sections=sections,
        equivalents=tuple(_equivalents(prose)),
        card=next((match["text"] for line in prose if (match := _CARD.fullmatch(line))), ""),
        references=tuple(_references(sections[-1].markdown)),
        variants=variants_named(prose),
    )


def _section(heading: str, body: list[Part], file: str) -> Section:
    found = (example(part, file) for part in body if isinstance(part, Block))
    return Section(heading, shown(body, file), tuple(each for each in found if each is not None))


def variants_named(prose: Iterable[str]) -> str | None:
    """Return what a comment `<!-- variants: ... -->` says."""
    return next((match["names"] for line in prose if (match := _VARIANTS.search(line))), None)


def shown(body: Iterable[Part], file: str) -> str:
    """Return Markdown as a reader sees it: no marks, no roles of blocks, no lines that are only read by programs."""
    return "\n".join(line for part in body for line in _shown_lines(part, file)).strip()


def _shown_lines(part: Part, file: str) -> tuple[str, ...]:
    if isinstance(part, Heading):
        return (f"{'#' * part.level} {part.text}",)
    if isinstance(part, Block):
        found = example(part, file)
        lines = found.shown if found else part.lines
        return (f"```{'python' if found else part.info}", *lines, "```")
    hidden = _EQUIVALENT.fullmatch(part.text) or _CARD.fullmatch(part.text) or _VARIANTS.search(part.text)
    return () if hidden else (part.text,)


def _chapters(found: Iterable[Part], file: str) -> Iterator[tuple[Heading, list[Part]]]:
    """Yield the title and the headings of the second level, each with what stands below it."""
    chapter: tuple[Heading, list[Part]] | None = None
    for part in found:
        if isinstance(part, Heading) and part.level == (1 if chapter is None else 2):
            if chapter is not None:
                yield chapter
            chapter = (part, [])
        elif chapter is not None:
            chapter[1].append(part)
        elif isinstance(part, Heading | Block) or part.text.strip():
            raise GuideError(file, part.line, "a guide starts with its title: a line `# Title` is expected")
    if chapter is None:
        raise GuideError(file, 1, "the guide is empty: a line `# Title` is expected")
    yield chapter


def _check_headings(chapters: list[tuple[Heading, list[Part]]], file: str) -> None:
    found = [heading for heading, _ in chapters[1:]]
    names = [heading.text for heading in found]
    for heading in found:
        if heading.text not in HEADINGS or names.count(heading.text) > 1:
            raise GuideError(
                file, heading.line, f"unexpected heading {heading.text!r}: each of {', '.join(HEADINGS)} once"
            )
    if missing := [name for name in HEADINGS if name not in names and name not in _OPTIONAL]:
        last = found[-1].line if found else chapters[0][0].line
        raise GuideError(file, last, f"the heading `## {missing[0]}` is missing")
    for heading, expected in zip(found, [name for name in HEADINGS if name in names], strict=True):
        if heading.text != expected:
            raise GuideError(
                file, heading.line, f"`## {expected}` is expected here: the order is {', '.join(HEADINGS)}"
            )


def _equivalents(prose: Iterable[str]) -> Iterator[str]:
    for line in prose:
        match = _EQUIVALENT.fullmatch(line)
        yield from _IDENTIFIER.findall(match["ids"]) if match else ()


def _references(markdown: str) -> Iterator[Reference]:
    for line in markdown.splitlines():
        if match := _LINK.match(line):
            yield Reference(match["title"], match["address"])
