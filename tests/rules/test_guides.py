"""Guides are read as they are written, and shown as readers want them."""

from __future__ import annotations

import pytest

from fastidious_rules.engine.explain import Remedy, brief, hover, page
from fastidious_rules.engine.finding import Finding, Related, Severity
from fastidious_rules.engine.guide import GOOD, WHY, parse_guide
from fastidious_rules.engine.markdown import GuideError
from fastidious_rules.semantics.place import Place
from fastidious_rules.syntax.text import Span

GUIDE = """# Blocking call

Call that stops the event loop
while a coroutine runs.

Equivalent: `ruff:ASYNC210`, `sonar:S7499`
Card: Async first.
<!-- variants: -typed -->

## Why

Everybody waits.

## Bad

```python bad path=app/jobs.py
import time


async def job() -> None:
    time.sleep(1)  # error: [blocking-call]
```

## Good

```python good
async def job() -> None:
    await asyncio.sleep(1)  # ok: [blocking-call] this one yields
```

## When not to use it

Never.

## References

- [FastAPI: async](https://fastapi.tiangolo.com/async/)
"""
FILE = "blocking_call.md"
FINDING = Finding(
    "blocking-call",
    Span(0, 1),
    "`render()` blocks; see {@0}",
    Severity.WARNING,
    (Related(Place("/project/pdf.py", "render", Span(0, 1)), "sleeps here"),),
    "`render` sleeps at {@0}",
)


def show(place: Place) -> str:
    return f"{place.path.rpartition('/')[2]}:40"


def test_guide_gives_what_it_says() -> None:
    guide = parse_guide(GUIDE, FILE)
    assert guide.title == "Blocking call"
    assert guide.summary == "Call that stops the event loop while a coroutine runs."
    assert guide.section(WHY) == "Everybody waits."
    assert guide.section("Fix safety") == ""
    assert guide.equivalents == ("ruff:ASYNC210", "sonar:S7499")
    assert guide.card == "Async first."
    assert [each.address for each in guide.references] == ["https://fastapi.tiangolo.com/async/"]
    assert guide.variants == "-typed"


def test_examples_know_their_marks() -> None:
    bad, good = parse_guide(GUIDE, FILE).examples
    assert (bad.path, bad.errors) == ("app/jobs.py", ((4, "blocking-call"),))
    assert bad.text.endswith("    time.sleep(1)\n")
    assert (good.path, good.errors, good.silent) == ("app/main.py", (), ((1, "blocking-call"),))


def test_readers_see_no_marks_and_no_comments_for_programs() -> None:
    guide = parse_guide(GUIDE, FILE)
    assert guide.section(GOOD) == "```python\nasync def job() -> None:\n    await asyncio.sleep(1)\n```"
    assert "```python\n# app/jobs.py\nimport time\n" in guide.markdown
    for hidden in ("# error", "# ok", "variants", "Equivalent"):
        assert hidden not in page(guide)
    assert "Other tools call it `ruff:ASYNC210`, `sonar:S7499`." in page(guide)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("# Blocking call\n", "Blocking call\n", "blocking_call.md:1: a guide starts with its title"),
        ("## Why", "## Wherefore", "blocking_call.md:10: unexpected heading 'Wherefore'"),
        ("## Why\n\nEverybody waits.\n", "", "the heading `## Why` is missing"),
        ("## Good", "## Bad", "unexpected heading 'Bad'"),
        ("- [FastAPI: async]", "```\n- [FastAPI: async]", "this code block has no end"),
    ],
)
def test_malformed_guide_says_where_and_what_is_expected(old: str, new: str, said: str) -> None:
    with pytest.raises(GuideError, match=r"blocking_call\.md:\d+: ") as caught:
        parse_guide(GUIDE.replace(old, new, 1), FILE)
    assert said in str(caught.value)


def test_headings_keep_their_order() -> None:
    swapped = (
        GUIDE.replace("## Why", "## X")
        .replace("## When not to use it", "## Why")
        .replace("## X", "## When not to use it")
    )
    with pytest.raises(GuideError, match="`## Why` is expected here"):
        parse_guide(swapped, FILE)


def test_hover_says_why_before_how() -> None:
    remedy = Remedy("Await it", "-time.sleep(1)\n+await asyncio.sleep(1)\n")
    text = hover(FINDING, parse_guide(GUIDE, FILE), show, remedy)
    parts = [
        "**`blocking-call`**: Call that stops the event loop",
        "`render` sleeps at pdf.py:40",
        "- `pdf.py:40`: sleeps here",
        "**Why**\n\nEverybody waits.",
        "**Fix:** Await it.\n\n```diff\n-time.sleep(1)\n+await asyncio.sleep(1)\n```",
        "**When this is fine**\n\nNever.",
        "`# fastidious: ignore[blocking-call] reason`",
        "> Async first.",
        "Other tools call it `ruff:ASYNC210`",
        "[FastAPI: async](https://fastapi.tiangolo.com/async/)",
    ]
    places = [text.index(part) for part in parts]
    assert places == sorted(places)


def test_one_of_several_findings_is_explained_without_what_can_be_read_elsewhere() -> None:
    text = brief(FINDING, parse_guide(GUIDE, FILE), show, Remedy("Await it", "-old\n+new\n"))
    assert text.split("\n\n")[1:] == [
        "**In this code**",
        "`render` sleeps at pdf.py:40",
        "- `pdf.py:40`: sleeps here",
        "**Why**",
        "Everybody waits.",
        "**Fix:** Await it.",
        "```diff\n-old\n+new\n```",
        "`fastidious explain blocking-call` says more.",
    ]


def test_hover_without_a_fix_shows_the_good_example() -> None:
    text = hover(FINDING, parse_guide(GUIDE, FILE), show, Remedy(refusal="a comment in the way would be lost"))
    assert "**Better**\n\n```python\nasync def job() -> None:" in text
    assert "**Fix" not in text
    assert "**No fix here:** a comment in the way would be lost.\n\n**Better**" in text


def test_hover_does_not_say_again_what_editors_show_beside_it() -> None:
    assert "`render()` blocks" not in hover(FINDING, parse_guide(GUIDE, FILE), show, Remedy())


def test_hover_names_the_command_that_shows_a_good_example_of_many_lines() -> None:
    guide = GUIDE.replace("async def job() -> None:", "\n".join(f"step_{number}()" for number in range(40)))
    assert "async def job() -> None:" in GUIDE
    text = hover(FINDING, parse_guide(guide, FILE), show, Remedy())
    assert "**Better**\n\n`fastidious explain blocking-call` shows an example." in text
    assert "step_1" not in text
