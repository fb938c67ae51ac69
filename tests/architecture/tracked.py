"""The files of the project as git knows them."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SKIPPED = 77  # what ctest takes for "skipped"


def tracked_files():
    """Every tracked file that exists, relative to ROOT. Ends the test as skipped outside of a git clone."""
    git = ["git", "-c", f"safe.directory={ROOT}", "-C", str(ROOT), "ls-files", "-z"]
    try:
        listed = subprocess.run(git, capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        print("skipped: this is no git clone, so there is no list of tracked files")
        sys.exit(SKIPPED)
    return [Path(name) for name in listed.split("\0") if name and (ROOT / name).is_file()]


def text_of(path):
    """The text of a tracked file; empty for a binary one."""
    octets = (ROOT / path).read_bytes()
    return "" if b"\0" in octets else octets.decode("utf-8")
