"""Facts: what is kept of a module, open or not. Plain values that say what was written, with nothing resolved.

Spans count bytes from the start of the unit. Facts of a unit depend on its text and on nothing else.
"""

from __future__ import annotations

import msgspec

from fastidious_rules.syntax.terms import Apply, Ref, Term

Bytes = tuple[int, int]
"""Start and end, as a `Span`."""


class ParameterFact(msgspec.Struct, frozen=True, array_like=True):
    """A parameter; `stars` is 1 for `*values`, 2 for `**mapping`."""

    name: str
    annotation: Term | None = None
    default: Term | None = None
    stars: int = 0
    keyword_only: bool = False


class CallFact(msgspec.Struct, frozen=True, array_like=True):
    """A call in a function's own body. `loops` counts the loops and comprehensions around it there."""

    term: Apply
    span: Bytes
    awaited: bool = False
    loops: int = 0
    statement: bool = False
    """Whether the call, awaited or not, stands as a statement of its own."""


class StaleFact(msgspec.Struct, frozen=True, array_like=True):
    """What is read of a name after an awaited `commit`: an attribute, or the object itself where it is returned."""

    name: str
    attribute: str
    span: Bytes
    commit: Bytes


class ImportFact(msgspec.Struct, frozen=True, array_like=True):
    """A name bound by an import: `import module` has no `name`. Relative modules keep their dots."""

    bound: str
    module: str
    name: str
    span: Bytes
    type_checking: bool = False
    """Whether it stands under `if TYPE_CHECKING`."""


class VariableFact(msgspec.Struct, frozen=True, array_like=True):
    """A name of a module or class body and what is assigned to it."""

    name: str
    span: Bytes
    annotation: Term | None = None
    value: Term | None = None


class FunctionFact(msgspec.Struct, frozen=True, array_like=True):
    """A function. `name` is dotted inside its module: `Class.method`, `outer.inner`; empty for code of the module itself."""

    name: str
    span: Bytes
    is_async: bool = False
    is_generator: bool = False
    parameters: tuple[ParameterFact, ...] = ()
    returns: Term | None = None
    decorators: tuple[Term, ...] = ()
    docstring: str = ""
    local: dict[str, tuple[Term, ...]] = {}
    """Terms assigned to each local name, in order.

    `with ... as` gives `Apply(Ref("with"), ...)`, a loop `Apply(Ref("for"), ...)`, an annotation `Apply(Ref(":"), ...)`.
    """
    imports: tuple[ImportFact, ...] = ()
    calls: tuple[CallFact, ...] = ()
    returned: tuple[Term, ...] = ()
    yielded: tuple[Term, ...] = ()
    raised: tuple[Term, ...] = ()
    attributes: dict[str, Term] = {}
    """What a method assigns to attributes of its first parameter."""
    is_main: bool = False
    """Whether this is the code below `if __name__ == "__main__"`."""
    stored: dict[str, tuple[str, ...]] = {}
    """Keys under which items of each name are assigned, `payload["exp"] = ...`; empty for one that is no literal.

    Attributes that are assigned stand there with a dot: `.author` for `book.author = ...`.
    """
    compared: tuple[Term, ...] = ()
    """What is looked for with `in`, the hosts that are compared, and the privileges that conditions ask for."""
    contexts: tuple[Term, ...] = ()
    """What is entered by `with` and `async with`."""
    bounded: tuple[str, ...] = ()
    """Names that are compared with an upper bound: a number above one, a constant, a maximum."""
    stale: tuple[StaleFact, ...] = ()
    """What a coroutine reads after it has committed."""

    @property
    def owner(self) -> str:
        """Name of the class or function around it, or nothing."""
        return self.name.rpartition(".")[0]


class ClassFact(msgspec.Struct, frozen=True, array_like=True):
    """Header of a class."""

    name: str
    span: Bytes
    bases: tuple[Term, ...] = ()
    keywords: tuple[tuple[str, Term], ...] = ()
    decorators: tuple[Term, ...] = ()
    parameters: tuple[str, ...] = ()
    """Type parameters in brackets after the name."""


class UnitFacts(msgspec.Struct, frozen=True, array_like=True):
    """Facts of one unit. `class_name` is that of the class whose member it is: its variables are then fields."""

    class_name: str = ""
    imports: tuple[ImportFact, ...] = ()
    stars: tuple[str, ...] = ()
    """Modules of `from module import *`."""
    variables: tuple[VariableFact, ...] = ()
    functions: tuple[FunctionFact, ...] = ()
    classes: tuple[ClassFact, ...] = ()


class ModuleFacts(msgspec.Struct, frozen=True, array_like=True):
    """Facts of a module, unit by unit; `starts` are the first bytes of the units."""

    units: tuple[UnitFacts, ...]
    starts: tuple[int, ...]


WITH = "with"
FOR = "for"
"""Names of the calls that stand for `with ... as name` and `for name in ...` in `FunctionFact.local`."""


def standing_for(keyword: str, term: Term) -> Apply:
    """Return the term of a name bound by `with` or `for`."""
    return Apply(Ref(keyword), (term,))


_ENCODER = msgspec.msgpack.Encoder()
_DECODER = msgspec.msgpack.Decoder(ModuleFacts)


def encode(facts: ModuleFacts) -> bytes:
    """Return `facts` as MessagePack."""
    return _ENCODER.encode(facts)


def decode(data: bytes) -> ModuleFacts:
    """Return the facts that `encode` wrote; raises `msgspec.DecodeError` for anything else."""
    return _DECODER.decode(data)
