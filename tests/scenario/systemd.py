#!/usr/bin/python3
"""The service and a connector under systemd: what they tell $NOTIFY_SOCKET, that a watchdog notices a loop that hangs, and
connectors that are started and stopped by systemctl - a stand-in, found through PATH, that really runs them."""
import os
import shutil
import signal
import socket
import stat
import time
from pathlib import Path

from harness import PROGRAM, check, free_port, run_story, wait_for
from management import Management

STAND_IN = Path(__file__).with_name("systemctl_stand_in.py")


class NotifySocket:
    """What systemd has: a datagram socket that a unit's process writes to."""

    def __init__(self, path):
        self.path, self.seen = path, []
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(str(path))
        self.socket.setblocking(False)

    def environment(self, watchdog_s):
        return {"NOTIFY_SOCKET": str(self.path), "WATCHDOG_USEC": str(int(watchdog_s * 1e6))}

    def messages(self):
        """Everything that has come so far."""
        while True:
            try:
                self.seen.append(self.socket.recv(4096).decode())
            except BlockingIOError:
                return self.seen

    def count(self, word):
        return sum(word in message.splitlines() for message in self.messages())


def told(notify):
    """READY once, WATCHDOG again and again."""
    wait_for(lambda: notify.count("READY=1") == 1, f"READY: {notify.messages()}")
    wait_for(lambda: notify.count("WATCHDOG=1") >= 3, "WATCHDOG again and again")
    check(notify.count("READY=1") == 1, "READY is said once")


def hangs(process, notify):
    """A stopped process says nothing, and goes on when it may."""
    process.signal(signal.SIGSTOP)
    time.sleep(0.3)  # what was under way arrives
    before = notify.count("WATCHDOG=1")
    time.sleep(1.5)
    check(notify.count("WATCHDOG=1") == before, "one that hangs says no WATCHDOG for three periods")
    process.signal(signal.SIGCONT)
    wait_for(lambda: notify.count("WATCHDOG=1") > before, "and goes on when it does")


def service_tells(bench):
    notify = NotifySocket(bench.folder / "notify")
    service = Management(bench, environment=notify.environment(0.5), first_user=True)
    told(notify)
    check(any(f"STATUS=The API is at http://127.0.0.1:{service.port}/" in each.splitlines() for each in notify.messages()),
          f"where it is: {notify.messages()[:3]}")
    body = {"id": "rtu-1", "kind": "iec104-client", "config": {"network": {"host": "127.0.0.1", "port": free_port()}}}
    check(service.ask("POST", "/api/v1/connectors", body).status == 201, "a connector")
    wait_for(lambda: service.connector("rtu-1")["state"] in ("Running", "Error"), "it runs")
    check(notify.count("READY=1") == 1, "a child does not speak for the service")
    hangs(service.program, notify)
    check(notify.count("STOPPING=1") == 0, "not yet")
    check(service.program.stop() == 0, "it stops")
    check(notify.count("STOPPING=1") == 1, "and said so")


def connector_tells(bench):
    notify = NotifySocket(bench.folder / "notify-connector")
    bench.store()
    connector = bench.client("rtu-9", free_port(), environment=notify.environment(0.5))
    told(notify)
    wait_for(lambda: any("STATUS=Running" in each for each in notify.messages()), f"its state: {notify.messages()}")
    hangs(connector, notify)
    check(connector.stop() == 0 and notify.count("STOPPING=1") == 1, "it said that it stops")


