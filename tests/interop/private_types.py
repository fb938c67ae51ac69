#!/usr/bin/python3
"""Objects of a private type from a foreign RTU through client, store and server to a foreign control room, octet by octet;
one that was not agreed on comes back mirrored with cause 44. No decoder knows these types, so frames are made by hand."""
import json
import socket
import struct
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "scenario"))
from harness import check, free_port, run_story, wait_for
from scapy_station import Peer

AGREED = {"private_types": [{"type": 137, "size": 5}, {"type": 52, "size": 1}]}


def send_raw(peer, asdu):
    peer.connection.sendall(bytes([0x68, 4 + len(asdu)]) + struct.pack("<HH", peer.next_send << 1, peer.next_receive << 1) + asdu)
    peer.next_send += 1


def receive_raw(peer):
    """The next ASDU."""
    while (frame := peer._frame())[2] & 1:
        pass
    peer.next_receive += 1
    peer.connection.sendall(bytes.fromhex("680401 00") + struct.pack("<H", peer.next_receive << 1))
    return frame[6:]


def private_types(bench):
    bench.store()
    scada_port = free_port()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(20)
        bench.configure("rtu", {"protocol": AGREED, "interrogation": {"on_connect": False}})
        bench.client("rtu", listener.getsockname()[1])
        bench.server("srv", scada_port, {"protocol": AGREED, "end_of_initialization": False})
        bench.wait_running("srv")
        rtu = Peer(listener.accept()[0])
        check(rtu.receive().startdt_act == 1, "STARTDT act")
        rtu.send_u(startdt_con=1)
        room = Peer(socket.create_connection(("127.0.0.1", scada_port)))
        room.send_u(startdt_act=1)
        check(room.receive().startdt_con == 1, "STARTDT con")
        for asdu in ("89010300 0700 0a0000 deadbeef01", "34010300 0700 0b0000 ff", "89010b00 0700 ffff01 0000000000"):
            send_raw(rtu, bytes.fromhex(asdu))
            got = receive_raw(room)
            check(got == bytes.fromhex(asdu), f"{got.hex(' ')}")
        stored = bench.image(7, 10)
        check((stored["type"], stored["value"], stored["raw"]) == (137, None, "deadbeef01"), f"in the store: {stored}")
        send_raw(rtu, bytes.fromhex("8a010300 0700 0a0000 de"))
        refused = receive_raw(rtu)
        check(refused == bytes.fromhex("8a016c00 0700 0a0000 de"), f"not agreed on: {refused.hex(' ')}")
        bench.ask("XADD", "process:updates", "*", "casdu", 7, "ioa", 10, "source", "test", "data", json.dumps({"type": 137, "value": None, "raw": "de"}))
        wait_for(lambda: "must be 5 octets" in str(bench.ask("XRANGE", "process:errors", "-", "+")), "what has another size is told")


if __name__ == "__main__":
    run_story(private_types)
