#!/usr/bin/python3
"""Stands in for systemctl: runs units busbar-connector@ID.service as busbar-connector@.service says, in the environment of
$STAND_IN/units/ID.env. Its state lies in $STAND_IN/state, and every call is a line of $STAND_IN/calls."""
import os
import shlex
import signal
import subprocess
import sys
from pathlib import Path

HOME = Path(os.environ["STAND_IN"])
STATE = HOME / "state"


def identity(unit):
    return unit.removeprefix("busbar-connector@").removesuffix(".service")


def pid_of(unit):
    """0: it does not run."""
    file = STATE / identity(unit)
    if not file.exists():
        return 0
    pid = int(file.read_text())
    try:
        return 0 if Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z" else pid
    except FileNotFoundError:
        return 0


def start(unit):
    if pid_of(unit):
        return
    lines = (HOME / "units" / f"{identity(unit)}.env").read_text().splitlines()
    values = dict(shlex.split(line)[0].split("=", 1) for line in lines)
    clean = {key: value for key, value in os.environ.items() if not key.startswith("BUSBAR_REDIS")}
    process = subprocess.Popen([os.environ["STAND_IN_PROGRAM"], values["BUSBAR_KIND"], "--id", identity(unit)],
                               env={**clean, **values}, start_new_session=True, stdin=subprocess.DEVNULL,
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    (STATE / identity(unit)).write_text(str(process.pid))


def stop(unit):
    if pid := pid_of(unit):
        os.kill(pid, signal.SIGTERM)


def show(unit):
    pid = pid_of(unit)
    print(f"MainPID={pid}\nNRestarts=0\nResult=success\nId={unit}")
    print(f"ActiveState={'active' if pid else 'inactive'}\nSubState={'running' if pid else 'dead'}\n")


def main(words):
    with open(HOME / "calls", "a") as calls:
        calls.write(" ".join(words) + "\n")
    if (HOME / "broken").exists():
        print((HOME / "broken").read_text(), end="", file=sys.stderr)
        return 4
    if words[0] == "show":
        for unit in words[words.index("--") + 1:]:
            show(unit)
        return 0
    verb, unit = words[1], words[2]
    if verb in ("stop", "restart"):
        stop(unit)
        while verb == "restart" and pid_of(unit):
            pass
    if verb in ("start", "restart"):
        start(unit)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
