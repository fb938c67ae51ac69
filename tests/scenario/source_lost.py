#!/usr/bin/python3
"""Case 124: the RTU dies. After `not_topical_after` each of its points is marked NT (counters: IV), in the image and at the
control room, once each however often the line is tried again; the next interrogation clears the marks."""
from collections import Counter

from harness import check, free_port, run_story, wait_for

POINTS = 40


def flagged(quality):
    return bool({"NT", "IV"} & set(quality or ()))


def source_lost(bench):
    bench.store()
    rtu_port, scada_port = free_port(), free_port()

    def start_rtu(name):
        return bench.busbar(name, "sim", "rtu", "--port", rtu_port, "--generate", POINTS, "--casdu", 11)

    rtu = start_rtu("rtu")
    client = bench.client("client", rtu_port, "client", "--not-topical-after", 1, "--reconnect", 0.2)
    bench.server("srv", scada_port)
    bench.wait_running("client", "srv")
    scada = bench.busbar("scada", "sim", "scada", "--port", scada_port, "--json", "--reconnect")

    def objects():
        return [line for line in scada.lines() if line.get("what") == "object"]

    def image():
        keys = bench.ask("KEYS", "process:image:casdu:11:*")
        return {int(key.split(":")[5]): bench.image(11, int(key.split(":")[5])) for key in keys}

    wait_for(lambda: " interrogated: " in client.text(), "the client has interrogated")
    points = image()
    check(len(points) > POINTS / 2, f"only {len(points)} points")
    wait_for(lambda: {o["ioa"] for o in objects()} == set(points), "the control room has seen all points")
    check(not any(flagged(p.get("quality")) for p in points.values()), "all are good")

    before = len(objects())
    rtu.kill()
    wait_for(lambda: all("NT" in p.get("quality", ()) for p in image().values()), "all points of the image have NT")
    marked = wait_for(lambda: (seen := objects()[before:]) and {o["ioa"] for o in seen} == set(points) and seen,
                      "the control room has the mark of every point")
    check(all(flagged(o["quality"]) and o["cot"] == 3 for o in marked), f"marked and spontaneous: {marked}")
    check(" line_lost: " in client.text(), "the log tells of the lost line")
    check(client.text().count(" not_topical: ") == 1, "the log tells of the marks once")

    # The line is tried again five times a second, and each failure is told to what marks.
    entries = bench.ask("XLEN", "process:updates")
    began = int(bench.ask("TIME")[0])
    wait_for(lambda: int(bench.ask("TIME")[0]) >= began + 3, "some attempts more, each of which might mark again")
    check(bench.ask("XLEN", "process:updates") == entries, "no further entry in the stream")
    counted = Counter(o["ioa"] for o in objects()[before:])
    check(set(counted.values()) == {1}, f"once for each point: {counted}")

    start_rtu("rtu-again")
    wait_for(lambda: not any(flagged(p.get("quality")) for p in image().values()), "the interrogation clears the marks")
    wait_for(lambda: {o["ioa"] for o in objects()[before + len(points):] if not flagged(o["quality"])} == set(points),
             "at the control room too")


if __name__ == "__main__":
    run_story(source_lost)
