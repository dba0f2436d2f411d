"""All of the forty complaints about other servers are covered by tests, which say so."""

from __future__ import annotations

import re
from pathlib import Path

COMPLAINTS = set(range(1, 41))


def test_every_complaint_has_a_test() -> None:
    texts = [path.read_text("utf-8") for path in Path(__file__).parents[1].rglob("test_*.py")]
    covered = {int(number) for text in texts for number in re.findall(r"pytest\.mark\.complaint\((\d+)\)", text)}
    assert covered == COMPLAINTS
