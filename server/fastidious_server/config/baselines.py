"""Baselines, found as configuration files are: in the directory of a file or the nearest one above."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from fastidious_rules.engine.baseline import Baseline
from fastidious_server.config.problem import Problem
from fastidious_server.workspace.baselines.baseline_file import BaselinePlace, BrokenBaselineError, parsed

if TYPE_CHECKING:
    from fastidious_server.config.fastidious_file import Loaded
    from fastidious_server.config.model import FastidiousTable
    from fastidious_server.config.reading import FileReader

BASELINE = ".fastidious-baseline.json"
"""Name of the file where no configuration gives another."""


class FoundBaseline(NamedTuple):
    """Baseline file as read; one with a mistake knows nothing."""

    place: BaselinePlace
    baseline: Baseline = Baseline()
    problem: Problem | None = None


def baseline_in(directory: str, name: str, files: FileReader) -> FoundBaseline | None:
    """Return the baseline called `name` in `directory`, or None if there is none."""
    place = BaselinePlace(directory, f"{directory.rstrip('/')}/{name}")
    text = files.text(place.path) if name else None
    if text is None:
        return None
    try:
        return FoundBaseline(place, Baseline(directory, parsed(text)))
    except BrokenBaselineError as error:
        return FoundBaseline(place, problem=Problem(place.path, error.line, 1, 1, "", str(error)))


def baseline_name(loaded: Loaded | None, overrides: FastidiousTable | None) -> str:
    """Return what the baseline is called, empty if there shall be none."""
    table = loaded.table if loaded is not None else None
    for chosen in (overrides, table):
        if chosen is not None and "baseline" in chosen.model_fields_set:
            return chosen.baseline
    return BASELINE
