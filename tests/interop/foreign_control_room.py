#!/usr/bin/python3
"""A foreign controlling station (scapy) and the server connector: STARTDT, end of initialization, interrogation of station
and group, read, clock, test, refusals 44-47, events of every monitor type with and without time tag, STOPDT and going on."""
import json
import socket
import struct
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "scenario"))
from harness import check, free_port, run_story, wait_for
from scapy_station import Peer, address, addresses_of

TIME = "2025-11-21T12:30:10.250Z"
# type: (value, the element without quality and time tag, in octets)
POINTS = {
    1: (True, "01"), 3: (2, "02"), 5: (-64, "4000"), 7: (0xDEADBEEF, "efbeadde00"), 9: (-0.5, "00c000"),
    11: (-32768, "008000"), 13: (1.5, "0000c03f00"), 15: (-2147483648, "0000008000"),
    30: (True, "01"), 31: (1, "01"), 32: (63, "3f00"), 33: (1, "0100000000"), 34: (0.25, "002000"),
    35: (32767, "ff7f00"), 36: (0.1, "cdcccc3d00"), 37: (5, "0500000000"),
}


def refusal(peer, sent, cause):
    body = bytes.fromhex(sent)
    peer.send_i(body[0], body[2] & 0x3f, struct.unpack("<H", body[4:6])[0], [body[6:]], originator=body[3])
    while True:
        frame = peer._frame()
        if frame[2] & 1 == 0:
            peer.next_receive += 1
            if frame[6] == body[0]:
                break
    check(frame[8] == cause | 0x40, f"{sent}: cause {frame[8] & 0x3f}, P/N {frame[8] >> 6}, wanted {cause} -")
    check(frame[6:8] + frame[9:] == body[:2] + body[3:], f"{sent} comes back otherwise unchanged: {frame.hex()}")


def read_counters(peer):
    """Octets of the readings, time tags apart."""
    peer.send_i(101, 6, 5, [address(0) + b"\x05"])
    readings = {}
    while (packet := peer.receive()).type_id != 101 or packet.cot != 10:
        if packet.type_id in (15, 37):
            for ioa, _ in addresses_of(packet):
                body = packet.build()
                at = body.find(ioa.to_bytes(3, "little"), 12) + 3
                readings[ioa] = body[at:at + 5].hex()
    return readings


def freezes_counters(bench, peer):
    """FRZ 1: the readings stay, with the next SQ, while the counters go on; resets are refused."""
    before = read_counters(peer)
    peer.send_i(101, 6, 5, [address(0) + b"\x45"])
    check(peer.receive_i(type_id=101).cot == 7, "a freeze is confirmed")
    data = {"type": 15, "value": 77, "cot": 3, "sequence": 9, "time": TIME}
    bench.ask("XADD", "process:updates", "*", "casdu", 5, "ioa", 1015, "source", "test", "data", json.dumps(data))
    event = peer.receive_i(type_id=15)
    check(event.cot == 3, f"the counter goes on: {event.summary()}")
    frozen = {ioa: reading[:8] + f"{int(reading[8:], 16) + 1:02x}" for ioa, reading in before.items()}
    check(read_counters(peer) == frozen, f"frozen readings, SQ one further: {frozen}")
    check(read_counters(peer) == frozen, "again the same")
    for qcc in (0x85, 0xC5, 0x40):
        refusal(peer, f"65010600" "0500" "000000" f"{qcc:02x}", 7)


def loads_a_parameter(bench, peer):
    """P_ME_NC_1 and P_AC_NA_1 go into the store; this test is whoever owns the station, and confirms."""
    for type_id, cause, element, con, stage in ((112, 6, struct.pack("<fB", 2.5, 1), 7, "confirmed"), (113, 6, b"\x02", 7, "confirmed"),
                                                (113, 8, b"\x02", 9, "cancelled")):
        before = bench.ask("XLEN", "process:commands")
        peer.send_i(type_id, cause, 5, [address(6000) + element], originator=3)
        wait_for(lambda: bench.ask("XLEN", "process:commands") > before, "it is in the store")
        words = bench.ask("XREVRANGE", "process:commands", "+", "-", "COUNT", 1)[0][1]
        fields = dict(zip(words[::2], words[1::2]))
        data = json.loads(fields["data"])
        check(fields["ioa"] == "6000" and data["type"] == type_id and data.get("cancel", False) == (cause == 8), f"{fields}")
        check(type_id != 112 or (data["value"], data["qualifier"]) == (2.5, 1), f"{data}")
        check(bench.ask("SET", f"process:commands:claim:{fields['id']}", "test", "NX") == "OK", "nobody has claimed it")
        bench.ask("XADD", "process:command-results", "*", "casdu", 5, "ioa", 6000, "source", "test", "id", fields["id"], "data",
                  json.dumps({"stage": stage, "cause": con}))
        answer = peer.receive_i(type_id=type_id)
        check(answer.cot == con and answer.build()[12:] == address(6000) + element, f"mirrored: {answer.build().hex()}")


