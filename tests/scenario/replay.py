#!/usr/bin/python3
"""What a captured station sent goes through the whole chain: sim rtu --replay -> client connector -> store -> server
connector -> sim scada. Every object arrives with value, quality and time tag as recorded, with the cause as the option
says, and lies in the store as the contract has it.

usage: replay.py CAPTURE standard|verbatim [seed]
"""
import json
import sys

import harness
from harness import SHARED, SOURCE, check, free_port, read_expected, run_story, skip, wait_for

FORWARDED = {1: (2, 3, 11, 12), 3: (2, 3, 11, 12), 11: (1, 2, 3), 13: (1, 2, 3), 30: (3, 11, 12)}


def sent_events(rows, policy):
    """What the control room must see, in order: (ca, ioa, type, raw, cause). Interrogated repeats are not events."""
    known, events = {}, []
    for row in rows:
        if row["dir"] != "m" or not row["ioa"] or not 0 < int(row["type"]) < 45 or row["q"].startswith("!"):
            continue
        key, cause, type_id = (int(row["ca"]), int(row["ioa"])), int(row["cot"]), int(row["type"])
        value = (type_id, row["raw"])
        interrogated = cause == 5 or 20 <= cause <= 41
        if interrogated and known.get(key) == value:
            continue
        known[key] = value
        if policy == "standard":
            cause = cause if cause in FORWARDED.get(type_id, (3,)) else 3
        events.append((*key, type_id, row["raw"].lower(), cause))
    return events


def expected_value(row):
    type_id, text = int(row["type"]), row["value"]
    return text == "1" if type_id in (1, 2, 30) else int(text)


def story(capture, policy, bench):
    rows = read_expected(capture)
    path = next((p for p in (SOURCE / f"tests/captures/{capture}.pcap", SHARED / f"captures/{capture}.pcap") if p.exists()), None)
    if rows is None or path is None:
        skip(f"the capture {capture} is not here")
    want = sent_events(rows, policy)
    check(len(want) > 0, "the capture has events")
    bench.store()
    rtu_port, scada_port = free_port(), free_port()
    bench.server("srv", scada_port, {"cause": policy})
    bench.wait_running("srv")
    scada = bench.busbar("scada", "sim", "scada", "--port", scada_port, "--json", "--no-interrogation", "--reconnect")
    wait_for(lambda: any("started" in json.dumps(line) for line in scada.lines()), "the control room's transfer starts")
    bench.busbar("rtu", "sim", "rtu", "--port", rtu_port, "--replay", path, "--speed", "max")
    bench.client("rtu-1", rtu_port, "--stream-max-length", 100000)

    def objects():
        return [(o["casdu"], o["ioa"], o["type"], o["raw"].lower(), o["cot"])
                for o in scada.lines() if "ioa" in o and "raw" in o and 0 < o.get("type", 0) < 45]

    wait_for(lambda: len(objects()) >= len(want), f"all {len(want)} events reach the control room", 60)
    got = objects()
    by_object = lambda events: {k: [e for e in events if e[:2] == k] for k in {e[:2] for e in events}}
    for key, events in by_object(want).items():
        check(by_object(got).get(key) == events, f"object {key}: expected {events[:5]}…, got {by_object(got).get(key, [])[:5]}…")

    last = {}
    for row in rows:
        if row["dir"] == "m" and row["ioa"] and 0 < int(row["type"]) < 45:
            last[(int(row["ca"]), int(row["ioa"]))] = row
    for (casdu, ioa), row in last.items():
        point = bench.image(casdu, ioa)
        check(point and point["type"] == int(row["type"]), f"image of {casdu}/{ioa}: {point}")
        check(point["value"] == expected_value(row), f"value of {casdu}/{ioa}: {point}, recorded {row['value']}")
        flags = {flag for flag in row["q"].split(",") if flag in ("IV", "NT", "SB", "BL", "OV")}
        check(set(point.get("quality", [])) == flags, f"quality of {casdu}/{ioa}: {point}, recorded {row['q']}")
        check(point["casdu"] == casdu and point["ioa"] == ioa and point["source"] == "rtu-1" and "received" in point,
              f"members of {casdu}/{ioa}: {point}")
    print(f"{len(want)} events of {len(last)} objects")


if __name__ == "__main__":
    capture, policy = sys.argv[1:3]
    del sys.argv[1:3]

    def replay(bench):
        story(capture, policy, bench)

    run_story(replay)
