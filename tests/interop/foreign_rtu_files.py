#!/usr/bin/python3
"""A foreign controlled station (scapy) with files, and the client connector: directory and announcement, a file fetched
by request with one section damaged on the way, a refusal, a station that falls silent, a file sent."""
import json
import socket
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "scenario"))
from file_frames import (ACKNOWLEDGE, CALL, DEACTIVATE_FILE, DIRECTORY, LAST, READY, REQUEST_FILE, REQUEST_SECTION, SECTION_READY,
                         SELECT_FILE, FilePeer, lof)
from harness import check, run_story, wait_for
from scapy_station import Peer, address

TAG = bytes([0x10, 0x27, 30, 12, 21, 11, 25])  # 2025-11-21 12:30:10.000


class Requests:
    """Requests to a connector, and what it replies."""

    def __init__(self, bench, connector):
        self.bench, self.connector, self.asked = bench, connector, 0

    def ask(self, action, **data):
        self.asked += 1
        self.bench.ask("XADD", f"connectors:{self.connector}:requests", "*", "id", self.asked, "action", action, "data",
                       json.dumps(data))
        return self.asked

    def replies(self, number):
        entries = self.bench.ask("XRANGE", f"connectors:{self.connector}:replies", "-", "+")
        fields = [dict(zip(entry[1][::2], entry[1][1::2])) for entry in entries]
        return [json.loads(f["data"]) for f in fields if f["id"] == str(number)]

    def last(self, number, count=2):
        return wait_for(lambda: (r := self.replies(number)) and len(r) >= count and r, f"reply {count} to {number}")[-1]


def foreign_rtu_files(bench):
    bench.store()
    folder = bench.folder / "fetched"
    folder.mkdir()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(20)
        bench.configure("rtu", {"network": {"host": "127.0.0.1", "port": listener.getsockname()[1]},
                                "interrogation": {"on_connect": False}, "stations": [{"casdu": 70, "remote": 7}],
                                "files": {"folder": str(folder), "step_timeout": 2}})
        bench.busbar("rtu", "iec104-client", "--id", "rtu", "redis", "--host", bench.socket)
        peer = Peer(listener.accept()[0])
    check(peer.receive().startdt_act == 1, "STARTDT act")
    peer.send_u(startdt_con=1)
    wait_for(lambda: bench.status("rtu").get("state") == "Running", "the connector runs")
    requests = Requests(bench, "rtu")
    file = FilePeer(peer, 7, 17, 2)

    # The directory, in the form without SQ, one entry an ASDU.
    asked = requests.ask("file_directory", casdu=70)
    call = file.hear()
    check((call.type, call.cause, call.ioa, call.element) == (CALL, 5, 0, bytes(4)), f"the call of the directory: {call}")
    peer.send_i(DIRECTORY, 5, 7, [address(17) + bytes([2, 0]) + lof(1000) + b"\x00" + TAG])
    peer.send_i(DIRECTORY, 5, 7, [address(19) + bytes([1, 0]) + lof(3) + b"\x20" + TAG])
    reply = requests.last(asked)
    check(reply["complete"] and [(f["ioa"], f["file"], f["octets"]) for f in reply["files"]] == [(17, 2, 1000), (19, 1, 3)],
          f"{reply}")
    check(reply["files"][0]["time"] == "2025-11-21T12:30:10.000Z", f"{reply}")

    # A fetch: two sections, the second damaged the first time.
    contents = bench.random.randbytes(1000)
    asked = requests.ask("file_fetch", casdu=70, ioa=17, file=2, name="record.dat")
    file.expect(CALL, 0, SELECT_FILE)
    file.say(READY, lof(1000), 0)
    file.expect(CALL, 0, REQUEST_FILE)
    for section, octets, good in ((1, contents[:500], True), (2, contents[500:], False), (2, contents[500:], True)):
        file.say(SECTION_READY, section, lof(500), 0)
        file.expect(CALL, section, REQUEST_SECTION)
        file.say_section(section, octets, None if good else (sum(octets) + 1) % 256)
        file.expect(ACKNOWLEDGE, section, 3 if good else 0x24)
    check(not (folder / "record.dat").exists(), "nothing is stored yet")
    file.say(LAST, 2, 1, sum(contents) % 256)
    file.expect(ACKNOWLEDGE, 0, 1)
    check((folder / "record.dat").read_bytes() == contents, "every octet")
    check(requests.last(asked) == {"casdu": 70, "ioa": 17, "file": 2, "name": "record.dat", "done": True, "octets": 1000},
          f"{requests.replies(asked)}")

    # Refused; silent; and then it works again. A name that leaves the folder gets nowhere.
    asked = requests.ask("file_fetch", casdu=70, ioa=17, file=2)
    file.expect(CALL, 0, SELECT_FILE)
    file.say(READY, lof(0), 0x80)
    check("not ready" in requests.last(asked)["error"], f"{requests.replies(asked)}")
    asked = requests.ask("file_fetch", casdu=70, ioa=17, file=2)
    file.expect(CALL, 0, SELECT_FILE)
    file.say(READY, lof(5), 0)
    file.expect(CALL, 0, REQUEST_FILE)
    file.expect(CALL, 0, DEACTIVATE_FILE)
    check("did not come in time" in requests.last(asked)["error"], f"{requests.replies(asked)}")
    for name in ("../stolen", "/tmp/stolen", ".hidden"):
        asked = requests.ask("file_fetch", casdu=70, ioa=17, file=2, name=name)
        check("is not a file name" in requests.last(asked, 1)["error"], f"{requests.replies(asked)}")

    # A file that the station takes.
    (folder / "settings").write_bytes(contents[:300])
    asked = requests.ask("file_send", casdu=70, ioa=40, file=1, name="settings")
    load = FilePeer(peer, 7, 40, 1)
    load.expect(READY, lof(300), 0)
    load.say(CALL, 0, REQUEST_FILE)
    load.expect(SECTION_READY, 1, lof(300), 0)
    load.say(CALL, 1, REQUEST_SECTION)
    check(load.hear_section(1) == (contents[:300], sum(contents[:300]) % 256), "every octet, and their sum")
    load.say(ACKNOWLEDGE, 1, 3)
    load.expect(LAST, 0, 1, sum(contents[:300]) % 256)
    load.say(ACKNOWLEDGE, 0, 1)
    check(requests.last(asked).get("done") is True, f"{requests.replies(asked)}")

    # Announced, and the line lost in the middle of a fetch.
    peer.send_i(DIRECTORY, 3, 7, [address(20) + bytes([1, 0]) + lof(5) + b"\x20" + TAG])
    wait_for(lambda: bench.status("rtu").get("files_announced") == "1", "the status counts an announcement")
    asked = requests.ask("file_fetch", casdu=70, ioa=17, file=2, name="lost")
    file.expect(CALL, 0, SELECT_FILE)
    file.say(READY, lof(5), 0)
    file.expect(CALL, 0, REQUEST_FILE)
    peer.connection.close()
    check("lost" in requests.last(asked)["error"] or "ended" in requests.last(asked)["error"], f"{requests.replies(asked)}")
    check(sorted(p.name for p in folder.iterdir()) == ["record.dat", "settings"], f"{list(folder.iterdir())}")


if __name__ == "__main__":
    run_story(foreign_rtu_files)
