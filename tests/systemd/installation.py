"""A booted machine with Busbar's service, the partners on its lines, and somebody at its API."""
import re
import signal
import socket
import subprocess
from contextlib import closing

from harness import SOURCE, check, free_port, wait_for
from management import PASSWORD, Visitor

SERVICE = "busbar.service"
DATA = "/var/lib/busbar"


def seen(condition, sentence, shown=""):
    """A check that says what it saw; `shown` is for when it did not."""
    check(condition, f"{sentence}: {shown}" if shown else sentence)
    print(f"   {sentence}", flush=True)


def seen_soon(condition, sentence, limit=20):
    """The same, of what takes its time; returns what the condition did."""
    value = wait_for(condition, sentence, limit)
    print(f"   {sentence}", flush=True)
    return value


def unit_of(connector):
    return f"busbar-connector@{connector}.service"


class Installation(Visitor):
    def __init__(self, bench, machine):
        super().__init__(8104)
        self.bench, self.machine = bench, machine
        self.rtu_port, self.rooms = free_port(), 0
        bench.busbar("rtu", "sim", "rtu", "--port", self.rtu_port, "--casdu", 21, "--generate", 20, "--events-per-second", 10)

    # --- the service
    def guide(self):
        """The commands of the guide, as they stand there."""
        text = (SOURCE / "docs/guide/installation.md").read_text().partition("## With systemd")[2]
        return re.search(r"```\n(systemd-sysusers.*?)```", text, re.DOTALL)[1].splitlines()

    def options(self, *lines):
        """What /etc/busbar/busbar.env says."""
        self.machine.write("/etc/busbar/busbar.env", "".join(line + "\n" for line in lines), 0o640)

    def is_ready(self):
        try:
            return self.ask("GET", "/readyz").status == 200
        except OSError:
            return False

    def set_up(self):
        link = wait_for(lambda: re.findall(r"setup#(\S+)", self.machine.journal("-u", SERVICE)), "the link is in the journal")[-1]
        answer = self.ask("POST", "/api/v1/setup", {"token": link, "user": "anna", "password": PASSWORD})
        check(answer.status == 201, f"the first user is made: {answer.body}")
        self.take_login(answer)

    def pid(self, unit=SERVICE):
        return int(self.machine.shows(unit)["MainPID"])

    def processes(self, unit=SERVICE):
        """{command line: pid, as the machine counts} of all that runs in a unit."""
        group = self.machine.shows(unit)["ControlGroup"]
        pids = self.machine.run("cat", f"/sys/fs/cgroup{group}/cgroup.procs").stdout.split()
        lines = (self.machine.run("ps", "-o", "pid=,args=", "-p", ",".join(pids)).stdout if pids else "").splitlines()
        return {args: int(pid) for pid, _, args in (line.strip().partition(" ") for line in lines)}

    def signal(self, number, unit=SERVICE):
        self.machine.do("kill", f"-{signal.Signals(number).name[3:]}", self.pid(unit))

    def is_free(self, port):
        with closing(socket.socket()) as probe:
            return probe.connect_ex(("127.0.0.1", port)) != 0

    # --- connectors
    def client(self, connector, port=None):
        return self.make(connector, "iec104-client", {"network": {"host": "127.0.0.1", "port": port or self.rtu_port},
                                                      "stations": [{"casdu": 21}]})

    def server(self, connector, port, **more):
        return self.make(connector, "iec104-server", {"network": {"host": "127.0.0.1", "port": port, "any_port": True,
                                                                  "max_connections": 5, **more}})

    def make(self, connector, kind, config):
        answer = self.ask("POST", "/api/v1/connectors", {"id": connector, "kind": kind, "config": config})
        check(answer.status == 201, f"{connector} is made: {answer.body}")

    def tell(self, connector, verb):
        answer = self.ask("POST", f"/api/v1/connectors/{connector}/{verb}")
        check(answer.status in (200, 204), f"{verb} {connector}: {answer.body}")

    def connector(self, connector):
        return self.ask("GET", f"/api/v1/connectors/{connector}").json

    def process(self, connector):
        return self.connector(connector)["process"]

    def is_running(self, *connectors):
        """Each says so, and whoever runs it does, too."""
        shown = [self.connector(each) for each in connectors]
        return all(each["state"] == "Running" and each["process"]["state"] == "running" for each in shown)

    def wait_running(self, *connectors, limit=30):
        """With what it says otherwise."""
        try:
            wait_for(lambda: self.is_ready() and self.is_running(*connectors), "", limit)
        except AssertionError:
            told = [(each, shown["state"], shown.get("detail"), shown["process"]) for each in connectors
                    for shown in (self.connector(each),)]
            check(False, f"not within {limit} s: all are Running: {told}")

    # --- partners
    def room(self, port, *more):
        """A control room on the line; its lines tell what it sees."""
        self.rooms += 1
        return self.bench.busbar(f"room-{self.rooms}", "sim", "scada", "--port", port, "--json", "--reconnect", "--reconnect-delay", 0.3,
                                 *more)

    def gets_events(self, room, more=10):
        """From now on."""
        count = lambda: sum(line.get("what") == "object" for line in room.lines())
        before = count()
        wait_for(lambda: count() >= before + more, f"{room.name} gets events")
        return True


def run_shell(folder, script):
    done = subprocess.run(["bash", "-e", "-c", script], cwd=folder, capture_output=True, text=True)
    check(done.returncode == 0, f"{script}: {done.stderr}")
