"""What the service's user may not do with systemd: anything but start, stop and restart connectors."""
from installation import seen, unit_of

EVIL = ["--property=User=root", "/bin/touch", "/etc/busbar-was-here"]
NO = ("uthentication required", "ccess denied", "uthorized", "not permitted", "may not be isolated")
REFUSED = [
    ("start another unit", ["systemctl", "start", "valkey-server.service"]),
    ("stop another unit", ["systemctl", "stop", "valkey-server.service"]),
    ("stop the service itself", ["systemctl", "stop", "busbar.service"]),
    ("restart journald", ["systemctl", "restart", "systemd-journald.service"]),
    ("isolate a connector", ["systemctl", "isolate", unit_of("rtu-1")]),
    ("start a target", ["systemctl", "start", "rescue.target"]),
    ("power off", ["systemctl", "poweroff"]),
    ("reload systemd", ["systemctl", "daemon-reload"]),
    ("enable a connector", ["systemctl", "enable", unit_of("rtu-1")]),
    ("mask a connector", ["systemctl", "mask", "--runtime", unit_of("rtu-1")]),
    ("change a connector's properties", ["systemctl", "set-property", "--runtime", unit_of("rtu-1"), "CPUWeight=10"]),
    ("kill a connector", ["systemctl", "kill", unit_of("rtu-1")]),
    ("freeze a connector", ["systemctl", "freeze", unit_of("rtu-1")]),
    ("clean a connector", ["systemctl", "clean", "--what=state", unit_of("quiet")]),
    ("bind into a connector", ["systemctl", "bind", unit_of("rtu-1"), "/etc", "/tmp"]),
    ("set systemd's environment", ["systemctl", "set-environment", "LD_PRELOAD=/var/lib/busbar/evil.so"]),
    ("run a program as root under a connector's name", ["systemd-run", f"--unit={unit_of('evil')}", *EVIL]),
    ("run a program as root by a timer", ["systemd-run", "--on-active=1", f"--unit={unit_of('evil')}", *EVIL]),
    ("start a timer of that name", ["systemctl", "start", "busbar-connector@rtu-1.timer"]),
    ("start a unit whose name only begins so", ["systemctl", "start", "busbar-connector@rtu-1.service.d.service"]),
]


def refused(site):
    for what, words in REFUSED:
        run = site.machine.run(*words[:1], "--no-ask-password", *words[1:], user="busbar")
        denied = any(each in run.stderr for each in NO)
        seen(run.returncode != 0 and denied, f"the service's user cannot {what}", f"{run.returncode} {run.stdout}{run.stderr}")
    seen(not site.machine.path("/etc/busbar-was-here").exists(), "and nothing came of it")


def allowed(site):
    for verb, state in (("stop", "inactive"), ("start", "active"), ("restart", "active")):
        run = site.machine.run("systemctl", "--no-ask-password", verb, unit_of("rtu-1"), user="busbar")
        shown = site.machine.shows(unit_of("rtu-1"))["ActiveState"]
        seen(run.returncode == 0 and shown == state, f"it can {verb} a connector", f"{run.returncode} {run.stderr} {shown}")


def others(site):
    """Another user without rights."""
    run = site.machine.run("systemctl", "--no-ask-password", "stop", unit_of("rtu-1"), user="nobody")
    seen(run.returncode != 0 and site.machine.shows(unit_of("rtu-1"))["ActiveState"] == "active", "nobody else can", run.stderr)
    for file in ("/etc/busbar/busbar.env", "/var/lib/busbar/connectors/rtu-1.env", "/var/lib/busbar/busbar.db"):
        seen(site.machine.run("cat", file, user="nobody").returncode != 0, f"nor read {file}")


CHAPTERS = [("What the service's user may", allowed), ("What it may not", refused), ("What others may not", others)]
