#!/usr/bin/python3
"""A control room and its server connector (which would remember them) are away for 50,000 events while the stream keeps
1000: the gap is told, and afterwards the control room's picture equals the store's, point by point.

usage: trimmed.py [seed]
"""
import json

from harness import check, free_port, run_story, wait_for

OBJECTS, EVENTS = 500, 50_000


def picture(log):
    """The last value of each object that the control room has."""
    points = {}
    for line in log.read_text().splitlines():
        line = json.loads(line)
        if line["what"] == "object":
            points[line["casdu"], line["ioa"]] = (line["value"], line["quality"])
    return points


def image(bench):
    points = {}
    for ioa in range(1, OBJECTS + 1):
        point = bench.image(1, ioa)
        points[1, ioa] = (point["value"], point.get("quality", []))
    return points


def trimmed(bench):
    bench.store()
    scada_port, room_log = free_port(), bench.folder / "room.jsonl"
    server = bench.server("srv", scada_port)
    bench.wait_running("srv")
    room = ("sim", "scada", "--port", scada_port, "--quiet", "--no-interrogation", "--reconnect", "--reconnect-delay", 0.2,
            "--log", room_log)
    first = bench.busbar("room-before", *room)
    def station(name, rate, total, first_number):
        """An RTU, and the connector that brings all of its events into the store."""
        rtu = bench.busbar(f"rtu-{name}", "sim", "rtu", "--port", (port := free_port()), "--numbered", OBJECTS,
                           "--events-per-second", rate, "--batch", 10, "--total", total, "--buffer", total,
                           "--first-number", first_number, "--exit-when-done")
        client = bench.client("client", port, name=f"client-{name}")
        wait_for(lambda: not rtu.alive(), "the chain has all events", 60)
        client.stop()

    station("before", 1000, 1000, 1)
    wait_for(lambda: room_log.exists() and len(picture(room_log)) == OBJECTS, "every point is known")
    wait_for(lambda: bench.ask("GET", "connectors:srv:cursor:127.0.0.1") not in (None, "0-0"), "the cursor is saved")
    first.kill()
    server.kill()
    station("meanwhile", 20_000, EVENTS, 100_000)
    check(bench.ask("XLEN", "process:updates") < 5000, "the stream keeps about 1000 entries")

    server = bench.server("srv", scada_port, name="srv-again")
    bench.busbar("room-after", *room)
    wait_for(lambda: " gap: " in server.text() or "stream_gap" in server.text(), "the gap is told")
    wait_for(lambda: picture(room_log) == image(bench), "the control room's picture equals the store's", 60, every=0.5)
    errors = bench.ask("XRANGE", "process:errors", "-", "+")
    check(any("may be missing" in str(entry) or "gap" in str(entry) for entry in errors), "the error stream tells of the gap")
    wait_for(lambda: int(bench.status("srv").get("gaps", 0)) > 0, "the status counts it")
    print(f"{OBJECTS} points equal after a gap in {EVENTS} events")


if __name__ == "__main__":
    run_story(trimmed)
