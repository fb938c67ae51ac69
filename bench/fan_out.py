"""The targets with a hundred control rooms, with a long backlog, and with commands (see targets.py)."""
import socket
import subprocess
import sys
import time

import targets
from parts import STORE_CLI, SOURCE, Run, free_port, json_of, wait_for
from targets import alternately, for_rooms

sys.path.insert(0, str(SOURCE / "tests/scenario"))
from command_chain import command_points, substation  # noqa: E402

ROOMS = 100
START = bytes([0x68, 4, 7, 0, 0, 0])


def entries(first, count):
    """RESP of so many entries of the stream of updates: events of 100,000 points."""
    for i in range(first, first + count):
        data = (b'{"casdu":1,"ioa":%d,"type":36,"value":%d.5,"cot":3,"time":"2026-11-21T09:00:00.123Z",'
                b'"received":"2026-11-21T09:00:00.131Z","source":"rtu-1"}' % (i % 100_000 + 1, i % 1000))
        fields = [b"XADD", b"process:updates", b"*", b"casdu", b"1", b"ioa", b"%d" % (i % 100_000 + 1), b"source", b"rtu-1",
                  b"data", data]
        yield b"*%d\r\n" % len(fields) + b"".join(b"$%d\r\n%s\r\n" % (len(field), field) for field in fields)


def add_events(r, first, count):
    pipe = subprocess.Popen([STORE_CLI, "-s", str(r.bench.socket), "--pipe"], stdin=subprocess.PIPE,
                            stdout=subprocess.DEVNULL)
    pipe.communicate(b"".join(entries(first, count)))


def silent_rooms(port, count):
    """Control rooms that start the transfer of data and acknowledge nothing."""
    rooms = [socket.create_connection(("127.0.0.1", port)) for _ in range(count)]
    for room in rooms:
        room.sendall(START)
    return rooms


# --- T6: one event to a hundred, each a group of its own ---------------------------------------------------------------

def deliveries(bare, source, pack, events, stalled=0):
    """Objects a second to all control rooms together; the stalled ones come on top and acknowledge nothing."""
    with Run(bare) as r:
        port = free_port()
        r.background(source, f"port={port}", f"n={events}", f"pack={pack}", f"clients={ROOMS}",
                     *([f"stalled={stalled}"] if stalled else []))
        if stalled:
            time.sleep(0.3)  # one that only looks whether it listens would be counted as a client
        rooms = silent_rooms(port, stalled)
        result = r.bare_program("raw_client", f"port={port}", f"clients={ROOMS - stalled}", f"want={events}")
        for room in rooms:
            room.close()
        if result["min_objs"] != events:
            raise RuntimeError(f"{source} lost events: {result}")
        return result["objs_per_s"] / (ROOMS - stalled)


def t6(bare, runs):
    for name, pack, events, aim in (("one-object", 1, 50_000, ">= 0.55 x"), ("full", 16, 500_000, ">= 0.5 x")):
        raw, ours, stalled = alternately(runs, lambda: deliveries(bare, "raw_source", pack, events),
                                         lambda: deliveries(bare, "server_source", pack, events),
                                         lambda: deliveries(bare, "server_source", pack, events, stalled=1))
        yield f"T6 events to 100 groups, {name}: deliveries/s", [o * ROOMS for o in ours], [o * ROOMS for o in raw], aim
        yield f"T6 each of 99 while one stalls, {name}: objects/s (beside: nobody stalls)", stalled, ours, ">= 0.95 x"


# --- T7: what a backlog holds in memory --------------------------------------------------------------------------------

def t7(bare, runs):
    yield from targets.t7(bare, runs)
    growth = []
    for _ in range(min(runs, 3)):
        with Run(bare) as r:
            port = free_port()
            r.fill(100_000)
            server = r.bench.server("srv", port, for_rooms(port, ROOMS))
            r.bench.wait_running("srv", limit=60)
            rooms = silent_rooms(port, ROOMS)
            wait_for(lambda: int(r.bench.status("srv").get("connections", 0)) == ROOMS, "all are connected")
            before = server.resident_kb()
            add_events(r, 0, 10_000)
            wait_for(lambda: int(r.bench.status("srv").get("events", 0)) >= 10_000, "all is read")
            growth.append(server.resident_kb() - before)
            for room in rooms:
                room.close()
    yield "T7 backlog of 10,000 events for 100 control rooms, kB", growth, None, "<= 4096"


