#!/usr/bin/python3
"""`cmake --install` puts program and units where they belong, and systemd finds nothing wrong with the units.

usage: installed.py BUILD_FOLDER
"""
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from harness import check, skip


def main(build):
    with tempfile.TemporaryDirectory(prefix="busbar-") as folder:
        root = Path(folder)
        subprocess.run(["cmake", "--install", build, "--component", "program", "--prefix", root], check=True, capture_output=True)
        units = [root / "lib/systemd/system" / name for name in ("busbar.service", "busbar-connector@.service")]
        for file in (*units, root / "bin/busbar", root / "lib/sysusers.d/busbar.conf", root / "lib/tmpfiles.d/busbar.conf",
                     root / "share/polkit-1/rules.d/50-busbar.rules"):
            check(file.exists(), f"{file.relative_to(root)} is installed")
        for unit in units:
            text = unit.read_text()
            check("@CMAKE" not in text, f"{unit.name} is filled in")
            page = re.search(r"^Documentation=file:\S+(/share/doc/\S+)$", text, re.MULTILINE)[1]
            check((root / page.lstrip("/")).exists(), f"the page that {unit.name} names is installed")
            unit.write_text(re.sub(r"^ExecStart=\S+", f"ExecStart={root}/bin/busbar", text, flags=re.MULTILINE))
        check(re.search(r"^L /etc/polkit-1/rules.d/50-busbar.rules - - - - \S+/share/polkit-1/rules.d/50-busbar.rules$",
                        (root / "lib/tmpfiles.d/busbar.conf").read_text(), re.MULTILINE), "polkit is led to its rule")
        if not shutil.which("systemd-analyze"):
            skip("systemd-analyze is not installed")
        run = subprocess.run(["systemd-analyze", "verify", "--man=no", *units], capture_output=True, text=True)
        check(run.returncode == 0 and run.stderr == "", f"systemd-analyze verify: {run.stderr}{run.stdout}")
        for unit in units:
            run = subprocess.run(["systemd-analyze", "security", "--offline=yes", "--threshold=30", unit],
                                 capture_output=True, text=True)
            check(run.returncode == 0, f"{unit.name} is hardened: {run.stdout[-300:]}{run.stderr[-300:]}")
    print("installed: passed")


if __name__ == "__main__":
    main(sys.argv[1])