def resets_the_process(bench, peer, port, network):
    """C_RP_NA_1: QRP 2 never; QRP 1 where it is permitted: confirmed, closed, and told with COI 2; no event is lost."""
    bench.configure("srv", {"network": network, "reset_process": True})
    wait_for(lambda: "reset_process" in bench.ask("GET", "connectors:srv:config"), "configured")
    refusal(peer, "69010600" "0500" "000000" "02", 7)
    peer.acknowledge_every = 100
    bench.ask("XADD", "process:updates", "*", "casdu", 5, "ioa", 4001, "source", "test", "data", json.dumps({"type": 1, "value": True}))
    check(addresses_of(peer.receive_i(type_id=1))[0][0] == 4001, "an event that is not acknowledged")
    def confirmed():
        peer.send_i(105, 6, 5, [address(0) + b"\x01"], originator=4)
        return peer.receive_i(type_id=105).build()[8] == 7
    wait_for(confirmed, "the reset is confirmed")
    try:
        while peer.receive():
            pass
    except ConnectionError:
        pass
    again = Peer(socket.create_connection(("127.0.0.1", port)))
    again.send_u(startdt_act=1)
    check(again.receive().startdt_con == 1, "STARTDT con")
    start = again.receive_i(type_id=70)
    check(start.cot == 4 and start.build()[-1] == 2, f"remote reset: {start.build().hex()}")
    again.connection.close()


