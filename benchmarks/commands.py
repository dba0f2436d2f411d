"""Whole checks from the command line: wall time, peak memory, findings."""

from __future__ import annotations

import os
import platform
import re
import resource
import subprocess
import tempfile
import threading
import time
from dataclasses import dataclass, field
from typing import IO, TYPE_CHECKING, Final, NamedTuple

from connection import ServerFailureError
from contestants import BINARIES, FASTAPI_LSP, FASTIDIOUS, RUFF, isolated_environment
from memory import KILOBYTES, MEGABYTE, PeakMemory
from results import Section, Series

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from inputs import Inputs
    from results import Rows

PATIENCE: Final = 900.0
COUNT: Final = re.compile(r"^\s*(\d+)\s", re.MULTILINE)
COLD: Final = "cold"
WARM: Final = "warm cache"
TIME_NOTE: Final = (
    "All rules, configuration files ignored, statistics printed instead of findings. Cold is `--no-cache`; "
    "warm is a run after one that filled the cache. fastapi-lsp has no cache. "
    "With all its rules on, ruff's cache spares it nearly nothing here."
)
MEMORY_NOTE: Final = (
    "The most that the process and its workers held at one moment, shared pages counted once per process."
)
COUNT_NOTE: Final = "Findings of one run. The tools look for different things: this says only that each did its work."


@dataclass(frozen=True, slots=True)
class Command:
    """A command that checks a directory, with or without its cache, and how its findings are counted."""

    name: str
    arguments: tuple[str, ...]
    count: Callable[[str], int]
    uncached: tuple[str, ...] = ()

    def line(self, target: Path, temperature: str) -> tuple[str, ...]:
        """Return the command line for a directory."""
        return (*self.arguments, *(self.uncached if temperature == COLD else ()), str(target))


class Run(NamedTuple):
    """What one run cost, and what it found."""

    seconds: float
    megabytes: float
    findings: int


class Repeats(NamedTuple):
    """How often each code base is checked by each command."""

    langflow: int
    litellm: int


@dataclass(slots=True)
class Outcome:
    """Runs of one command so far, or why there are no more."""

    runs: list[Run] = field(default_factory=list[Run])
    failure: str = ""

    def series(self, read: Callable[[Run], float]) -> Series:
        """Return one value of each run."""
        return Series(tuple(read(run) for run in self.runs), self.failure)


def commands(peer: Path) -> tuple[Command, ...]:
    """Return the commands that are compared."""
    flags = ("check", "--isolated", "--select", "ALL", "--statistics")
    return (
        Command(FASTIDIOUS, (str(BINARIES / "fastidious"), *flags), _leading_numbers, ("--no-cache",)),
        Command(RUFF, (str(BINARIES / "ruff"), *flags), _leading_numbers, ("--no-cache",)),
        Command(FASTAPI_LSP, (str(peer), "check", "--format", "json"), _lines),
    )


def measure_commands(
    compared: Sequence[Command], inputs: Inputs, repeats: Repeats, scratch: Path
) -> tuple[Section, Section, Section]:
    """Run all commands on both code bases, in turn, cold and warm."""
    environment = isolated_environment(scratch)
    langflow = _checks("langflow-base, 188k lines", compared, inputs.langflow, repeats.langflow, environment)
    litellm = _checks("litellm, 1M lines", compared, inputs.litellm, repeats.litellm, environment)
    outcomes = langflow | litellm
    return (
        Section("Check: time", TIME_NOTE, "seconds", _rows(outcomes, lambda run: run.seconds), RUFF),
        Section("Check: peak memory", MEMORY_NOTE, "MB", _rows(outcomes, lambda run: run.megabytes), RUFF),
        Section("Check: findings", COUNT_NOTE, "count", _rows(outcomes, lambda run: run.findings)),
    )


def _rows(outcomes: Mapping[str, Mapping[str, Outcome]], read: Callable[[Run], float]) -> Rows:
    return {what: {name: outcome.series(read) for name, outcome in by.items()} for what, by in outcomes.items()}


def _checks(
    what: str, compared: Sequence[Command], target: Path, repeats: int, environment: Mapping[str, str]
) -> dict[str, dict[str, Outcome]]:
    cached = [command for command in compared if command.uncached]
    return {
        f"{what}, {COLD}": _compare(compared, target, COLD, repeats, environment),
        f"{what}, {WARM}": _compare(cached, target, WARM, repeats, environment),
    }


def _compare(
    able: Sequence[Command], target: Path, temperature: str, repeats: int, environment: Mapping[str, str]
) -> dict[str, Outcome]:
    outcomes = {command.name: Outcome() for command in able}
    for turn in range(repeats + (temperature == WARM)):
        for command in able:
            outcome = outcomes[command.name]
            run = _attempt(command.line(target, temperature), command.count, environment, outcome)
            if run and (temperature == COLD or turn):
                outcome.runs.append(run)
    return outcomes


def _attempt(
    line: Sequence[str], count: Callable[[str], int], environment: Mapping[str, str], outcome: Outcome
) -> Run | None:
    if outcome.failure:
        return None
    try:
        return _run(line, count, environment)
    except ServerFailureError as error:
        outcome.failure = str(error)
        return None


def _run(line: Sequence[str], count: Callable[[str], int], environment: Mapping[str, str]) -> Run:
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as complaints:
        begun = time.perf_counter()
        try:
            process = subprocess.Popen(line, stdout=output, stderr=complaints, env=dict(environment))
        except OSError as error:
            message = f"cannot be started: {error.strerror}"
            raise ServerFailureError(message) from error
        peak = _wait(process)
        seconds = time.perf_counter() - begun
        findings = count(_text(output))
        # A crashed interpreter leaves with 1 as well, but without findings.
        if process.returncode != (1 if findings else 0):
            raise ServerFailureError(_reason(process.returncode, complaints))
        return Run(seconds, peak, findings)


def _wait(process: subprocess.Popen[bytes]) -> float:
    timer = threading.Timer(PATIENCE, process.kill)
    timer.start()
    with PeakMemory(process.pid) as peak:
        _, status, usage = os.wait4(process.pid, 0)
    timer.cancel()
    process.returncode = os.waitstatus_to_exitcode(status)
    return max(peak.megabytes, _own_peak(usage))


def _own_peak(usage: resource.struct_rusage) -> float:
    # A child begins with the peak of the process that started it, which says nothing about the child.
    if usage.ru_maxrss <= resource.getrusage(resource.RUSAGE_SELF).ru_maxrss:
        return 0.0
    return usage.ru_maxrss / (MEGABYTE if platform.system() == "Darwin" else KILOBYTES)


def _reason(code: int, complaints: IO[bytes]) -> str:
    lines = [line.strip() for line in _text(complaints).splitlines() if line.strip()]
    return f"exit code {code}: {lines[-1] if lines else 'no message'}"


def _text(file: IO[bytes]) -> str:
    file.seek(0)
    return file.read().decode(errors="replace")


def _leading_numbers(output: str) -> int:
    return sum(int(number) for number in COUNT.findall(output))


def _lines(output: str) -> int:
    return len(output.splitlines())
