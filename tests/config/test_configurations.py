from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import pytest

from fastidious_rules.engine.baseline import Known
from fastidious_rules.engine.finding import Edit, Severity
from fastidious_rules.engine.settings import Profile, Settings
from fastidious_server.config.configurations import Configurations
from fastidious_server.config.editor import EditorConfiguration
from fastidious_server.workspace.baselines.baseline_file import written
from fastidious_server.workspace.checking.settings_codec import decode_settings, encode_settings
from fastidious_server.workspace.ports import DiagnosticMode, Obstacle, Preferences

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True)
class LengthOptions:
    max_lines: int = 20
    count: tuple[str, ...] = ()


class Length:
    name: ClassVar[str] = "function-too-long"
    family: ClassVar[str] = "functions"
    Options: ClassVar[type[Any] | None] = LengthOptions


class Injection:
    name: ClassVar[str] = "sql-injection"
    family: ClassVar[str] = "security"
    Options: ClassVar[type[Any] | None] = None


RULES: dict[str, Any] = {rule.name: rule() for rule in (Length, Injection)}
EQUIVALENTS = {"sql-injection": ("ruff:S608",), "function-too-long": ("ruff:PLR0915", "pylint:R0915")}


def configurations(**options: bool) -> Configurations:
    return Configurations(lambda: RULES, lambda name: EQUIVALENTS[name], **options)


def configured(directory: Path, text: str, name: str = "pyproject.toml") -> Configurations:
    (directory / name).write_text(text)
    return configurations()


def settings(directory: Path, text: str, path: str = "app.py") -> Settings:
    found = configured(directory, text)
    result = found.settings(str(directory / path))
    assert found.problems() == []
    return result


def mistakes(directory: Path, text: str) -> list[tuple[int, str, str]]:
    found = configured(directory, text)
    found.settings(str(directory / "app.py"))
    return [(problem.line, problem.key, problem.message) for problem in found.problems()]


def test_without_configuration_the_defaults_hold(tmp_path: Path) -> None:
    assert settings(tmp_path, "").profile is Profile.RECOMMENDED


def test_a_table_becomes_settings(tmp_path: Path) -> None:
    text = """
[tool.fastidious]
profile = "card"
select = ["security", "function-too-long"]
ignore = ["sql-injection"]
severity = { function-too-long = "error", sql-injection = "off" }
extra-blocking = { "acme.fetch" = "acme.afetch" }
sensitive-names = ["iban"]
layers.domain = ["app/domain/**"]
rules.function-too-long = { max-lines = 30, count = ["code"] }
target = { python = "3.12", packages = { FastAPI = "0.115.2" } }
"""
    found = settings(tmp_path, text)
    assert found.profile is Profile.CARD
    assert found.select == {"security", "function-too-long"}
    assert found.ignore == {"sql-injection"}
    assert found.severity == {"function-too-long": Severity.ERROR}
    assert found.extra_blocking == {"acme.fetch": "acme.afetch"}
    assert found.sensitive_names == ("iban",)
    assert found.layers == {"domain": ("app/domain/**",)}
    assert found.options == {"function-too-long": {"max_lines": 30, "count": ("code",)}}
    assert found.target.python == "3.12"
    assert found.target.packages == {"fastapi": "0.115.2"}
    assert decode_settings(encode_settings(found)) == found


def test_own_file_wins_over_the_project_file_beside_it(tmp_path: Path) -> None:
    (tmp_path / "fastidious.toml").write_text('profile = "card"\n')
    assert settings(tmp_path, '[tool.fastidious]\nprofile = "recommended"\n').profile is Profile.CARD


@pytest.mark.complaint(14)
def test_the_nearest_file_counts_and_its_settings_are_shared(tmp_path: Path) -> None:
    inner = tmp_path / "inner"
    (inner / "deep").mkdir(parents=True)
    (inner / "pyproject.toml").write_text("[tool.fastidious]\nselect = ['ALL']\n")
    found = configured(tmp_path, '[tool.fastidious]\nprofile = "card"\n')
    assert found.settings(f"{tmp_path}/app.py").profile is Profile.CARD
    assert found.settings(f"{inner}/app.py") is found.settings(f"{inner}/deep/app.py")
    assert found.settings(f"{inner}/app.py").select == {"ALL"}


