"""The API of a whole installation: lists and exports of 100,000 points, latencies at a steady rate, many WebSockets over many
changes, and what an installation takes that has nothing to do (see targets.py)."""
import http.client
import json
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

from parts import SOURCE, Run, cpu_seconds, free_port, wait_for

sys.path.insert(0, str(SOURCE / "tests/scenario"))
from fan_out import entries  # noqa: E402
from harness import Resp  # noqa: E402
from management import Management  # noqa: E402
from management_live import WebSocket  # noqa: E402
from stall import stalls  # noqa: E402

POINTS = 100_000
ROOMS, CHANGES, WATCH_S = 20, 10_000, 20
RATE, RATE_S, CALLERS = 200, 20, 16
IDLE_S = 20


class Installation(Run):
    """`busbar up` with a store of its own, instead of the usual store beside it."""

    def __enter__(self):
        self.folder = Path(tempfile.mkdtemp(prefix="busbar-bench-"))
        from harness import Bench
        self.bench = Bench(self.folder, 1)
        self.processes = []
        self.service = Management(self.bench, first_user=True)
        self.store = Resp(self.folder / "data" / "store.sock", 60)
        self.bench.socket = self.folder / "data" / "store.sock"
        return self

    def process_ids(self):
        """The service and all its children, the store apart."""
        service = self.service.program.process.pid
        children = [int(pid) for pid in Path(f"/proc/{service}/task/{service}/children").read_text().split()]
        return [service] + [pid for pid in children if "server" not in Path(f"/proc/{pid}/comm").read_text()]

    def connection(self):
        return http.client.HTTPConnection("127.0.0.1", self.service.port, timeout=30)

    def get(self, connection, target):
        """Seconds, and the body."""
        began = time.monotonic()
        connection.request("GET", target, headers={"cookie": self.service.cookie})
        answer = connection.getresponse()
        body = answer.read()
        if answer.status != 200:
            raise RuntimeError(f"{target}: {answer.status} {body[:200]}")
        return time.monotonic() - began, body

    def fill_and_name(self):
        """100,000 points with values and names."""
        self.fill(POINTS)
        rows = "casdu,ioa,name,unit,site,kind\n" + "".join(
            f"1,{ioa},Feeder {ioa} current,A,Station {ioa // 1000},AI\n" for ioa in range(1, POINTS + 1))
        job = self.service.ask("POST", "/api/v1/imports", headers={"content-type": "text/csv"}, raw=rows.encode()).json["id"]
        wait_for(lambda: self.service.ask("GET", f"/api/v1/jobs/{job}").json["state"] == "Completed", "the names are in", 120)
        wait_for(lambda: len(self.service.ask("GET", f"/api/v1/points?limit=1&text=feeder%20{POINTS}%20").json["points"])
                 == 1, "the values are there", 120)


def resident_mb(pids):
    def field(pid, name):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith(name + ":"):
                return int(line.split()[1]) / 1024
        return 0
    return sum(field(pid, "Rss") for pid in pids), sum(field(pid, "Pss") for pid in pids)


def lists(r, runs):
    line = r.connection()
    first = [r.get(line, "/api/v1/points")[0] * 1000 for _ in range(max(runs, 5) * 4)]
    yield f"API: first page (1,000) of {POINTS:,} points, ms", first, None, "50"
    yield "API: the same, found by a text that few have, ms", \
        [r.get(line, f"/api/v1/points?text=feeder%20{number}77%20")[0] * 1000 for number in range(runs)], None, ""
    for form in ("csv", "xlsx"):
        yield f"API: export of {POINTS:,} points as {form}, s", \
            [r.get(line, f"/api/v1/exports/points?format={form}")[0] for _ in range(runs)], None, "2"

    def all_pages():
        began, after, count = time.monotonic(), "", 0
        while after is not None:
            page = json.loads(r.get(line, f"/api/v1/points?limit=10000{after}")[1])
            count += len(page["points"])
            after = f"&after={page['next']}" if "next" in page else None
        if count != POINTS:
            raise RuntimeError(f"{count} points in all pages")
        return time.monotonic() - began
    yield f"API: all {POINTS:,} points with values, in pages of 10,000, s", [all_pages() for _ in range(runs)], None, "2"


def latencies(r):
    """Milliseconds of each request at a steady rate, from when it was due: a request that waits for another counts."""
    targets = ["/api/v1/points?limit=100", "/api/v1/connectors", "/api/v1/points/1/77", "/api/v1/session", "/readyz"]
    begin, taken, lock = time.monotonic() + 0.5, [], threading.Lock()

    def call(number):
        line, mine = r.connection(), []
        for turn in range(number, RATE * RATE_S, CALLERS):
            due = begin + turn / RATE
            time.sleep(max(0, due - time.monotonic()))
            r.get(line, targets[turn % len(targets)])
            mine.append((time.monotonic() - due) * 1000)
        with lock:
            taken.extend(mine)
    callers = [threading.Thread(target=call, args=(number,)) for number in range(CALLERS)]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join()
    return taken


def percentile(values, share):
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


