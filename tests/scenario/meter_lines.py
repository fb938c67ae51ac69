"""Lines of two simulated meters each, the second of which may be faulty: steered while they run, and judged by what the
simulators wrote down and by the points in the store."""
import json
import re
import socket

from harness import received_at, wait_for
from meters import fixed, good, tag

TIMEOUT, ATTEMPTS = 0.1, 4  # seconds; a round
OTHER, FAULTY = 1, 2  # link addresses
VALUES = 163  # type of an answer with values


class Line:
    """A simulator with two meters, its log, and the channel that reads it."""

    def __init__(self, bench, name, demotion_ms):
        self.name, self.number, self.demotion_ms = name, int(re.sub(r"\D", "", name)), demotion_ms
        self.log = bench.folder / f"{name}.jsonl"
        self.sim = bench.busbar(name, "sim", "meter", "--port", 0, "--count", 2, "--password", 7, "--strict", "--stdin",
                                "--seed", bench.random.randrange(1, 1_000_000), "--log", self.log)
        self.entries, self.read_to, self.gateway = [], 0, 0

    def channel(self):
        demotion = {"enabled": True, "failures": 2, "delay_ms": self.demotion_ms}
        port = wait_for(self.sim.lines, f"{self.name} listens")[0]["port"]
        return {"name": self.name, "request_timeout_ms": round(TIMEOUT * 1000), "retries": ATTEMPTS - 1,
                "connection": {"type": "tcp", "host": "127.0.0.1", "port": port, "reconnect_delay_ms": 1000},
                "gateways": [{"port": 0, "interface": "127.0.0.1"}],
                "devices": [{"name": str(link), "link_address": link, "point_address": 1, "password": "7",
                             "auto_demotion": demotion} for link in (FAULTY, OTHER)]}

    def ioa(self, link):
        return 10 * self.number + link

    def tags(self):
        return [tag("power", f"{self.name}/{link}", "power.active.total", self.ioa(link)) for link in (FAULTY, OTHER)]

    def tell(self, order):
        """Returns where its place in the log will be, or later."""
        place = len(self.seen())
        self.sim.process.stdin.write(f"{order}\n".encode())
        self.sim.process.stdin.flush()
        return place

    def taken(self, place):
        """Place in the log where the order was taken."""
        return wait_for(lambda: next((at for at, entry in enumerate(self.seen()[place:], place) if entry["what"] == "order"), None),
                        f"{self.name} takes its order", every=0.01)

    def seen(self):
        with open(self.log, "rb") as file:
            file.seek(self.read_to)
            octets = file.read()
        whole = octets[:octets.rfind(b"\n") + 1]
        self.read_to += len(whole)
        self.entries += [json.loads(line) for line in whole.splitlines()]
        return self.entries

    def readings(self, link, begin, end=None):
        return sum(entry["what"] == "sent" and entry.get("type") == VALUES and entry["link"] == link
                   for entry in self.seen()[begin:end])

    def readings_between(self, link, begin, end):
        """Times instead of places."""
        return sum(entry["what"] == "sent" and entry.get("type") == VALUES and entry["link"] == link
                   and begin <= received_at(entry) <= end for entry in self.seen())

    def strokes(self, begin, end=None):
        """Places in the log."""
        return [at for at, entry in enumerate(self.seen()[begin:end], begin) if entry["what"] == "fault"]

    def at(self, place):
        return received_at(self.entries[place])

    def is_good(self, bench, link, moment=""):
        point = good(bench, self.ioa(link))
        return bool(point) and point["received"] > moment

    def take_and_leave(self):
        """Another program takes the line and leaves it: every meter is logged out of, and read from a new session on."""
        try:
            with socket.create_connection(("127.0.0.1", self.gateway), timeout=10) as other:
                other.sendall(fixed(0x49, OTHER))
                octets = b""
                while fixed(0x0B, OTHER) not in octets:
                    more = other.recv(1000)
                    if not more:
                        return False
                    octets += more
                return True
        except OSError:
            return False


class Lines:
    """The lines of one client. `dead`: faults that one meter has for ever, each on a line of its own."""

    def __init__(self, bench, dead, faulty):
        self.bench, self.failures = bench, []
        self.calm = Line(bench, "calm0", 1000)  # what else is done to the lines is done to it, too
        self.still = Line(bench, "still1", 1000)
        self.dead = {fault: Line(bench, f"dead{number}", 86_400_000) for number, fault in enumerate(dead, 2)}
        self.faulty = [Line(bench, f"line{number}", 1000) for number in range(10, 10 + faulty)]
        self.all = [self.calm, self.still, *self.dead.values(), *self.faulty]
        bench.configure("m", {"channels": [line.channel() for line in self.all],
                              "tags": [each for line in self.all for each in line.tags()]})
        self.client = bench.busbar("m", "iec102-client", "--id", "m", "redis", "--host", bench.socket)
        bench.wait_running("m")
        self.wait_good(self.all, [""] * len(self.all), "every meter is read")
        shown = wait_for(lambda: bench.status("m").get("line"), "the status shows the lines")
        channels = {channel["channel"]: channel for channel in json.loads(shown)}
        for line in self.all:
            line.gateway = channels[line.name]["gateways"][0]["port"]

    def wait_good(self, lines, moments, sentence, limit=30):
        missing = dict(zip(lines, moments))

        def none_is_missing():
            for line in list(missing):
                if line.is_good(self.bench, FAULTY, missing[line]) and line.is_good(self.bench, OTHER, missing[line]):
                    del missing[line]
            return not missing
        try:
            wait_for(none_is_missing, sentence, limit, every=0.1)
        except AssertionError as failure:
            raise type(failure)(f"{failure}: {[line.name for line in missing]}") from None
        return True
