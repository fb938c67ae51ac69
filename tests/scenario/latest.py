#!/usr/bin/python3
"""A control room is away for long of the stream's time: of a measured value that the mapping calls `latest` it gets
only some of the values, the newest among them; of everything else it gets every event, in order."""
import json
import time

from harness import check, free_port, run_story, wait_for

STREAM = "process:updates"
SECONDS = 6000
LATEST, FULL, STATUS = 1, 2, 3


def add(store, at, ioa, type_, value):
    point = {"casdu": 1, "ioa": ioa, "type": type_, "value": value, "cot": 3}
    store("XADD", STREAM, f"{at}-*", "casdu", 1, "ioa", ioa, "source", "script", "data", json.dumps(point))


def values(log, ioa):
    if not log.exists():
        return []
    return [line["value"] for line in map(json.loads, log.read_text().splitlines())
            if line["what"] == "object" and line["ioa"] == ioa and line["cot"] == 3]


def latest(bench):
    bench.store()
    port, log = free_port(), bench.folder / "room.jsonl"
    begin = int(time.time() * 1000) - (SECONDS + 60) * 1000
    store = bench.resp()
    for ioa, type_ in ((LATEST, 13), (FULL, 13), (STATUS, 3)):
        add(store, begin, ioa, type_, 1)
    bench.server("srv", port, {"redundancy_groups": [{"name": "scada", "clients": ["127.0.0.1"], "required": False}]},
                 {"points": [{"casdu": 1, "ioa": LATEST, "latest": True}, {"casdu": 1, "ioa": STATUS, "latest": True}]})
    bench.wait_running("srv")
    room = ("sim", "scada", "--port", port, "--quiet", "--no-interrogation", "--log", log)
    first = bench.busbar("room-before", *room)
    wait_for(lambda: bench.ask("EXISTS", "connectors:srv:cursor:scada"), "the group has a cursor")
    first.stop()
    for second in range(1, SECONDS + 1):
        for ioa, type_ in ((LATEST, 13), (FULL, 13), (STATUS, 3)):
            add(store, begin + second * 1000, ioa, type_, second if ioa != STATUS else second % 3)
    wait_for(lambda: int(bench.status("srv").get("events", 0)) >= SECONDS * 3, "the server has seen all")

    bench.busbar("room-after", *room)
    wait_for(lambda: values(log, FULL)[-1:] == [SECONDS], "the newest value came", 60)
    full, some, status = (values(log, ioa) for ioa in (FULL, LATEST, STATUS))
    check(full[-SECONDS:] == list(range(1, SECONDS + 1)), f"every value that is not `latest`: {len(full)}")
    check(status[-SECONDS:] == [second % 3 for second in range(1, SECONDS + 1)], f"every status event: {len(status)}")
    check(some[-1] == SECONDS and some == sorted(some), f"the newest, in order: {some[-5:]}")
    check(20 <= len(some) <= SECONDS / 4, f"{len(some)} of {SECONDS} values")
    print(f"{len(some)} of {SECONDS} values of a point that is `latest`, all {SECONDS} of the others")


if __name__ == "__main__":
    run_story(latest)