def write_changes(r, until):
    """10,000 changes a second in the stream of updates, in batches."""
    batch, made = CHANGES // 20, 0
    begin = time.monotonic()
    while time.monotonic() < until:
        r.store.socket.sendall(b"".join(entries(made, batch)))
        for _ in range(batch):
            r.store._reply()
        made += batch
        time.sleep(max(0, begin + made / CHANGES - time.monotonic()))
    return made / (time.monotonic() - begin)


def read_all(line, counted, number, until):
    line.socket.settimeout(1)
    while time.monotonic() < until:
        try:
            counted[number] += len(line.socket.recv(1 << 20))
        except TimeoutError:
            pass


def watched(r):
    """Processor seconds a second of the service, its memory in MB, octets a second to each watcher, changes a second."""
    watchers = [WebSocket(r.service) for _ in range(ROOMS)]
    for line in watchers:
        line.say({"subscribe": {"topic": "points", "id": "all", "rate_ms": 1000}})
    until, counted = time.monotonic() + WATCH_S + 5, [0] * ROOMS
    readers = [threading.Thread(target=read_all, args=(line, counted, number, until)) for number, line in enumerate(watchers)]
    for reader in readers:
        reader.start()
    time.sleep(5)  # the first picture of everything is over
    pid = r.service.program.process.pid
    used, began, before = cpu_seconds(pid), time.monotonic(), sum(counted)
    changes = write_changes(r, until)
    passed, used = time.monotonic() - began, cpu_seconds(pid) - used
    for reader in readers:
        reader.join()
    memory = resident_mb([pid])[0]
    octets = (sum(counted) - before) / passed / ROOMS
    for line in watchers:
        line.close()
    return used / passed, memory, octets, changes


def turns(pid):
    """Nanoseconds on a processor and how often it got one, of all threads: ticks do not see work this short."""
    lines = [path.read_text().split() for path in Path(f"/proc/{pid}/task").glob("*/schedstat")]
    return sum(int(fields[0]) for fields in lines), sum(int(fields[2]) for fields in lines)


def taken_by(pids):
    """Of each process: % of a core, and wakings a second."""
    began, before = time.monotonic(), [turns(pid) for pid in pids]
    time.sleep(IDLE_S)
    passed, after = time.monotonic() - began, [turns(pid) for pid in pids]
    return ([(now[0] - then[0]) / passed / 1e7 for now, then in zip(after, before)],
            [(now[1] - then[1]) / passed for now, then in zip(after, before)])


def of_sleepers(wakings):
    """% of a core of each of as many processes that do nothing but wake so many times a second."""
    program = "import sys, time\nwhile True: time.sleep(1 / float(sys.argv[1]))"
    sleepers = [subprocess.Popen([sys.executable, "-c", program, str(rate)]) for rate in wakings]
    try:
        time.sleep(2)
        return taken_by([sleeper.pid for sleeper in sleepers])[0]
    finally:
        for sleeper in sleepers:
            sleeper.kill()
            sleeper.wait()


def api(bare, runs):
    with Installation(bare) as r:
        r.fill_and_name()
        yield from lists(r, runs)
        taken = latencies(r)
        yield f"API: {RATE} requests/s of five kinds, p99, ms", [percentile(taken, 0.99)], None, "20"
        yield f"API: {RATE} requests/s of five kinds, median, ms", [statistics.median(taken)], None, ""
        yield from stalls(r.service, runs)
        time.sleep(5)
        yield "API: the service's memory after those imports, MB", [resident_mb([r.service.program.process.pid])[0]], None, ""
        used, memory, octets, changes = watched(r)
        what = f"{ROOMS} WebSockets with all points once a second, {changes:,.0f} changes/s"
        yield f"API: {what}: cores", [used], None, ""
        yield f"API: {what}: MB", [memory], None, ""
        yield f"API: {what}: kB/s to each", [octets / 1000], None, ""
    with Installation(bare) as r:
        rtu = free_port()
        r.bench.busbar("rtu", "sim", "rtu", "--port", rtu, "--generate", 100, "--events-per-second", 0)
        r.service.ask("POST", "/api/v1/connectors", {"id": "rtu-1", "kind": "iec104-client",
                                                     "config": {"network": {"host": "127.0.0.1", "port": rtu}}})
        r.service.ask("POST", "/api/v1/connectors", {"id": "scada-1", "kind": "iec104-server", "config": {
            "network": {"host": "127.0.0.1", "port": free_port(), "any_port": True}}})
        r.service.wait_running("rtu-1", "scada-1")
        time.sleep(10)
        pids = r.process_ids()
        ours, sleepers = [], []
        for _ in range(runs):
            used, wakings = taken_by(pids)
            ours.append(sum(used))
            sleepers.append(sum(of_sleepers(wakings)))
        rss, pss = resident_mb(pids)
        yield f"Idle installation with two connectors, {len(pids)} processes: % of a core " \
            "(beside: processes that only wake as often)", ours, sleepers, "1"
        yield "the same: resident MB, summed", [rss], None, "80"
        yield "the same: MB, shared pages once", [pss], None, "80"
