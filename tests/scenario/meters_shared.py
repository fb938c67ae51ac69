#!/usr/bin/python3
"""The line of a meter client is shared: a second meter client reads the same meter through a gateway of the first, while the
simulated meter watches that they do not mix; and every octet from 00 to FF passes a gateway both ways."""
import json
import shutil

from harness import check, free_port, run_story, skip, wait_for
from meters import POWER, Other, good, tag

OCTETS = bytes(range(256))


def channel(name, port, gateway=None):
    gateways = [{"port": gateway, "interface": "127.0.0.1"}] if gateway else []
    return {"name": name, "request_timeout_ms": 500, "gateways": gateways,
            "connection": {"type": "tcp", "host": "127.0.0.1", "port": port, "reconnect_delay_ms": 1000},
            "devices": [{"name": "one", "link_address": 1, "point_address": 1, "password": "7"}]}


def meters_shared(bench):
    if not shutil.which("socat"):
        skip("socat is not installed")
    bench.store()
    port, gateway, echo, raw = free_port(), free_port(), free_port(), free_port()
    log = bench.folder / "meter.jsonl"
    sim = bench.busbar("meter", "sim", "meter", "--port", port, "--password", 7, "--strict", "--log", log)
    bench.start("echo", "socat", f"TCP-LISTEN:{echo},bind=127.0.0.1,reuseaddr,fork", "PIPE")
    bench.configure("m", {"channels": [channel("line", port, gateway),
                                       {**channel("echo", echo, raw), "devices": []}],
                          "tags": [tag("power", "line/one", "power.active.total", POWER)]})
    first = bench.busbar("m", "iec102-client", "--id", "m", "redis", "--host", bench.socket)
    bench.wait_running("m")
    wait_for(lambda: good(bench, POWER), "the first client has the value")

    bench.configure("n", {"channels": [channel("line", gateway)],
                          "tags": [{**tag("power", "line/one", "power.active.total", POWER), "casdu": 8}]})
    second = bench.busbar("n", "iec102-client", "--id", "n", "redis", "--host", bench.socket)
    theirs = wait_for(lambda: (bench.image(8, POWER) or {}).get("value") is not None and not bench.image(8, POWER).get("quality")
                      and bench.image(8, POWER), "the second one reads the meter through the gateway")
    held = bench.image(7, POWER)
    wait_for(lambda: bench.image(8, POWER)["received"] > theirs["received"], "again and again")
    check(bench.image(7, POWER) == held, f"while the first one waits with a good value: {held}")
    check(not held.get("quality"), f"{held}")
    check(second.stop() == 0, "the second one leaves")
    wait_for(lambda: bench.image(7, POWER)["received"] > held["received"], "the first one reads again")

    other = Other(raw)
    check(other.ask(OCTETS, len(OCTETS)) == OCTETS, "every octet passes, in order")
    check(other.ask(OCTETS[::-1] * 16, len(OCTETS) * 16) == OCTETS[::-1] * 16, "many of them too")

    check(first.stop() == 0, "stops in good order")
    check(sim.stop() == 0, f"no violation of the protocol: {sim.text()[-500:]}")
    frames = [line["octets"] for line in map(json.loads, log.read_text().splitlines())
              if line.get("what") == "received" and "octets" in line]
    starts = [at for at, frame in enumerate(frames) if frame.startswith("1049")]
    check(len(starts) == 3, f"three sessions, one after the other: {len(starts)}")
    for at in starts:
        check(frames[at + 1].startswith("1040") and frames[at + 2][14:16] == "b7", f"49, 40, 183: {frames[at:at + 3]}")
    for at in starts[1:]:
        check("bb" in (frames[at - 2][14:16], frames[at - 1][14:16]), f"after a logout: {frames[at - 2:at]}")


if __name__ == "__main__":
    run_story(meters_shared)
