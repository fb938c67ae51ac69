#!/usr/bin/python3
"""No event is lost: two simulated RTUs raise numbered events as fast as the chain takes them, while client connectors,
server connector, control rooms and store are killed and lines are cut, at random moments and at the moments that hurt:
after XADD, before SET, before the S-frame, before the cursor is saved. judge_events.py has the last word.

usage: event_kills.py [--events 20000] [--kills 25] [--groups] [--clocks] [--only REGEX] [--rate N] [--watch]
                      [--seed N]
--groups: two redundancy groups, one of them with two control rooms that take the transfer from each other
--clocks: whatever is started again has a wall clock that is an hour or a year ahead, behind, or right
--only: only these faults happen
--rate: events a second of both RTUs together, instead of as many as the chain takes
--watch: tells memory and open files of the connectors after every tenth fault; neither may keep growing
"""
import argparse
import re
import subprocess
import sys
import time

from harness import SOURCE, free_port, run_story, stepped_clock, wait_for
from memory import Memory

OBJECTS = 10
HOUR, YEAR = 3600, 365 * 86_400
JUDGE = SOURCE / "tests/scenario/judge_events.py"


class Chain:
    """All programs, each with what starts it again."""

    def __init__(self, bench, events, rate, groups, clocks):
        self.bench, self.events, self.rate, self.groups, self.clocks = bench, events, rate, groups, clocks
        self.programs, self.starts, self.proxies = {}, {}, {}
        self.rtu_logs, self.room_logs, self.memory = [], {}, Memory()
        self.begin("store", lambda: bench.store(persistent=True, environment=self.clock()))
        for station in (1, 2):
            self.add_station(station)
        self.add_server()
        rooms = {"a": "127.0.0.2", "a2": "127.0.0.2", "b": "127.0.0.3"} if groups else {"a": "127.0.0.2"}
        for room, address in rooms.items():
            self.add_room(room, address)

    def begin(self, name, start):
        self.starts[name] = start
        self.programs[name] = start()

    def clock(self):
        """The environment of what is started now."""
        seconds = self.bench.random.choice([HOUR, -HOUR, YEAR, -YEAR, 0])
        return stepped_clock(seconds) if self.clocks else None

    def store_behind(self, name):
        """The store as this program sees it, through a proxy of its own."""
        path = self.bench.folder / f"{name}-store.sock"
        self.proxies[f"{name}-store"] = self.bench.proxy(f"{name}-store", path, self.bench.socket)
        return path

    def add_station(self, station):
        rtu_port, line_port, log = free_port(), free_port(), self.bench.folder / f"rtu{station}.jsonl"
        self.rtu_logs.append(log)
        self.bench.busbar(f"rtu{station}", "sim", "rtu", "--port", rtu_port, "--numbered", OBJECTS, "--casdu", station,
                          "--events-per-second", self.rate // 2, "--batch", 1000, "--total", self.events // 2,
                          "--buffer", self.events, "--start-delay", 2, "-k", 2, "-w", 1, "--log", log)
        self.proxies[f"line{station}"] = self.bench.proxy(f"line{station}", f"127.0.0.1:{line_port}", f"127.0.0.1:{rtu_port}")
        store = self.store_behind(f"client{station}")
        self.begin(f"client{station}", lambda: self.bench.busbar(
            f"client{station}", "iec104-client", "--id", f"client{station}", "client", "--host", "127.0.0.1",
            "--port", line_port, "--reconnect", 0.2, "--reconnect-max", 0.2, "-w", 1, "-k", 2,
            "redis", "--host", store, "--stream-max-length", 10_000_000, environment=self.clock()))

    def add_server(self):
        self.server_port = free_port()
        config = {"network": {"host": "127.0.0.1", "port": self.server_port, "any_port": True, "max_connections": 20}}
        if self.groups:
            config["redundancy_groups"] = [{"name": "a", "clients": ["127.0.0.2"]}, {"name": "b", "clients": ["127.0.0.3"]}]
        store = self.store_behind("server")
        self.bench.configure("server", config)
        self.begin("server", lambda: self.bench.busbar("server", "iec104-server", "--id", "server", "redis", "--host", store,
                                                        environment=self.clock()))
        self.bench.wait_running("server")

    def add_room(self, room, address):
        port, log = free_port(), self.bench.folder / f"room-{room}.jsonl"
        self.room_logs.setdefault(room[0], []).append(log)
        self.proxies[f"room-{room}"] = self.bench.proxy(f"room-{room}-line", f"127.0.0.1:{port}",
                                                        f"127.0.0.1:{self.server_port}", f"{address}:0")
        self.begin(f"room-{room}", lambda: self.bench.busbar(
            f"room-{room}", "sim", "scada", "--port", port, "--quiet", "--reconnect", "--reconnect-delay", 0.2 if room != "a2" else 1.5,
            "--no-interrogation", "--log", log))

    def kill(self, name):
        self.programs[name].kill()
        time.sleep(self.bench.random.uniform(0, 0.3))
        self.programs[name] = self.starts[name]()

    def watch(self):
        watched = {name: program for name, program in self.programs.items() if name.startswith(("client", "server"))}
        print("kB, open files:", self.memory.read(watched), flush=True)

    def progress(self):
        return sum(log.stat().st_size for logs in self.room_logs.values() for log in logs if log.exists())

    def judge(self):
        rooms = [",".join(map(str, logs)) for logs in self.room_logs.values()]
        return subprocess.run([sys.executable, JUDGE, "--rtu", *self.rtu_logs, "--room", *rooms], capture_output=True, text=True)


