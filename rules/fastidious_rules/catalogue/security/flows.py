"""What findings say of the way that a client's value takes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastidious_rules.api import Related

if TYPE_CHECKING:
    from fastidious_rules.api import Provenance

_LONG = 40


def handed_on(found: Provenance) -> tuple[Related, ...]:
    """Return the calls that hand the value on, the one nearest to where it is used first."""
    texts: list[Related] = []
    for passing in found.passings:
        what = passing.source.path
        said = f"passes `{what}`" if what and len(what) <= _LONG else "hands the value on"
        texts.append(Related(passing.place, f"`{short(passing.caller)}` {said}"))
    return tuple(texts)


def way_of(found: Provenance, sink: str) -> str:
    """Return the way of the value from where it comes in to `sink`, in Markdown: `create` → `deliver` (a.py:3) → sink."""
    callers = [passing.caller for passing in found.passings]
    hops = [f"`{short(name)}` ({{@{number}}})" for number, name in reversed(list(enumerate(callers)))]
    return " → ".join([*hops, f"`{sink}`"])


def written_by_client(found: Provenance) -> str:
    """Say in one sentence where the value comes in."""
    path, name = found.source.path, short(found.function)
    if name and path:
        return f"`{path}` of `{name}` is whatever a client sends."
    return f"`{path or 'the value'}` is whatever a client sends."


def short(qualified: str) -> str:
    """Return the last name; of a method with its class."""
    owner, _, name = qualified.rpartition(".")
    last = owner.rpartition(".")[2]
    return f"{last}.{name}" if last.lstrip("_")[:1].isupper() else name