def test_per_path_tables_refine_in_their_order(tmp_path: Path) -> None:
    text = """
[tool.fastidious]
ignore = ["security"]
[tool.fastidious.per-path."tests/"]
ignore = ["function-too-long"]
[tool.fastidious.per-path."test_*.py"]
severity.function-too-long = "hint"
"""
    found = settings(tmp_path, text, "tests/test_app.py")
    assert found.ignore == {"security", "function-too-long"}
    assert found.severity == {"function-too-long": Severity.HINT}
    assert settings(tmp_path, text).ignore == {"security"}


@pytest.mark.parametrize(
    ("table", "line", "key", "message"),
    [
        ('profil = "card"', 2, "profil", "unknown key `profil`; did you mean `profile`?"),
        ('profile = "strict"', 2, "profile", "allowed: 'recommended' or 'card'"),
        ('select = [\n  "security",\n  "sql-injektion",\n]', 4, "select[1]", "did you mean `sql-injection`?"),
        ('severity.sql-injection = "loud"', 2, "severity.sql-injection", "'hint' or 'off'"),
        ('severity.sql = "hint"', 2, "severity.sql", "unknown rule `sql`"),
        ("defer-to-ruff = 'yes'", 2, "defer-to-ruff", 'must be `true` or `false`, not "yes"'),
        ('exclude = "a"', 2, "exclude", 'must be an array, not "a"'),
        ("[tool.fastidious.rules]\nsql-injection.x = 1", 3, "rules.sql-injection.x", "has no options"),
        ("rules.function-too-long.lines = 1", 2, "rules.function-too-long.lines", "allowed: `max-lines`, `count`"),
        ("rules.function-too-long.max-lines = '9'", 2, "rules.function-too-long.max-lines", "must be a whole number"),
        ('per-path."a/**".slect = []', 2, 'per-path."a/**".slect', "did you mean `select`?"),
        ('per-path."a/**".ignore = ["x"]', 2, 'per-path."a/**".ignore[0]', "unknown rule or family `x`"),
        ('target.python = "three"', 2, "target.python", 'write one like "3.12"'),
        ('target.packages.fastapi = "new"', 2, "target.packages.fastapi", "is not a version"),
    ],
)
def test_mistakes_say_where_and_what_is_allowed(tmp_path: Path, table: str, line: int, key: str, message: str) -> None:
    found = mistakes(tmp_path, f"[tool.fastidious]\n{table}\n")
    assert len(found) == 1
    assert found[0][:2] == (line, key)
    assert message in found[0][2]


def test_a_file_that_is_no_toml_says_where(tmp_path: Path) -> None:
    assert mistakes(tmp_path, "[tool.fastidious]\nprofile = \n")[0][0] == 2


def test_what_is_right_beside_a_mistake_holds(tmp_path: Path) -> None:
    found = configured(tmp_path, '[tool.fastidious]\nprofile = "card"\nselect = ["nonsense"]\n')
    assert found.settings(f"{tmp_path}/app.py").profile is Profile.CARD
    assert found.settings(f"{tmp_path}/app.py").select == set()


@pytest.mark.complaint(13)
def test_a_file_that_breaks_keeps_its_last_good_state(tmp_path: Path) -> None:
    found = configured(tmp_path, '[tool.fastidious]\nprofile = "card"\n')
    assert found.settings(f"{tmp_path}/app.py").profile is Profile.CARD
    (tmp_path / "pyproject.toml").write_text("[tool.fastidious\n")
    found.invalidate(f"{tmp_path}/pyproject.toml")
    assert found.settings(f"{tmp_path}/app.py").profile is Profile.CARD
    assert len(found.problems()) == 1
    (tmp_path / "pyproject.toml").write_text("")
    assert found.refresh()
    assert found.settings(f"{tmp_path}/app.py").profile is Profile.RECOMMENDED
    assert found.problems() == []


