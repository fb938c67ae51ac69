#!/usr/bin/python3
"""Two lines of simulated meters for a long time, one over TCP and one serial (pseudo-terminals of socat): random faults come
and go, the serial line is unplugged, simulators are started again, another program takes a line, the store stops for a
while. The meter client's memory and open files do not grow, no simulator sees a violation, and in the end every value is
good, with nobody's help.

usage: meter_soak.py [--minutes 30] [--watch] [--seed N]
--watch: tells memory and open files as often as they are read, a minute or less apart
"""
import argparse
import shutil
import signal
import sys
import time
from datetime import datetime, timezone

from harness import check, free_port, run_story, skip, wait_for
from memory import Memory
from meters import Other, fixed, good, tag

FAULTS = ("deaf", "silence", "noise", "echo", "ff", "checksum", "cut", "busy", "nack", "no-data", "stale", "refuse-login", "refuse",
          "lose-session", "wrong-address", "slow=5", "late=500", "close")
STEPS = ("any", "status", "reset", "login", "login-poll", "values", "values-poll", "logout", "logout-poll")
READ_EVERY = 60  # seconds, or a tenth of the time
BACK_WITHIN = 90  # seconds: a refused object is asked for again after a minute
LINES = {"tcp": 3, "serial": 2}  # meters


def now():
    return datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%S")


class Lines:
    """All programs, and what can happen to them."""

    def __init__(self, bench):
        self.bench, self.random = bench, bench.random
        self.port, self.gateway = free_port(), free_port()
        self.ours, self.theirs = bench.folder / "line", bench.folder / "meter"
        self.store = bench.store()
        self.cable, self.sims = self.plug(), {}
        for line in LINES:
            self.start_meters(line)
        bench.configure("m", self.configuration())
        self.client = bench.busbar("m", "iec102-client", "--id", "m", "redis", "--host", bench.socket)
        bench.wait_running("m")

    def plug(self):
        cable = self.bench.start("cable", "socat", f"PTY,raw,echo=0,link={self.ours}", f"PTY,raw,echo=0,link={self.theirs}")
        wait_for(lambda: self.ours.exists() and self.theirs.exists(), "socat has made the line")
        return cable

    def start_meters(self, line):
        where = ("--port", self.port) if line == "tcp" else ("--serial", self.theirs)
        self.sims[line] = self.bench.busbar(line, "sim", "meter", *where, "--count", LINES[line], "--password", 7, "--strict",
                                            "--stdin", "--seed", self.random.randrange(1, 1_000_000))

    def points(self):
        return [(line, meter, 10 * place + meter) for place, line in enumerate(LINES) for meter in range(1, LINES[line] + 1)]

    def configuration(self):
        connections = {"tcp": {"type": "tcp", "host": "127.0.0.1", "port": self.port},
                       "serial": {"type": "serial", "port": str(self.ours)}}
        demotion = {"enabled": True, "failures": 2, "delay_ms": 3000}
        channels = [{"name": line, "request_timeout_ms": 300, "retries": 1,
                     "connection": {**connection, "reconnect_delay_ms": 1000},
                     "gateways": [{"port": self.gateway, "interface": "127.0.0.1"}] if line == "tcp" else [],
                     "devices": [{"name": f"{number}", "link_address": number, "point_address": 1, "password": "7",
                                  "auto_demotion": demotion} for number in range(1, LINES[line] + 1)]}
                    for line, connection in connections.items()]
        tags = [tag(name, f"{line}/{meter}", variable, ioa + offset) for line, meter, ioa in self.points()
                for offset, name, variable in ((0, "power", "power.active.total"), (100, "voltage", "voltage.phase1"))]
        return {"channels": channels, "tags": tags, "streams": {"max_length": 10_000}}

    # what can happen

    def fault(self):
        line = self.random.choice(sorted(LINES))
        meter = self.random.choice(["", *(f"/{number}" for number in range(1, LINES[line] + 1))])
        how_often = self.random.choice(["", ":2", ":50%", ":10%", ":3%", ":first-3"])
        text = f"{self.random.choice(FAULTS)}@{self.random.choice(STEPS)}{meter}{how_often}"
        self.tell(line, f"fault {text}")

    def calm(self):
        for line in LINES:
            self.tell(line, "no-faults")

    def tell(self, line, order):
        self.sims[line].process.stdin.write(f"{order}\n".encode())
        self.sims[line].process.stdin.flush()

    def unplug(self):
        self.cable.kill()
        for end in (self.ours, self.theirs):
            end.unlink(missing_ok=True)
        self.pause(0, 4)
        self.cable = self.plug()

    def restart_meters(self):
        line = self.random.choice(sorted(LINES))
        check(self.sims[line].stop() == 0, f"no violation of the protocol: {self.sims[line].lines()[-1:]}")
        self.pause(0, 3)
        self.start_meters(line)

    def stop_store(self):
        self.store.signal(signal.SIGSTOP)
        self.pause(0, 12)
        self.store.signal(signal.SIGCONT)

    def take_line(self):
        try:
            other = Other(self.gateway)
            self.pause(0, 2)
            other.socket.sendall(fixed(0x49, 1))
            self.pause(0, 1)
            other.socket.close()
        except OSError:
            pass  # the line is away, or the client has no time for us now

    def pause(self, least, most):
        time.sleep(self.random.uniform(least, most))

    def all_good_since(self, moment):
        points = [good(self.bench, ioa + offset) for _, _, ioa in self.points() for offset in (0, 100)]
        return all(point and point["received"] > moment for point in points)

    def end(self):
        self.calm()
        moment = now()
        wait_for(lambda: self.all_good_since(moment), "every value comes back", BACK_WITHIN, every=0.5)
        check(self.client.stop() == 0, "the client stops in good order")
        for line, sim in self.sims.items():
            check(sim.stop() == 0, f"no violation of the protocol: {line}: {sim.lines()[-1:]}")


