"""Paths as they are given on the command line."""

# ruff: noqa: PTH100, PTH110 - paths are strings: a search asks about too many to make objects of them

from __future__ import annotations

import os

import click


def absolute(path: str) -> str:
    """Return `path` from the root on; say so if it does not exist."""
    if not os.path.exists(path):
        message = f"no such file or directory: {path}"
        raise click.UsageError(message)
    return posix(path)


def posix(path: str) -> str:
    """Return `path` from the root on, with slashes, whether it exists or not."""
    return os.path.abspath(path).replace(os.sep, "/")
