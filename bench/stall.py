"""How long the loop of the management service stands still while somebody changes much: another process asks /healthz every
5 ms, and the longest answer during each change counts. 200 connectors, two of them with mappings of 100,000 points."""
import http.client
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from parts import wait_for

POINTS, BODY_POINTS, CONNECTORS = 100_000, 8_000, 200  # a body of JSON has a megabyte at most
CSV, JSON = {"content-type": "text/csv"}, {"content-type": "application/json"}


def ask_always(port, into):
    """When it asked, and how many ms it waited, in lines, until it is killed."""
    line, answers = http.client.HTTPConnection("127.0.0.1", port, timeout=60), open(into, "w", buffering=1)
    while True:
        began = time.monotonic()
        line.request("GET", "/healthz")
        line.getresponse().read()
        took = time.monotonic() - began
        answers.write(f"{began} {took * 1000}\n")
        time.sleep(max(0, 0.005 - took))


class Watch:
    def __init__(self, service):
        self.service, self.answers = service, Path(tempfile.mkstemp(prefix="busbar-healthz-")[1])
        self.process = subprocess.Popen([sys.executable, __file__, str(service.port), str(self.answers)])
        wait_for(lambda: self.answers.stat().st_size > 0, "somebody asks for the health")

    def longest(self, change):
        """ms, while `change` is under way and for half a second after; what the change took, too."""
        began = time.monotonic()
        change()
        ended = time.monotonic()
        wait_for(lambda: self.rows()[-1][0] > ended + 0.5, "the health was asked for since", 60)
        return max(took for at, took in self.rows() if began - 0.01 <= at <= ended + 0.5), (ended - began) * 1000

    def rows(self):
        return [tuple(map(float, row.split())) for row in self.answers.read_text().splitlines() if row.count(" ") == 1]

    def end(self):
        self.process.kill()
        self.process.wait()
        self.answers.unlink()


def mapping(name):
    return {"expose": "mapped", "points": [{"casdu": 1, "ioa": ioa, "from": {"casdu": 2, "ioa": ioa}, "type": 36,
                                            "name": f"{name} {ioa}"} for ioa in range(1, BODY_POINTS + 1)]}


def mapping_table(name):
    return ("casdu,ioa,from_casdu,from_ioa,type,name\n" + "".join(
        f"1,{ioa},2,{ioa},36,{name} {ioa} current\n" for ioa in range(1, POINTS + 1))).encode()


def table(name):
    return ("casdu,ioa,name,unit\n" + "".join(f"1,{ioa},{name} {ioa} current,A\n" for ioa in range(1, POINTS + 1))).encode()


def stalls(service, runs):
    """`service`: of the tests' harness, with somebody logged in."""
    def ask(method, target, raw=None, headers=JSON):
        answer = service.ask(method, "/api/v1" + target, raw=raw, headers=headers if raw else None)
        if answer.status >= 300:
            raise RuntimeError(f"{method} {target}: {answer.status} {answer.body[:300]}")
        return answer.body

    def job(target, raw, headers=CSV):
        job = json.loads(ask("POST", target, raw, headers))["id"]
        wait_for(lambda: json.loads(ask("GET", f"/jobs/{job}"))["state"] in ("Completed", "Failed"), "it is done", 120)
        done = json.loads(ask("GET", f"/jobs/{job}"))
        if done["state"] != "Completed":
            raise RuntimeError(f"{target}: {done}")
        return done.get("revision")

    def text(value):
        return json.dumps(value).encode()

    for name in ("big-1", "big-2", "middle"):
        ask("POST", "/connectors", text({"id": name, "kind": "iec104-server", "stopped": True}))
    for name in ("big-1", "big-2"):
        job(f"/connectors/{name}/mapping/import", mapping_table("Feeder"))
    ask("POST", "/connectors", text({"id": "c-0", "kind": "iec104-client", "stopped": True, "config": {
        "network": {"host": "10.1.0.7"}, "stations": [{"casdu": 21}]}}))
    ask("POST", "/connectors/c-0/copies", text({"columns": [], "stopped": True, "rows": [
        {"id": f"c-{number}", "values": []} for number in range(1, CONNECTORS - 3)]}))
    job("/imports", table("Feeder"))
    ask("GET", "/points?limit=1")
    time.sleep(6)
    bodies = [text({"mapping": mapping(f"Line {run}")}) for run in range(runs)]
    watch = Watch(service)
    last = [0]

    def change_all(run):
        last[0] = job("/imports", table(f"Other {run}"))

    def change_mapping(run):
        last[0] = job("/connectors/big-2/mapping/import", mapping_table(f"Other {run}"))
    changes = {
        "nothing": lambda run: time.sleep(11),
        "PUT of a point, and GET of points": lambda run: (
            ask("PUT", f"/points/1/{run + 5}", text({"name": f"x{run}"})), ask("GET", "/points?limit=1")),
        "PUT of a new point, and GET of points": lambda run: (
            ask("PUT", f"/points/2/{run + 5}", text({"name": f"x{run}"})), ask("GET", "/points?limit=1")),
        "a connector is renamed": lambda run: ask("PATCH", "/connectors/c-7", text({"name": f"x{run}"})),
        "the list of connectors": lambda run: ask("GET", "/connectors"),
        f"PATCH of a mapping of {BODY_POINTS:,} points": lambda run: ask("PATCH", "/connectors/middle", bodies[run]),
        f"PATCH of a configuration beside a mapping of {POINTS:,} points": lambda run: ask(
            "PATCH", "/connectors/big-1", text({"config": {"network": {"max_connections": run + 2}}})),
        "a connector with such a mapping is started and stopped": lambda run: (
            ask("POST", "/connectors/big-2/start"), ask("POST", "/connectors/big-2/stop")),
        f"import of {POINTS:,} points, all changed": change_all,
        "its undo": lambda run: ask("POST", f"/revisions/{last[0]}/undo"),
        f"import of a mapping of {POINTS:,} points, all changed": change_mapping,
        "the undo of that": lambda run: ask("POST", f"/revisions/{last[0]}/undo"),
    }
    try:
        for what, change in changes.items():
            longest, took = zip(*[watch.longest(lambda run=run: change(run)) for run in range(runs)])
            yield f"API: longest /healthz, ms, while: {what}", list(longest), None, "200"
            if os.environ.get("BUSBAR_BENCH_TOOK"):
                yield "  it took, ms", list(took), None, ""
    finally:
        watch.end()


if __name__ == "__main__":
    ask_always(int(sys.argv[1]), sys.argv[2])