def test_new_files_are_noticed(tmp_path: Path) -> None:
    found = configured(tmp_path, "")
    found.settings(f"{tmp_path}/app.py")
    assert not found.refresh()
    (tmp_path / "fastidious.toml").write_text('profile = "card"\n')
    assert found.refresh()
    assert found.settings(f"{tmp_path}/app.py").profile is Profile.CARD


def test_overrides_replace_keys_and_bring_back_what_they_select(tmp_path: Path) -> None:
    found = configured(tmp_path, '[tool.fastidious]\nprofile = "card"\nignore = ["sql-injection", "functions"]\n')
    assert found.override("command line", {"select": ["sql-injection"], "ignore": ["function-too-long"]}) == ()
    result = found.settings(f"{tmp_path}/app.py")
    assert result.profile is Profile.CARD
    assert result.select == {"sql-injection"}
    assert result.ignore == {"functions", "function-too-long"}


def test_isolated_ignores_configuration_files(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text('[tool.fastidious]\nprofile = "card"\n')
    assert configurations(isolated=True).settings(f"{tmp_path}/app.py").profile is Profile.RECOMMENDED


@pytest.mark.parametrize(
    ("ruff", "muted"),
    [
        ("", set[str]()),
        ('select = ["S"]', {"sql-injection"}),
        ('select = ["SIM"]', set()),
        ('select = ["ALL"]', {"sql-injection", "function-too-long"}),
        ('select = ["ALL"]\nignore = ["S6"]', {"function-too-long"}),
        ('select = ["S608"]\nignore = ["S"]', {"sql-injection"}),
        ('extend-select = ["PL"]', {"function-too-long"}),
    ],
)
def test_rules_that_ruff_reports_are_muted(tmp_path: Path, ruff: str, muted: set[str]) -> None:
    assert settings(tmp_path, f"[tool.ruff.lint]\n{ruff}\n").muted == muted
    deferring = f"[tool.fastidious]\ndefer-to-ruff = false\n[tool.ruff.lint]\n{ruff}\n"
    assert settings(tmp_path, deferring).muted == set()


def test_ruff_configurations_extend_others(tmp_path: Path) -> None:
    (tmp_path / "shared.toml").write_text('lint.select = ["S"]\n')
    (tmp_path / "ruff.toml").write_text('extend = "shared.toml"\nlint.extend-select = ["PLR"]\n')
    assert settings(tmp_path, "").muted == {"sql-injection", "function-too-long"}


def test_locked_versions_win_over_installed_ones_and_those_over_lower_bounds(tmp_path: Path) -> None:
    packages = tmp_path / ".venv" / "lib" / "python3.12" / "site-packages"
    for name in ("fastapi-0.111.0", "pydantic-2.7.0"):
        (packages / f"{name}.dist-info").mkdir(parents=True)
    (tmp_path / ".venv" / "pyvenv.cfg").write_text("")
    (tmp_path / "uv.lock").write_text('version = 1\n\n[[package]]\nname = "fastapi"\nversion = "0.115.2"\n')
    text = """
[project]
requires-python = ">=3.10,<4"
dependencies = ["fastapi>=0.1", "pydantic", "SQLAlchemy[asyncio]~=2.0.3"]
"""
    target = settings(tmp_path, text).target
    assert target.python == "3.10"
    assert target.packages == {"fastapi": "0.115.2", "pydantic": "2.7.0", "sqlalchemy": "2.0.3"}


def test_pins_of_requirement_files_are_versions(tmp_path: Path) -> None:
    (tmp_path / "requirements.txt").write_text("fastapi[all]==0.100.0 ; python_version > '3'\n# pydantic==1.0\n")
    (tmp_path / "requirements-dev.txt").write_text("fastapi==0.90\npytest==8.1\n")
    assert settings(tmp_path, "").target.packages == {"fastapi": "0.100.0", "pytest": "8.1"}


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("pyproject.toml", '[tool.pytest.ini_options]\nasyncio_mode = "auto"\n'),
        ("pytest.ini", "[pytest]\nasyncio_mode = auto\n"),
        ("tox.ini", "[pytest]\nasyncio_mode = auto\n"),
        ("setup.cfg", "[tool:pytest]\naddopts = -q --asyncio-mode=auto\n"),
    ],
)
def test_pytest_settings_are_found_wherever_pytest_reads_them(tmp_path: Path, name: str, text: str) -> None:
    found = configured(tmp_path, text, name)
    assert found.settings(f"{tmp_path}/tests/test_app.py").pytest["asyncio_mode"] == "auto"


