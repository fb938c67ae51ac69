#!/usr/bin/python3
"""Commands and parameters while client connectors, server connector and store are killed, stopped for a while, and entries repeated, all at
random from a printed seed. Judged by command_judge.py: none is executed twice or too late, none is confirmed that the RTU
did not execute, none refused that it did.

usage: command_kills.py [--count 300] [--seed N]
"""
import argparse
import json
import signal
import subprocess
import sys
import time
from pathlib import Path

from command_chain import ControlRoom, command_points
from harness import check, free_port, run_story, wait_for

MAX_AGE = 2.0
OBJECTS = {**{6001 + i: 51 for i in range(40)}, **{7001 + i: 112 for i in range(10)}}  # commands, and parameters
COUNT = 300


class Chain:
    def __init__(self, bench):
        self.later, self.store_away = [], False
        self.bench, self.entries_file = bench, bench.folder / "entries.jsonl"
        self.read_up_to = {"process:commands": "0", "process:command-results": "0"}
        self.rtu_port, self.scada_port = free_port(), free_port()
        rows = [f"[[point]]\ncasdu = 1\nioa = {ioa}\ntype = {type_}\n" +
                (f"delay = {0.02 * (i % 5)}\nrunning = 0.05\n" if type_ == 51 else "of = 1\n")
                for i, (ioa, type_) in enumerate(OBJECTS.items())]
        rows.append("[[point]]\ncasdu = 1\nioa = 1\ntype = 13\n")
        (bench.folder / "points.toml").write_text("\n".join(rows))
        bench.busbar("rtu", "sim", "rtu", "--port", self.rtu_port, "--points", bench.folder / "points.toml",
                     "--events-per-second", 0, "--log", bench.folder / "rtu.jsonl")
        self.store = bench.store(persistent=True)
        config = {"stations": [{"casdu": 1}], "commands": {"max_age": MAX_AGE}, "reconnect": 0.2}
        bench.ask("SET", "connectors:client:config", json.dumps(config))
        self.server = bench.server("srv", self.scada_port, config={"commands": {"max_age": MAX_AGE}},
                                   mapping={"points": command_points(1, OBJECTS)})
        self.clients = {name: self.start_client(name) for name in ("a", "b")}  # one stands by
        bench.wait_running("client", "srv")
        self.room = ControlRoom(bench, "scada", self.scada_port, "--reconnect", "--reconnect-delay", "0.2", "--log",
                                bench.folder / "scada.jsonl")

    def start_client(self, instance):
        return self.bench.busbar(f"client-{instance}", "iec104-client", "--id", "client", "--instance", instance, "client",
                                 "--host", "127.0.0.1", "--port", self.rtu_port, "redis", "--host", self.bench.socket)

    def start_server(self):
        return self.bench.busbar("srv", "iec104-server", "--id", "srv", "redis", "--host", self.bench.socket)

    def collect(self):
        """The streams are bounded; what is in them goes to a file before it is trimmed."""
        with open(self.entries_file, "a") as file:
            for stream, last in self.read_up_to.items():
                for entry, words in self.bench.ask("XRANGE", stream, "(" + last if last != "0" else "-", "+"):
                    fields = dict(zip(words[::2], words[1::2]))
                    file.write(json.dumps({"stream": stream, "entry": entry, "fields": fields}) + "\n")
                    self.read_up_to[stream] = entry

    # --- what goes wrong
    def kill_client(self):
        name = self.bench.random.choice(sorted(self.clients))
        self.clients[name].kill()
        self.clients[name] = self.start_client(name)

    def kill_server(self):
        self.server.kill()
        self.server = self.start_server()

    def kill_store(self):
        if self.store_away:
            return
        self.collect()
        self.store.kill()
        self.store_away = True
        self.do_later(self.bench.random.choice([0, 0.5, MAX_AGE + 0.5]), self.start_store)

    def start_store(self):
        self.store = self.bench.store(persistent=True)
        self.store_away = False

    def pause(self):
        """A moment, longer than a command's time, or longer than a lease."""
        program = self.bench.random.choice([*self.clients.values(), self.server, self.store])
        if program is self.store and self.store_away:
            return
        self.store_away |= program is self.store
        program.signal(signal.SIGSTOP)
        self.do_later(self.bench.random.choice([0.3, MAX_AGE + 0.5, 4.0]), lambda: self.resume(program))

    def resume(self, program):
        if program.alive():
            program.signal(signal.SIGCONT)
        if program is self.store:
            self.store_away = False

    def repeat(self):
        """The newest entries once more, as a writer that tries again or a restored store might."""
        if self.store_away:
            return
        for _, words in self.bench.ask("XREVRANGE", "process:commands", "+", "-", "COUNT", 5):
            self.bench.ask("XADD", "process:commands", "*", *words)

    def do_later(self, delay, work):
        self.later.append((time.monotonic() + delay, work))

    def do_due(self, everything=False):
        for entry in sorted(self.later, key=lambda entry: entry[0]):
            if everything or entry[0] <= time.monotonic():
                self.later.remove(entry)
                entry[1]()

    def go_wrong(self):
        what = self.bench.random.choice([self.kill_client] * 3 + [self.kill_server] * 2 + [self.kill_store] * 2 +
                                        [self.pause] * 2 + [self.repeat] * 3)
        what()
        return what.__name__


