#!/usr/bin/python3
"""`busbar up --demo` without a terminal: its tables say Running, Error with the reason while its private store does not
answer, and Running again. It is a real installation: its API sets up a user, shows live points, and commands the simulated
substation, which says every stage. SIGINT ends it in good order, and nothing is left behind."""
import os
import re
import signal
from pathlib import Path

from harness import check, free_port, run_story, wait_for
from management import PASSWORD, Visitor

ROW = re.compile(r"^  (\S+) +\w[\w ]*? +pid (\d+) +starts (\d+) *(\w*)(?: .*)?$(?:\n    (.*)$)?", re.MULTILINE)
CONNECTORS = ("rtu-1", "meter-1", "scada-1")


def tables(demonstration):
    """Each table printed so far: {child: (pid, starts, "state: detail")}."""
    pages = demonstration.output.read_text().split("demonstration: control rooms may connect")[1:]
    return [{row[1]: (int(row[2]), int(row[3]), f"{row[4]}: {row[5] or ''}") for row in ROW.finditer(page)} for page in pages]


def says(demonstration, beginning):
    """Whether the newest whole table says so of all connectors."""
    newest = tables(demonstration)[-2:-1]
    return newest and all(newest[0].get(name, (0, 0, ""))[2].startswith(beginning) for name in CONNECTORS) and newest[0]


def gone(pid):
    """Ended, whether or not anybody has asked for its exit code."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except FileNotFoundError:
        return True


def use_the_api(port, secret):
    visitor = Visitor(port)
    answer = visitor.ask("POST", "/api/v1/setup", {"token": secret, "user": "anna", "password": PASSWORD})
    check(answer.status == 201, f"the first user is made: {answer.body}")
    check(visitor.ask("GET", "/api/v1/connectors").status == 401, "nothing without a login")
    visitor.log_in()
    shown = {each["id"]: each for each in visitor.ask("GET", "/api/v1/connectors").json["connectors"]}
    check(sorted(shown) == sorted(CONNECTORS) and all(each["process"]["state"] == "running" for each in shown.values()),
          f"its connectors are supervised: {shown}")
    for connector in ("rtu-1", "meter-1"):
        points = wait_for(lambda: visitor.ask("GET", f"/api/v1/points?connector={connector}&quality=good&limit=5").json["points"],
                          f"points of {connector} are live")
        check(all("value" in point for point in points), f"values: {points}")
    given = visitor.ask("POST", "/api/v1/commands", {"casdu": 1, "ioa": 60001, "type": 45, "value": True})
    check(given.status == 202, f"the command is given: {given.status} {given.body}")
    command = given.headers["location"]
    ended = wait_for(lambda: (shown := visitor.ask("GET", command).json)["state"] == "terminated" and shown,
                     "the substation terminates the command")
    stages = [each["stage"] for each in ended["stages"]]
    check(stages == ["given", "confirmed", "terminated"], f"its stages: {stages}")


def demonstration(bench):
    program = bench.busbar("demonstration", "up", "--demo", "--port", free_port(), "--points", 20,
                           "--http-port", free_port())
    children = wait_for(lambda: says(program, "Running"), "the table says Running of all connectors", 60)
    folder = Path(re.search(r"lives in (\S+) until", program.output.read_text())[1])
    check(folder.is_dir(), f"{folder} is there")
    check(all(os.getpgid(pid) != os.getpgid(program.process.pid) for pid, _, _ in children.values()),
          "Ctrl-C at the terminal does not reach the children: they are ended in their order")
    link = re.search(r"http://127.0.0.1:(\d+)/setup#(\S+)", program.output.read_text())
    use_the_api(int(link[1]), link[2])
    store = children["store"][0]
    os.kill(store, signal.SIGSTOP)
    try:
        troubled = wait_for(lambda: says(program, "Error: the store is away: "), "the table says Error with the reason", 60)
        print("\n".join(f"{name}: {troubled[name][2]}" for name in CONNECTORS))
        check(all(re.search(r"store\.sock: \w+", troubled[name][2]) for name in CONNECTORS), "and what it is")
    finally:
        os.kill(store, signal.SIGCONT)
    again = wait_for(lambda: says(program, "Running"), "the table says Running again", 60)
    check({name: row[:2] for name, row in again.items()} == {name: row[:2] for name, row in children.items()},
          f"nothing was started again: {again}")
    program.signal(signal.SIGINT)
    check(program.process.wait(30) == 0, "it ends with exit code 0")
    check(all(gone(pid) for pid, _, _ in children.values()), "its children have ended")
    check(not folder.exists(), f"{folder} is gone")


if __name__ == "__main__":
    run_story(demonstration)
