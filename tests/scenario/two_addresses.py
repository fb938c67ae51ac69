#!/usr/bin/python3
"""Test cases 60 and 156 with real programs: a station with two addresses (one event buffer behind two networks). One
connection transfers data, the other is connected and tested. The one in use is reset, falls silent, or is switched over by
request, again and again: the other goes on at once, the control room misses nothing, and per object the order stands.

usage: two_addresses.py [--seed N]
"""
import argparse
import json
import subprocess
import sys
import time
from pathlib import Path

from harness import check, free_port, run_story, wait_for
from takeover import Tail, seconds

JUDGE = Path(__file__).with_name("judge_events.py")
RATE, EVENTS = 200, 8000
T1, T3 = 3, 4
ROUNDS = ("reset", "switch_over", "stall", "switch_over", "reset", "refuse", "switch_over")


class Chain:
    def __init__(self, bench):
        self.bench, self.asked = bench, 0
        bench.store(persistent=True)
        server_port, rtu_port = free_port(), free_port()
        bench.server("server", server_port)
        bench.wait_running("server")
        bench.busbar("room", "sim", "scada", "--port", server_port, "--quiet", "--reconnect", "--no-interrogation", "--log",
                     bench.folder / "room.jsonl")
        room = Tail(bench.folder / "room.jsonl")
        wait_for(lambda: any(line["what"] == "transfer_started" for line in room.read()), "the control room is connected")
        self.networks = {}
        for name in ("one", "two"):
            port = free_port()
            self.networks[f"127.0.0.1:{port}"] = bench.proxy(f"network-{name}", f"127.0.0.1:{port}", f"127.0.0.1:{rtu_port}")
        first, second = self.networks
        bench.configure("client", {"network": {"port": int(first.split(":")[1]), "backup": [second]}, "reconnect": 0.2,
                                   "protocol": {"t1": T1, "t2": 1, "t3": T3}, "streams": {"max_length": 1_000_000}})
        self.rtu = bench.busbar("rtu", "sim", "rtu", "--port", rtu_port, "--numbered", 10, "--events-per-second", RATE, "--total",
                                EVENTS, "--log", bench.folder / "rtu.jsonl", "--t1", T1, "--t2", 1, "--t3", T3)
        wait_for(lambda: any(line["what"] == "listening" for line in self.rtu.lines()), "the RTU listens")
        bench.busbar("client", "iec104-client", "--id", "client", "redis", "--host", bench.socket)
        self.log = Tail(bench.folder / "rtu.jsonl")

    def line(self):
        return json.loads(self.bench.status("client").get("line", "{}"))

    def transfers(self):
        """The addresses as the status has them: (that which transfers data, those that stand by, tested)."""
        addresses = self.line().get("addresses", [])
        started = [a["peer"] for a in addresses if a["transfer"] == "started"]
        check(len(started) <= 1, f"never two are started: {addresses}")
        return started, [a["peer"] for a in addresses if a["transfer"] == "stopped" and a["link"] == "tested"]

    def settled(self):
        """One transfers, the other stands by and has answered a test."""
        started, tested = wait_for(lambda: (lambda s, t: (s, t) if s and t else None)(*self.transfers()),
                                   "one address transfers data, the other stands by, tested", 4 * T3 + 10, every=0.2)
        return started[0], tested[0]

    def ask(self, action, **data):
        self.asked += 1
        self.bench.ask("XADD", "connectors:client:requests", "*", "id", self.asked, "action", action, "data", json.dumps(data))

    def strike(self, kind, used, other):
        """What happens to the address in use; returns how long it may take until the other transfers data."""
        if kind == "switch_over":
            self.ask("switch_over", address=other)
        elif kind == "refuse":  # comes back only when it is allowed to
            self.networks[used].tell("refuse")
            self.networks[used].tell("reset")
        else:
            self.networks[used].tell(kind)
        return T3 + T1 + 2 if kind == "stall" else 2


def two_addresses(bench):
    chain = Chain(bench)
    first = next(iter(chain.networks))
    used, other = chain.settled()
    check(used == first, "the first address is used at the start")
    for number, kind in enumerate(ROUNDS):
        struck = int(time.time() * 1000) / 1000  # as the logs have it
        limit = chain.strike(kind, used, other)
        started = wait_for(lambda: chain.log.first_after(struck, "transfer_started"), f"data flows again after {kind}", limit + 10)
        took = seconds(started["at"]) - struck
        print(f"{kind}: {took:.2f} s", flush=True)
        check(took <= limit, f"after {kind} the other goes on within {limit} s, and it took {took:.2f} s")
        if kind == "switch_over":
            stopped = [line for line in chain.log.lines if line["what"] == "transfer_stopped" and struck <= seconds(line["at"])]
            check(stopped and stopped[0]["at"] <= started["at"] and stopped[0]["connection"] != started["connection"],
                  f"STOPDT on the one, then STARTDT on the other: {stopped}, {started}")
        wait_for(lambda: chain.transfers()[0] == [other], f"the status says that {other} is in use", 10)
        chain.networks[used].tell("resume")
        chain.networks[used].tell("accept")
        chain.networks[used].tell("normal")
        used, other = chain.settled()
        if number == 0:
            wait_for(lambda: chain.log.read() and any(line["what"] == "acknowledged" for line in chain.log.lines[-200:]), "events flow")
    judge(chain)


def judge(chain):
    verdict = {}

    def good():
        verdict["last"] = subprocess.run([sys.executable, JUDGE, "--rtu", chain.bench.folder / "rtu.jsonl", "--room",
                                          chain.bench.folder / "room.jsonl"], capture_output=True, text=True)
        return verdict["last"].returncode == 0
    try:
        wait_for(good, "every event reaches the control room in order", 60, every=0.5)
    finally:
        print(verdict["last"].stdout, verdict["last"].stderr, flush=True)


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--seed", type=int)
    chosen = arguments.parse_args()
    sys.argv[1:] = [] if chosen.seed is None else [str(chosen.seed)]
    run_story(two_addresses)
