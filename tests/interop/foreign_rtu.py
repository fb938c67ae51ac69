#!/usr/bin/python3
"""A foreign controlled station (scapy) and the client connector: start-up order, interrogation, values of common types,
acknowledgement after commit, the mirrored refusal of an unknown type, TESTFR, reconnection, NT while the line is lost."""
import json
import socket
import struct
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "scenario"))
from harness import check, run_story, wait_for
from scapy_station import Peer, address

TAG = bytes([0x10, 0x27, 30, 12, 21, 11, 25])  # 2025-11-21 12:30:10.000


def serve_interrogation(peer, casdu):
    request = peer.receive_i(type_id=100)
    check(request.cot == 6 and request.io[0].qoi == 20, "the station is interrogated")
    peer.send_i(100, 7, request.common_asdu_address, [address(0) + b"\x14"])
    peer.send_i(1, 20, casdu, [address(10) + b"\x01", address(11) + b"\x90"])
    peer.send_i(13, 20, casdu, [address(20) + struct.pack("<fB", 1.5, 0)])
    peer.send_i(100, 10, request.common_asdu_address, [address(0) + b"\x14"])


def freezes_and_reads(bench, peer):
    """By request: FRZ 1 is done with its confirmation, then the readings are fetched, group by group."""
    for number, (data, qcc) in enumerate((('{"freeze":"freeze"}', 0x45), ('{"group":2,"freeze":"freeze_with_reset"}', 0x82),
                                          ('{"group":3,"freeze":"reset"}', 0xC3), ('{"group":2}', 0x02))):
        bench.ask("XADD", "connectors:rtu:requests", "*", "id", number, "action", "counters", "data", data)
        asked = peer.receive_i(type_id=101)
        check(asked.cot == 6 and asked.build()[-1] == qcc, f"{data}: {asked.build().hex()}")
        peer.send_i(101, 7, 7, [address(0) + bytes([qcc])])
    peer.send_i(15, 39, 7, [address(40) + struct.pack("<iB", -5, 0x20 | 31)])
    peer.send_i(101, 10, 7, [address(0) + b"\x02"])
    wait_for(lambda: (bench.image(7, 40) or {}).get("value") == -5, "the frozen reading")
    check(bench.image(7, 40)["sequence"] == 31 and bench.image(7, 40)["quality"] == ["CY"], f"{bench.image(7, 40)}")
    bench.ask("XADD", "connectors:rtu:requests", "*", "id", 9, "action", "counters", "data", '{"qcc":5,"group":2}')
    wait_for(lambda: "not together" in str(bench.ask("XREVRANGE", "connectors:rtu:replies", "+", "-", "COUNT", 1)), "a contradiction is refused")


def mirror(peer, asked, cause, negative=0):
    frame = asked.build()
    peer.send_i(frame[6], cause, 7, [frame[12:]], originator=frame[9], negative=negative)


def takes_parameters_and_a_reset(bench, peer):
    """P_ME_NC_1, P_AC_NA_1 from the stream of commands, C_RP_NA_1 by request: confirmed, or refused, as the station says."""
    def results():
        return str(bench.ask("XRANGE", "process:command-results", "-", "+"))
    for id_, data, octets, cause, con in (("p1", {"type": 112, "value": 2.5, "qualifier": 3}, struct.pack("<fB", 2.5, 3), 6, 7),
                                          ("p2", {"type": 113, "value": 2}, b"\x02", 6, 7),
                                          ("p3", {"type": 113, "value": 2, "cancel": True}, b"\x02", 8, 9)):
        bench.ask("XADD", "process:commands", "*", "casdu", 7, "ioa", 50, "source", "test", "id", id_, "data", json.dumps(data))
        asked = peer.receive_i(type_id=data["type"])
        check(asked.cot == cause and asked.build()[12:] == address(50) + octets, f"{data}: {asked.build().hex()}")
        mirror(peer, asked, con)
        stage = "cancelled" if con == 9 else "confirmed"
        wait_for(lambda: f"'{id_}', 'data', '{{\"stage\":\"{stage}\"" in results(), f"{id_} is {stage}: {results()}")
    for id_, qrp, negative, answer in (("r1", 1, 0, '{"confirmed":true}'), ("r2", 2, 1, "refused by the station (cause 7)")):
        bench.ask("XADD", "connectors:rtu:requests", "*", "id", id_, "action", "reset_process", "data", json.dumps({"casdu": 7, "qrp": qrp}))
        asked = peer.receive_i(type_id=105)
        check(asked.cot == 6 and asked.build()[12:] == address(0) + bytes([qrp]), f"{asked.build().hex()}")
        mirror(peer, asked, 7, negative)
        wait_for(lambda: answer in str(bench.ask("XREVRANGE", "connectors:rtu:replies", "+", "-", "COUNT", 1)), f"{id_} is answered")


