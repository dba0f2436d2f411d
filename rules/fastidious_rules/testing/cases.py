"""Cases: examples as projects of files, each with what must be found in it."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from fastidious_rules.engine.example import PATH, Example, Kind, Mark, example
from fastidious_rules.engine.guide import guide_of, variants_named
from fastidious_rules.engine.markdown import Block, GuideError, Heading, Prose, parts

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from fastidious_rules.engine.markdown import Part
    from fastidious_rules.engine.rule import Pack, Rule


class SourceFile(NamedTuple):
    """One file of a case; `line` is where its block starts in the guide."""

    path: str
    text: str
    errors: tuple[Mark, ...] = ()
    silent: tuple[Mark, ...] = ()
    line: int = 0


@dataclass(frozen=True, slots=True)
class Case:
    """One example as a test. A case with a `problem` could not be read and always fails."""

    rule: str
    label: str
    origin: str
    """The Markdown file that it stands in."""
    files: tuple[SourceFile, ...] = ()
    fixed: tuple[Example, ...] = ()
    options: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    variants: str | None = None
    problem: str = ""
    typed: bool = False
    """Whether the file is typed character by character."""

    def __str__(self) -> str:
        return f"{self.rule}-{self.label}"

    @property
    def fires(self) -> bool:
        """Whether the case's own rule must find something."""
        return any(mark.rule == self.rule for file in self.files for mark in file.errors)


class _Group(NamedTuple):
    """Blocks that belong together, and the heading above them."""

    heading: str
    shown: list[Example]
    fixed: list[Example]


def cases(pack: Pack, folder: Path | None = None) -> list[Case]:
    """Return the cases of all rules of `pack`: those of their guides, and of `<folder>/<family>/<rule>.md`."""
    found: list[Case] = []
    for rule in pack.rules:
        guide = f"{rule.__module__.replace('.', '/')}.md"
        found += _readable(rule, guide, _guide_cases(rule, guide))
        path = folder / rule.family / f"{rule.name.replace('-', '_')}.md" if folder else None
        if folder is not None and path is not None and path.exists():
            origin = path.relative_to(folder.parent).as_posix()
            found += _readable(rule, origin, _file_cases(rule, origin, path.read_text("utf-8")))
    return found


def _readable(rule: type[Rule], origin: str, found: Iterator[Case]) -> list[Case]:
    """Return the cases; in the place of all of them one that fails, if they cannot be read."""
    try:
        return list(found)
    except GuideError as error:
        return [Case(rule.name, "is-readable", origin, problem=str(error))]


def _guide_cases(rule: type[Rule], origin: str) -> Iterator[Case]:
    guide = guide_of(rule)
    groups = [group for section in guide.sections for group in _groups(section.heading, section.examples, origin)]
    numbers: Counter[Kind] = Counter()
    for group in groups:
        kind = Kind.BAD if any(each.errors for each in group.shown) else Kind.GOOD
        numbers[kind] += 1
        yield _case(rule, f"{kind}-{numbers[kind]}", origin, group, guide.variants)


def _file_cases(rule: type[Rule], origin: str, text: str) -> Iterator[Case]:
    found = list(parts(text, origin))
    variants = variants_named(part.text for part in found if isinstance(part, Prose))
    numbers: Counter[str] = Counter()
    for heading, examples in _by_heading(found, origin):
        for group in _groups(heading, examples, origin):
            slug = re.sub(r"[^a-z0-9]+", "-", heading.lower()).strip("-")
            numbers[slug] += 1
            label = f"{slug}-{numbers[slug]}" if numbers[slug] > 1 else slug
            yield _case(rule, label, origin, group, variants)


def _by_heading(found: Iterable[Part], file: str) -> Iterator[tuple[str, list[Example]]]:
    heading, examples = "", list[Example]()
    for part in found:
        if isinstance(part, Heading):
            yield heading, examples
            heading, examples = part.text, []
        elif isinstance(part, Block) and (read := example(part, file)) is not None:
            examples.append(read)
    yield heading, examples


def _groups(heading: str, examples: Iterable[Example], file: str) -> Iterator[_Group]:
    """Join blocks that form one project, and the fixed code to what it is the fix of."""
    group: _Group | None = None
    for each in examples:
        if each.kind is Kind.FIXED:
            if group is None:
                raise GuideError(file, each.line, "a fixed block follows the bad block that it is the fix of")
            group.fixed.append(each)
        elif group is not None and _continues(group, each):
            group.shown.append(each)
        else:
            if group is not None:
                yield group
            group = _Group(heading, [each], [])
    if group is not None:
        yield group


def _continues(group: _Group, block: Example) -> bool:
    named = PATH in block.options and all(PATH in each.options for each in group.shown)
    return named and not group.fixed and block.path not in {each.path for each in group.shown}


def _case(rule: type[Rule], label: str, origin: str, group: _Group, variants: str | None) -> Case:
    _check_kinds(rule, group, origin)
    files = tuple(SourceFile(each.path, each.text, each.errors, each.silent, each.line) for each in group.shown)
    options = {key: value for each in group.shown for key, value in each.options.items() if key != PATH}
    return Case(
        rule=rule.name,
        label=label,
        origin=origin,
        files=files,
        fixed=tuple(group.fixed),
        options=MappingProxyType(options),
        variants=options.get("variants", variants),
    )


def _check_kinds(rule: type[Rule], group: _Group, file: str) -> None:
    for each in group.shown:
        if each.kind is Kind.GOOD and each.errors:
            raise GuideError(file, each.line, "a good block has no `# error:` marks")
    first = group.shown[0]
    if any(each.kind is Kind.BAD for each in group.shown) and not any(each.errors for each in group.shown):
        problem = f"a bad block marks its findings: `# error: [{rule.name}]` at the end of a line"
        raise GuideError(file, first.line, problem)