def faults(chain):
    """What can happen, by name."""
    random = chain.bench.random
    happen = {f"kill {name}": (lambda name=name: chain.kill(name)) for name in chain.programs}
    for name, proxy in chain.proxies.items():
        happen[f"cut {name}"] = lambda proxy=proxy: proxy.tell("reset")

    def at(proxy, order, victim):
        """Cut at a named step; half of the time the process dies of it, too."""
        def strike():
            chain.proxies[proxy].tell(order.format(random.randrange(1, 40)))
            time.sleep(random.uniform(0.02, 0.1))
            if random.random() < 0.5:
                chain.kill(victim)
        return strike

    for station in (1, 2):
        client = f"client{station}"
        happen[f"after XADD {station}"] = at(f"{client}-store", "reset-before-reply XADD {}", client)
        happen[f"before SET {station}"] = at(f"{client}-store", "reset-before SET=process:image: {}", client)
        happen[f"before S-frame {station}"] = at(f"line{station}", "reset-requests-after 1", client)
    for room in (name for name in chain.programs if name.startswith("room-")):
        def lost_on_the_way(line=chain.proxies[room]):
            """The server dies when it has sent what never arrives."""
            line.tell("stall")
            time.sleep(0.15)
            chain.kill("server")
            line.tell("reset")
            line.tell("resume")
        happen[f"lost on the way to {room}"] = lost_on_the_way
    happen["before cursor"] = at("server-store", "reset-before SET=connectors:server:cursor: 1", "server")
    return happen


def story(bench, chosen):
    chain = Chain(bench, chosen.events, chosen.rate, chosen.groups, chosen.clocks)
    happen = {name: strike for name, strike in faults(chain).items() if re.search(chosen.only, name)}
    wait_for(lambda: chain.progress() > 10_000, "events reach the control room", 60)
    struck, octets_an_event = {}, 330 * (2 if chosen.groups else 1)
    share = chosen.events * octets_an_event // (chosen.kills + 5)  # of the control rooms' logs
    for number in range(chosen.kills):
        mark = chain.progress() + share
        kind = bench.random.choice(sorted(happen))
        happen[kind]()
        struck[kind] = struck.get(kind, 0) + 1
        if chosen.watch and number % 10 == 9:
            chain.watch()
        if bench.random.random() < 0.2:
            continue  # the next one strikes before this one is over
        wait_for(lambda: chain.progress() >= mark or number_done(chain), f"events flow again after {kind}", 60, every=0.01)
    print(f"{sum(struck.values())} faults: {struck}", flush=True)
    for proxy in chain.proxies.values():
        proxy.tell("normal")
    verdict = {}

    def good():
        verdict["last"] = chain.judge()
        return verdict["last"].returncode == 0
    try:
        wait_for(good, "every event reaches every control room in order", 120 + chosen.events // 20_000, every=1)
        chain.memory.check_flat()
    finally:
        print(verdict["last"].stdout, verdict["last"].stderr, flush=True)


def number_done(chain):
    """All events are acknowledged by the chain: nothing more will flow."""
    def is_done(log):
        with open(log, "rb") as file:
            file.seek(max(0, file.seek(0, 2) - 1_000_000))
            return f'"to":{chain.events // 2}}}'.encode() in file.read()
    return all(is_done(log) for log in chain.rtu_logs)


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--events", type=int, default=20_000)
    arguments.add_argument("--kills", type=int, default=25)
    arguments.add_argument("--groups", action="store_true")
    arguments.add_argument("--only", default="")
    arguments.add_argument("--rate", type=int, default=2_000_000)
    arguments.add_argument("--watch", action="store_true")
    arguments.add_argument("--clocks", action="store_true")
    arguments.add_argument("--seed", type=int)
    chosen = arguments.parse_args()
    sys.argv[1:] = [] if chosen.seed is None else [str(chosen.seed)]

    def event_kills(bench):
        story(bench, chosen)

    run_story(event_kills)
