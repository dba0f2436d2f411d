"""Fixes: proven before they are offered, imports where they belong, nothing else touched."""

from __future__ import annotations

import pytest

from fastidious_rules.engine.fix import difference
from tests.engine.workbench import document, fixed

BODY = "\n\nasync def f():\n    time.sleep(1)\n"
FIXED = "\n\nasync def f():\n    await asyncio.sleep(1)\n"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("import time", "import asyncio\nimport time"),
        ("import asyncio\nimport time", "import asyncio\nimport time"),
        ('"""Doc."""\n\nimport time', '"""Doc."""\n\nimport asyncio\nimport time'),
        (
            "from __future__ import annotations\n\nimport time",
            "from __future__ import annotations\n\nimport asyncio\nimport time",
        ),
        (
            "#!/usr/bin/env python\n# coding: utf-8\nimport time",
            "#!/usr/bin/env python\n# coding: utf-8\nimport asyncio\nimport time",
        ),
        ("import ast\nimport time\nfrom os import path", "import ast\nimport asyncio\nimport time\nfrom os import path"),
        ("import time  # a clock\nimport zlib", "import asyncio\nimport time  # a clock\nimport zlib"),
        ("from os import path\nimport time", "import asyncio\nfrom os import path\nimport time"),
        ("if True:\n    import asyncio\nimport time", "if True:\n    import asyncio\nimport asyncio\nimport time"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_import_is_added_where_it_belongs(before: str, after: str, newline: str, mark: str) -> None:
    text = mark + (before + BODY).replace("\n", newline)

    assert fixed(document(text)) == mark + (after + FIXED).replace("\n", newline)


def test_only_fixes_that_hold_are_offered() -> None:
    reviewed = document("x = broken()\n", "breaking-fix")
    [finding] = reviewed.check().findings()

    assert [fix.title for fix in reviewed.fixes(finding)] == ["Remove it"]


def test_trying_fixes_leaves_the_document_and_the_project_as_they_were() -> None:
    reviewed = document("import time" + BODY)
    before = reviewed.check()
    facts = reviewed.facts

    reviewed.fixes(before.findings()[0])
    reviewed.fix_all()

    assert reviewed.source.text.decode() == "import time" + BODY
    module = reviewed.project.module_at(reviewed.path)
    assert module is not None
    assert module.facts is facts
    assert reviewed.check() == before


def test_all_findings_are_fixed_in_one_edit() -> None:
    text = "import time\n\n\nasync def f():\n    time.sleep(1)  # é 😀\n    time.sleep(2)\n    return 3\n"
    edit = document(text).fix_all()

    assert edit is not None
    assert "time.sleep" not in edit.replacement
    assert "return" not in edit.replacement


def test_broken_text_is_not_fixed() -> None:
    assert document("import time" + BODY + "x = (\n").fix_all() is None


def test_fixing_what_is_fixed_changes_nothing() -> None:
    assert document("import asyncio" + FIXED).fix_all() is None


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("", "x"),
        ("abc", "abc"),
        ("é", "è"),
        ("aéb", "aèb"),
        ("😀", "😁"),
        ("a\r\nb", "a\nb"),
        ("aaa", "aa"),
        ("ab", "abab"),
    ],
)
def test_difference_turns_one_text_into_the_other_without_splitting_characters(old: str, new: str) -> None:
    before = old.encode()

    edit = difference(before, new.encode())

    if edit is None:
        assert old == new
    else:
        before[: edit.span.start].decode()
        before[edit.span.end :].decode()
        assert before[: edit.span.start] + edit.replacement.encode() + before[edit.span.end :] == new.encode()
