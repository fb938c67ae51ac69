#!/usr/bin/python3
"""`busbar store` against a real store: what it shows, what it writes, and how it fails."""
import json
import os
import subprocess
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "scenario"))
from harness import PROGRAM, check, free_port, run_story, wait_for


def busbar_store(bench, *words, expect=0):
    run = subprocess.run([PROGRAM, "store", *map(str, words)], capture_output=True, text=True, timeout=60,
                         env={**os.environ, "BUSBAR_REDIS_HOST": str(bench.socket)})
    check(run.returncode == expect, f"store {words}: exit code {run.returncode}, not {expect}: {run.stderr}")
    return run


def lines(run):
    return [json.loads(line) for line in run.stdout.splitlines()]


def get_and_set(bench):
    busbar_store(bench, "get", 150, 100, expect=1)
    busbar_store(bench, "set", 150, 100, "--type", 36, "--value", 23.5, "--quality", "NT,IV", "--time",
                 "2026-11-21T09:00:00.123Z")
    wanted = {"casdu": 150, "ioa": 100, "type": 36, "value": 23.5, "quality": ["IV", "NT"], "cot": 3,
              "time": "2026-11-21T09:00:00.123Z", "source": "busbar-store"}
    check(bench.image(150, 100) == wanted, f"the image key holds {bench.image(150, 100)}")
    check(lines(busbar_store(bench, "get", 150, 100, "--json")) == [wanted], "get shows what set wrote")
    check(bench.ask("KEYS", "*") == ["process:image:casdu:150:ioa:100"], "set writes the image key and nothing else")
    refused = busbar_store(bench, "set", 150, 100, "--type", 5, "--value", 64, expect=2)
    check("--value: " in refused.stderr, f"the option is named: {refused.stderr}")
    check(bench.image(150, 100) == wanted, "a refused value changes nothing")


def list_image(bench):
    for ioa in range(1, 21):
        busbar_store(bench, "set", 7, ioa, "--type", 1, "--value", "on")
    bench.ask("SET", "process:image:casdu:8:ioa:1", "{broken")
    bench.ask("SET", "process:image:casdu:08:ioa:1", "{}")
    shown = lines(busbar_store(bench, "list", "--json"))
    places = [(point["casdu"], point["ioa"]) for point in shown]
    check(places == [(7, ioa) for ioa in range(1, 21)] + [(8, 1), (150, 100)], f"all points, by address: {places}")
    check("error" in shown[20], "a text that is no point is shown as such")
    check(len(lines(busbar_store(bench, "list", "--json", "--casdu", 7))) == 20, "one station alone")
    few = busbar_store(bench, "list", "--json", "--limit", 3)
    check([point["ioa"] for point in lines(few)] == [1, 2, 3], "the first three")
    check("--limit 0" in few.stderr, "it says that there are more")


def watch_updates(bench):
    watch = bench.busbar("watch", "store", "--host", bench.socket, "watch", "--json", "--casdu", 7, "--count", 2)
    # Following begins where the stream ends when the connection is made: write until something is seen.
    ioa = 0

    def write():
        nonlocal ioa
        ioa += 1
        for casdu in (6, 7):
            bench.ask("XADD", "process:updates", "*", "casdu", casdu, "ioa", ioa, "source", "rtu-1", "data",
                      json.dumps({"type": 1, "value": True}))
        return not watch.alive()

    wait_for(write, "watch ends after two updates")
    check(watch.process.returncode == 0, f"exit code {watch.process.returncode}: {watch.text()}")
    seen = watch.lines()
    check(len(seen) == 2 and all(point["casdu"] == 7 and point["source"] == "rtu-1" for point in seen), f"saw {seen}")
    endless = bench.busbar("endless", "store", "--host", bench.socket, "watch")
    wait_for(lambda: "CASDU" in endless.output.read_text(), "watch has begun")
    check(endless.stop() == 0, "Ctrl-C and SIGTERM are a good end")


def health(bench):
    report = lines(busbar_store(bench, "health", "--json"))[0]
    check(report["durability"] == "memory" and report["connectors"] == [], f"health: {report}")
    now = int(time.time() * 1000)
    bench.ask("HSET", "connectors:good:status", "state", "Running", "heartbeat", now + 3_600_000, "version", "1")
    bench.ask("HSET", "connectors:gone:status", "state", "Stopped", "heartbeat", 1000, "version", "1")
    busbar_store(bench, "health")
    bench.ask("HSET", "connectors:lost:status", "state", "Running", "heartbeat", now - 11_000, "version", "1")
    report = lines(busbar_store(bench, "health", "--json", expect=1))[0]
    states = {connector["id"]: connector["state"] for connector in report["connectors"]}
    check(states == {"good": "Running", "gone": "Stopped", "lost": "lost"}, f"states: {states}")
    bench.ask("DEL", "connectors:lost:status")
    bench.ask("HSET", "connectors:good:status", "state", "Error", "detail", "port taken")
    check("port taken" in busbar_store(bench, "health", expect=1).stdout, "the reason is shown")


def trouble(bench):
    away = busbar_store(bench, "--host", "127.0.0.1", "--port", free_port(), "get", 1, 1, expect=1)
    check("the store at 127.0.0.1:" in away.stderr and away.stderr.count("\n") == 1, f"one line: {away.stderr}")
    bench.ask("CONFIG", "SET", "requirepass", "topsecret")
    refused = busbar_store(bench, "health", expect=1)
    check("NOAUTH" in refused.stderr, f"the store's reason: {refused.stderr}")
    wrong = busbar_store(bench, "--pwd", "wrongsecret", "health", expect=1)
    check("wrongsecret" not in wrong.stderr, "no password in a message")
    busbar_store(bench, "--pwd", "topsecret", "get", 150, 100)


def store_page(bench):
    bench.store()
    get_and_set(bench)
    list_image(bench)
    watch_updates(bench)
    health(bench)
    trouble(bench)


if __name__ == "__main__":
    run_story(store_page)