@pytest.mark.complaint(38)
def test_editors_get_no_settings_for_what_is_left_out(tmp_path: Path) -> None:
    editor = EditorConfiguration(configured(tmp_path, '[tool.fastidious]\nexclude = ["legacy/"]\nselct = []\n'))
    assert editor.settings_for(f"{tmp_path}/legacy/app.py") is None
    assert editor.settings_for(f"{tmp_path}/.venv/lib/site-packages/x.py") is None
    assert editor.settings_for(f"{tmp_path}/app.py") is not None
    problem = editor.problems()[0]
    assert (problem.row, problem.column, problem.end_column) == (2, 0, 5)


def test_editors_may_send_anything(tmp_path: Path) -> None:
    editor = EditorConfiguration(configured(tmp_path, ""))
    assert editor.set_client_options(None) == []
    assert editor.set_client_options([1]) != []
    assert "did you mean `profile`" in editor.set_client_options({"profil": 1})[0]
    assert editor.set_client_options({"profile": "card"}) == []
    found = editor.settings_for(f"{tmp_path}/app.py")
    assert found is not None
    assert found.profile is Profile.CARD


def test_editors_choose_for_themselves_in_their_own_spelling(tmp_path: Path) -> None:
    editor = EditorConfiguration(configured(tmp_path, '[tool.fastidious]\nprofile = "card"\n'))
    options = {"diagnosticMode": "workspace", "code-lens": False, "deferToRuff": False, "profile": None, "path": ["x"]}
    assert editor.set_client_options(options) == []
    assert editor.preferences == Preferences(diagnostic_mode=DiagnosticMode.WORKSPACE, code_lens=False)
    found = editor.settings_for(f"{tmp_path}/app.py")
    assert found is not None
    assert found.profile is Profile.CARD


def test_a_wrong_choice_of_an_editor_is_told_and_the_others_hold(tmp_path: Path) -> None:
    editor = EditorConfiguration(configured(tmp_path, ""))
    (warning,) = editor.set_client_options({"codeLens": "yes", "returnTypeHints": True})
    assert warning == 'the editor\'s settings: codeLens: must be `true` or `false`, not "yes"'
    assert editor.preferences == Preferences(return_type_hints=True)
    assert editor.set_client_options(None) == []
    assert editor.preferences == Preferences()


def test_baseline_is_found_above_a_file_and_followed(tmp_path: Path) -> None:
    path = f"{tmp_path}/app/main.py"
    found = configured(tmp_path, "")
    assert not found.settings(path).baseline.of(path)
    place = found.baseline_place(path)
    assert place == (str(tmp_path), f"{tmp_path}/.fastidious-baseline.json")
    known = Known("sql-injection", "f", "00")
    (tmp_path / ".fastidious-baseline.json").write_text(written({"app/main.py": {known: 2}}))
    assert found.is_configuration(place.path)
    assert found.refresh()
    assert found.settings(path).baseline.of(path) == {known: 2}
    assert decode_settings(encode_settings(found.settings(path))) == found.settings(path)


def test_baseline_that_is_switched_off_is_not_read(tmp_path: Path) -> None:
    (tmp_path / ".fastidious-baseline.json").write_text("broken")
    found = configured(tmp_path, '[tool.fastidious]\nbaseline = ""\n')
    assert not found.settings(f"{tmp_path}/app.py").baseline.files
    assert found.problems() == []
    assert found.baseline_place(f"{tmp_path}/app.py") is None


