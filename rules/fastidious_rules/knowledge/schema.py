"""The shape of each table of knowledge: which keys it has, and what stands there. Tests hold the tables to it."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

Word = Annotated[str, Meta(min_length=1)]
Words = Annotated[list[Word], Meta(min_length=1)]
Qualified = Annotated[str, Meta(pattern=r"^[A-Za-z_]\w*(\.[A-Za-z_]\w*)+$")]
"""Dotted name of a function, a class or a method of a library."""
QualifiedNames = Annotated[list[Qualified], Meta(min_length=1)]
Argument = tuple[Annotated[int, Meta(ge=-1)], Word]
"""Position from zero, -1 where it is given by name only; and name."""
Severity = Literal["error", "warning", "information", "hint", ""]


class Entry(msgspec.Struct, forbid_unknown_fields=True):
    """A table with these keys and no others."""


class Blocking(Entry):
    """Calls that block, and what to await in their place."""

    kind: Word
    names: Words = []
    owners: QualifiedNames = []
    methods: Words = []
    alternative: str = ""
    drop_in: Literal["safe", "unsafe", ""] = ""
    bound: bool = False
    releases_gil: bool = True


class Coroutines(Entry):
    """Calls that make coroutines."""

    sort: Word
    names: QualifiedNames = []
    owners: QualifiedNames = []
    methods: Words = []


class DatabaseMethods(Entry):
    """Methods that work on a database."""

    owners: QualifiedNames
    queries: Words = []
    writes: Words = []
    commits: Words = []
    touches: Words = []


class HttpClients(Entry):
    """Classes whose objects send requests."""

    names: QualifiedNames
    asynchronous: bool
    default_timeout: Annotated[int, Meta(ge=0)]
    url: Argument | None = None
    timeout: Word | None = None
    verify: Word | None = None
    pooled: bool = False


class HttpRequests(Entry):
    """Calls that send a request."""

    names: QualifiedNames = []
    owners: QualifiedNames = []
    methods: Words = []
    asynchronous: bool = False
    default_timeout: Annotated[int, Meta(ge=0)] = 0
    url: Argument | None = None
    timeout: Argument | None = None
    verify: Word | None = None


class TokenCall(Entry):
    """Function that makes or reads a token, and where its arguments are."""

    library: Word
    header: Argument | None = None
    payload: Argument | None = None
    token: Argument | None = None
    key: Argument | None = None
    algorithm: Argument | None = None
    algorithms: Argument | None = None
    options: Argument | None = None
    verify: Argument | None = None


class Unmaintained(Entry):
    """Library that nobody maintains."""

    problem: Word
    instead: Word
    breaks: tuple[Word, Word] | None = None
    broken: Word | None = None


class Replacement(Entry):
    """What took the place of something of Pydantic 1."""

    replacement: Word
    keywords: list[Word] = []
    values: int = 0
    on_class: bool = False


class Telling(Entry):
    """Words that tell something of a name."""

    words: Words
    phrases: Words = []
    unless: Words = []
    statuses: list[int] = []
    types: Words = []


class Argon2(Entry):
    """What makes Argon2 cheap."""

    calls: QualifiedNames
    defaults: dict[Word, int]
    minima: list[tuple[int, int]]


class Contexts(Entry):
    """Functions that make TLS contexts."""

    unverified: QualifiedNames
    verified: Qualified


Lists = dict[str, Words]
Arguments = dict[Qualified, Argument]

SCHEMA: dict[str, dict[str, Any]] = {
    "abbreviations": {
        "words": dict[str, str], "with_class": Lists, "conventional": Lists, "known_names": Lists, "short_words": Lists,
    },
    "blocking": {
        "kinds": dict[str, Severity], "calls": list[Blocking], "offloaders": Lists, "loop_bound": Lists,
        "connections": Lists,
    },
    "builtins": {"string_methods": dict[str, str]},
    "comparisons": dict.fromkeys(("secrets", "about", "queries"), Words),
    "concurrency": dict.fromkeys(("reading", "asking", "answering", "entering", "changing", "mutating"), Words),
    "cookies": dict.fromkeys(("secrets", "readable", "classes"), Words),
    "coroutines": {"calls": list[Coroutines], "decorators": Lists, "classes": Lists},
    "database": {"methods": list[DatabaseMethods]},
    "entries": dict.fromkeys(("privileged", "commands"), Words),
    "errors": dict.fromkeys(
        (
            "broad", "database", "infrastructure", "traces", "passing", "passing_methods", "texts", "logging", "loggers",
            "developing", "parsing", "parsing_methods", "parsing_helpers",
        ),
        Words,
    ),
    "flows": {
        "requested": Arguments, "shells": Arguments, "optional_shells": Arguments, "programs": dict[Qualified, int],
        "shell_programs": Lists, "quoting": Lists, "redirecting": Arguments, "answering": Arguments,
    },
    "http_clients": {"clients": list[HttpClients], "requests": list[HttpRequests]},
    "jwt": {
        "encode": dict[Qualified, TokenCall], "decode": dict[Qualified, TokenCall], "aliases": dict[Qualified, Qualified],
        "unverified": Lists, "purposes": Lists, "unmaintained": dict[str, Unmaintained],
    },
    "layers": {
        "tokens": dict[str, str], "modules": dict[str, str], "suffixes": dict[str, str], "above": dict[str, list[str]],
        "names": dict[str, str],
    },
    "libraries": {
        "aliases": dict[Qualified, Qualified], "bases": dict[Qualified, QualifiedNames], "returns": dict[str, Qualified],
        "factories": dict[Qualified, Qualified], "fluent": dict[Qualified, Words], "attributes": dict[Qualified, Qualified],
    },
    "logs": dict.fromkeys(
        ("methods", "functions", "loggers", "classes", "secrets", "allowed", "about", "headers", "making"), Words
    ),
    "middleware": dict.fromkeys(("answering", "harmless"), QualifiedNames),
    "origins": dict.fromkeys(
        ("harmless", "filled_in", "converters", "passing", "passing_methods", "of_the_server", "placing"), Words
    ),
    "orm": dict.fromkeys(("statement", "execution", "result", "loading"), Lists),
    "pagination": {"parameters": Words, "reducing": Words, "sizes": Words, "limiting": dict[Qualified, Word]},
    "passwords": {
        **dict.fromkeys(("plain", "hashed", "altered", "people", "foreign"), Words),
        "fast": Arguments, "reversible": Arguments, "slow": Lists, "passlib": Lists,
        "rounds": dict[Qualified, tuple[Word, int, int]], "pbkdf2": dict[str, int], "argon2": Argon2,
        "remedies": dict[str, Word],
    },
    "privileges": dict.fromkeys(("powers", "roles", "persons", "owners", "money", "knowing"), Words),
    "protection": {
        "guards": Telling, "limiters": Telling, "limiting": Lists, "public": Lists, "credentials": Lists, "tools": Lists,
        "reading": Words,
    },
    "pydantic": {"methods": dict[str, Replacement], "attributes": dict[str, Replacement]},
    "randomness": {"functions": dict[Qualified, str], "picking": Lists, "unguessable": Lists},
    "responses": {"schemas": Words},
    "screening": dict.fromkeys(
        ("checking", "judging", "resolving", "matching", "affixes", "parsing", "converting"), Words
    )
    | {"telling_nothing": list[str]},
    "secrets": {
        **dict.fromkeys(("names", "typed", "about", "defaults", "placeholders", "documentation"), Words),
        "keys": Arguments, "issuers": dict[str, Word],
    },
    "sensitive": dict.fromkeys(("secrets", "about", "issuing", "signing_in", "paying"), Words),
    "sql": {"functions": QualifiedNames, "methods": Words, "telling_methods": Words, "receivers": dict[Qualified, Word]},
    "tls": {
        "arguments": dict[Qualified, list[tuple[Word, Word]]], "contexts": Contexts, "attributes": dict[str, Word],
        "decided": Lists,
    },
}  # fmt: skip
"""Table -> its sections, each with what has to stand there."""
