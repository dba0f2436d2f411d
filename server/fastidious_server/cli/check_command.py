"""`fastidious check`: findings of files and directories."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, TypedDict, Unpack

import click

from fastidious_server.cli.exits import CLEAN, FOUND, CommandFailedError
from fastidious_server.cli.paths import absolute, posix
from fastidious_server.cli.review import Review
from fastidious_server.workspace.checking.check import Request
from fastidious_server.workspace.checking.plan import BrokenConfigurationError
from fastidious_server.workspace.storage.files import UnreadableFileError

if TYPE_CHECKING:
    from fastidious_server.cli.services import Services

FORMATS = ("text", "json", "sarif", "github", "gitlab")
_STDIN = "-"
_SHOWS_FIXES = {"json", "sarif"}


class _Options(TypedDict):
    paths: tuple[str, ...]
    shape: str
    fix: bool
    unsafe_fixes: bool
    diff: bool
    select: tuple[str, ...]
    ignore: tuple[str, ...]
    force_exclude: bool
    statistics: bool
    isolated: bool
    no_baseline: bool
    no_cache: bool
    jobs: int | None
    stdin_filename: str | None
    exit_zero: bool


@click.command("check")
@click.argument("paths", nargs=-1)
@click.option("--format", "shape", type=click.Choice(FORMATS), default="text", help="How to write the findings.")
@click.option("--fix", is_flag=True, help="Apply the safe fixes.")
@click.option("--unsafe-fixes", is_flag=True, help="With --fix or --diff: also fixes that may change behaviour.")
@click.option("--diff", is_flag=True, help="Show what --fix would change, and change nothing.")
@click.option("--select", multiple=True, metavar="RULES", help="Rules or families to run, or ALL; comma-separated.")
@click.option("--ignore", multiple=True, metavar="RULES", help="Rules or families not to run; comma-separated.")
@click.option("--force-exclude", is_flag=True, help="Leave out what `exclude` has even if it is named.")
@click.option("--statistics", is_flag=True, help="Show how often each rule has something to say.")
@click.option("--isolated", is_flag=True, help="Ignore configuration files.")
@click.option("--no-baseline", is_flag=True, help="Report what the baseline knows, too.")
@click.option("--no-cache", is_flag=True, help="Neither read nor write the cache.")
@click.option(
    "--jobs", "-j", type=click.IntRange(1), metavar="N", help="Processes to use; as many as cores by default."
)
@click.option("--stdin-filename", metavar="PATH", help="With the path `-`: the file that standard input stands for.")
@click.option("--exit-zero", is_flag=True, help="Exit with 0 even if there are findings.")
@click.pass_obj
def command(services: Services, /, **options: Unpack[_Options]) -> int:
    """Check PATHS, files or directories: the working directory if there are none, standard input if `-`.

    Exits with 0 if nothing was found, with 1 if something was, with 2 if the check could not be made.
    """
    overrides = _overrides(options["select"], options["ignore"], no_baseline=options["no_baseline"])
    review = Review(
        services,
        _request(options, overrides),
        overrides,
        is_isolated=options["isolated"],
        uses_cache=not options["no_cache"],
    )
    try:
        code = _reviewed(review, options)
    except (BrokenConfigurationError, UnreadableFileError) as error:
        raise CommandFailedError(str(error)) from error
    return CLEAN if options["exit_zero"] and code == FOUND else code


def _reviewed(review: Review, options: _Options) -> int:
    unsafe = options["unsafe_fixes"]
    if options["diff"]:
        return review.show_diff(unsafe=unsafe)
    return review.report(options["shape"], fix=options["fix"], unsafe=unsafe, statistics=options["statistics"])


def _request(options: _Options, overrides: dict[str, object]) -> Request:
    paths = options["paths"]
    texts = _standard_input(paths, options["stdin_filename"])
    return Request(
        tuple(texts) or tuple(absolute(path) for path in paths or (".",)),
        options["jobs"] or 0,
        options["shape"] in _SHOWS_FIXES and not options["statistics"],
        repr((sorted(overrides.items()), options["isolated"], options["force_exclude"])),
        texts,
        options["force_exclude"],
    )


def _overrides(select: tuple[str, ...], ignore: tuple[str, ...], *, no_baseline: bool) -> dict[str, object]:
    chosen = {"select": _names(select), "ignore": _names(ignore)}
    named: dict[str, object] = {key: names for key, names in chosen.items() if names}
    return named | ({"baseline": ""} if no_baseline else {})


def _names(values: tuple[str, ...]) -> list[str]:
    return [name.strip() for value in values for name in value.split(",") if name.strip()]


def _standard_input(paths: tuple[str, ...], filename: str | None) -> dict[str, bytes]:
    if _STDIN not in paths:
        if filename is not None:
            message = "--stdin-filename goes with the path `-`"
            raise click.UsageError(message)
        return {}
    if len(paths) > 1:
        message = "standard input (`-`) cannot be checked together with other paths"
        raise click.UsageError(message)
    return {posix(filename or _STDIN): sys.stdin.buffer.read()}
