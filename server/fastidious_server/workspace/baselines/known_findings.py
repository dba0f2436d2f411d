"""Findings of a check, made into baselines."""

# ruff: noqa: PTH110 - paths are strings, as everywhere in a check

from __future__ import annotations

import os
import posixpath
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from fastidious_rules.engine.baseline import Known
from fastidious_server.workspace.baselines.baseline_file import BaselinePlace, BrokenBaselineError, parsed, written
from fastidious_server.workspace.checking.plan import is_below
from fastidious_server.workspace.checking.results import FileResults
from fastidious_server.workspace.storage.files import replace_atomically

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence

    from fastidious_rules.engine.baseline import Baseline
    from fastidious_server.workspace.checking.check import Outcome
    from fastidious_server.workspace.checking.results import Result


class WrittenBaseline(NamedTuple):
    """Baseline file as written, and how many findings it knows."""

    path: str
    size: int


def write_baselines(
    outcome: Outcome, asked: Sequence[str], place_of: Callable[[str], BaselinePlace | None]
) -> Iterator[WrittenBaseline]:
    """Write all findings into the baselines of their files; entries of files that were not `asked` for stay.

    A baseline that cannot be read raises `BrokenBaselineError` if not all of its project was asked for.
    """
    results: defaultdict[BaselinePlace, list[Result]] = defaultdict(list)
    for file in outcome.files:
        place = place_of(file.path)
        if place is not None:
            results[place].extend(each for each in file.results if each.digest)
    for place, found in sorted(results.items()):
        files = {**_kept(place, asked), **_counted(found, place.directory)}
        replace_atomically(Path(place.path), written(files).encode(), _MODE)
        yield WrittenBaseline(place.path, sum(sum(known.values()) for known in files.values()))


def missing_files(baselines: Iterable[Baseline], asked: Sequence[str]) -> Iterator[FileResults]:
    """Yield, for each file that a baseline knows and that is not there any more, how much of the baseline is gone."""
    for baseline in {id(each): each for each in baselines}.values():
        for name, known in baseline.files.items():
            path = posixpath.join(baseline.directory, name)
            if _is_asked(path, asked) and not os.path.exists(path):
                yield FileResults(path, is_checked=False, gone=sum(known.values()))


def _kept(place: BaselinePlace, asked: Collection[str]) -> Mapping[str, Mapping[Known, int]]:
    if _is_asked(place.directory, asked):
        return {}
    try:
        old = parsed(Path(place.path).read_text(encoding="utf-8", errors="replace"))
    except FileNotFoundError:
        return {}
    except BrokenBaselineError as error:
        raise BrokenBaselineError(error.line, f"{place.path}:{error.line}: {error}") from error
    return {name: known for name, known in old.items() if not _is_asked(posixpath.join(place.directory, name), asked)}


def _counted(results: Iterable[Result], directory: str) -> dict[str, dict[Known, int]]:
    files: defaultdict[str, dict[Known, int]] = defaultdict(dict)
    for result in results:
        known = files[posixpath.relpath(result.path, directory)]
        key = Known(result.rule, result.symbol, result.digest)
        known[key] = known.get(key, 0) + 1
    return files


def _is_asked(path: str, asked: Collection[str]) -> bool:
    return any(is_below(path, each) for each in asked)


_MODE = 0o644
