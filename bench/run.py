#!/usr/bin/python3
"""Busbar beside bare programs, in one run, on this machine: prints one table (Markdown) of ratios.

usage: run.py [--runs 5] [--only T1,T2] [--folder ../shared/limits]

The bare programs (sources only) are compiled from --folder. Each figure is the median of --runs runs, with the spread.
Both sides of a comparison run alternately, so that a slow minute slows both.
"""
import argparse
import json
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(SOURCE / "tests/scenario"))
from harness import Bench, free_port, wait_for  # noqa: E402

BARE = {"raw_source": "c", "raw_client": "c", "raw_pace": "c", "redis_load": "c", "bridge": "cpp", "codec_raw": "cpp"}


def compile_bare(folder, into):
    for name, kind in BARE.items():
        compiler = ["cc", "-O2", "-w"] if kind == "c" else ["c++", "-O2", "-std=c++20", "-w"]
        subprocess.run([*compiler, str(folder / f"{name}.{kind}"), "-o", str(into / name), "-lm", "-lpthread"], check=True)


def json_of(process, limit=180):
    output, _ = process.communicate(timeout=limit)
    lines = [line for line in output.decode().splitlines() if line.startswith("{")]
    return json.loads(lines[-1]) if lines else None


def run(*command, pin=None, background=False):
    command = [str(word) for word in command]
    if pin is not None:
        command = ["taskset", "-c", str(pin), *command]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    return process if background else json_of(process)


def cpu_seconds(pid):
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


class Run:
    """One fresh store with whatever a measurement starts beside it."""

    def __init__(self, bare):
        self.bare = bare

    def __enter__(self):
        self.folder = Path(tempfile.mkdtemp(prefix="busbar-bench-"))
        self.bench = Bench(self.folder, 1)
        self.bench.store()
        self.processes = []
        return self

    def __exit__(self, *_):
        for process in self.processes:
            process.kill()
        self.bench.end()
        shutil.rmtree(self.folder, ignore_errors=True)

    def bare_program(self, name, *arguments, **options):
        """Its result; tried again while the other side does not listen yet."""
        return wait_for(lambda: run(self.bare / name, *arguments, **options), f"{name} has a result", 10)

    def background(self, name, *arguments, pin=None):
        process = run(self.bare / name, *arguments, pin=pin, background=True)
        self.processes.append(process)
        return process


def load(bare, points):
    with Run(bare) as r:
        return r.bare_program("redis_load", f"unix={r.bench.socket}", f"n={points}", "depth=256")["points_per_s"]


def feed(bare, pack, points, busbar):
    """Points a second from a bare RTU into the store, acknowledged after the store; own processor time a million."""
    with Run(bare) as r:
        port = free_port()
        r.background("raw_source", f"port={port}", f"n={points}", f"pack={pack}", "clients=1")
        if not busbar:
            result = r.bare_program("bridge", "dir=in", f"port={port}", f"unix={r.bench.socket}", "commit=1", f"want={points}")
            return result["objs_per_s"], result["cpu_s_per_M"]
        client = r.bench.client("bench", port)

        wait_for(lambda: r.bench.ask("EXISTS", "process:updates"), "the first point", every=0.001)
        began = time.monotonic()
        wait_for(lambda: count(r, "xadd") >= points, "all points", 180, every=0.01)
        seconds = time.monotonic() - began
        return points / seconds, cpu_seconds(client.process.pid) / points * 1e6


def count(r, command):
    for line in r.bench.ask("INFO", "commandstats").splitlines():
        if line.startswith(f"cmdstat_{command}:calls="):
            return int(line.split("=")[1].split(",")[0])
    return 0


def t1(bare, runs):
    rows = []
    for name, pack, points in (("full", 16, 1_000_000), ("one-object", 1, 200_000)):
        ours, bridge, own, loader = [], [], [], []
        for _ in range(runs):
            loader.append(load(bare, points))
            bridge.append(feed(bare, pack, points, busbar=False)[0])
            speed, cpu = feed(bare, pack, points, busbar=True)
            ours.append(speed)
            own.append(cpu)
        rows.append((f"T1 feed to the store, {name}, points/s", ours, bridge, ">= 0.9 x `bridge` one-object"))
        rows.append((f"T1 the same beside `redis_load`, {name}", ours, loader, ">= 0.95 full"))
        rows.append((f"T1 own processor time, {name}, s per million points", own, None, "<= 0.8"))
    return rows


def fill(r, points, keys_only=True):
    """An image of so many points of type 36, by SET in one go."""
    lines = []
    for ioa in range(1, points + 1):
        key = f"process:image:casdu:1:ioa:{ioa}".encode()
        value = (b'{"casdu":1,"ioa":%d,"type":36,"value":%d.5,"cot":3,"time":"2026-11-21T09:00:00.123Z",'
                 b'"received":"2026-11-21T09:00:00.131Z","source":"rtu-1"}' % (ioa, ioa % 1000))
        lines.append(b"*3\r\n$3\r\nSET\r\n$%d\r\n%s\r\n$%d\r\n%s\r\n" % (len(key), key, len(value), value))
    pipe = subprocess.Popen(["redis-cli", "-s", str(r.bench.socket), "--pipe"], stdin=subprocess.PIPE,
                            stdout=subprocess.DEVNULL)
    pipe.communicate(b"".join(lines))


def t2(bare, runs):
    ours, raw = [], []
    for _ in range(runs):
        with Run(bare) as r:
            port = free_port()
            r.background("raw_source", f"port={port}", "n=100000", "gi=1", "clients=1", pin=0)
            raw.append(interrogate(r, port))
            fill(r, 100_000)
            port = free_port()
            server = r.bench.server("srv", port)
            r.bench.wait_running("srv")
            subprocess.run(["taskset", "-p", "-c", "0", str(server.process.pid)], stdout=subprocess.DEVNULL, check=True)
            ours.append(interrogate(r, port))
    return [("T2 interrogation of 100,000 points, same core, ms", ours, raw, "<= 8.2 ms; bare / ours >= 0.6")]


