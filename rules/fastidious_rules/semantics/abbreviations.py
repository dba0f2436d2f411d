"""Abbreviated names, and the words that they stand for."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from fastidious_rules.knowledge import table

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_VOWELS = frozenset("aeiou")
_LONGEST_CLIP = 4
_SHORTEST_CLIP = 3
_LEAST_CLIPPED = 4
_LONGEST_INITIALISM = 4


@lru_cache(maxsize=8192)
def words_of(name: str) -> tuple[str, ...]:
    """Return the words of a name in any case: `user_repo`, `userRepo`, `UserRepo`."""
    return tuple(word.lower() for part in name.strip("_").split("_") for word in _HUMP.split(part) if word)


@lru_cache(maxsize=8192)
def may_be_abbreviated(name: str) -> bool:
    """Tell whether a name is worth a closer look: several words, or a very short one. Cheap: asked of every name."""
    if name.isupper() or name in _listed("known_names"):
        return False
    bare = name.strip("_")
    return "_" in bare or len(bare) <= _LONGEST_INITIALISM or not bare.islower()


@cache
def _listed(section: str) -> frozenset[str]:
    return frozenset(table("abbreviations")[section]["names"])


def spelled_out(name: str, has_class: Callable[[str], bool]) -> str:
    """Return a name of several words without the abbreviations that a dictionary has; empty if there are none.

    `has_class` tells whether a class of that name is known where the name stands.
    """
    known: dict[str, str] = table("abbreviations")["words"]
    found = words_of(name)
    if len(found) == 1 or not any(word in known for word in found):
        return ""
    full = [known.get(word, word) for word in found]
    doubtful = _listed("with_class")
    if doubtful.intersection(found) and not has_class("".join(word.capitalize() for word in full)):
        return ""
    return _joined(name, full)


@lru_cache(maxsize=8192)
def named_after(name: str, class_name: str) -> str:
    """Return what a name is an abbreviation of that holds a value of the class; empty if it abbreviates nothing of it."""
    found, full = words_of(name), words_of(class_name)
    if len(found) == 1:
        return ""
    matched: list[str] = []
    position = 0
    for word in found:
        place = next((index for index in range(position, len(full)) if _stands_for(word, full[index])), -1)
        if place < 0:
            return ""
        matched.append(word if word.rstrip("s") == full[place].rstrip("s") else full[place])
        position = place + 1
    return _joined(name, matched) if tuple(matched) != found else ""


def initials_of(name: str, class_name: str) -> str:
    """Return the name in full of a value whose short name is nothing but the initials of its class."""
    full = words_of(class_name)
    bare = name.strip("_")
    is_known = bare in _listed("conventional")
    if is_known or not 2 <= len(bare) <= _LONGEST_INITIALISM or bare != "".join(word[0] for word in full):  # noqa: PLR2004
        return ""
    return _joined(name, full)


def _stands_for(word: str, full: str) -> bool:
    """Tell whether a word is `full` itself or an abbreviation of it."""
    if word.rstrip("s") == full.rstrip("s"):
        return True
    if word in _listed("conventional") or word[0] != full[0] or len(word) >= len(full):
        return False
    if len(word) == 1 or table("abbreviations")["words"].get(word) == full:
        return True
    if not _VOWELS.intersection(word):
        return _is_subsequence(word, full)
    long_enough = len(full) >= len(word) + _LEAST_CLIPPED and word not in _listed("short_words")
    return _SHORTEST_CLIP <= len(word) <= _LONGEST_CLIP and long_enough and full.startswith(word)


def _is_subsequence(word: str, full: str) -> bool:
    letters = iter(full)
    return all(letter in letters for letter in word)


def _joined(name: str, full: Sequence[str]) -> str:
    leading = name[: len(name) - len(name.lstrip("_"))]
    return leading + "_".join(full)
