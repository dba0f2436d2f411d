"""Fixes: proven before they are offered, imports where they belong, nothing else touched."""

from __future__ import annotations

import pytest

from fastidious_rules.engine.finding import Attempts, Edit, Fix, Refusal
from fastidious_rules.engine.fix import difference
from fastidious_rules.engine.proof import objection
from fastidious_rules.syntax.text import Span
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


def test_fixes_that_do_not_hold_are_refused_with_a_reason() -> None:
    reviewed = document("x = hopeless(1)\n", "hopeless-fix")
    [finding] = reviewed.check().findings()

    assert reviewed.attempts(finding) == Attempts(
        refusals=(
            Refusal("Break the syntax", "the code would not parse any more"),
            Refusal("Change nothing", "the finding would still be there"),
            Refusal("Trip over itself", "two of its edits overlap"),
            Refusal("Trade one for two", "the finding would still be there"),
        )
    )


def test_fix_that_brings_an_error_or_its_own_rule_elsewhere_is_refused() -> None:
    reviewed = document("import time\nasync def f():\n    time.sleep(1)\n")
    [finding] = reviewed.check().findings()
    fix = Fix("Sleep elsewhere", (Edit(finding.span, "g()"), Edit(Span(45, 45), "\nasync def g():\n    time.sleep(1)")))

    assert objection(reviewed, reviewed.check(), finding, fix) == "it would bring another `sleeping-call`"


@pytest.mark.parametrize(
    ("text", "replacement", "reason"),
    [
        ("x = hopeless(\n    1,  # one\n)\n", "None", "a comment in the way would be lost"),
        ("x = hopeless(\n    1,  # one\n)\n", "None  # one", ""),
        ("x = hopeless('# no comment')\n", "None", ""),
        ("if 1:\n\tx = hopeless(1)\n", "(\n\t    None)", "the code is indented with tabs, and it would bring spaces"),
        ("if 1:\n\tx = hopeless(1)\n", "(\n\t\tNone)", ""),
        ("if 1:\n    x = hopeless(1)\n", "(\n        None)", ""),
    ],
)
def test_fix_that_loses_a_comment_or_mixes_tabs_and_spaces_is_refused(text: str, replacement: str, reason: str) -> None:
    reviewed = document(text, "hopeless-fix")
    [finding] = reviewed.check().findings()
    fix = Fix("Replace it", (Edit(finding.span, replacement),))

    assert objection(reviewed, reviewed.check(), finding, fix) == reason


def test_rule_that_has_no_fix_for_this_code_says_so_and_one_without_fixes_says_nothing() -> None:
    reviewed = document("x = hopeless()\ndef f():\n    pass\n", "hopeless-fix", "crashing-function")
    [hopeless, crashing] = reviewed.check().findings()

    assert [each.title for each in reviewed.attempts(hopeless).refusals] == ["Fix hopeless-fix"]
    assert reviewed.attempts(crashing) == Attempts()


def test_no_fix_is_offered_in_code_that_does_not_parse() -> None:
    reviewed = document("def f():\n    a = 1\n    hopeless(2)\n", "hopeless-fix")
    reviewed.check()
    reviewed.edit(Span(17, 18), b"(")
    [finding] = [each for each in reviewed.check().findings() if each.rule == "hopeless-fix"]

    assert [each.reason for each in reviewed.attempts(finding).refusals] == ["the code around it does not parse"]


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
