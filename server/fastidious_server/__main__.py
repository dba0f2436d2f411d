"""The command `fastidious`."""

# ruff: noqa: PLC0415 - imported when wanted: every command pays for what it imports

from __future__ import annotations

import gc
import os
import sys


def main() -> int:
    """Run the command line and return its exit code."""
    _leave_out_the_path_of_the_project()
    arguments = sys.argv[1:]
    if arguments in (["--version"], ["-V"]):
        # Imported here, like all else: editors ask for the version and for the server, and wait for both.
        import fastidious_rules

        sys.stdout.write(f"fastidious {fastidious_rules.__version__}\n")
        return 0
    gc.disable()  # what is imported lives as long as the process: looking for garbage in it only delays the start
    from fastidious_server import bootstrap

    if arguments in (["server"], ["server", "--stdio"]):
        return bootstrap.serve()
    code = bootstrap.run_command(arguments)
    sys.stderr.flush()
    # To take a million trees and facts apart at the end takes as long as half the check.
    os._exit(code)


def _leave_out_the_path_of_the_project() -> None:
    """Import nothing from PYTHONPATH, which is meant for the project under review: it may have a `typing.py`."""
    named = os.environ.get("PYTHONPATH", "").split(os.pathsep)
    home = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))  # noqa: PTH100, PTH120 - pathlib may not be theirs yet
    if home not in map(os.path.abspath, named):
        sys.path[:] = [path for path in sys.path if path not in named]
        os.environ.pop("PYTHONPATH", None)  # the processes that are started from here have no use for it either


if __name__ == "__main__":
    sys.exit(main())