def foreign_rtu(bench):
    bench.store()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(20)
        bench.configure("rtu", {"stations": [{"casdu": 7}]})
        bench.client("rtu", listener.getsockname()[1])
        peer = Peer(listener.accept()[0])
        check(peer.receive().startdt_act == 1, "first of all STARTDT act")
        peer.send_u(startdt_con=1)
        serve_interrogation(peer, 7)
        wait_for(lambda: (bench.image(7, 10) or {}).get("value") is True, "an interrogated single point")
        check(set(bench.image(7, 11)["quality"]) == {"BL", "IV"}, f"its quality: {bench.image(7, 11)}")
        wait_for(lambda: (bench.image(7, 20) or {}).get("value") == 1.5, "an interrogated float")

        peer.send_i(30, 3, 7, [address(10) + b"\x00" + TAG])
        wait_for(lambda: bench.image(7, 10)["value"] is False, "an event with time tag")
        check(bench.image(7, 10)["time"] == "2025-11-21T12:30:10.000Z", f"its time: {bench.image(7, 10)}")
        peer.send_i(36, 3, 7, [address(21) + struct.pack("<fB", 0.1, 1) + TAG])
        wait_for(lambda: (bench.image(7, 21) or {}).get("value") == 0.1, "a float is written as people write it")
        check(bench.image(7, 21)["quality"] == ["OV"], "and its quality")

        freezes_and_reads(bench, peer)
        takes_parameters_and_a_reset(bench, peer)

        # An unsupported type comes back mirrored, cause 44, P/N 1; the line stays.
        peer.connection.sendall(bytes.fromhex("68 0d") + struct.pack("<HH", peer.next_send << 1, peer.next_receive << 1) +
                                bytes.fromhex("29 01 03 00 07 00 01 00 00"))
        peer.next_send += 1
        while True:
            frame = peer._frame()
            if frame[2] & 1 == 0:
                break
        check(frame[6:] == bytes.fromhex("29 01 6c 00 07 00 01 00 00"), f"mirrored refusal: {frame.hex()}")
        peer.next_receive += 1

        # Eight frames at once: acknowledged when they are stored, with the right N(R).
        for number in range(8):
            peer.send_i(11, 3, 7, [address(30 + number) + struct.pack("<hB", number, 0)])
        while True:
            frame = peer._frame()
            if frame[2] == 1 and struct.unpack("<H", frame[4:6])[0] >> 1 == peer.next_send:
                break
        check(all((bench.image(7, 30 + n) or {}).get("value") == n for n in range(8)), "acknowledged means stored")
        peer.send_u(testfr_act=1)
        while (frame := peer._frame())[2] != 0x83:
            pass

        peer.connection.close()
        wait_for(lambda: "NT" in bench.image(7, 10).get("quality", []), "a lost line makes its points not topical")
        peer = Peer(listener.accept()[0])
        check(peer.receive().startdt_act == 1, "connected again, STARTDT again")
        peer.send_u(startdt_con=1)
        serve_interrogation(peer, 7)
        wait_for(lambda: "NT" not in bench.image(7, 10).get("quality", []), "the next interrogation clears NT")
        peer.connection.close()


if __name__ == "__main__":
    run_story(foreign_rtu)
