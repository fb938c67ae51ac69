"""The targets, one function each: gives rows (figure, Busbar's readings, the bare ones or None, aim)."""
import socket
import subprocess
import time

from parts import PROGRAMS, STORE_SETTINGS, Run, cpu_seconds, free_port, json_of, listens, pin, wait_for


def alternately(runs, *measurements):
    """The readings of each, taken in turn, so that a slow minute slows all."""
    readings = [[] for _ in measurements]
    for _ in range(runs):
        for taken, measure in zip(readings, measurements):
            taken.append(measure())
    return readings


def for_rooms(port, rooms):
    """Configuration of a server connector that lets so many connect."""
    return {"network": {"host": "127.0.0.1", "port": port, "any_port": True, "max_connections": min(rooms + 1, 100)}}


# --- T1: from one RTU into the store ---------------------------------------------------------------------------------

def load(bare, setting, points):
    with Run(bare, setting) as r:
        return r.bare_program("redis_load", r.unix(), f"n={points}", "depth=256")["points_per_s"]


def feed_bare(bare, setting, pack, points):
    with Run(bare, setting) as r:
        port = free_port()
        r.background("raw_source", f"port={port}", f"n={points}", f"pack={pack}", "clients=1")
        return r.bare_program("bridge", "dir=in", f"port={port}", r.unix(), "commit=1", f"want={points}")["objs_per_s"]


def feed(bare, setting, pack, points):
    """Points a second, acknowledged after the store; own processor time a million."""
    with Run(bare, setting) as r:
        port = free_port()
        r.background("raw_source", f"port={port}", f"n={points}", f"pack={pack}", "clients=1")
        client = r.bench.client("bench", port)
        wait_for(lambda: r.bench.ask("EXISTS", "process:updates"), "the first point", every=0.001)
        began = time.monotonic()
        wait_for(lambda: r.calls("xadd") >= points, "all points", 180, every=0.02)
        return points / (time.monotonic() - began), cpu_seconds(client.process.pid) / points * 1e6


def t1(bare, runs):
    for setting in STORE_SETTINGS:
        for name, pack, points in (("full", 16, 1_000_000), ("one-object", 1, 200_000)):
            loader, bridge, ours = alternately(runs, lambda: load(bare, setting, points),
                                               lambda: feed_bare(bare, setting, pack, points),
                                               lambda: feed(bare, setting, pack, points))
            speed, processor = zip(*ours)
            aims = ("", ">= 0.95") if pack > 1 else (">= 0.9", "")
            yield f"T1 {name}, {setting}: points/s beside `bridge`", speed, bridge, aims[0]
            yield f"T1 {name}, {setting}: points/s beside `redis_load`", speed, loader, aims[1]
            yield f"T1 {name}, {setting}: own processor time, s a million points", processor, None, "<= 0.8"


# --- T2: interrogation ------------------------------------------------------------------------------------------------

def interrogate(r, port, rooms=1):
    result = r.bare_program("raw_client", f"port={port}", "gi=1", f"clients={rooms}", pin=0)
    if result["terms"] != rooms:
        raise RuntimeError(f"the interrogation was not complete: {result}")
    return result["elapsed_s"] * 1000


def interrogate_bare(bare, points, rooms=1):
    with Run(bare) as r:
        port = free_port()
        r.background("raw_source", f"port={port}", f"n={points}", "gi=1", f"clients={rooms}", pin=0)
        return interrogate(r, port, rooms)


def interrogate_server(bare, points, rooms=1):
    """Milliseconds, and by how many kB the server's memory grew meanwhile."""
    with Run(bare) as r:
        r.fill(points)
        port = free_port()
        server = r.bench.server("srv", port, for_rooms(port, rooms))
        r.bench.wait_running("srv", limit=60)
        pin(server.process, 0)
        before = server.resident_kb()
        return interrogate(r, port, rooms), server.resident_kb() - before


