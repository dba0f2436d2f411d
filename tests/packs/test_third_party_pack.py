"""A pack of somebody else: installed, discovered, and tested by its own guide."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ACME = Path(__file__).parent / "acme"
OFFLINE = ("--quiet", "--no-deps", "--no-build-isolation", "--no-index", "--disable-pip-version-check")
SESSION = """
import json, sys
from pathlib import Path

from fastidious_rules.engine.explain import page
from fastidious_rules.engine.guide import guide_of
from fastidious_rules.engine.registry import Registry
from fastidious_rules.testing import cases, run, variants
from fastidious_server.packs import load_packs

packs = load_packs()
pack = next(pack for pack in packs.loaded if pack.name == "acme")
registry = Registry(packs.loaded)
examples = cases(pack, Path(sys.argv[1]))
examples += [variant for example in examples for variant in variants(example)]
for example in examples:
    run(example, registry)
print(json.dumps({
    "failures": [str(failure) for failure in packs.failures],
    "rules": [name for name, rule in registry.rules.items() if rule.family == "clocks"],
    "ran": [str(example) for example in examples],
    "page": page(guide_of(pack.rules[0])),
}))
"""


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    """Install the pack into a directory of its own, and use it from there."""
    source = shutil.copytree(ACME, tmp_path_factory.mktemp("source") / "acme")
    target = tmp_path_factory.mktemp("installed")
    pip = [sys.executable, "-m", "pip", "install", *OFFLINE, "--target", str(target), str(source)]
    subprocess.run(pip, check=True)
    environment = {**os.environ, "PYTHONPATH": str(target)}
    command = [sys.executable, "-c", SESSION, str(source / "cases")]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, cwd=target)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_installed_pack_is_discovered(session: dict[str, list[str]]) -> None:
    assert session["failures"] == []
    assert session["rules"] == ["naive-utc-now"]


def test_its_guide_and_cases_run_with_the_public_testing_module(session: dict[str, list[str]]) -> None:
    assert "naive-utc-now-bad-1" in session["ran"]
    assert "naive-utc-now-bad-1-aliased" in session["ran"]
    assert "naive-utc-now-a-class-is-followed-through-a-re-export" in session["ran"]


def test_its_guide_is_shipped_and_shown_without_marks(session: dict[str, list[str]]) -> None:
    page = "".join(session["page"])
    assert page.startswith("# Naive UTC now\n\nTime in UTC")
    assert "# error:" not in page
    assert "```python\n" in page
