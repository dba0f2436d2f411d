"""What each rule costs in a first check of langflow-base, when it is the only one that is on: `make bench-rules`."""

from __future__ import annotations

import argparse
import gc
import re
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
from fastidious_rules.semantics.extract import module_facts
from fastidious_rules.semantics.facts import encode
from fastidious_rules.semantics.project import Project
from fastidious_rules.syntax.text import Source

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from fastidious_rules.semantics.facts import ModuleFacts

ROUNDS: Final = 2
KEPT: Final = Path(__file__).with_name("RULE_COSTS.md")
TABLE: Final = re.compile(r"(?<=<!-- written by rule_costs\.py -->\n).*?(?=<!-- end -->)", re.DOTALL)
TOGETHER: Final = "all rules together"


class Cost(NamedTuple):
    """Milliseconds beyond a check without rules, and what it found."""

    rule: str
    milliseconds: float
    findings: int


class File(NamedTuple):
    """A file to check, and its facts."""

    path: str
    module: str
    text: bytes
    facts: ModuleFacts
    encoded: bytes
    """The facts as the command line hands them from one process to another."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the rules, the most expensive first, and keep the table in `RULE_COSTS.md` if asked to."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="checks per rule, of which the fastest counts")
    parser.add_argument("--keep", action="store_true", help=f"write the table into {KEPT.name}")
    chosen = parser.parse_args(arguments)
    console = Console()
    try:
        costs = _measure(chosen.rounds)
    except MissingInputsError as error:
        console.print(str(error), style="red", markup=False)
        return 2
    console.print(table(_grid(costs)))
    if chosen.keep:
        text = KEPT.read_text(encoding="utf-8")
        KEPT.write_text(TABLE.sub(lambda _: f"\n{_markdown(costs)}\n", text), encoding="utf-8")
    return 0


def _measure(rounds: int) -> list[Cost]:
    registry = Registry([entry.load() for entry in entry_points(group="fastidious.rules")])
    with tempfile.TemporaryDirectory(prefix="bench-") as directory:
        files = _files(unpack_inputs(Path(directory).resolve()).langflow)
    gc.freeze()
    nothing = _time(files, Checker(registry, Settings(ignore=frozenset(registry.rules))), rounds)
    return sorted(_costs(files, registry, rounds, nothing[0]), key=lambda cost: -cost.milliseconds)


def _costs(files: Sequence[File], registry: Registry, rounds: int, nothing: float) -> Iterator[Cost]:
    selections = {name: frozenset({name}) for name in registry.rules} | {TOGETHER: frozenset({"ALL"})}
    for name, selection in selections.items():
        seconds, findings = _time(files, Checker(registry, Settings(select=selection)), rounds)
        yield Cost(name, (seconds - nothing) * 1000, findings)


def _files(root: Path) -> list[File]:
    found = ((path, path.read_bytes()) for path in sorted(root.rglob("*.py")))
    read = ((path, text, module_facts(text)) for path, text in found)
    return [File(path.as_posix(), _module(path, root), text, facts, encode(facts)) for path, text, facts in read]


def _module(path: Path, root: Path) -> str:
    parts = path.relative_to(root).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _time(files: Sequence[File], checker: Checker, rounds: int) -> tuple[float, int]:
    """Return the seconds of processor time of the fastest check of all files, none of them known before, and its findings."""
    fastest, findings = float("inf"), 0
    for _ in range(rounds):
        project = Project(tracks=False)
        for file in files:
            project.update(file.path, file.module, file.encoded)
        documents = [_document(file, project, checker) for file in files]
        begun = time.process_time()
        findings = sum(len(document.check().findings()) for document in documents)
        fastest = min(fastest, time.process_time() - begun)
    return fastest, findings


def _document(file: File, project: Project, checker: Checker) -> Document:
    return Document(file.path, file.module, Source(file.text), project, checker, facts=file.facts)


def _markdown(costs: Sequence[Cost]) -> str:
    """Return the table as Markdown, relative to all rules together: ratios travel better than times."""
    together = next(cost.milliseconds for cost in costs if cost.rule == TOGETHER)
    rows = (
        f"| {cost.rule} | {cost.milliseconds / together:.1%} | {cost.milliseconds:,.0f} | {cost.findings:,} |\n"
        for cost in costs
    )
    return "| rule | of all together | milliseconds | findings |\n| --- | ---: | ---: | ---: |\n" + "".join(rows)


def _grid(costs: Sequence[Cost]) -> Grid:
    rows = tuple((cost.rule, f"{cost.milliseconds:,.0f}", f"{cost.findings:,}") for cost in costs)
    return Grid("langflow-base, beyond a check without rules", ("rule", "milliseconds", "findings"), rows)


if __name__ == "__main__":
    sys.exit(main())
