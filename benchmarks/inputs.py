"""What is measured on, and the peer that no environment has: fetched once into `benchmarks/.work`, never installed."""

from __future__ import annotations

import subprocess
import sys
import venv
import zipfile
from pathlib import Path
from typing import Final, NamedTuple

WORK: Final = Path(__file__).parent / ".work"
WHEELS: Final = WORK / "wheels"
PEER: Final = "fastapi-lsp==0.1.9"
PEER_HOME: Final = WORK / "fastapi-lsp"
LITELLM: Final = "litellm==1.109.1"
LANGFLOW: Final = "langflow-base==1.13.0"
FILES: Final = {
    "1.2k lines": "litellm/proxy/prompts/prompt_endpoints.py",
    "8.6k lines": "litellm/proxy/management_endpoints/key_management_endpoints.py",
    "22k lines": "litellm/proxy/proxy_server.py",
}
"""The files that are typed in, all of litellm."""


class Inputs(NamedTuple):
    """Unpacked sources, in a directory outside of this repository and of its configuration."""

    litellm: Path
    langflow: Path

    def file(self, size: str) -> Path:
        """Return one of the files that are typed in."""
        return self.litellm / FILES[size]


class MissingInputsError(Exception):
    """Something that must be downloaded and cannot be."""


def unpack_inputs(destination: Path) -> Inputs:
    """Download what is missing and unpack the sources."""
    return Inputs(_unpack(LITELLM, destination), _unpack(LANGFLOW, destination))


def install_peer() -> Path:
    """Return the executable of fastapi-lsp, installed into an environment of its own if it is missing."""
    executable = PEER_HOME / "bin" / "fastapi-lsp"
    if not executable.exists():
        venv.create(PEER_HOME, with_pip=True, clear=True)
        _pip(PEER_HOME / "bin" / "python", PEER, "install")
    return executable


def _unpack(requirement: str, destination: Path) -> Path:
    directory = destination / requirement.partition("==")[0]
    with zipfile.ZipFile(_wheel(requirement)) as archive:
        archive.extractall(directory, [name for name in archive.namelist() if name.endswith((".py", ".pyi", ".toml"))])
    return directory


def _wheel(requirement: str) -> Path:
    name, _, version = requirement.partition("==")
    pattern = f"{name.replace('-', '_')}-{version}-*.whl"
    if not any(WHEELS.glob(pattern)):
        _pip(Path(sys.executable), requirement, "download", "--no-deps", "--only-binary=:all:", "--dest", str(WHEELS))
    return next(WHEELS.glob(pattern))


def _pip(python: Path, requirement: str, *arguments: str) -> None:
    command = [str(python), "-m", "pip", *arguments, "--quiet", "--disable-pip-version-check", requirement]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        reason = (done.stderr.strip().splitlines() or ["pip gave no reason"])[-1]
        hint = "Run the benchmarks once with a network: benchmarks/.work keeps what they fetch."
        message = f"{requirement} cannot be fetched: {reason}\n{hint}"
        raise MissingInputsError(message)