class Counting:
    """Commands that left, without reading all of a long log again and again."""

    def __init__(self, log):
        self.log, self.at, self.seen = log, 0, 0

    def __call__(self):
        with open(self.log, "rb") as file:
            file.seek(self.at)
            text = file.read()
        end = text.rfind(b"\n") + 1
        self.at += end
        self.seen += text[:end].count(b'"what":"command",')
        return self.seen


def command_kills(bench):
    chain = Chain(bench)
    wait_for(lambda: bench.ask("EXISTS", "process:owner:1"), "the station has an owner")
    time.sleep(1)
    log = bench.folder / "scada.jsonl"
    left, number, collected, troubles, next_trouble = Counting(log), 0, 0, {}, time.monotonic() + 1
    while left() < COUNT:
        for _ in range(bench.random.randint(1, 3)):
            number += 1
            ioa, type_ = list(OBJECTS.items())[number % len(OBJECTS)]
            chain.room.say(f"command {type_} 1 {ioa} {number} qualifier={3 if type_ == 112 else 0}")
        time.sleep(bench.random.uniform(0.02, 0.2))
        chain.do_due()
        if time.monotonic() > next_trouble:
            name = chain.go_wrong()
            troubles[name] = troubles.get(name, 0) + 1
            next_trouble = time.monotonic() + bench.random.uniform(0.1, 1.0)
        if number // 400 > collected and not chain.store_away:
            chain.collect()
            collected = number // 400
        check(number < 200 * COUNT + 100_000, "commands leave at all")
    chain.do_due(everything=True)
    time.sleep(MAX_AGE + 11)  # the last confirmation limit
    chain.collect()
    chain.room.program.stop()
    print(f"troubles: {troubles}", flush=True)
    judged = subprocess.run([sys.executable, Path(__file__).with_name("command_judge.py"), "--rtu", bench.folder / "rtu.jsonl",
                             "--scada", log, "--entries", chain.entries_file, "--max-age", str(MAX_AGE)],
                            capture_output=True, text=True, timeout=600)
    print(judged.stdout, end="", flush=True)
    check(judged.returncode == 0, f"the judge: {judged.stdout[-3000:]}{judged.stderr}")
    check(" 0 confirmed" not in judged.stdout, "some were confirmed")


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--count", type=int, default=COUNT)
    parser.add_argument("--seed", type=int)
    options = parser.parse_args()
    COUNT = options.count
    sys.argv[1:] = [] if options.seed is None else [str(options.seed)]
    run_story(command_kills)