def story(bench, minutes, watch):
    lines, memory, struck = Lines(bench), Memory(), {}
    happen = [lines.fault] * 6 + [lines.calm] * 2 + [lines.unplug, lines.restart_meters, lines.take_line, lines.stop_store]
    begin, read_every = time.monotonic(), min(READ_EVERY, minutes * 6)
    next_reading, end = begin + read_every, begin + minutes * 60
    while time.monotonic() < end:
        event = bench.random.choice(happen)
        event()
        struck[event.__name__] = struck.get(event.__name__, 0) + 1
        lines.pause(0, min(8, minutes * 4))
        check(lines.client.alive(), "the client runs")
        if time.monotonic() >= next_reading:
            next_reading += read_every
            reading = memory.read({"client": lines.client})
            if watch:
                counts = {name: lines.bench.status("m").get(name) for name in ("frames_answered", "frames_unanswered", "devices_good")}
                print(f"minute {(time.monotonic() - begin) / 60:.1f}: kB, open files: {reading} {counts}", flush=True)
    lines.end()
    memory.check_flat()
    for line in LINES:
        stopped = [said for said in lines.sims[line].lines() if said["what"] == "stopped"]
        print(f"{line}: frames and logins of each run: {[(said['frames'], said['logins']) for said in stopped]}")
    print(f"what happened: {struck}", flush=True)


if __name__ == "__main__":
    if not shutil.which("socat"):
        skip("socat is not installed")
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--minutes", type=float, default=30)
    arguments.add_argument("--watch", action="store_true")
    arguments.add_argument("--seed", type=int)
    chosen = arguments.parse_args()
    sys.argv[1:] = [] if chosen.seed is None else [str(chosen.seed)]

    def meter_soak(bench):
        story(bench, chosen.minutes, chosen.watch)

    run_story(meter_soak)
