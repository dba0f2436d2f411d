"""What we say about other clients can be read by them, and starts what it says."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
CLIENTS = ROOT / "clients"
SAMPLES = sorted(
    path.relative_to(CLIENTS).as_posix()
    for path in CLIENTS.rglob("*")
    if path.is_file() and path.parent != CLIENTS and not path.is_relative_to(CLIENTS / "vscode")
)
PATH = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
SERVER = ["fastidious", "server"]


@pytest.fixture
def bookshop(tmp_path: Path) -> Path:
    return Path(shutil.copytree(ROOT / "examples" / "bookshop", tmp_path / "bookshop"))


def run(command: str, folder: Path) -> int:
    """Run a command line as a pipeline does, and return its exit code."""
    environment = {**os.environ, "PATH": PATH, "XDG_CACHE_HOME": str(folder.parent / "cache")}
    return subprocess.run(["/bin/sh", "-c", command], cwd=folder, env=environment, check=False).returncode


def read_yaml(path: Path) -> Any:
    return yaml.safe_load(path.read_text("utf-8"))


def read_json(name: str) -> Any:
    return json.loads((CLIENTS / name).read_text("utf-8"))


@pytest.mark.parametrize("name", SAMPLES)
def test_the_guide_names_every_sample(name: str) -> None:
    assert f"({name})" in (CLIENTS / "README.md").read_text("utf-8")


def test_links_of_the_guide_lead_somewhere() -> None:
    links = re.findall(r"\]\((?!https://)([^)#]+)", (CLIENTS / "README.md").read_text("utf-8"))

    assert [link for link in links if not (CLIENTS / link).exists()] == []


def test_helix_starts_the_server_for_python() -> None:
    settings = tomllib.loads((CLIENTS / "helix" / "languages.toml").read_text("utf-8"))
    server = settings["language-server"]["fastidious"]

    assert [server["command"], *server["args"]] == SERVER
    assert "fastidious" in settings["language"][0]["language-servers"]


def test_zed_starts_the_server_in_the_place_of_another() -> None:
    settings = read_json("zed/settings.json")
    binary = settings["lsp"]["pylsp"]["binary"]

    assert [binary["path"], *binary["arguments"]] == SERVER
    assert "pylsp" in settings["languages"]["Python"]["language_servers"]


def test_sublime_kate_and_coc_start_the_server() -> None:
    sublime = read_json("sublime/LSP.sublime-settings")["clients"]["fastidious"]
    kate = read_json("kate/settings.json")["servers"]["python"]
    coc = read_json("coc/coc-settings.json")["languageserver"]["fastidious"]

    assert sublime["command"] == kate["command"] == [coc["command"], *coc["args"]] == SERVER


@pytest.mark.parametrize("hook", read_yaml(ROOT / ".pre-commit-hooks.yaml"), ids=lambda hook: hook["id"])
def test_hooks_of_pre_commit_run(hook: dict[str, Any], bookshop: Path) -> None:
    assert hook.keys() == {"id", "name", "description", "entry", "language", "types_or", "require_serial"}
    module = bookshop / "app" / "domain" / "isbn.py"
    before = module.read_text("utf-8")

    code = run(f"{hook['entry']} app/domain/isbn.py", bookshop)

    is_fixed = module.read_text("utf-8") != before
    assert (code, is_fixed) == ((0, True) if hook["id"] == "fastidious-fix" else (1, False))


@pytest.mark.parametrize("hook", read_yaml(ROOT / ".pre-commit-hooks.yaml"), ids=lambda hook: hook["id"])
def test_hooks_understand_others_by_excluded_files_and_do_not_review_these(
    hook: dict[str, Any], tmp_path: Path
) -> None:
    (tmp_path / "pyproject.toml").write_text('[tool.fastidious]\nexclude = ["legacy.py"]\n', "utf-8")
    (tmp_path / "legacy.py").write_text("import time\n\n\ndef rest() -> None:\n    time.sleep(1)\n", "utf-8")
    app = "import legacy\n\n\nasync def pause() -> None:\n    legacy.rest()\n"
    (tmp_path / "app.py").write_text(app, "utf-8")

    assert run(f"{hook['entry']} --select blocking-call-through-helper app.py legacy.py", tmp_path) == 1
    (tmp_path / "legacy.py").write_text(app.replace("legacy", "app"), "utf-8")
    (tmp_path / "app.py").write_text("import time\n\n\ndef rest() -> None:\n    time.sleep(1)\n", "utf-8")
    assert run(f"{hook['entry']} --select blocking-call-through-helper app.py legacy.py", tmp_path) == 0


def test_the_workflow_for_github_writes_what_it_uploads(bookshop: Path) -> None:
    job = read_yaml(CLIENTS / "ci" / "github-workflow.yml")["jobs"]["review"]
    review = next(step["run"] for step in job["steps"] if step.get("name") == "Review")
    upload = next(step for step in job["steps"] if step.get("uses", "").startswith("github/codeql-action/upload-sarif"))

    code = run(review, bookshop)

    log = json.loads((bookshop / upload["with"]["sarif_file"]).read_text("utf-8"))
    assert (code, log["version"], bool(log["runs"][0]["results"])) == (1, "2.1.0", True)
    assert job["permissions"] == {"contents": "read", "security-events": "write"}


def test_the_pipeline_for_gitlab_writes_its_report(bookshop: Path) -> None:
    job = read_yaml(CLIENTS / "ci" / "gitlab-ci.yml")["fastidious"]

    codes = [run(command, bookshop) for command in job["script"]]

    report = json.loads((bookshop / job["artifacts"]["reports"]["codequality"]).read_text("utf-8"))
    assert codes == [1]
    assert {"description", "check_name", "fingerprint", "severity", "location"} <= report[0].keys()
