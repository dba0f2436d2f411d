"""What a shell makes of values in a command."""

from __future__ import annotations

import shlex
import subprocess
import sys

import pytest

VALUE = "a; echo INJECTED"

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="a POSIX shell is needed")


def printed(command: str | list[str], *, in_shell: bool) -> list[str]:
    """Return the lines that a command prints."""
    done = subprocess.run(command, shell=in_shell, capture_output=True, text=True, check=True)
    return done.stdout.splitlines()


def test_a_shell_runs_what_stands_behind_a_semicolon_of_a_value() -> None:
    assert printed(f"echo {VALUE}", in_shell=True) == ["a", "INJECTED"]


def test_an_argument_of_a_list_stays_one_whatever_is_in_it() -> None:
    assert printed(["echo", VALUE], in_shell=False) == [VALUE]


def test_a_quoted_value_is_one_word() -> None:
    assert printed(f"echo {shlex.quote(VALUE)}", in_shell=True) == [VALUE]


def test_a_quoted_value_in_quotes_is_none() -> None:
    assert printed(f"echo '{shlex.quote(VALUE)}'", in_shell=True) == ["a", "INJECTED"]


def test_of_a_list_a_shell_reads_the_first_item_only() -> None:
    assert printed(["echo first", VALUE], in_shell=True) == ["first"]
    assert printed([f"echo {VALUE}"], in_shell=True) == ["a", "INJECTED"]


def test_a_list_expands_no_pattern_and_no_variable() -> None:
    assert printed(["echo", "*", "$HOME"], in_shell=False) == ["* $HOME"]
