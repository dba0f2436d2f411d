"""Repositories, as far as their files tell."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastidious_server.workspace.storage.repository import repository_around, repository_marks

if TYPE_CHECKING:
    from pathlib import Path


def repository(directory: Path) -> Path:
    """Make the files of a repository in `directory`."""
    folder = directory / ".git"
    folder.mkdir(parents=True)
    (folder / "HEAD").write_text("ref: refs/heads/main\n")
    return folder


def test_a_folder_is_in_the_innermost_repository_around_it(tmp_path: Path) -> None:
    repository(tmp_path)
    inner = tmp_path / "inner"
    repository(inner)
    assert repository_around(f"{tmp_path}/a/b") == str(tmp_path)
    assert repository_around(f"{inner}/a") == str(inner)
    assert repository_around(str(inner)) == str(inner)


def test_a_switch_of_branches_leaves_its_mark(tmp_path: Path) -> None:
    folder = repository(tmp_path)
    before = repository_marks(f"{tmp_path}/backend")
    assert repository_marks(f"{tmp_path}/backend") == before
    (folder / "HEAD").write_text("ref: refs/heads/other-branch\n")
    assert repository_marks(f"{tmp_path}/backend") != before


def test_a_linked_work_tree_is_marked_where_git_keeps_its_files(tmp_path: Path) -> None:
    folder = repository(tmp_path / "main")
    linked = tmp_path / "linked"
    linked.mkdir()
    (linked / ".git").write_text(f"gitdir: {folder}\n")
    before = repository_marks(str(linked))
    (folder / "index").write_text("x")
    assert repository_marks(str(linked)) != before


def test_outside_of_repositories_there_are_no_marks(tmp_path: Path) -> None:
    (tmp_path / "pointless").mkdir()
    (tmp_path / "pointless" / ".git").write_text("gitdir: /nowhere\n")
    assert set(repository_marks(f"{tmp_path}/pointless")) == {None}
    if repository_around(str(tmp_path)) is None:
        assert repository_marks(str(tmp_path)) == (None,)


def test_files_that_are_ignored_otherwise_leave_their_mark(tmp_path: Path) -> None:
    repository(tmp_path)
    known = repository_marks(f"{tmp_path}/backend/app")
    for directory in (tmp_path, tmp_path / "backend", tmp_path / "backend" / "app"):
        directory.mkdir(exist_ok=True)
        (directory / ".gitignore").write_text("generated\n")
        before, known = known, repository_marks(f"{tmp_path}/backend/app")
        assert known != before