def as_units(bench):
    """up --supervise systemd, with a private store."""
    (bench.folder / "data").rename(bench.folder / "first")
    tools, home = bench.folder / "tools", bench.folder / "stand-in"
    tools.mkdir()
    (home / "state").mkdir(parents=True)
    (home / "units").symlink_to(bench.folder / "data/connectors")
    shutil.copy(STAND_IN, tools / "systemctl")
    (tools / "systemctl").chmod(0o700)
    calls = home / "calls"
    environment = {"PATH": f"{tools}:{os.environ['PATH']}", "STAND_IN": str(home), "STAND_IN_PROGRAM": PROGRAM}
    service = Management(bench, "--supervise", "systemd", environment=environment, first_user=True)
    port = free_port()
    body = {"id": "rtu-1", "kind": "iec104-client", "config": {"network": {"host": "127.0.0.1", "port": port}}}
    check(service.ask("POST", "/api/v1/connectors", body).status == 201, "a connector is made")
    file = bench.folder / "data/connectors/rtu-1.env"
    check(stat.S_IMODE(file.stat().st_mode) == 0o600, "only its owner reads what the unit is told")
    process = wait_for(lambda: (shown := service.connector("rtu-1"))["process"]["state"] == "running" and shown["process"],
                       "systemd runs it")
    wait_for(lambda: service.connector("rtu-1")["state"] in ("Running", "Error"), "and it reaches the private store")
    check("--no-block start busbar-connector@rtu-1.service" in calls.read_text(), f"by systemctl: {calls.read_text()}")
    problem = service.ask("GET", "/api/v1/connectors/rtu-1/log")
    check(problem.code == "log_elsewhere" and "journalctl -u busbar-connector@rtu-1.service" in problem.json["detail"],
          f"where its log is: {problem.body}")
    check(service.ask("POST", "/api/v1/connectors/rtu-1/restart").status == 204, "a restart")
    again = wait_for(lambda: (shown := service.connector("rtu-1")["process"])["state"] == "running"
                     and shown["pid"] != process["pid"] and shown, "is another process")
    service.ask("POST", "/api/v1/connectors/rtu-1/stop")
    wait_for(lambda: service.connector("rtu-1")["process"]["state"] == "stopped", "a stop")
    service.ask("POST", "/api/v1/connectors/rtu-1/start")
    wait_for(lambda: service.connector("rtu-1")["process"]["state"] == "running", "a start")
    (home / "broken").touch()
    wait_for(lambda: service.connector("rtu-1")["process"]["state"] == "unknown", "systemctl does not work")
    check(service.connector("rtu-1")["process"]["last_end"] == "systemctl show: exit code 4", "and that is said")
    service.ask("POST", "/api/v1/connectors/rtu-1/stop")
    wait_for(lambda: "systemctl stop: exit code 4" in service.connector("rtu-1")["process"]["last_end"], "an order that failed")
    (home / "broken").write_text("Failed to stop it: Access denied\nSee the logs for details.\n")
    wait_for(lambda: service.connector("rtu-1")["process"]["last_end"] == "systemctl stop: Failed to stop it: Access denied",
             "with the reason where there is one")
    (home / "broken").unlink()
    wait_for(lambda: service.connector("rtu-1")["process"]["state"] == "stopped", "is given again")
    service.ask("POST", "/api/v1/connectors/rtu-1/start")
    wait_for(lambda: service.connector("rtu-1")["process"]["state"] == "running", "it runs again")
    pid = service.connector("rtu-1")["process"]["pid"]
    check(pid != again["pid"] and service.program.stop() == 0, "the service stops")
    check(Path(f"/proc/{pid}").exists(), "and its units go on")
    service.start()
    wait_for(lambda: service.connector("rtu-1")["process"] == {"state": "running", "starts": 1, "pid": pid}, "and are found again")
    check(service.ask("DELETE", "/api/v1/connectors/rtu-1").status == 204, "it is removed")
    wait_for(lambda: not Path(f"/proc/{pid}").exists() and not file.exists(), "with its unit")
    check(service.program.stop() == 0, "the end")


def end_units(home):
    """What the stand-in still runs after a failure."""
    for file in (home / "state").glob("*"):
        try:
            os.kill(int(file.read_text()), signal.SIGTERM)
        except ProcessLookupError:
            pass


def systemd(bench):
    service_tells(bench)
    connector_tells(bench)
    try:
        as_units(bench)
    finally:
        end_units(bench.folder / "stand-in")


if __name__ == "__main__":
    run_story(systemd)
