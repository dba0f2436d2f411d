"""`fastidious baseline`: findings that exist now are known from now on."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click
import msgspec

from fastidious_server.cli.exits import CLEAN, CommandFailedError
from fastidious_server.cli.formats.listing import working_directory
from fastidious_server.cli.paths import absolute, posix
from fastidious_server.cli.review import Review
from fastidious_server.workspace.baselines.baseline_file import BaselinePlace, BrokenBaselineError
from fastidious_server.workspace.baselines.known_findings import write_baselines
from fastidious_server.workspace.checking.check import Request
from fastidious_server.workspace.checking.plan import BrokenConfigurationError
from fastidious_server.workspace.storage.files import UnreadableFileError

if TYPE_CHECKING:
    from collections.abc import Callable

    from fastidious_server.cli.services import Services
    from fastidious_server.workspace.checking.check import Outcome
    from fastidious_server.workspace.checking.plan import Configuration

_WITHOUT_BASELINE = {"baseline": ""}


@click.command("baseline")
@click.argument("paths", nargs=-1)
@click.option("--output", metavar="FILE", help="The file to write, in place of the one that is read by itself.")
@click.option("--unsaved", is_flag=True, hidden=True, help="Read texts of files from standard input: JSON, by path.")
@click.pass_obj
def command(services: Services, paths: tuple[str, ...], output: str | None, *, unsaved: bool) -> int:
    """Write the findings that exist now into a file, so that only new ones are reported.

    A finding stays silent until its code changes. Entries of files outside of PATHS are kept.
    """
    texts = _unsaved_texts() if unsaved else {}
    request = Request(tuple(absolute(path) for path in paths or (".",)), choices="baseline", texts=texts)
    try:
        outcome = Review(services, request, _WITHOUT_BASELINE, is_isolated=False, uses_cache=True).checked()
        _write(outcome, request, _places(services.configuration({}, False), output))  # noqa: FBT003 - a port
    except (BrokenConfigurationError, BrokenBaselineError, UnreadableFileError) as error:
        raise CommandFailedError(str(error)) from error
    except OSError as error:
        message = f"the baseline cannot be written: {error}"
        raise CommandFailedError(message) from error
    return CLEAN


def _unsaved_texts() -> dict[str, bytes]:
    texts = msgspec.json.decode(sys.stdin.buffer.read(), type=dict[str, str])
    return {path: text.encode() for path, text in texts.items()}


def _write(outcome: Outcome, request: Request, place_of: Callable[[str], BaselinePlace | None]) -> None:
    if outcome.crashes:
        rules = ", ".join(sorted({crash.rule for crash in outcome.crashes}))
        message = f"nothing is written, because rules crashed ({rules}): `fastidious check` says how"
        raise CommandFailedError(message)
    if not outcome.files:
        click.echo("warning: no Python files to check here", err=True)
    for baseline in write_baselines(outcome, request.paths, place_of):
        shown = baseline.path.removeprefix(f"{working_directory()}/")
        click.echo(f"{shown} knows {baseline.size} finding{'' if baseline.size == 1 else 's'}.")


def _places(configuration: Configuration, output: str | None) -> Callable[[str], BaselinePlace | None]:
    """Return where the baseline of each file goes."""
    directories: set[str] = set()

    def place_of(path: str) -> BaselinePlace | None:
        place = configuration.baseline_place(path)
        if place is None and output is None:
            message = f'the configuration of {path} has `baseline = ""`: name a file with --output'
            raise CommandFailedError(message)
        if output is None or place is None:
            return place
        directories.add(place.directory)
        if len(directories) > 1:
            message = f"--output names one file, but there are baselines of {' and '.join(sorted(directories))}"
            raise CommandFailedError(message)
        return BaselinePlace(place.directory, posix(output))

    return place_of
