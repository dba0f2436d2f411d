"""Suppression comments that an action writes: in the right place, and still there when the code is formatted."""

from __future__ import annotations

import ast
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from fastidious_rules.engine.suppression_edits import file_suppression_edit, suppression_edit
from tests.engine.workbench import document, found

if TYPE_CHECKING:
    from fastidious_rules.engine.document import Document
    from fastidious_rules.engine.finding import Edit

HEAD = "import time\n\n\nasync def f(x, y):\n"
STATEMENTS = {
    "simple": "    time.sleep(1)\n",
    "triple-quoted": '    x = """\n    text\n    """ + str(time.sleep(1))\n',
    "behind a triple-quoted string": '    x = """\n    text\n    """; time.sleep(1)\n',
    "call that begins behind a triple-quoted string": '    x = """\n    text\n    """; y = str(\n        time.sleep(1))\n',
    "in a triple-quoted f-string": '    x = f"""\n    # no comment {time.sleep(1)}\n    """\n',
    "f-string": "    x = f\"# no comment {time.sleep(1)} {'#'}\"\n",
    "backslash": "    x = 1 + \\\n        (time.sleep(1) or 2)\n",
    "behind a backslash": "    x = 1; \\\n    time.sleep(1)\n",
    "multi-line call": "    time.sleep(\n        1,\n    )\n",
    "call that will be split": f"    x = print(time.sleep(1), {'y + ' * 22}y)\n",
    "existing comment": "    time.sleep(1)  # as long as it takes\n",
    "existing noqa": "    time.sleep(1)  # noqa: E501, S311\n",
    "existing suppression": "    time.sleep(1)  # fastidious: ignore[breaking-fix] legacy\n",
    "existing suppression above": "    # fastidious: ignore[breaking-fix]\n    time.sleep(\n        1)\n",
    "header": "    if time.sleep(1):\n        pass\n",
    "header of a one-liner": "    if time.sleep(1): pass\n",
    "body of a one-liner": "    if x: time.sleep(1)\n",
    "first of two": "    time.sleep(1); x = 2\n",
    "last of two": "    x = 2; time.sleep(1)\n",
    "elif": "    if x:\n        x = 1\n    elif time.sleep(1):\n        x = 2\n",
    "elif of a one-liner": "    if x: x = 1\n    elif time.sleep(1): x = 2\n",
    "except": "    try:\n        x = 1\n    except time.sleep(1):\n        x = 2\n",
    "case": "    match x:\n        case 1 if time.sleep(1):\n            x = 2\n",
    "decorated def": "    @time.sleep(1)\n    @print\n    def g():\n        pass\n",
    "default of a decorated def": "    @print\n    def g(\n        x=time.sleep(1),\n    ):\n        pass\n",
    "tab": "\ttime.sleep(1)\n",
}
FILES = {
    "code": "import time\n",
    "docstring": '"""Says why."""\n\nimport time\n',
    "future": '"""Says why."""\n\nfrom __future__ import annotations\n\nimport time\n',
    "interpreter": "#!/usr/bin/env python\n# -*- coding: utf-8 -*-\n# Copyright\n\nimport time\n",
    "encoding": "# coding: utf-8\nimport time\n",
    "byte order mark": "\ufeffimport time\n",
    "byte order mark and interpreter": "\ufeff#!/usr/bin/env python\nimport time\n",
}
SLEEP = "async def f():\n    time.sleep(1)\n"


def suppressed(reviewed: Document, edit: Edit | None) -> str:
    assert edit is not None
    reviewed.edit(edit.span, edit.replacement.encode())
    return reviewed.source.text.decode()


def suppressed_here(text: str) -> str:
    reviewed = document(text)
    [finding] = [each for each in reviewed.check().findings() if each.rule == "sleeping-call"]
    return suppressed(reviewed, suppression_edit(reviewed.source, reviewed.tree, finding))


def formatted(text: str) -> str:
    command = [sys.executable, "-Im", "ruff", "format", "--isolated", "-"]
    return subprocess.run(command, input=text, capture_output=True, text=True, check=True).stdout