# --- A control room that was away for a million events ------------------------------------------------------------------

def read_stream(bare, events):
    with Run(bare) as r:
        return r.bare_program("redis_read", "op=xread", r.unix(), f"n={events}", "count=1000")["per_s"]


def catch_up(bare, events):
    """Objects a second to a control room whose cursor lies so many entries back."""
    with Run(bare) as r:
        port = free_port()
        add_events(r, 0, 1)
        server = r.bench.server("srv", port, {**for_rooms(port, 1), "redundancy_groups": [
            {"name": "scada", "clients": ["127.0.0.1"], "required": False}]})
        r.bench.wait_running("srv")
        for room in silent_rooms(port, 1):  # from now on the group has a cursor
            wait_for(lambda: r.bench.ask("EXISTS", "connectors:srv:cursor:scada"), "the cursor is stored")
            room.close()
        wait_for(lambda: r.bench.status("srv").get("connections") == "0", "it has left")
        for first in range(0, events, 100_000):
            add_events(r, first, 100_000)
        wait_for(lambda: int(r.bench.status("srv").get("events", 0)) >= events, "the image is up to date", 120)
        result = json_of(r.background("raw_client", f"port={port}", "clients=1", f"want={events}"))
        if result["objs"] != events:
            raise RuntimeError(f"not all of the backlog came: {result}\n{server.text()[-2000:]}")
        return result["objs_per_s"]


def backlog(bare, runs):
    events = 1_000_000
    raw, ours = alternately(min(runs, 3), lambda: read_stream(bare, events), lambda: catch_up(bare, events))
    yield "Backlog of 1,000,000 events from the stream: objects/s", ours, raw, ">= 0.7 x"


# --- Commands ------------------------------------------------------------------------------------------------------------

def round_trips(bare, setting, count):
    """Milliseconds from command to confirmation through the whole chain, sorted."""
    with Run(bare, setting) as r:
        rtu_port, port = free_port(), free_port()
        points = r.folder / "points.toml"
        points.write_text(substation())
        r.bench.busbar("sim", "sim", "rtu", "--port", rtu_port, "--points", points, "--events-per-second", 0)
        r.bench.configure("rtu", {"network": {"host": "127.0.0.1", "port": rtu_port},
                                  "stations": [{"casdu": 1, "remote": 1}]})
        r.bench.busbar("client", "iec104-client", "--id", "rtu", "redis", "--host", r.bench.socket)
        r.bench.server("srv", port, {"network": {"host": "127.0.0.1", "port": port, "any_port": True,
                                                 "command_clients": ["127.0.0.1"]}},
                       {"expose": "all", "points": command_points(1, {6001: 45})})
        r.bench.wait_running("rtu", "srv")
        wait_for(lambda: r.bench.ask("EXISTS", "process:updates"), "the line to the RTU is started")
        return sorted(ask(port, count))


def ask(port, count):
    with socket.create_connection(("127.0.0.1", port)) as room:
        room.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        room.sendall(START)
        line, received = room.makefile("rb"), 0
        for number in range(count):
            began = time.perf_counter()
            room.sendall(bytes([0x68, 14, number * 2 & 255, number >> 7 & 255, received * 2 & 255, received >> 7 & 255,
                                45, 1, 6, 0, 1, 0, 0x71, 0x17, 0, number & 1]))
            confirmed = terminated = False
            while not terminated:
                head = line.read(2)
                frame = line.read(head[1])
                if frame[0] & 1 or not frame:
                    continue
                received += 1
                if frame[4] == 45 and frame[6] & 63 == 7:
                    if frame[6] & 64:
                        raise RuntimeError(f"refused: {frame.hex()}")
                    confirmed = True
                    yield (time.perf_counter() - began) * 1000
                terminated = frame[4] == 45 and frame[6] & 63 == 10 and confirmed


def commands(bare, runs):
    for setting in ("memory", "always"):
        trips = [round_trips(bare, setting, 1000) for _ in range(min(runs, 3))]
        for name, place in (("p50", 0.5), ("p99", 0.99)):
            yield (f"Command to confirmation through the chain, {setting}: {name}, ms",
                   [trip[int(len(trip) * place)] for trip in trips], None, "<= 5" if name == "p99" else "")
