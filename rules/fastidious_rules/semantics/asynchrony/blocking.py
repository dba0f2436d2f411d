"""Calls that block their thread: which they are, and what to await in their place."""

from __future__ import annotations

from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from fastidious_rules.knowledge import table
from fastidious_rules.syntax.terms import Apply, Literal, Ref

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from fastidious_rules.syntax.terms import Term

SESSION = "session"
"""Kind of the calls that block on a synchronous session of SQLAlchemy."""
PROCESSOR = "cpu"
"""Kind of the calls that compute for long."""
FILE = "file"
"""Kind of the calls that wait for a file."""

REMOTE = frozenset({"http", "network"})
"""Kinds of the calls that wait for another service."""

_FALSE = Literal("bool", "False")
_ROUNDS, _QUICK = 3, 10_000
"""Where `pbkdf2_hmac` takes its rounds, and how many of them are a matter of milliseconds."""
_WAITING = {"acquire": ("blocking", 0), "get": ("block", 0), "result": ("timeout", 0), "wait": ("timeout", 0)}
"""Method -> the parameter that says whether, or how long, it waits."""


class Blocking(NamedTuple):
    """What is known of a call that blocks. `alternative` may hold `{library}` and `{client}`: see `blocking.toml`."""

    name: str
    kind: str
    alternative: str = ""
    drop_in: str = ""
    bound: bool = False
    """Whether its object belongs to the thread that made it."""
    releases_gil: bool = False
    """Whether other threads run while it computes."""


class Policy(NamedTuple):
    """What the user adds to the table, and takes from it."""

    extra: tuple[tuple[str, str], ...] = ()
    """Qualified names, each with the alternative to await."""
    allowed: tuple[str, ...] = ()

    @property
    def names(self) -> frozenset[str]:
        """Last names of the calls that are added."""
        return frozenset(name.rpartition(".")[2] for name, _ in self.extra)

    @property
    def word(self) -> str:
        """The policy as a word of a question."""
        added = (f"{name}={other}" for name, other in self.extra)
        return "\n".join([*added, *(f"-{name}" for name in self.allowed)])

    @classmethod
    def read(cls, word: str) -> Policy:
        """Return the policy that `word` stands for."""
        lines = word.splitlines()
        pairs = (line.partition("=") for line in lines if not line.startswith("-"))
        allowed = tuple(line[1:] for line in lines if line.startswith("-"))
        return cls(tuple((name, other) for name, _, other in pairs), allowed)


NO_POLICY = Policy()


def policy_of(options: Mapping[str, Any], extra: Mapping[str, str] = MappingProxyType({})) -> Policy:
    """Return the policy of the options `extra` and `allow`, and of what else the user adds; both map names to alternatives."""
    chosen: Mapping[str, str] = options.get("extra") or {}
    return Policy(tuple(sorted({**extra, **chosen}.items())), tuple(options.get("allow") or ()))


def blocking(qualified: str, policy: Policy = NO_POLICY) -> Blocking | None:
    """Return what is known of the call of `qualified`, None if it is not known to block."""
    if qualified in policy.allowed:
        return None
    for name, alternative in policy.extra:
        if name == qualified:
            return Blocking(name, "extra", alternative)
    return _calls().get(qualified)


def severity_of(kind: str) -> str:
    """Return how bad a call of this kind is on the way to a response; empty if other rules report it."""
    kinds: dict[str, str] = table("blocking")["kinds"]
    return kinds.get(kind, "error")


@cache
def blocking_names(kind: str = "") -> frozenset[str]:
    """Return the last names of the blocking calls of one kind; without one, of all that have no rule of their own."""
    found = (name for name, each in _calls().items() if (each.kind == kind if kind else severity_of(each.kind)))
    return frozenset(name.rpartition(".")[2] for name in found)


def namespaces() -> frozenset[str]:
    """Return the names below which clients keep their methods: `openai.OpenAI.chat` and the like."""
    return _namespaces()


def waits(call: Apply, name: str) -> bool:
    """Tell whether a call of the blocking method `name` waits at all: `lock.acquire(blocking=False)` does not."""
    if name in {"time.sleep", "sqlite3.connect"}:
        return not (call.arguments and _is_instant(call.arguments[0]))
    if name == "hashlib.pbkdf2_hmac":
        return not _is_quick(call.keyword("iterations") or next(iter(call.arguments[_ROUNDS:]), None))
    if name == "os.waitpid":
        return not any(isinstance(each, Ref) and each.dotted.endswith("WNOHANG") for each in call.arguments)
    parameter = _WAITING.get(name.rpartition(".")[2])
    if parameter is None:
        return True
    given = call.keyword(parameter[0]) or (call.arguments[parameter[1]] if call.arguments else None)
    return given != _FALSE and not _is_zero(given) and not _is_zero(call.keyword("timeout"))


def is_told_to_be_async(call: Apply) -> bool:
    """Tell whether an argument says that the result is to be awaited: `run(query, is_async=True)`."""
    return any("async" in name and value == Literal("bool", "True") for name, value in call.keywords)


def _is_instant(argument: Term) -> bool:
    return _is_zero(argument) or argument == Literal("str", ":memory:")


def _is_quick(rounds: Term | None) -> bool:
    """Tell whether so few rounds of a hash are written that they take less than some milliseconds."""
    written = rounds.text.replace("_", "") if isinstance(rounds, Literal) and rounds.kind == "int" else ""
    return written.isdigit() and int(written) <= _QUICK


def _is_zero(term: Term | None) -> bool:
    return isinstance(term, Literal) and term.text in {"0", "0.0"} and term.kind in {"int", "float"}


@cache
def _calls() -> dict[str, Blocking]:
    return {each.name: each for entry in table("blocking")["calls"] for each in _entries(entry)}


def _entries(entry: Mapping[str, Any]) -> Iterator[Blocking]:
    owned = (f"{owner}.{method}" for owner in entry.get("owners", ()) for method in entry.get("methods", ()))
    for name in (*entry.get("names", ()), *owned):
        yield Blocking(
            name,
            entry["kind"],
            entry.get("alternative", ""),
            entry.get("drop_in", ""),
            entry.get("bound", False),
            entry.get("releases_gil", False),
        )


@cache
def asynchronous_methods() -> frozenset[str]:
    """Return the methods of the asynchronous twins of clients: `openai.AsyncOpenAI.chat.completions.create`."""
    return frozenset(
        f"{twin}.{method}"
        for entry in table("blocking")["calls"]
        for twin in _twin(entry)
        if entry["kind"] in REMOTE
        for method in entry.get("methods", ())
    )


def _twin(entry: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the class of clients that is the asynchronous twin of the owners, if there is one."""
    alternative: str = entry.get("alternative", "")
    return (alternative,) if alternative.rpartition(".")[2].startswith("Async") else ()


@cache
def _namespaces() -> frozenset[str]:
    found: set[str] = set()
    for entry in table("blocking")["calls"]:
        for owner in (*entry.get("owners", ()), *_twin(entry)):
            for method in entry.get("methods", ()):
                parts = method.split(".")[:-1]
                found.update(f"{owner}.{'.'.join(parts[:size])}" for size in range(1, len(parts) + 1))
    return frozenset(found)
