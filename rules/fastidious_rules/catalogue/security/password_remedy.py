"""What hashes a password in this project."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastidious_rules.api import hashers, imported_modules

if TYPE_CHECKING:
    from fastidious_rules.api import Scope

_DISTRIBUTIONS = {"argon2": "argon2-cffi"}


def remedy(scope: Scope) -> str:
    """Return what hashes a password with the library that the module imports, else with one that the project has."""
    known = hashers()
    imported = scope.ask(imported_modules, scope.module)
    packages = scope.settings.target.packages
    chosen = next((each for each in known if each in imported), "") or next(
        (each for each in known if _DISTRIBUTIONS.get(each, each) in packages), "pwdlib"
    )
    return known[chosen]