def foreign_control_room(bench):
    bench.store()
    port = free_port()
    for type_id, (value, _) in POINTS.items():
        point = {"type": type_id, "value": value, "time": TIME}
        bench.ask("SET", f"process:image:casdu:5:ioa:{1000 + type_id}", json.dumps(point))
    for ioa in range(2000, 2100):
        bench.ask("SET", f"process:image:casdu:5:ioa:{ioa}", json.dumps({"type": 13, "value": ioa / 2}))
    mapping = {"points": [{"casdu": 5, "ioa": 1001, "groups": [3]}, {"casdu": 5, "ioa": 1013, "groups": [3, 16]}]}
    mapping["points"] += [{"casdu": 5, "ioa": 6000, "type": type_, "command": True} for type_ in (112, 113)]
    network = {"host": "127.0.0.1", "port": port, "any_port": True, "max_connections": 4}
    bench.server("srv", port, {"network": network}, mapping)
    bench.wait_running("srv")
    peer = Peer(socket.create_connection(("127.0.0.1", port)))
    peer.send_u(startdt_act=1)
    check(peer.receive().startdt_con == 1, "STARTDT con")
    start = peer.receive_i(type_id=70)
    check(start.cot == 4 and start.common_asdu_address == 5, "end of initialization of the station")

    # General interrogation: confirmation, every object once without time tag, termination; the originator mirrored.
    peer.send_i(100, 6, 5, [address(0) + b"\x14"], originator=9)
    check(peer.receive_i(type_id=100).cot == 7, "ACTCON first")
    seen = {}
    while (packet := peer.receive()).type_id != 100:
        check(packet.cot == 20 and packet.origin_address == 9 and packet.type_id in (1, 3, 5, 7, 9, 11, 13), f"{packet.summary()}")
        for ioa, element in addresses_of(packet):
            check(ioa not in seen, f"object {ioa} twice")
            seen[ioa] = (packet.type_id, element)
    check(packet.cot == 10, "ACTTERM last")
    check(set(seen) == {1000 + t for t in POINTS if t not in (15, 37)} | set(range(2000, 2100)), f"all objects: {sorted(seen)[:20]}")
    check(seen[1036][0] == 13 and abs(seen[1036][1].scaled_value - 0.1) < 1e-6, "a tagged float without its tag")
    check(seen[1030][0] == 1 and seen[2099][1].scaled_value == 1049.5, "values")

    peer.send_i(100, 6, 5, [address(0) + bytes([23])])
    group = set()
    while (packet := peer.receive()).type_id != 100 or packet.cot != 10:
        if packet.type_id != 100:
            check(packet.cot == 23, "the group's cause")
            group |= {ioa for ioa, _ in addresses_of(packet)}
    check(group == {1001, 1013}, f"group 3: {group}")
    peer.send_i(102, 5, 5, [address(1036)])
    read = peer.receive_i(cot=5)
    check(addresses_of(read)[0][0] == 1036, "read")
    peer.send_i(101, 6, 5, [address(0) + b"\x05"])
    counters = set()
    while (packet := peer.receive()).type_id != 101 or packet.cot != 10:
        if packet.type_id in (15, 37):
            check(packet.cot == 37, "counters by general request")
            counters |= {ioa for ioa, _ in addresses_of(packet)}
    check(counters == {1015, 1037}, f"counters: {counters}")
    freezes_counters(bench, peer)
    peer.send_i(103, 6, 5, [address(0) + bytes.fromhex("0a280c1e0c150b19")[:7]])
    check(peer.receive_i(type_id=103).cot == 7, "the clock is confirmed")
    peer.send_i(107, 6, 5, [address(0) + bytes.fromhex("ffff") + bytes(4) + bytes([1, 1, 25])])
    check(peer.receive_i(type_id=107).cot == 7, "test confirmed")

    refusal(peer, "68010600" "0500" "000000" "aa55", 44)   # type 104
    refusal(peer, "64010300" "0500" "000000" "14", 45)
    refusal(peer, "64010600" "4d00" "000000" "14", 46)
    refusal(peer, "64010600" "0500" "010000" "14", 47)
    refusal(peer, "2d010600" "0500" "e80300" "01", 47)     # nothing may be commanded
    refusal(peer, "6e010600" "0500" "e80300" "000001", 47)  # no such parameter
    refusal(peer, "70010600" "0500" "701700" "0000204005", 7)  # KPA 5
    refusal(peer, "71010600" "0500" "701700" "04", 7)          # QPA 4
    refusal(peer, "69010600" "0500" "000000" "01", 7)       # nothing be reset
    refusal(peer, "7a010500" "0500" "000000" "00000000", 44)  # there are no files: directory, select
    refusal(peer, "7a010d00" "0500" "010000" "01000001", 44)

    loads_a_parameter(bench, peer)

    # Events of every type, as octets.
    for type_id, (value, element) in POINTS.items():
        data = {"type": type_id, "value": value, "cot": 3, "time": TIME}
        bench.ask("XADD", "process:updates", "*", "casdu", 5, "ioa", 3000 + type_id, "source", "test", "data", json.dumps(data))
    left = {3000 + type_id: element for type_id, (_, element) in POINTS.items()}
    while left:
        packet = peer.receive()
        check(packet.cot == 3, packet.summary())
        for ioa, _ in addresses_of(packet):
            body = packet.build()[12:] if packet.num_io == 1 else packet.build()
            want = bytes.fromhex(left.pop(ioa))
            at = body.find(ioa.to_bytes(3, "little")) + 3
            check(body[at:at + len(want)] == want, f"object {ioa}: {body.hex()}")

    # Stopped: nothing is sent; started again: it is, with the old time tag.
    peer.send_u(stopdt_act=1)
    check(peer.receive().stopdt_con == 1, "STOPDT con")
    bench.ask("XADD", "process:updates", "*", "casdu", 5, "ioa", 4000, "source", "test", "data",
              json.dumps({"type": 30, "value": True, "time": TIME}))
    peer.send_u(testfr_act=1)
    check(peer.receive().testfr_con == 1, "TESTFR con is all there is")
    peer.send_u(startdt_act=1)
    check(peer.receive().startdt_con == 1, "STARTDT con")
    late = peer.receive_i(type_id=30)
    check(addresses_of(late)[0][0] == 4000 and late.io[0].hours == 12 and late.io[0].sec_milli == 10250, late.summary())
    resets_the_process(bench, peer, port, network)


if __name__ == "__main__":
    run_story(foreign_control_room)
