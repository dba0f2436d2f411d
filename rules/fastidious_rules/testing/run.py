"""Run a case: what the rules say must be what its marks say, line by line."""

from __future__ import annotations

import ast
import difflib
from collections import Counter
from typing import TYPE_CHECKING

from fastidious_rules.engine.checker import Checker
from fastidious_rules.engine.document import Document
from fastidious_rules.engine.example import Mark
from fastidious_rules.engine.fix import attempts, fix_all
from fastidious_rules.semantics.project import Project
from fastidious_rules.syntax.text import Source, Span
from fastidious_rules.testing.settings import settings_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from fastidious_rules.engine.example import Example
    from fastidious_rules.engine.finding import Edit, Finding
    from fastidious_rules.engine.registry import Registry
    from fastidious_rules.testing.cases import Case, SourceFile

ROOT = "/project"
_FIX = "fix"
_CHECK_EVERY = 8
"""How many characters are typed between two checks."""


class ExampleError(AssertionError):
    """An example that is not as it says."""

    def __init__(self, case: Case, problem: str) -> None:
        super().__init__(f"{case.origin}: {case}: {problem}")


def run(case: Case, registry: Registry) -> None:
    """Check that the rules find exactly what the marks of `case` say, and that its fixes lead to the fixed code.

    Raises:
        ExampleError: they do not; the text says what differs.
    """
    if case.problem:
        raise ExampleError(case, case.problem)
    try:
        checker = Checker(registry, settings_of(case, registry))
    except (LookupError, ValueError) as error:
        raise ExampleError(case, f"its marks or options are wrong: {error}") from None
    documents = _opened(case.files, checker, typed=case.typed)
    _compare(case, documents, case.files)
    if case.options.get(_FIX) == "none":
        _check_no_fix(case, documents)
    for number in dict.fromkeys(each.options.get(_FIX, "") for each in case.fixed):
        _check_fixed(case, checker, number)


def _opened(files: Iterable[SourceFile], checker: Checker, *, typed: bool = False) -> dict[str, Document]:
    project = Project()
    documents: dict[str, Document] = {}
    project.text_of = lambda path: _text_of(documents, path)
    for file in files:
        text = "" if typed else file.text
        documents[file.path] = Document(
            f"{ROOT}/{file.path}", module_of(file.path), Source.from_str(text), project, checker
        )
    for file in files:
        if typed:
            _type(documents[file.path], file.text)
        _ = documents[file.path].facts  # so that the project knows all files before one is checked
    return documents


def _text_of(documents: Mapping[str, Document], path: str) -> bytes | None:
    found = documents.get(path.removeprefix(f"{ROOT}/"))
    return found.source.text if found is not None else None


def module_of(path: str) -> str:
    """Return the dotted name of the module at `path`."""
    parts = path.removeprefix("src/").removesuffix(".py").split("/")
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _type(document: Document, text: str) -> None:
    """Type `text` into an empty document, and look at it now and then."""
    for number, character in enumerate(text):
        end = len(document.source.text)
        document.edit(Span(end, end), character.encode())
        if number % _CHECK_EVERY == 0:
            document.check()


def _compare(case: Case, documents: Mapping[str, Document], files: Iterable[SourceFile]) -> None:
    complaints = [line for file in files for line in _complaints(documents[file.path], file)]
    if complaints:
        raise ExampleError(case, "\n".join(["", *complaints]))


def _complaints(document: Document, file: SourceFile) -> list[str]:
    report = document.check()
    found: dict[Mark, list[Finding]] = {}
    for finding in report.findings():
        row = document.source.lines.row_of(finding.span.start)
        found.setdefault(Mark(row, finding.rule), []).append(finding)
    expected = Counter(file.errors)
    lines = [f"  rule {problem.rule} crashed:\n{problem.error}" for problem in report.problems]
    for mark in sorted({*expected, *found}):
        wanted, messages = expected[mark], [each.message for each in found.get(mark, [])]
        if wanted == len(messages):
            continue
        what = f"expected {wanted} x {mark.rule}, found {len(messages)}" + "".join(
            f"\n      {each}" for each in messages
        )
        code = document.source.line(mark.row).decode()
        lines.append(f"  line {file.line + mark.row + 1}, {file.path}:{mark.row + 1}: {what}\n      > {code.strip()}")
    return lines


