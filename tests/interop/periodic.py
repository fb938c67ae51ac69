#!/usr/bin/python3
"""A foreign controlling station (scapy) is sent what the mapping says: a measured value cyclically (cause 1), a single point
as background scan (cause 2), and an event twice, without and with time tag."""
import json
import socket
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "scenario"))
from harness import check, free_port, run_story
from scapy_station import Peer, addresses_of

MAPPING = {"expose": "mapped", "points": [{"casdu": 5, "ioa": 11, "cyclic": 1}, {"casdu": 5, "ioa": 1, "cyclic": 1, "background": 1},
                                          {"casdu": 5, "ioa": 30, "double": True}]}


def periodic(bench):
    bench.store()
    port = free_port()
    for ioa, type_, value in ((11, 35, 77), (1, 1, True), (30, 30, False)):
        bench.ask("SET", f"process:image:casdu:5:ioa:{ioa}", json.dumps({"type": type_, "value": value, "time": "2025-11-21T12:30:10.250Z"}))
    bench.server("srv", port, {"network": {"host": "127.0.0.1", "port": port, "any_port": True}, "end_of_initialization": False}, MAPPING)
    bench.wait_running("srv")
    peer = Peer(socket.create_connection(("127.0.0.1", port)))
    peer.send_u(startdt_act=1)
    check(peer.receive().startdt_con == 1, "STARTDT con")
    seen = []
    while len(seen) < 6:
        packet = peer.receive()
        (ioa, _), = addresses_of(packet)
        seen.append((packet.type_id, packet.cot, ioa))
    check(set(seen) == {(11, 1, 11), (1, 2, 1)}, f"cause 1 for the measured value, without time tag; 2 for the single point: {seen}")
    check(2 <= seen.count((11, 1, 11)) <= 4, f"as often as each other: {seen}")
    bench.ask("XADD", "process:updates", "*", "casdu", 5, "ioa", 30, "source", "test", "data",
              json.dumps({"type": 30, "value": True, "time": "2025-11-21T12:30:11.000Z"}))
    event = []
    while len(event) < 2:
        packet = peer.receive()
        if packet.cot == 3:
            event.append((packet.type_id, addresses_of(packet)[0][0], packet.build()[15]))
    check(event == [(1, 30, 1), (30, 30, 1)], f"without and with time tag: {event}")
    peer.connection.close()


if __name__ == "__main__":
    run_story(periodic)
