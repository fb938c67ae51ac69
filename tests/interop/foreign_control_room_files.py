#!/usr/bin/python3
"""A foreign controlling station (scapy) and the files of a server connector: directory, a file of three sections fetched
with one of them refused once, refusals, abort, a new file announced, a file that changes while it is fetched, a file
loaded, deletion not allowed."""
import os
import socket
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "scenario"))
from file_frames import (ACKNOWLEDGE, CALL, DEACTIVATE_FILE, DELETE_FILE, DIRECTORY, LAST, READY, REQUEST_FILE, REQUEST_SECTION,
                         SECTION_READY, SELECT_FILE, FilePeer, entries_of, lof)
from harness import check, free_port, run_story, wait_for
from scapy_station import Peer

SECTION = 65536


def fetch(file, contents, refuse=()):
    """By the book; `refuse`: sections whose checksum is said to be wrong the first time."""
    file.say(CALL, 0, SELECT_FILE)
    file.expect(READY, lof(len(contents)), 0)
    file.say(CALL, 0, REQUEST_FILE)
    got, refuse, section = b"", set(refuse), 1
    while True:
        here = contents[len(got):len(got) + SECTION]
        file.expect(SECTION_READY, section, lof(len(here)), 0)
        file.say(CALL, section, REQUEST_SECTION)
        octets, checksum = file.hear_section(section)
        check(checksum == sum(octets) % 256, "the checksum of the section")
        if section in refuse:
            refuse.remove(section)
            file.say(ACKNOWLEDGE, section, 0x24)
            continue
        got += octets
        file.say(ACKNOWLEDGE, section, 3)
        section += 1
        if len(got) >= len(contents):
            break
    file.expect(LAST, 0, 1, sum(contents) % 256)
    file.say(ACKNOWLEDGE, 0, 1)
    check(got == contents, "every octet")


def foreign_control_room_files(bench):
    bench.store()
    port, folder, loaded = free_port(), bench.folder / "records", bench.folder / "loaded"
    folder.mkdir()
    loaded.mkdir()
    record = bench.random.randbytes(150_000)
    (folder / "record-1").write_bytes(record)
    (folder / "record-2").write_bytes(b"")
    (folder / ".hidden").write_bytes(b"no")
    (folder / "secret").symlink_to("/etc/passwd")
    for name in ("record-1", "record-2"):
        os.utime(folder / name, (1_700_000_000, 1_700_000_000))
    bench.server("srv", port, {"network": {"host": "127.0.0.1", "port": port, "any_port": True, "max_connections": 4},
                               "files": {"folder": str(folder), "receive_folder": str(loaded), "casdu": 7, "ioa": 100,
                                         "name": 2, "step_timeout": 3}})
    bench.wait_running("srv")
    peer = Peer(socket.create_connection(("127.0.0.1", port)))
    peer.send_u(startdt_act=1)
    check(peer.receive().startdt_con == 1, "STARTDT con")
    file = FilePeer(peer, 7, 100, 2)

    entries = file.directory()
    check([(e.ioa, e.name, e.length, e.status) for e in entries] == [(100, 2, 150_000, 0), (101, 2, 0, 0x20)], f"{entries}")
    check(entries[0].time == bytes.fromhex("204e0d160e0b17"), f"2023-11-14 22:13:20: {entries[0].time.hex()}")
    fetch(file, record, refuse=[2])
    fetch(FilePeer(peer, 7, 101, 2), b"")

    # What is not there, and what comes out of order.
    nobody = FilePeer(peer, 7, 300, 2)
    nobody.say(CALL, 0, SELECT_FILE)
    said = nobody.hear()
    check((said.type, said.cause, said.negative) == (CALL, 47, True), f"no file has this address: {said}")
    file.say(CALL, 0, REQUEST_FILE)
    file.expect(CALL, 0, 0x30 | REQUEST_FILE)
    file.say(CALL, 0, DELETE_FILE)
    file.expect(READY, lof(0), 0x80)

    # Abort in a section; then silence, which the station ends.
    file.say(CALL, 0, SELECT_FILE)
    file.expect(READY, lof(len(record)), 0)
    file.say(CALL, 0, REQUEST_FILE)
    file.expect(SECTION_READY, 1, lof(SECTION), 0)
    file.say(CALL, 1, REQUEST_SECTION)
    file.hear()
    file.say(CALL, 0, DEACTIVATE_FILE)
    while (said := file.hear()).type != LAST:
        pass
    check(said.element[2:4] == bytes([0, 2]), f"123, LSQ 2: {said}")
    file.say(CALL, 0, SELECT_FILE)
    file.expect(READY, lof(len(record)), 0)
    file.expect(LAST, 0, 2, 0)

    # A file that changes between two sections is aborted, announced as it is now, and can be fetched.
    file.say(CALL, 0, SELECT_FILE)
    file.expect(READY, lof(len(record)), 0)
    file.say(CALL, 0, REQUEST_FILE)
    file.expect(SECTION_READY, 1, lof(SECTION), 0)
    file.say(CALL, 1, REQUEST_SECTION)
    file.hear_section(1)
    (folder / "record-1").write_bytes(record[::-1])
    file.say(ACKNOWLEDGE, 1, 3)
    file.expect(LAST, 0, 2, sum(record[:SECTION]) % 256)
    said = file.hear()
    check(said.type == DIRECTORY and said.cause == 3 and said.ioa == 100, f"announced with cause 3: {said}")
    fetch(file, record[::-1])

    (folder / "record-3").write_bytes(b"new")
    said = file.hear()
    check(said.type == DIRECTORY and said.cause == 3, f"announced with cause 3: {said}")
    check([(e.ioa, e.name, e.length, e.status) for e in entries_of(said)] == [(102, 2, 3, 0x20)], f"{said}")
    fetch(FilePeer(peer, 7, 102, 2), b"new")

    # A file loaded: stored when it is acknowledged, not before.
    load = FilePeer(peer, 7, 900, 1)
    contents = bench.random.randbytes(1000)
    load.say(READY, lof(1000), 0)
    load.expect(CALL, 0, REQUEST_FILE)
    for section, octets, good in ((1, contents[:600], False), (1, contents[:600], True), (2, contents[600:], True)):
        load.say(SECTION_READY, section, lof(len(octets)), 0)
        load.expect(CALL, section, REQUEST_SECTION)
        load.say_section(section, octets, None if good else (sum(octets) + 1) % 256)
        load.expect(ACKNOWLEDGE, section, 3 if good else 0x24)
    check(not [p for p in loaded.iterdir() if not p.name.startswith(".")], "nothing is stored yet")
    load.say(LAST, 0, 1, sum(contents) % 256)
    load.expect(ACKNOWLEDGE, 0, 1)
    check([p.name for p in loaded.iterdir()] == ["casdu7-ioa900-file1"], f"{list(loaded.iterdir())}")
    check((loaded / "casdu7-ioa900-file1").read_bytes() == contents, "every octet")

    status = wait_for(lambda: (s := bench.status("srv")).get("files_received") == "1" and s, "the status counts it")
    check(status["files_sent"] == "4", f"{status['files_sent']}")
    check('"name":"record-3"' in status["files"] and "secret" not in status["files"], status["files"])
    peer.connection.close()


if __name__ == "__main__":
    run_story(foreign_control_room_files)