def _check_no_fix(case: Case, documents: Mapping[str, Document]) -> None:
    for path, document in documents.items():
        for finding in document.check().findings():
            for fix in attempts(document, finding).fixes if finding.rule == case.rule else ():
                raise ExampleError(case, f"{path}: no fix is expected, but there is {fix.title!r}")


def _check_fixed(case: Case, checker: Checker, number: str) -> None:
    """Check one way to fix the example: all fixes at once, or the n-th one of its first finding."""
    documents = _opened(case.files, checker)
    after = _all_fixed(case, documents) if not number else _fixed_once(case, documents, number)
    wanted = {_path_of(case, each): each for each in case.fixed if each.options.get(_FIX, "") == number}
    again: list[SourceFile] = []
    for file in case.files:
        block = wanted.get(file.path)
        expected = block.text if block is not None else file.text
        if after[file.path] != expected:
            raise ExampleError(case, f"{file.path} is fixed otherwise\n{_diff(expected, after[file.path])}")
        if block is not None:
            _check_parses(case, file.text, block.text)
            again.append(file._replace(text=block.text, errors=block.errors, line=block.line))
        else:
            again.append(file)
    _compare(case, _opened(again, checker), [file for file in again if file.path in wanted])


def _all_fixed(case: Case, documents: Mapping[str, Document]) -> dict[str, str]:
    for document in documents.values():
        edit = fix_all(document, {case.rule}, unsafe=True)
        if edit is not None:
            document.edit(edit.span, edit.replacement.encode())
            document.check()
    return {path: str(document.source) for path, document in documents.items()}


def _fixed_once(case: Case, documents: Mapping[str, Document], number: str) -> dict[str, str]:
    document, finding = _first_finding(case, documents)
    offered = attempts(document, finding).fixes
    if not number.isdigit() or not 1 <= int(number) <= len(offered):
        titles = "; ".join(fix.title for fix in offered) or "none"
        raise ExampleError(case, f"there is no fix {number}; offered: {titles}")
    by_path: dict[str, list[Edit]] = {}
    for edit in offered[int(number) - 1].edits:
        by_path.setdefault(edit.path or document.path, []).append(edit)
    for each in documents.values():
        for edit in sorted(by_path.get(each.path, ()), key=lambda edit: edit.span, reverse=True):
            each.edit(edit.span, edit.replacement.encode())
    return {path: str(each.source) for path, each in documents.items()}


def _first_finding(case: Case, documents: Mapping[str, Document]) -> tuple[Document, Finding]:
    for document in documents.values():
        for finding in document.check().findings():
            if finding.rule == case.rule:
                return document, finding
    raise ExampleError(case, "there is nothing to fix")


def _path_of(case: Case, block: Example) -> str:
    """Return the file that a fixed block shows: the one it names, else the only one that has findings."""
    if "path" in block.options or len(case.files) == 1:
        return block.path if "path" in block.options else case.files[0].path
    return next((file.path for file in case.files if file.errors), block.path)


def _check_parses(case: Case, before: str, after: str) -> None:
    if parses(before) and not parses(after):
        raise ExampleError(case, "the fixed code is no valid Python")


def parses(text: str) -> bool:
    """Tell whether this Python can parse `text`."""
    try:
        ast.parse(text)
    except SyntaxError:
        return False
    return True


def _diff(expected: str, actual: str) -> str:
    lines: Sequence[str] = list(
        difflib.unified_diff(expected.splitlines(), actual.splitlines(), "expected", "after the fix", lineterm="")
    )
    return "\n".join(lines)
