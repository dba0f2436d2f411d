"""What a file is for, by its path."""

from __future__ import annotations

import pytest

from fastidious_rules.semantics.role import Role, role_of


@pytest.mark.parametrize(
    ("path", "role"),
    [
        ("app/api/users.py", Role.CODE),
        ("app/testimonials/router.py", Role.CODE),
        ("app/contest/router.py", Role.CODE),
        ("tests/users.py", Role.TEST),
        ("backend/test_nightly/support.py", Role.TEST),
        ("integration-tests/users.py", Role.TEST),
        ("app/users/test_service.py", Role.TEST),
        ("alembic/versions/1.py", Role.MIGRATION),
        ("scripts/seed.py", Role.SCRIPT),
    ],
)
def test_folders_and_names_say_what_a_file_is_for(path: str, role: Role) -> None:
    assert role_of(path) is role
