"""The command `fastidious`."""

# ruff: noqa: PLC0415 - imported when wanted: every command pays for what it imports

from __future__ import annotations

import sys


def main() -> int:
    """Run the command line and return its exit code."""
    arguments = sys.argv[1:]
    if arguments in (["--version"], ["-V"]):
        # Imported here, like all else: editors ask for the version and for the server, and wait for both.
        import fastidious_rules

        sys.stdout.write(f"fastidious {fastidious_rules.__version__}\n")
        return 0
    from fastidious_server import bootstrap

    if arguments in (["server"], ["server", "--stdio"]):
        return bootstrap.serve()
    return bootstrap.run_command(arguments)


if __name__ == "__main__":
    sys.exit(main())
