"""Measure Fastidious beside its peers, on the same inputs, in the same run: `make bench`."""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from commands import Repeats, commands, measure_commands
from contestants import FASTAPI_LSP, bare_pygls, contestants, versions
from indexed import measure_indexed
from inputs import FILES, MissingInputsError, install_peer, unpack_inputs
from keystrokes import measure_keystrokes
from openings import measure_openings, measure_start
from questions import measure_questions
from report import show, write
from rich.console import Console

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from inputs import Inputs
    from results import Section

RESULTS: Final = Path(__file__).with_name("RESULTS.md")
PARTS: Final = ("keystrokes", "questions", "start", "openings", "indexed", "check")


class Plan(NamedTuple):
    """How often each thing is measured."""

    keystrokes: int
    starts: int
    openings: int
    check: Repeats


THOROUGH: Final = Plan(keystrokes=40, starts=10, openings=5, check=Repeats(langflow=3, litellm=3))
QUICK: Final = Plan(keystrokes=10, starts=5, openings=2, check=Repeats(langflow=3, litellm=1))


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure what was asked for, print it, and keep a complete run in `RESULTS.md`."""
    options = _parser().parse_args(arguments)
    plan = QUICK if options.quick else THOROUGH
    if options.rounds:
        plan = plan._replace(keystrokes=options.rounds)
    console = Console()
    try:
        _measure(plan, options.only or PARTS, options.output, console)
    except MissingInputsError as error:
        console.print(str(error), style="red", markup=False)
        return 2
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer rounds")
    parser.add_argument("--rounds", type=int, help="keystrokes per server and scenario")
    parser.add_argument("--only", nargs="+", choices=PARTS, help="parts to measure; RESULTS.md is left alone")
    parser.add_argument("--output", type=Path, help="Markdown file to write (default: RESULTS.md after a complete run)")
    return parser


def _measure(plan: Plan, parts: Sequence[str], output: Path | None, console: Console) -> None:
    peer = install_peer()
    with tempfile.TemporaryDirectory(prefix="bench-") as directory:
        scratch = Path(directory).resolve()
        sections: list[Section] = []
        for section in _sections(plan, parts, peer, scratch):
            show(section, console)
            sections.append(section)
    destination = output or (RESULTS if set(parts) == set(PARTS) else None)
    if destination:
        write(sections, versions(peer), destination)


def _sections(plan: Plan, parts: Sequence[str], peer: Path, scratch: Path) -> Iterator[Section]:
    inputs = unpack_inputs(scratch / "inputs")
    measures = _measures(plan, inputs, peer, scratch)
    for part in PARTS:
        if part in parts:
            sys.stderr.write(f"\nmeasuring {part} ...\n")
            yield from measures[part]()


def _measures(plan: Plan, inputs: Inputs, peer: Path, scratch: Path) -> dict[str, Callable[[], Sequence[Section]]]:
    servers = contestants(peer, scratch)
    indexable = [server for server in servers if server.name != FASTAPI_LSP]
    sizes = tuple(FILES)
    return {
        "keystrokes": lambda: (measure_keystrokes(servers, inputs, sizes, plan.keystrokes, scratch),),
        "questions": lambda: (measure_questions(servers, inputs, sizes, plan.keystrokes, scratch),),
        "start": lambda: (measure_start((*servers, bare_pygls(scratch)), plan.starts, scratch),),
        "openings": lambda: measure_openings(servers, inputs, sizes, plan.openings, scratch),
        "indexed": lambda: measure_indexed(indexable, inputs, sizes, plan.keystrokes),
        "check": lambda: measure_commands(commands(peer), inputs, plan.check, scratch),
    }


if __name__ == "__main__":
    sys.exit(main())
