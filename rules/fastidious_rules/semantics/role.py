"""What a file is for, by its path: rules for production code leave tests and migrations alone."""

from __future__ import annotations

from enum import StrEnum
from functools import lru_cache
from pathlib import PurePosixPath

_TEST_FOLDERS = frozenset({"tests", "test", "testing", "e2e"})
_MIGRATION_FOLDERS = frozenset({"migrations", "alembic", "revisions"})
_SCRIPT_FOLDERS = frozenset({"scripts", "script", "bin", "tools", "benchmarks"})


class Role(StrEnum):
    """What a file is for."""

    CODE = "code"
    TEST = "test"
    MIGRATION = "migration"
    SCRIPT = "script"


def _is_of_tests(folder: str) -> bool:
    return folder.startswith(("test_", "tests_")) or folder.endswith(("_test", "_tests", "-test", "-tests"))


@lru_cache(maxsize=4096)
def role_of(path: str) -> Role:
    """Return the role of the file at `path`, which counts from the directory of its project."""
    pure = PurePosixPath(path)
    folders = {each.lower() for each in pure.parts[:-1]}
    stem = pure.stem
    if stem == "conftest" or stem.startswith("test_") or stem.endswith("_test") or stem == "tests":
        return Role.TEST
    if folders & _TEST_FOLDERS or any(_is_of_tests(each) for each in folders):
        return Role.TEST
    if folders & _MIGRATION_FOLDERS:
        return Role.MIGRATION
    return Role.SCRIPT if folders & _SCRIPT_FOLDERS else Role.CODE