@pytest.mark.complaint(20)
@pytest.mark.parametrize("statement", STATEMENTS.values(), ids=STATEMENTS)
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_suppression_is_a_comment_and_changes_no_string(statement: str, newline: str) -> None:
    text = (HEAD + statement).replace("\n", newline)

    result = suppressed_here(text)

    assert found(document(result)) == []
    assert ast.dump(ast.parse(result)) == ast.dump(ast.parse(text))
    assert newline == "\n" or result.count("\r\n") == result.count("\n")


@pytest.mark.complaint(20)
@pytest.mark.parametrize("statement", STATEMENTS.values(), ids=STATEMENTS)
def test_suppression_outlives_a_formatter(statement: str) -> None:
    assert found(document(formatted(suppressed_here(HEAD + statement)))) == []


@pytest.mark.complaint(20)
def test_other_codes_of_other_tools_stay_as_they_are() -> None:
    result = suppressed_here(HEAD + STATEMENTS["existing noqa"])

    assert "time.sleep(1)  # noqa: E501, S311\n" in result
    assert "    # fastidious: ignore[sleeping-call]\n" in result


@pytest.mark.complaint(20)
def test_suppression_of_another_rule_is_joined_and_keeps_its_reason() -> None:
    result = suppressed_here(HEAD + STATEMENTS["existing suppression"])

    assert "# fastidious: ignore[breaking-fix, sleeping-call] legacy\n" in result


def test_suppression_of_a_clause_leaves_the_clauses_before_it_alone() -> None:
    text = HEAD + "    if x:\n        time.sleep(2)\n    elif time.sleep(1):\n        x = 2\n"
    reviewed = document(text)
    finding = reviewed.check().findings()[1]

    result = suppressed(reviewed, suppression_edit(reviewed.source, reviewed.tree, finding))

    assert "    elif time.sleep(1):  # fastidious: ignore[sleeping-call]\n" in result
    assert len(found(reviewed)) == 1


def test_nothing_is_written_where_no_comment_can_cover_the_statement() -> None:
    text = HEAD + '    x = """\n    """; y = [\n    time.sleep(1)]; z = """\n    """\n'
    reviewed = document(text)
    [finding] = reviewed.check().findings()

    assert suppression_edit(reviewed.source, reviewed.tree, finding) is None


@pytest.mark.parametrize("head", FILES.values(), ids=FILES)
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_suppression_in_the_file_stands_below_what_has_to_be_on_top(head: str, newline: str) -> None:
    text = (head + SLEEP).replace("\n", newline)
    reviewed = document(text)

    result = suppressed(reviewed, file_suppression_edit(reviewed.source, reviewed.tree, "sleeping-call"))

    comment = f"# fastidious: ignore-file[sleeping-call]{newline}"
    assert result.replace(comment, "") == text
    assert found(reviewed) == []
    assert result.startswith("\ufeff") == text.startswith("\ufeff")
    before = result.removeprefix("\ufeff").partition(comment)[0]
    assert all(line.startswith("#") for line in before.splitlines())
    assert before.startswith("#") == text.removeprefix("\ufeff").startswith("#")


def test_suppression_in_the_file_joins_the_one_that_is_there() -> None:
    reviewed = document(f"# fastidious: ignore-file[breaking-fix] legacy\nimport time\n{SLEEP}")

    result = suppressed(reviewed, file_suppression_edit(reviewed.source, reviewed.tree, "sleeping-call"))

    assert result.startswith("# fastidious: ignore-file[breaking-fix, sleeping-call] legacy\n")


def test_suppression_in_a_file_of_comments_goes_to_its_end() -> None:
    reviewed = document("#!/usr/bin/env python")

    edit = file_suppression_edit(reviewed.source, reviewed.tree, "sleeping-call")

    assert suppressed(reviewed, edit) == "#!/usr/bin/env python\n# fastidious: ignore-file[sleeping-call]\n"
