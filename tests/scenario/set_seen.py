#!/usr/bin/python3
"""A program that does nothing but SET an image key: SCADA has the value within a second, whatever the moment, while a
substation keeps the line busy; told by keyspace notifications, or where the store does not permit these.

usage: set_seen.py notified|rescanned [seed]
"""
import json
import sys
import time

from harness import check, free_port, received_at, run_story, wait_for

SETS, LIMIT_S = 40, 1.0


def receipt_of(scada, value):
    """When SCADA had it by its own words; how fast this script looks does not matter."""
    return next((received_at(o) for o in reversed(scada.lines()) if o.get("casdu") == 77 and o.get("value") == value), None)


def set_seen(bench, mode):
    bench.store()
    if mode == "rescanned":
        bench.ask("ACL", "SETUSER", "default", "-config|set")
    rtu_port, scada_port = free_port(), free_port()
    bench.busbar("rtu", "sim", "rtu", "--port", rtu_port, "--generate", 200, "--casdu", 11, "--events-per-second", 100)
    bench.client("client", rtu_port)
    server = bench.server("srv", scada_port)
    bench.wait_running("client", "srv")
    scada = bench.busbar("scada", "sim", "scada", "--port", scada_port, "--json", "--reconnect")
    watch = {"notified": "keyspace notifications", "rescanned": "looking at the whole image again and again"}[mode]
    wait_for(lambda: f"image_watch: SETs of other programs: {watch}" in server.text(), f"SETs are {mode}")
    wait_for(lambda: sum("ioa" in line for line in scada.lines()) > 200, "SCADA has the image")

    waited = []
    for number in range(SETS):
        time.sleep(bench.random.uniform(0, 0.3))  # the phase against the connector's own steps
        began = time.time()
        bench.ask("SET", "process:image:casdu:77:ioa:7", json.dumps({"type": 36, "value": float(number)}))
        receipt = wait_for(lambda: receipt_of(scada, float(number)), f"SCADA has the SET of {number}")
        waited.append(receipt - began)
    waited.sort()
    print(f"{mode}: {SETS} SETs seen after {waited[0]:.3f} s at least, {waited[SETS // 2]:.3f} s in the middle, "
          f"{waited[-1]:.3f} s at most")
    check(waited[-1] <= LIMIT_S, f"a SET was seen after {waited[-1]:.3f} s")


if __name__ == "__main__":
    mode = sys.argv.pop(1)

    def story(bench):
        set_seen(bench, mode)

    run_story(story)
