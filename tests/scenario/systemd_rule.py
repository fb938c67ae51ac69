#!/usr/bin/python3
"""What polkit's rule lets the service's user do with systemd, evaluated by Node: start, stop and restart connectors alone.
That polkit itself finds the rule and asks it is checked by `./dev boot`."""
import json
import shutil
import subprocess

from harness import SOURCE, check, skip

ASKED = """
let rule;
const polkit = {addRule: each => rule = each, Result: {YES: "yes"}};
eval(require("fs").readFileSync(process.argv[1], "utf8"));
const answers = JSON.parse(require("fs").readFileSync(0)).map(([id, user, details]) =>
    rule({id: id, lookup: name => details[name]}, {user: user}) === "yes");
console.log(JSON.stringify(answers));
"""
UNITS = "org.freedesktop.systemd1.manage-units"


def of(unit, verb="start", action=UNITS, user="busbar"):
    return [action, user, {"unit": unit, "verb": verb}]


ALLOWED = [of(f"busbar-connector@{each}.service", verb) for each in ("rtu-1", "A_b", "-", "_x-") for verb in ("start", "stop", "restart")]
REFUSED = [
    *(of("busbar-connector@rtu-1.service", verb) for verb in ("kill", "set-property", "freeze", "clean", "reset-failed", "reload", "", None)),
    *(of(unit) for unit in ("busbar.service", "ssh.service", "busbar-connector@.service", "busbar-connector@rtu-1.timer", "rescue.target",
                            "busbar-connector@rtu-1.service.d.service", "xbusbar-connector@rtu-1.service", "busbar-connector@a.b.service",
                            "busbar-connector@a\\x2fb.service", "busbar-connector@a.service\nssh.service", "", None)),
    of("busbar-connector@rtu-1.service", user="nobody"), of("busbar-connector@rtu-1.service", user=""),
    of("busbar-connector@rtu-1.service", action="org.freedesktop.systemd1.manage-unit-files"),
    # systemd names no unit where a program of one's own is to be run.
    [UNITS, "busbar", {}],
]


def main():
    if not (node := shutil.which("node")):
        skip("node is not installed")
    run = subprocess.run([node, "-e", ASKED, SOURCE / "packaging/polkit/50-busbar.rules"], input=json.dumps(ALLOWED + REFUSED),
                         capture_output=True, text=True, check=True)
    answers = json.loads(run.stdout)
    for asked, answer in zip(ALLOWED + REFUSED, answers, strict=True):
        check(answer == (asked in ALLOWED), f"{'refused' if asked in ALLOWED else 'allowed'}: {asked}")
    print("systemd_rule: passed")


if __name__ == "__main__":
    main()
