from __future__ import annotations

from typing import TYPE_CHECKING

from fastidious_server.workspace.storage.discovery import Exclusion, find_file, find_files
from fastidious_server.workspace.storage.modules import ModuleNames, project_root

if TYPE_CHECKING:
    from pathlib import Path


def tree(root: Path, *paths: str, **texts: str) -> None:
    for path in paths:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(texts.get(path, ""))


def found(root: Path, *exclusions: Exclusion) -> list[str]:
    return [each.path.removeprefix(f"{root}/") for each in find_files(str(root), exclusions)]


def test_python_files_are_found_in_order(tmp_path: Path) -> None:
    tree(tmp_path, "b.py", "a/x.py", "a/y.txt", "a.py")
    assert found(tmp_path) == ["a.py", "a/x.py", "b.py"]


def test_what_is_not_the_project_s_is_left_out(tmp_path: Path) -> None:
    tree(
        tmp_path,
        "app.py",
        ".hidden/a.py",
        "__pycache__/a.py",
        "node_modules/a.py",
        "site-packages/a.py",
        "env/pyvenv.cfg",
        "env/lib/a.py",
        "build/lib/a.py",
        "api_pb2.py",
    )
    assert found(tmp_path) == ["app.py"]


def test_a_package_called_build_is_a_package(tmp_path: Path) -> None:
    tree(tmp_path, "app/build/__init__.py", "app/build/x.py")
    assert found(tmp_path) == ["app/build/__init__.py", "app/build/x.py"]


def test_ignore_files_hold_for_what_is_below_them(tmp_path: Path) -> None:
    tree(tmp_path, "a.py", "made/b.py", "keep/c.py", "keep/d.py", "keep/deep/c.py", "keep/e.py")
    (tmp_path / ".gitignore").write_text("made/\n/keep/d.py\ne.py\n")
    (tmp_path / "keep" / ".gitignore").write_text("c.py\n!e.py\n")
    assert found(tmp_path) == ["a.py", "keep/e.py"]


def test_ignore_files_of_the_repository_above_count(tmp_path: Path) -> None:
    tree(tmp_path, "inner/a.py", "inner/b.py")
    (tmp_path / ".git").mkdir()
    (tmp_path / ".gitignore").write_text("b.py\n")
    assert found(tmp_path / "inner") == ["a.py"]


def test_a_root_that_is_ignored_itself_is_searched(tmp_path: Path) -> None:
    tree(tmp_path, "made/a.py")
    (tmp_path / ".git").mkdir()
    (tmp_path / ".gitignore").write_text("made/\n")
    assert found(tmp_path / "made") == ["a.py"]


def test_excluded_patterns_are_relative_to_their_directory(tmp_path: Path) -> None:
    tree(tmp_path, "a.py", "old/a.py", "new/old/a.py", "new/b.py")
    assert found(tmp_path, Exclusion(str(tmp_path), ("/old", "b.py"))) == ["a.py", "new/old/a.py"]


def test_symbolic_links_are_not_followed(tmp_path: Path) -> None:
    tree(tmp_path, "app/a.py")
    (tmp_path / "app" / "loop").symlink_to(tmp_path)
    (tmp_path / "app" / "b.py").symlink_to("a.py")
    assert found(tmp_path) == ["app/a.py"]


def test_one_file_is_found_if_the_search_would_find_it(tmp_path: Path) -> None:
    tree(tmp_path, "app/a.py", ".venv/a.py", "made/a.py")
    (tmp_path / ".gitignore").write_text("made/\n")
    assert find_file(f"{tmp_path}/app/a.py", str(tmp_path)) in find_files(str(tmp_path))
    assert find_file(f"{tmp_path}/.venv/a.py", str(tmp_path)) is None
    assert find_file(f"{tmp_path}/made/a.py", str(tmp_path)) is None
    assert find_file(f"{tmp_path}/gone.py", str(tmp_path)) is None


def test_modules_are_named_by_the_packages_around_them(tmp_path: Path) -> None:
    tree(tmp_path, "deep/app/__init__.py", "deep/app/api/__init__.py", "deep/app/api/users.py")
    names = ModuleNames(str(tmp_path))
    assert names.name(f"{tmp_path}/deep/app/api/users.py") == "app.api.users"
    assert names.name(f"{tmp_path}/deep/app/api/__init__.py") == "app.api"


def test_folders_without_init_inside_a_package_belong_to_it(tmp_path: Path) -> None:
    tree(tmp_path, "app/__init__.py", "app/types/proxy/sso.py", "app/types/web/__init__.py", "app/types/web/x.py")
    names = ModuleNames(f"{tmp_path}/app")
    assert names.name(f"{tmp_path}/app/types/proxy/sso.py") == "app.types.proxy.sso"
    assert names.name(f"{tmp_path}/app/types/web/x.py") == "app.types.web.x"


def test_modules_outside_packages_are_named_from_the_root_or_its_sources(tmp_path: Path) -> None:
    tree(tmp_path, "app/api/users.py", "src/app/models.py", "service/pyproject.toml", "service/lib/x.py", "main.py")
    names = ModuleNames(str(tmp_path))
    assert names.name(f"{tmp_path}/main.py") == "main"
    assert names.name(f"{tmp_path}/app/api/users.py") == "app.api.users"
    assert names.name(f"{tmp_path}/src/app/models.py") == "app.models"
    assert names.name(f"{tmp_path}/service/lib/x.py") == "lib.x"


def test_the_project_is_the_nearest_directory_that_holds_one(tmp_path: Path) -> None:
    tree(tmp_path, "pyproject.toml", "app/api/users.py")
    assert project_root(f"{tmp_path}/app/api") == str(tmp_path)


def test_a_module_called_setup_in_a_package_begins_no_project(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").touch()
    core = tmp_path / "shop" / "core"
    core.mkdir(parents=True)
    for path in (core.parent / "__init__.py", core / "__init__.py", core / "setup.py"):
        path.touch()
    assert ModuleNames(str(tmp_path)).name(f"{core}/setup.py") == "shop.core.setup"
    assert project_root(str(core)) == str(tmp_path)