def t2(bare, runs):
    for points, times in ((100_000, runs), (1_000_000, min(runs, 3))):
        raw, ours = alternately(times, lambda: interrogate_bare(bare, points), lambda: interrogate_server(bare, points))
        duration, growth = zip(*ours)
        aim = "<= 8.2 ms, <= 1.67 x" if points == 100_000 else "<= 1.67 x"
        yield f"T2 interrogation of {points:,} points, same core, ms", duration, raw, aim
    yield "T2 memory that 1,000,000 points cost the server, kB", growth, None, "<= 1024"
    raw, ours = alternately(runs, lambda: interrogate_bare(bare, 100_000, 100),
                            lambda: interrogate_server(bare, 100_000, 100)[0])
    yield "T2 interrogation of 100,000 points by 100 control rooms at once, same core, ms", ours, raw, "<= 2 x"


# --- T3, T4: from an event in the server to the client ----------------------------------------------------------------

def stream(bare, source, pack, events):
    """The source's processor time a million points, and what it used while nothing was sent."""
    with Run(bare) as r:
        port = free_port()
        program = r.background(source, f"port={port}", f"n={events}", f"pack={pack}", "clients=1", pin=0)
        received = r.bare_program("raw_client", f"port={port}", "clients=1", f"want={events}", pin=0)
        if received["objs"] != events:
            raise RuntimeError(f"{source} lost events: {received}")
        result = json_of(program)
        return result["cpu_s"] / events * 1e6, result.get("idle_cpu_s", 0)


def t3(bare, runs):
    for name, pack, events, aim in (("one-object", 1, 1_000_000, "<= 0.8"), ("full", 16, 8_000_000, "<= 0.06")):
        raw, ours = alternately(runs, lambda: stream(bare, "raw_source", pack, events)[0],
                                lambda: stream(bare, "server_source", pack, events))
        processor, idle = zip(*ours)
        yield f"T3 live stream, {name}, same core: processor time, s a million points", processor, raw, aim
    yield "T3 processor time of an idle second, s", idle, None, "0"


def paced(bare, source, events):
    with Run(bare) as r:
        port, times = free_port(), r.folder / "times"
        count = f"events={events}" if source == "raw_pace" else f"n={events}"
        program = r.background(source, f"port={port}", count, "rate=1000", "pack=1", "clients=1", f"shm={times}")
        time.sleep(0.2)
        result = r.bare_program("raw_client", f"port={port}", "clients=1", f"want={events}", f"shm={times}")
        result["core"] = json_of(program)["cpu_s"] / (events / 1000)
        return result


def t4(bare, runs):
    raw, ours = alternately(runs, lambda: paced(bare, "raw_pace", 5000), lambda: paced(bare, "server_source", 5000))
    for part, aim in (("lat_p50_us", "<= 2 x"), ("lat_p99_us", "<= 3 x")):
        yield f"T4 event to client at 1,000/s, {part}", [o[part] for o in ours], [o[part] for o in raw], aim
    yield "T4 of one core", [o["core"] for o in ours], [o["core"] for o in raw], "< 0.05"


# --- T5: the whole way ------------------------------------------------------------------------------------------------

def chain(r, busbar, source, events, *client_arguments, rooms=1):
    """An RTU, the way through the store, control rooms: the result of the latter."""
    rtu_port, scada_port = free_port(), free_port()
    r.background(source[0], f"port={rtu_port}", *source[1:], "clients=1")
    if busbar:
        r.bench.server("srv", scada_port, for_rooms(scada_port, rooms))
        r.bench.wait_running("srv")
        wait_for(lambda: listens(scada_port), "the server listens")
    else:
        r.background("bridge", "dir=out", f"port={scada_port}", r.unix(), f"clients={rooms}")
    time.sleep(0.3)
    room = r.background("raw_client", f"port={scada_port}", f"clients={rooms}", f"want={events}", *client_arguments)
    time.sleep(0.3)
    if busbar:
        r.bench.client("rtu", rtu_port, "--stream-max-length", 1_000_000)
    else:
        r.background("bridge", "dir=in", f"port={rtu_port}", r.unix(), "commit=1", f"want={events}")
    return json_of(room)


