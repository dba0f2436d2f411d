"""Suppression comments: what they cover, how they are written, and what says that one is not needed."""

from __future__ import annotations

import pytest

from fastidious_rules.engine.suppress import Shown, Suppressions
from fastidious_rules.engine.suppression_edits import suppression_edit
from fastidious_rules.syntax.text import Span
from tests.engine.workbench import document, fixed, found

SLEEP = "`time.sleep` sleeps in `f`"


@pytest.mark.parametrize(
    "text",
    [
        "import time\nasync def f():\n    time.sleep(1)  # fastidious: ignore[sleeping-call]\n",
        "import time\nasync def f():\n    time.sleep(1)  # fastidious: ignore[sleeping-call] needed by the driver\n",
        "import time\nasync def f():\n    time.sleep(1)  #fastidious:ignore[other, sleeping-call]\n".replace(
            "other, ", ""
        ),
        "import time\nasync def f():\n    time.sleep(1)  # noqa: X  # fastidious: ignore[sleeping-call]\n",
        "import time\nasync def f():\n    time.sleep(1)  # fastidious: ignore\n",
        "import time\nasync def f():\n    # fastidious: ignore[sleeping-call]\n    time.sleep(1)\n",
        "import time\nasync def f():\n    # fastidious: ignore[sleeping-call]\n    # why\n\n    x = [\n        time.sleep(1)]\n",
        "import time\nasync def f():\n    x = [\n        time.sleep(1)\n    ]  # fastidious: ignore[sleeping-call]\n",
        "# fastidious: ignore-file[sleeping-call]\nimport time\nasync def f():\n    time.sleep(1)\n",
    ],
)
def test_comment_covers_the_statement(text: str) -> None:
    assert found(document(text)) == []


@pytest.mark.parametrize(
    "text",
    [
        'import time\nasync def f():\n    x = "# fastidious: ignore[sleeping-call]"; time.sleep(1)\n',
        "import time\n# fastidious: ignore[breaking-fix]\nasync def f():\n    time.sleep(1)\n",
        'import time\nasync def f():\n    time.sleep(1); """\n# fastidious: ignore[sleeping-call]\n"""\n',
    ],
)
def test_what_is_no_comment_or_names_another_rule_covers_nothing(text: str) -> None:
    assert SLEEP in found(document(text))


def test_comment_above_a_function_covers_its_header_and_not_its_body() -> None:
    text = "import time\n# fastidious: ignore[sleeping-call]\nasync def f():\n    time.sleep(1)\n"

    assert found(document(text)) == [
        "nothing here is reported by `sleeping-call`; remove the suppression",
        SLEEP,
    ]


def test_comment_that_suppresses_nothing_is_reported_and_removed() -> None:
    text = "x = 1  # fastidious: ignore[sleeping-call]\n# fastidious: ignore\ny = 2\n"
    reviewed = document(text)

    assert len(found(reviewed)) == 2
    assert fixed(reviewed) == "x = 1\ny = 2\n"


def test_name_of_no_rule_is_reported() -> None:
    assert found(document("x = 1  # fastidious: ignore[sleeping-cal]\n")) == [
        "there is no rule called `sleeping-cal`; remove the name"
    ]


def test_rule_that_is_off_may_be_suppressed_for_other_settings() -> None:
    assert found(document("x = 1  # fastidious: ignore[breaking-fix]\n", "sleeping-call")) == []


@pytest.mark.parametrize(
    "statement",
    [
        "    time.sleep(1)\n",
        "    time.sleep(\n        1\n    )\n",
        '    x = """\n    text\n    """ + str(time.sleep(1))\n',
        "    x = 1 + \\\n        (time.sleep(1) or 2)\n",
        "    time.sleep(1)  # here is a comment already\n",
        '    x = f"{time.sleep(1)}"\n',
        "    time.sleep(1)  # fastidious: ignore[breaking-fix]\n",
        "    if time.sleep(1):\n        pass\n",
    ],
)
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_suppression_edit_suppresses(statement: str, newline: str) -> None:
    text = ("import time\nasync def f():\n" + statement).replace("\n", newline)
    reviewed = document(text)
    [finding] = [each for each in reviewed.check().findings() if each.rule == "sleeping-call"]

    edit = suppression_edit(reviewed.source, reviewed.tree, finding)
    reviewed.edit(edit.span, edit.replacement.encode())

    assert found(reviewed) == []
    assert reviewed.source.text.count(b"\r\n") == (reviewed.source.text.count(b"\n") if newline == "\r\n" else 0)


def test_findings_that_are_left_keep_their_identity() -> None:
    text = "import time\nasync def f():\n    time.sleep(1)  # fastidious: ignore\n    time.sleep(2)\n"
    reviewed = document(text)
    first = reviewed.check()

    second = reviewed.check()

    assert [unit.findings for unit in first.units] == [unit.findings for unit in second.units]
    assert all(one.findings is other.findings for one, other in zip(first.units, second.units, strict=True))


def test_what_is_not_shown_any_more_is_forgotten() -> None:
    sleeps = "async def f():\n    time.sleep(1)  # fastidious: ignore[sleeping-call]\n    time.sleep(0)\n"
    reviewed, shown, sizes = document(f"import time\n{sleeps}"), Shown(), list[int]()
    for number in range(50):
        at = reviewed.source.text.rindex(b"sleep(") + len("sleep(")
        reviewed.edit(Span(at, reviewed.source.text.rindex(b")")), str(number).encode())
        every = Suppressions().filtered(
            list(reviewed.check_all().units), reviewed.tree, reviewed.source, reviewed.checker, shown
        )
        assert [each.rule for unit in every for each in unit.findings] == ["sleeping-call"]
        sizes.append(len(shown))
    assert max(sizes) == 2
