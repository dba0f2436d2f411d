"""Values that look like secrets: tokens of a known issuer, random text, passwords, forgotten defaults."""

from __future__ import annotations

import math
import re
from collections import Counter
from enum import Enum
from functools import cache, lru_cache
from itertools import pairwise

from fastidious_rules.knowledge import names, table
from fastidious_rules.semantics.web.exposure import words_of

_SEPARATORS = re.compile(r"[^A-Za-z0-9+/=]+")
_ENVIRONMENT_NAME = re.compile(r"[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+\Z")
_LABEL = re.compile(r"[A-Za-z]+(?:[_\-.: /][A-Za-z]+)*\Z")
_HEXADECIMAL = re.compile(r"(?:[0-9a-f]{32,}|[0-9A-F]{32,})\Z")
_UNIQUE = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\Z")
_TEMPLATE = re.compile(
    r"[<>{}\\\s]|\*{3}|\.{3}|%[sd(]|\$\(|://|\A(?:/|\./|arn:|os\.environ|env:|vault:|sha\d+:|\$\w+\$)|[xX]{4,}"
)
_SPECIAL = re.compile(r"[0-9!@#$%&*?+^]")
_PASSWORDS = (b"passw", b"passphrase", b"pwd")
_WORDS = (b"secret", b"token", b"_key", b"apikey", b"api-key", b"jwt", b"authoriz", b"bearer", *_PASSWORDS)
_PREFIXES = (
    b"AKIA", b"ASIA", b"sk-ant-", b"sk-proj", b"sk-svc", b"sk-adm", b"T3Blbk", b"ghp_", b"gho_", b"ghu_", b"ghs_", b"ghr_",
    b"github_pat", b"glpat-", b"gldt-", b"glrt-", b"glcbt-", b"glptt-", b"glsoat-", b"AIza", b"GOCSPX", b"hf_", b"SG.", b"xox",
    b"xapp-", b"hooks.slack", b"sk_live", b"rk_live", b"whsec_", b"npm_", b"pypi-Ag", b"PRIVATE KEY",
)  # fmt: skip
_WITH_PASSWORD = re.compile(rb"://[^\s/@:\"']*:[^\s/@\"']+@|SK[0-9a-f]{32}")
_LITERAL = re.compile(rb"""["']([^"'\\\s]{4,200})["']""")
_LONG = re.compile(rb"(?=[A-Za-z+/=]*[0-9])[A-Za-z0-9+/=]{16}|[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-")
_MADE_UP = re.compile(rb"[0-9!@#$%&*?+^]")
_ADDRESS = re.compile(r"[\w+.-]+://(?P<user>[^/:@\s]*):(?P<password>[^/@\s]+)@(?P<host>[^/:?\s]+)")
_HERE = frozenset({"127.0.0.1", "0.0.0.0", "host.docker.internal"})  # noqa: S104  a name to compare with
_SHORTEST_TOKEN = 16
_SHORTEST_PASSWORD = 6
_MOST_WORDS = 4
_LEAST_ENTROPY = 3.0
_LEAST_CHANGES = 3
_LEAST_DIFFERENT = 8
_RUN = 4


class Evidence(Enum):
    """What makes a value a secret."""

    ISSUED = "issued"
    """It looks as only the tokens of one issuer do."""
    RANDOM = "random"
    TYPED = "typed"
    DEFAULT = "default"
    ADDRESS = "address"
    """It is an address with a password in it."""
    KEY = "key"
    """Whatever it is, it is used as a key."""


@lru_cache(maxsize=256)
def may_hold_secrets(text: bytes) -> bool:
    """Tell whether a text is worth looking through for secrets: one look at it, before any name or value is read."""
    if any(each in text for each in _PREFIXES) or _WITH_PASSWORD.search(text) is not None:
        return True
    lowered = text.lower()
    if not any(each in lowered for each in _WORDS):
        return False
    has_passwords = any(each in lowered for each in _PASSWORDS)
    return any(_may_be_one(each[1], has_passwords=has_passwords) for each in _LITERAL.finditer(text))


def _may_be_one(literal: bytes, *, has_passwords: bool) -> bool:
    """Tell whether a literal looks drawn, is one of the forgotten defaults, or could be a password where there are some."""
    if _LONG.search(literal) is not None or literal.lower() in _defaults():
        return True
    return has_passwords and _MADE_UP.search(literal) is not None


@cache
def _defaults() -> frozenset[bytes]:
    return frozenset(each.encode() for each in names("secrets", "defaults"))