def way_through(bare, setting, rate, busbar, rooms=1):
    with Run(bare, setting) as r:
        events, times = rate * 5, r.folder / "times"
        return chain(r, busbar, ("raw_pace", f"rate={rate}", f"events={events}", f"shm={times}"), events, f"shm={times}", "w=1",
                     rooms=rooms)


def full_speed(bare, setting, pack, events, busbar):
    with Run(bare, setting) as r:
        return chain(r, busbar, ("raw_source", f"n={events}", f"pack={pack}"), events)


def t5(bare, runs):
    for setting in STORE_SETTINGS:
        for rate in (1000, 10_000):
            raw, ours = alternately(runs, lambda: way_through(bare, setting, rate, False),
                                    lambda: way_through(bare, setting, rate, True))
            for part, aim in (("lat_p50_us", "<= 1.5 x"), ("lat_p99_us", "<= 2 x, <= 1 ms")):
                yield (f"T5 RTU to control room at {rate:,}/s, {setting}: {part}", [o[part] for o in ours],
                       [o[part] for o in raw], aim)
        raw, ours = alternately(runs, lambda: way_through(bare, setting, 1000, False, 100),
                                lambda: way_through(bare, setting, 1000, True, 100))
        yield (f"T5 RTU to 100 control rooms at 1,000/s, {setting}: lat_p99_us", [o["lat_p99_us"] for o in ours],
               [o["lat_p99_us"] for o in raw], "<= 2 ms")
        events = 300_000
        raw, ours = alternately(runs, lambda: full_speed(bare, setting, 16, events, False),
                                lambda: full_speed(bare, setting, 16, events, True))
        yield (f"T5 at full speed, {setting}: objects/s", [o["objs_per_s"] for o in ours],
               [o["objs_per_s"] for o in raw], ">= 0.85 x")
        yield f"T8 burst of {events:,}, {setting}: delivered, %", [o["objs"] * 100 / events for o in ours], None, "100"


# --- T7, T8: memory, start --------------------------------------------------------------------------------------------

def t7(bare, runs):
    per_point, per_client = [], []
    for _ in range(min(runs, 3)):
        with Run(bare) as r:
            port = free_port()
            config = for_rooms(port, 100)
            server = r.bench.server("srv", port, config)
            r.bench.wait_running("srv")
            empty = server.resident_kb()
            server.stop()
            r.fill(1_000_000)
            server = r.bench.server("srv", port, config, name="srv-full")
            r.bench.wait_running("srv", limit=60)
            full = server.resident_kb()
            per_point.append((full - empty) * 1024 / 1_000_000)
            peers = [socket.create_connection(("127.0.0.1", port)) for _ in range(100)]
            wait_for(lambda: int(r.bench.status("srv").get("connections", 0)) == 100, "all are connected")
            per_client.append((server.resident_kb() - full) / 100)
            for peer in peers:
                peer.close()
    yield "T7 octets a point (1,000,000 points)", per_point, None, "<= 96"
    yield "T7 kB an idle client", per_client, None, "<= 16"


def start(bare):
    with Run(bare) as r:
        r.fill(100_000)
        port = free_port()
        began = time.monotonic()
        r.bench.server("srv", port)
        wait_for(lambda: listens(port), "it listens", every=0.002)
        interrogate(r, port)
        return time.monotonic() - began


def t8(bare, runs):
    yield ("T8 start to complete interrogation of 100,000 points, s", [start(bare) for _ in range(runs)], None, "<= 0.3")


def codec(bare, runs):
    print("```")
    subprocess.run([bare / "codec_raw"], check=True)
    subprocess.run([PROGRAMS / "codec_bench", "--benchmark_min_time=0.2"], check=True)
    print("```", flush=True)
    return []


