"""One run of `fastidious check`: what is checked, fixed and shown."""

# ruff: noqa: PLC0415 - imported when wanted: every command pays for what it imports

from __future__ import annotations

import json
import sys
from collections import Counter
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

import click

from fastidious_server.cli.exits import CLEAN, FAILED, FOUND, CommandFailedError
from fastidious_server.cli.formats.listing import Listing, working_directory
from fastidious_server.cli.progress import CheckProgress
from fastidious_server.workspace.checking.check import Checkup, Outcome, Request
from fastidious_server.workspace.checking.parallel import WorkerDiedError
from fastidious_server.workspace.storage.disk import DiskCache
from fastidious_server.workspace.storage.files import write_source

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from fastidious_server.cli.services import Services
    from fastidious_server.workspace.checking.fixing import FixedFile
    from fastidious_server.workspace.checking.results import Crash


@dataclass(slots=True)
class Review:
    """Check of one request, with all that the command line says about it."""

    services: Services
    request: Request
    overrides: Mapping[str, object]
    is_isolated: bool
    uses_cache: bool

    def report(self, shape: str, *, fix: bool, unsafe: bool, statistics: bool) -> int:
        """Check, fix if that is wanted, write what is left, and return the exit code."""
        before = self.checked()
        fixed = self._fix(before, unsafe=unsafe) if fix else []
        outcome = self.checked() if fixed and not self.request.texts else before
        if fix and self.request.texts:
            sys.stdout.write(_fixed_input(fixed, self.request))
        else:
            self._write(outcome, shape, statistics=statistics)
            if fix and shape == "text":
                _say_fixed(len(before.results) - len(outcome.results), fixed)
        return FAILED if outcome.crashes else FOUND if outcome.results else CLEAN

    def show_diff(self, *, unsafe: bool) -> int:
        """Write what fixes would change, and return the exit code."""
        listing = self._listing(Outcome(()))
        fixed = list(self._fixes(self.checked(), unsafe=unsafe))
        for file in fixed:
            sys.stdout.write(file.diff(listing.path(file.before.path)))
        click.echo(f"Would fix {len(fixed)} file{'' if len(fixed) == 1 else 's'}.", err=True)
        return FOUND if fixed else CLEAN

    def checked(self) -> Outcome:
        """Check, with a bar where it takes long, and return what came out."""
        with CheckProgress() as progress:
            checkup = self._checkup(progress)
            try:
                outcome = checkup.run()
            except WorkerDiedError as error:
                raise CommandFailedError(str(error)) from error
        if checkup.disk.failure:
            click.echo(f"warning: {checkup.disk.failure}", err=True)
        return outcome

    def _checkup(self, progress: CheckProgress | None = None) -> Checkup:
        return Checkup(
            self.request,
            self.services.configuration(self.overrides, self.is_isolated),
            self.services.registry,
            self.services.cache() if self.uses_cache else DiskCache(None),
            progress.show if progress is not None else _be_silent,
        )

    def _fix(self, outcome: Outcome, *, unsafe: bool) -> list[FixedFile]:
        fixed = list(self._fixes(outcome, unsafe=unsafe))
        if not self.request.texts:
            for file in fixed:
                write_source(file.written())
        return fixed

    def _fixes(self, outcome: Outcome, *, unsafe: bool) -> Iterator[FixedFile]:
        """Yield the files that fixes change; only those with findings of rules that have fixes are looked at."""
        rules = self.services.registry().rules
        paths = {result.path for result in outcome.results if _is_fixable(rules.get(result.rule))}
        return self._checkup().fixes(paths, unsafe=unsafe) if paths else iter(())

    def _listing(self, outcome: Outcome) -> Listing:
        return Listing(
            outcome.results,
            outcome.crashes,
            sum(file.is_checked for file in outcome.files),
            working_directory(),
            lambda: self.services.registry().rules,
            self.request.texts,
        )

    def _write(self, outcome: Outcome, shape: str, *, statistics: bool) -> None:
        listing = self._listing(outcome)
        if not listing.file_count:
            click.echo("warning: no Python files to check here", err=True)
        sys.stdout.write(_statistics(listing, shape) if statistics else _rendered(listing, shape))
        for crashes in _by_rule(outcome.crashes):
            click.echo(_crash(crashes, listing), err=True)
        if outcome.gone:
            click.echo(_gone(outcome.gone), err=True)


def _gone(count: int) -> str:
    entries = "1 entry of the baseline is" if count == 1 else f"{count} entries of the baseline are"
    return f"note: {entries} gone: run `fastidious baseline` to forget what is repaired"


def _is_fixable(rule: object) -> bool:
    # What the engine itself reports, as suppressions that suppress nothing, has fixes too.
    return rule is None or getattr(rule, "fixable", None) is not None


def _be_silent(done: int, total: int) -> None:
    del done, total


def _rendered(listing: Listing, shape: str) -> str:
    # Each imported when it is wanted.
    if shape == "json":
        from fastidious_server.cli.formats.json_format import render
    elif shape == "sarif":
        from fastidious_server.cli.formats.sarif_format import render
    elif shape == "github":
        from fastidious_server.cli.formats.github_format import render
    elif shape == "gitlab":
        from fastidious_server.cli.formats.gitlab_format import render
    else:
        from fastidious_server.cli.formats.text_format import render as render_text

        return render_text(listing, is_rich=sys.stdout.isatty())
    return render(listing)


def _statistics(listing: Listing, shape: str) -> str:
    counts = Counter((result.rule, result.family, result.severity) for result in listing.results)
    ordered = sorted(counts.items(), key=lambda entry: (-entry[1], entry[0]))
    if shape == "json":
        rows = [
            {"rule": rule, "family": family, "severity": severity, "count": count}
            for (rule, family, severity), count in ordered
        ]
        return json.dumps(rows, indent=2) + "\n"
    return "".join(f"{count:>6}  {severity:<11}  {rule}\n" for (rule, _, severity), count in ordered)


def _say_fixed(count: int, fixed: list[FixedFile]) -> None:
    files = f"{len(fixed)} file{'' if len(fixed) == 1 else 's'}"
    click.echo(f"Fixed {max(count, 0)} in {files}." if fixed else "Nothing to fix.")


def _fixed_input(fixed: list[FixedFile], request: Request) -> str:
    text = fixed[0].after if fixed else next(iter(request.texts.values()))
    return text.decode("utf-8", "replace")


def _by_rule(crashes: Iterable[Crash]) -> Iterator[list[Crash]]:
    ordered = sorted(crashes, key=lambda crash: crash.rule)
    return (list(members) for _, members in groupby(ordered, key=lambda crash: crash.rule))


def _crash(crashes: list[Crash], listing: Listing) -> str:
    """Return what to say of a rule that failed; its first failure tells enough."""
    first = crashes[0]
    often = f", {len(crashes)} times in all" if len(crashes) > 1 else ""
    what = "took too long" if first.is_overdue else "crashed"
    place = f"{listing.path(first.path)}:{first.line}"
    return f"error: the rule {first.rule} {what} on {place}{often}: {first.error.strip()}"
