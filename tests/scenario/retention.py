#!/usr/bin/python3
"""A required control room is away: its events are kept, then the RTU is no longer acknowledged; after its return
everything arrives, and the stream is trimmed again.

usage: retention.py [seed]
"""
import json

from harness import check, free_port, run_story, wait_for
from judge_events import judge

LIMIT, EVENTS = 2000, 10_000


def retention(bench):
    bench.store()
    bench.ask("SET", "process:updates:retention", json.dumps({"entries": LIMIT, "required": ["srv/scada"]}))
    rtu_port, scada_port = free_port(), free_port()
    rtu_log, room_log = bench.folder / "rtu.jsonl", bench.folder / "room.jsonl"
    config = {"redundancy_groups": [{"name": "scada", "clients": ["127.0.0.1"]}]}
    bench.server("srv", scada_port, config)
    bench.wait_running("srv")

    def room(name):
        return bench.busbar(name, "sim", "scada", "--port", scada_port, "--quiet", "--no-interrogation", "--reconnect",
                            "--reconnect-delay", 0.2, "--log", room_log)
    first = room("room-before")
    wait_for(lambda: room_log.exists() and "transfer_started" in room_log.read_text(), "the control room is there")
    bench.busbar("rtu", "sim", "rtu", "--port", rtu_port, "--numbered", 10, "--events-per-second", 2000, "--total", EVENTS,
                 "--buffer", EVENTS, "--log", rtu_log)
    client = bench.client("client", rtu_port)
    wait_for(lambda: bench.ask("GET", "connectors:srv:cursor:scada") not in (None, "0-0"), "the cursor moves")
    first.kill()

    wait_for(lambda: bench.status("client").get("state") == "Error", "the client connector says that nothing more is taken", 30)
    check("retention limit" in bench.status("client")["detail"], "status names the reason")
    wait_for(lambda: "retention_held" in client.text() or "retention_held" in bench.programs[1].text(),
             "the log names the consumer that holds the stream")
    length = bench.ask("XLEN", "process:updates")
    check(length < 3 * LIMIT, f"the stream is bounded: {length} entries")
    kept = bench.ask("XRANGE", "process:updates", "-", "+", "COUNT", 1)[0][0]
    cursor = bench.ask("GET", "connectors:srv:cursor:scada")
    order = [tuple(map(int, text.split("-"))) for text in (kept, cursor)]
    check(order[0] <= order[1], f"nothing after the cursor {cursor} is trimmed: the stream begins with {kept}")

    room("room-after")
    wait_for(lambda: not judge([rtu_log], [room_log])[4] and f'"to":{EVENTS}' in rtu_log.read_text(), "everything arrives", 60, every=0.5)
    total, lost, disordered, repeats, _ = judge([rtu_log], [room_log])
    check((total, lost, disordered) == (EVENTS, 0, 0), f"{total} events, {lost} lost, {disordered} out of order")
    check("stream_gap" not in bench.programs[1].text() and " gap: " not in bench.programs[1].text(), "without a gap")
    wait_for(lambda: bench.status("client").get("state") == "Running", "the client connector goes on")
    wait_for(lambda: bench.ask("XLEN", "process:updates") <= LIMIT, "the stream is trimmed again")
    print(f"{EVENTS} events, {repeats} repeated; {length} entries at the most")


if __name__ == "__main__":
    run_story(retention)
