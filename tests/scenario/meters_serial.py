#!/usr/bin/python3
"""A simulated meter on a serial line (pseudo-terminals of socat): its values come, two gateways take the line from one
another by priority, tags go out of service when that takes too long, an idle client is disconnected, and the line comes back."""
import json
import shutil

from harness import check, free_port, run_story, skip, wait_for
from meters import POWER, Other, fixed, good, state_of, tag


def meters_serial(bench):
    if not shutil.which("socat"):
        skip("socat is not installed")
    bench.store()
    ours, theirs = bench.folder / "line", bench.folder / "meter"
    cable = bench.start("cable", "socat", f"PTY,raw,echo=0,link={ours}", f"PTY,raw,echo=0,link={theirs}")
    wait_for(lambda: ours.exists() and theirs.exists(), "socat has made the line")
    sim = bench.busbar("meter", "sim", "meter", "--serial", theirs, "--link-address", 1, "--password", 7, "--strict")
    high, low = free_port(), free_port()
    bench.configure("m", {
        "channels": [{"name": "COM1", "request_timeout_ms": 500, "gateway_lock_limit_ms": 1500,
                      "connection": {"type": "serial", "port": str(ours), "reconnect_delay_ms": 1000},
                      "gateways": [{"port": high, "interface": "127.0.0.1", "priority": 1, "inactivity_timeout_ms": 3000},
                                   {"port": low, "interface": "127.0.0.1", "priority": 2, "inactivity_timeout_ms": 0}],
                      "devices": [{"name": "one", "link_address": 1, "point_address": 1, "password": "7"}]}],
        "tags": [tag("power", "COM1/one", "power.active.total", POWER)]})
    client = bench.busbar("m", "iec102-client", "--id", "m", "redis", "--host", bench.socket)
    bench.wait_running("m")
    wait_for(lambda: good(bench, POWER), "the value comes over the serial line")
    interval = wait_for(lambda: state_of(bench, "COM1/one").get("intervals_ms", {}).get("193"), "the rate is measured")
    check(100 <= interval <= 2000, f"one reading in {interval} ms")

    first = Other(low)
    check(first.ask(fixed(0x49, 1), 6) == fixed(0x0B, 1), "the client of low priority talks to the meter")
    check(good(bench, POWER), "its tags are still good")
    wait_for(lambda: bench.image(7, POWER).get("reason") == "out of service", "not for longer than the lock limit")
    second = Other(high)
    wait_for(first.is_closed, "a client of higher priority takes the line from it")
    check(second.identification() == bytes.fromhex("470105"), "and talks to the meter")
    third = Other(low)
    wait_for(third.is_closed, "the other way round it is refused")
    line = json.loads(bench.status("m")["line"])[0]
    check(line["link"] == "gateway", f"the status says so: {line}")
    wait_for(second.is_closed, "an idle client is disconnected", limit=10)
    wait_for(lambda: good(bench, POWER), "then the meter is read again")

    cable.stop()
    wait_for(lambda: not good(bench, POWER), "the port is gone")
    cable = bench.start("cable-again", "socat", f"PTY,raw,echo=0,link={ours}", f"PTY,raw,echo=0,link={theirs}")
    wait_for(lambda: ours.exists() and theirs.exists(), "socat has made the line again")
    sim.stop()
    bench.busbar("meter-again", "sim", "meter", "--serial", theirs, "--link-address", 1, "--password", 7)
    wait_for(lambda: good(bench, POWER), "and comes back by itself")
    check(client.stop() == 0, "stops in good order")


if __name__ == "__main__":
    run_story(meters_serial)
