"""Review the bookshop through a real language-server session, as an editor would: `make demo`."""

from __future__ import annotations

import runpy
from pathlib import Path

if __name__ == "__main__":
    runpy.run_path(str(Path(__file__).with_name("walkthrough")), run_name="__main__")
