"""What each rule costs on langflow-base, when it is the only one that is on: `make bench-rules`."""

from __future__ import annotations

import argparse
import gc
import sys
import tempfile
import time
from importlib.metadata import entry_points
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from inputs import MissingInputsError, unpack_inputs
from report import table
from results import Grid
from rich.console import Console

from fastidious_rules.engine.checker import Checker
from fastidious_rules.engine.document import Document
from fastidious_rules.engine.registry import Registry
from fastidious_rules.engine.settings import Settings
from fastidious_rules.semantics.project import Project
from fastidious_rules.syntax.text import Source

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

ROUNDS: Final = 3
TOGETHER: Final = "all rules together"


class Cost(NamedTuple):
    """Milliseconds beyond a check without rules, and what it found."""

    rule: str
    milliseconds: float
    findings: int


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the rules, the most expensive first."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="checks per rule, of which the fastest counts")
    rounds: int = parser.parse_args(arguments).rounds
    console = Console()
    try:
        costs = _measure(rounds)
    except MissingInputsError as error:
        console.print(str(error), style="red", markup=False)
        return 2
    console.print(table(_grid(costs)))
    return 0


def _measure(rounds: int) -> list[Cost]:
    registry = Registry([entry.load() for entry in entry_points(group="fastidious.rules")])
    with tempfile.TemporaryDirectory(prefix="bench-") as directory:
        documents = _documents(unpack_inputs(Path(directory).resolve()).langflow, registry)
    gc.freeze()
    nothing = _time(documents, Checker(registry, Settings(ignore=frozenset(registry.rules))), rounds)
    return sorted(_costs(documents, registry, rounds, nothing[0]), key=lambda cost: -cost.milliseconds)


def _costs(documents: Sequence[Document], registry: Registry, rounds: int, nothing: float) -> Iterator[Cost]:
    selections = {name: frozenset({name}) for name in registry.rules} | {TOGETHER: frozenset({"ALL"})}
    for name, selection in selections.items():
        seconds, findings = _time(documents, Checker(registry, Settings(select=selection)), rounds)
        yield Cost(name, (seconds - nothing) * 1000, findings)


def _documents(root: Path, registry: Registry) -> list[Document]:
    project, checker = Project(), Checker(registry, Settings())
    documents = [
        Document(path.as_posix(), _module(path, root), Source(path.read_bytes()), project, checker)
        for path in sorted(root.rglob("*.py"))
    ]
    for document in documents:
        document.check()
    return documents


def _module(path: Path, root: Path) -> str:
    parts = path.relative_to(root).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _time(documents: Sequence[Document], checker: Checker, rounds: int) -> tuple[float, int]:
    fastest, findings = float("inf"), 0
    for _ in range(rounds):
        for document in documents:
            document.checker = checker
        begun = time.process_time()
        findings = sum(len(document.check().findings()) for document in documents)
        fastest = min(fastest, time.process_time() - begun)
    return fastest, findings


def _grid(costs: Sequence[Cost]) -> Grid:
    rows = tuple((cost.rule, f"{cost.milliseconds:,.0f}", f"{cost.findings:,}") for cost in costs)
    return Grid("langflow-base, beyond a check without rules", ("rule", "milliseconds", "findings"), rows)


if __name__ == "__main__":
    sys.exit(main())
