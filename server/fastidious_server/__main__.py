"""The command `fastidious`."""

# ruff: noqa: PLC0415 - imported when wanted: every command pays for what it imports

from __future__ import annotations

import gc
import os
import sys


def main() -> int:
    """Run the command line and return its exit code."""
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


if __name__ == "__main__":
    sys.exit(main())