def opens_something(name: str, extra: tuple[str, ...] = ()) -> bool:
    """Tell whether a name says that its value is a secret. `extra` are names that the project adds."""
    words = words_of(name)
    if not words or not names("secrets", "about").isdisjoint(words):
        return name in extra
    return name in extra or any(words[-size:] in _endings("names") for size in range(1, _MOST_WORDS + 1))


@cache
def _endings(section: str) -> frozenset[tuple[str, ...]]:
    return frozenset(tuple(each.split()) for each in names("secrets", section))


def issuer_of(value: str) -> str:
    """Return who issues a token that looks like this one; empty if nobody known does. Published examples are none."""
    if len(value) < _SHORTEST_TOKEN or "EXAMPLE" in value:
        return ""
    return next((issuer for issuer, pattern in _issuers().items() if _is_real(pattern, value)), "")


def _is_real(pattern: re.Pattern[str], value: str) -> bool:
    found = pattern.search(value)
    return found is not None and not _is_drawn_by_hand(found.group())


def _is_drawn_by_hand(value: str) -> bool:
    """Tell whether a value is one character again and again, or the alphabet."""
    body = value[len(value) // 3 :].lower()
    if len(set(body)) < _LEAST_DIFFERENT:
        return True
    codes = [ord(each) for each in body]
    steps = sum(1 for one, other in pairwise(codes) if other - one in {0, 1})
    return steps > len(codes) // 2


@cache
def _issuers() -> dict[str, re.Pattern[str]]:
    known: dict[str, str] = table("secrets")["issuers"]
    return {issuer: re.compile(rf"(?<![A-Za-z0-9])(?:{pattern})") for issuer, pattern in known.items()}


def has_password(address: str) -> bool:
    """Tell whether a value is the address of another machine with a password in it: `postgresql://app:S3cr3t@db.example.org`."""
    found = _ADDRESS.match(address)
    if found is None or "." not in found["host"] or found["host"] in _HERE or is_placeholder(found["password"]):
        return False
    is_known = found["password"].lower() in names("secrets", "defaults") | {found["user"].lower()}
    return not is_known and "example" not in found["host"] and _LABEL.match(found["password"]) is None


def evidence_of(name: str, value: str, *, is_setting: bool = False) -> Evidence | None:
    """Return what makes `value` a secret under `name`; None for a placeholder, a label, the name of something else."""
    if value.lower() in names("secrets", "defaults"):
        return Evidence.DEFAULT if is_setting else None
    if is_placeholder(value) or _is_label(name, value):
        return None
    if words_of(name)[-1:] and words_of(name)[-1] in names("secrets", "typed"):
        is_password = len(value) >= _SHORTEST_PASSWORD and _SPECIAL.search(value) is not None
        return Evidence.TYPED if is_password else None
    return Evidence.RANDOM if is_random(value) else None


def is_placeholder(value: str) -> bool:
    """Tell whether a value stands for another one: `<your-key>`, `sk-xxxx`, `os.environ/KEY`, `{token}`."""
    if not value or _TEMPLATE.search(value) or _ENVIRONMENT_NAME.match(value):
        return True
    return not names("secrets", "placeholders").isdisjoint(words_of(value)) or len(set(value)) <= _RUN


def _is_label(name: str, value: str) -> bool:
    """Tell whether a value is words, or says its own name."""
    flat = "".join(words_of(value))
    return _LABEL.match(value) is not None or flat == "".join(words_of(name)) or flat in {"password1", "password2"}


def is_random(value: str) -> bool:
    """Tell whether a machine has drawn a value: letters and digits in no order that a word or a version has."""
    if _HEXADECIMAL.match(value) or _UNIQUE.match(value):
        return not _is_drawn_by_hand(value) and len(set(value)) >= _LEAST_DIFFERENT
    longest = max(_SEPARATORS.split(value), key=len)
    if len(longest) < _SHORTEST_TOKEN or _is_drawn_by_hand(longest):
        return False
    kinds = [each.isdigit() for each in longest]
    changes = sum(one != other for one, other in pairwise(kinds))
    return changes >= _LEAST_CHANGES and _entropy(longest) >= _LEAST_ENTROPY


def _entropy(value: str) -> float:
    """Return the bits of information in each character."""
    counts = Counter(value).values()
    return -sum(count / len(value) * math.log2(count / len(value)) for count in counts)


def documents(name: str) -> bool:
    """Tell whether what stands below a keyword or an attribute is shown to people who read documentation."""
    return name in names("secrets", "documentation")


def keyed_functions() -> dict[str, tuple[int, str]]:
    """Return the functions that take a key: position and name of the parameter."""
    return {name: (position, keyword) for name, (position, keyword) in table("secrets")["keys"].items()}