def test_folders_of_an_editor_have_options_of_their_own(tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    (second / "nested").mkdir(parents=True)
    first.mkdir()
    (second / "pyproject.toml").write_text("[tool.fastidious]\nselect = ['security']\n")
    (second / "nested" / "fastidious.toml").write_text("select = ['functions']\n")
    editor = EditorConfiguration(configurations())
    editor.set_roots([str(first), str(second)])
    assert editor.set_client_options({"ignore": ["functions"]}, {str(second): {"profile": "card"}}) == []

    def chosen(path: Path) -> tuple[Profile, set[str], set[str]]:
        found = editor.settings_for(str(path))
        assert found is not None
        return found.profile, set(found.select), set(found.ignore)

    assert chosen(first / "app.py") == (Profile.RECOMMENDED, set(), {"functions"})
    assert chosen(tmp_path / "app.py") == (Profile.RECOMMENDED, set(), {"functions"})
    assert chosen(second / "app.py") == (Profile.CARD, {"security"}, set())
    assert chosen(second / "nested" / "app.py") == (Profile.CARD, {"functions"}, set())
    editor.set_client_options(None)
    assert chosen(second / "app.py") == (Profile.RECOMMENDED, {"security"}, set())


def test_a_rule_that_the_editor_selects_by_name_is_not_turned_off_in_files(tmp_path: Path) -> None:
    editor = EditorConfiguration(configured(tmp_path, ""))
    (tmp_path / "other").mkdir()
    editor.set_roots([str(tmp_path), f"{tmp_path}/other"])
    editor.set_client_options({"select": ["ALL"]}, {str(tmp_path): {"select": ["function-too-long", "security"]}})

    def turned_off(rule: str, path: str = "app.py") -> bool:
        return isinstance(editor.deactivation(f"{tmp_path}/{path}", rule, b""), Edit)

    assert editor.deactivation(f"{tmp_path}/app.py", "function-too-long", b"") == Obstacle(
        "`select` in the editor's settings names function-too-long, which counts more; remove it there"
    )
    assert turned_off("sql-injection")
    assert turned_off("function-too-long", "other/app.py")


def test_patterns_of_an_editor_are_relative_to_its_folder(tmp_path: Path) -> None:
    editor = EditorConfiguration(configurations())
    editor.set_client_options({"exclude": ["legacy/app.py"]})
    editor.set_roots([str(tmp_path)])
    assert editor.settings_for(f"{tmp_path}/legacy/app.py") is None
    assert editor.settings_for(f"{tmp_path}/app.py") is not None


def test_the_same_mistake_in_all_folders_is_told_once(tmp_path: Path) -> None:
    editor = EditorConfiguration(configurations())
    editor.set_roots([f"{tmp_path}/a", f"{tmp_path}/b"])
    wrong = {"profil": 1, "codeLens": 1}
    assert len(editor.set_client_options(wrong, {f"{tmp_path}/a": wrong, f"{tmp_path}/b": wrong})) == 2


@pytest.mark.parametrize("path", ["untitled:Untitled-1", "git:/elsewhere/app.py?ref", "vscode-remote://ssh/app.py"])
def test_documents_on_no_disk_are_reviewed_as_if_in_the_first_folder(tmp_path: Path, path: str) -> None:
    editor = EditorConfiguration(configured(tmp_path, '[tool.fastidious]\nprofile = "card"\nexclude = ["*"]\n'))
    alone = editor.settings_for(path)
    editor.set_roots([str(tmp_path), "/elsewhere"])
    found = editor.settings_for(path)
    assert alone is not None
    assert found is not None
    assert (alone.profile, found.profile) == (Profile.RECOMMENDED, Profile.CARD)


def test_configurations_of_folders_are_checked_before_any_of_their_files_is_open(tmp_path: Path) -> None:
    editor = EditorConfiguration(configured(tmp_path, "[tool.fastidious]\nselct = []\n"))
    assert editor.problems() == []
    editor.set_roots([str(tmp_path)])
    (problem,) = editor.problems()
    assert (problem.path, problem.row) == (f"{tmp_path}/pyproject.toml", 1)
    (tmp_path / "pyproject.toml").write_text("[tool.fastidious]\nselect = []\n")
    assert editor.refresh()
    assert editor.problems() == []