def interrogate(r, port):
    result = r.bare_program("raw_client", f"port={port}", "gi=1", "clients=1", pin=0)
    if result["terms"] != 1:
        raise RuntimeError(f"the interrogation was not complete: {result}")
    return result["elapsed_s"] * 1000


def way_through(bare, rate, busbar):
    """p50 and p99 in microseconds from the RTU's frame to the control room's, through the store."""
    with Run(bare) as r:
        rtu_port, scada_port, times = free_port(), free_port(), r.folder / "times"
        events = rate * 5
        pace = r.background("raw_pace", f"port={rtu_port}", f"rate={rate}", f"events={events}", "clients=1", f"shm={times}")
        if busbar:
            r.bench.server("srv", scada_port)
            r.bench.wait_running("srv")
        else:
            r.background("bridge", "dir=out", f"port={scada_port}", f"unix={r.bench.socket}", "clients=1")
        wait_for(lambda: not socket.socket().connect_ex(("127.0.0.1", scada_port)) if busbar else True, "it listens")
        time.sleep(0.3)
        client = r.background("raw_client", f"port={scada_port}", "clients=1", f"want={events}", f"shm={times}", "w=1")
        time.sleep(0.3)
        if busbar:
            r.bench.client("rtu", rtu_port, "--stream-max-length", 100_000)
        else:
            r.background("bridge", "dir=in", f"port={rtu_port}", f"unix={r.bench.socket}", "commit=1", f"want={events}")
        result = json_of(client)
        pace.wait(60)
        return result


def t5(bare, runs):
    rows = []
    for rate in (1000, 10_000):
        ours, raw = [], []
        for _ in range(runs):
            raw.append(way_through(bare, rate, busbar=False))
            ours.append(way_through(bare, rate, busbar=True))
        for part, aim in (("lat_p50_us", "<= 1.5 x"), ("lat_p99_us", "<= 2 x, <= 1 ms")):
            rows.append((f"T5 RTU to SCADA at {rate:,}/s, {part}", [o[part] for o in ours], [o[part] for o in raw], aim))
    return rows


def t7(bare, runs):
    rows, per_point, per_client = [], [], []
    for _ in range(min(runs, 2)):
        with Run(bare) as r:
            port = free_port()
            server = r.bench.server("srv", port, {"network": {"host": "127.0.0.1", "port": port, "any_port": True, "max_connections": 100}})
            r.bench.wait_running("srv")
            empty = server.resident_kb()
            fill(r, 1_000_000)
            server.stop()
            server = r.bench.server("srv", port, {"network": {"host": "127.0.0.1", "port": port, "any_port": True, "max_connections": 100}}, name="srv-full")
            r.bench.wait_running("srv", limit=60)
            full = server.resident_kb()
            per_point.append((full - empty) * 1024 / 1_000_000)
            peers = [socket.create_connection(("127.0.0.1", port)) for _ in range(100)]
            wait_for(lambda: int(r.bench.status("srv").get("connections", 0)) == 100, "all are connected")
            per_client.append((server.resident_kb() - full) / 100)
            for peer in peers:
                peer.close()
    rows.append(("T7 octets a point (1,000,000 points)", per_point, None, "<= 96"))
    rows.append(("T7 kB an idle client", per_client, None, "<= 16"))
    return rows


def t8(bare, runs):
    start = []
    for _ in range(runs):
        with Run(bare) as r:
            fill(r, 100_000)
            port = free_port()
            began = time.monotonic()
            r.bench.server("srv", port)
            wait_for(lambda: not socket.socket().connect_ex(("127.0.0.1", port)), "it listens", every=0.002)
            interrogate(r, port)
            start.append(time.monotonic() - began)
    return [("T8 start to complete interrogation of 100,000 points, s", start, None, "<= 0.3")]


def codec(bare, runs):
    print("```")
    subprocess.run([bare / "codec_raw"], check=True)
    subprocess.run([SOURCE / "build/release/bin/codec_bench", "--benchmark_min_time=0.2"], check=True)
    print("```", flush=True)
    return []


MEASUREMENTS = {"codec": codec, "T1": t1, "T2": t2, "T5": t5, "T7": t7, "T8": t8}


def number(value):
    return f"{value:,.0f}" if value >= 1000 else f"{value:.3g}"


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--runs", type=int, default=5)
    arguments.add_argument("--only", default=",".join(MEASUREMENTS))
    arguments.add_argument("--folder", type=Path, default=SOURCE.parent / "shared/limits")
    chosen = arguments.parse_args()
    if not chosen.folder.is_dir():
        sys.exit(f"{chosen.folder} with the bare programs is not here: name it with --folder")
    with tempfile.TemporaryDirectory() as folder:
        compile_bare(chosen.folder, Path(folder))
        print("| figure | Busbar (spread) | bare | ratio | aim |\n|---|---|---|---|---|", flush=True)
        for name in chosen.only.split(","):
            for figure, ours, bare, aim in MEASUREMENTS[name](Path(folder), chosen.runs):
                median = statistics.median(ours)
                beside = number(statistics.median(bare)) if bare else ""
                ratio = f"{median / statistics.median(bare):.2f}" if bare else ""
                print(f"| {figure} | {number(median)} ({number(min(ours))} - {number(max(ours))}) | {beside} | {ratio} | {aim} |", flush=True)


if __name__ == "__main__":
    main()
