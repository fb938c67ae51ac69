#!/usr/bin/python3
"""The store in trouble, in one of many ways, while an RTU raises numbered events: no acknowledgement runs ahead of the
store, nothing is lost that the RTU still holds, memory stays flat, and the trouble is told with its reason: in the log, and at once in
the metrics file of every connector that has it.

usage: store_faults.py NAME [seed]; NAME: a key of FAULTS
"""
import signal
import sys
import time
from pathlib import Path

import harness
from harness import PROGRAM, StateLog, check, free_port, logged, read_metrics, run_story, state_in, wait_for

OBJECTS, RATE = 20, 200


def proxied(*commands, lasting):
    def fault(bench, proxy, store):
        for command in commands:
            proxy.process.stdin.write((command + "\n").encode())
            proxy.process.stdin.flush()
        time.sleep(lasting)  # how long the fault lasts is what is tested
        proxy.process.stdin.write(b"normal\n")
        proxy.process.stdin.flush()
    return fault


def stopped(seconds):
    def fault(bench, proxy, store):
        store.signal(signal.SIGSTOP)
        time.sleep(seconds)
        store.signal(signal.SIGCONT)
    return fault


def killed(bench, proxy, store):
    store.kill()
    time.sleep(1)
    bench.store(persistent=True)


def out_of_memory(bench, proxy, store):
    used = next(line for line in bench.ask("INFO", "memory").splitlines() if line.startswith("used_memory:"))
    bench.ask("CONFIG", "SET", "maxmemory", int(used.split(":")[1]) // 2)
    time.sleep(3)
    bench.ask("CONFIG", "SET", "maxmemory", 0)


FAULTS = {
    "stopped-5": (stopped(5), True), "stopped-60": (stopped(60), True), "killed": (killed, True),
    "out-of-memory": (out_of_memory, True),
    "delay-1": (proxied("delay 1", lasting=6), False), "delay-5": (proxied("delay 5", lasting=12), False),
    "delay-14": (proxied("delay 14", lasting=20), True), "delay-16": (proxied("delay 16", lasting=22), True),
    "half-replies": (proxied("halve-replies 0.2", lasting=6), False),
    "error-replies": (proxied("replace XADD all -OOM command not allowed when used memory > 'maxmemory'.", lasting=4), True),
    "reset-after-xadd": (proxied("reset-before-reply XADD 50", lasting=4), True),
    "refused": (proxied("refuse", "reset", lasting=4), True),
}


# These are the store's own: the server connector, which does without the proxy, has them too.
OF_THE_STORE = {"stopped-5", "stopped-60", "killed", "out-of-memory"}


def check_told(connector, program, states):
    """As soon as the log says that the store is away the metrics file says Error with a reason from the log."""
    told = logged(program, "store_down")
    check(told, f"{connector}'s log tells that the store was away, and why")
    reasons = {sentence.removeprefix("The store is away: ") for _, sentence in told}  # the first may not last for long
    away = "the store is away: "
    shown = [(written, detail.removeprefix(away)) for written, state, detail in states.seen
             if state == "Error" and detail.startswith(away)]
    check(shown and {reason for _, reason in shown} <= reasons, f"{connector}'s metrics say Error: {shown}, told {told}")
    check(shown[0][0] - told[0][0] < 1.0, f"{connector}'s metrics say so at once, not after {shown[0][0] - told[0][0]:.1f} s")


class Judge:
    """Reads the RTU's own log, the stream, and the control room's own log."""

    def __init__(self, bench, rtu_log, scada_log):
        self.bench, self.rtu_log, self.scada_log = bench, rtu_log, scada_log

    @staticmethod
    def read(path):
        import json
        if not path.exists():
            return []
        text = path.read_text()
        return [json.loads(line) for line in text[:text.rfind("\n") + 1].splitlines()]

    def acknowledged(self):
        return max((line["to"] for line in self.read(self.rtu_log) if line["what"] == "acknowledged"), default=0)

    def raised(self):
        return max((line["number"] for line in self.read(self.rtu_log) if line["what"] == "event"), default=0)

    def in_stream(self):
        import json
        entries = self.bench.ask("XRANGE", "process:updates", "-", "+")
        points = [json.loads(dict(zip(e[1][::2], e[1][1::2]))["data"]) for e in entries]
        return {p["value"] for p in points if p["type"] == 33}

    def seen(self):
        return [(o["ioa"], o["value"]) for o in self.read(self.scada_log) if o["what"] == "object" and o["type"] == 33]

    def check_not_ahead(self):
        acknowledged = self.acknowledged()  # first: what is stored after this only helps
        missing = set(range(1, acknowledged + 1)) - self.in_stream()
        check(not missing, f"acknowledged up to {acknowledged}, but not stored: {sorted(missing)[:10]}")


def story(name, bench):
    fault, outage = FAULTS[name]
    persistent = name == "killed"
    store = bench.store(persistent=persistent)
    rtu_port, scada_port = free_port(), free_port()
    behind = bench.folder / "proxy.sock"
    proxy = bench.start("proxy", Path(PROGRAM).parent / "busbar-fault-proxy", behind, bench.socket)
    wait_for(behind.exists, "the proxy listens")
    files = {connector: bench.folder / f"{connector}.prom" for connector in ("client", "srv")}
    server = bench.server("srv", scada_port, environment={"BUSBAR_IEC104_SERVER_METRICS_FILE": str(files["srv"])})
    bench.wait_running("srv")
    scada_log, rtu_log = bench.folder / "scada.jsonl", bench.folder / "rtu.jsonl"
    bench.busbar("scada", "sim", "scada", "--port", scada_port, "--quiet", "--reconnect", "--no-interrogation",
                 "--log", scada_log)
    wait_for(lambda: logged(server, "transfer_started"), "the control room is there before the first event")
    bench.busbar("rtu", "sim", "rtu", "--port", rtu_port, "--numbered", OBJECTS, "--events-per-second", RATE,
                 "--log", rtu_log)
    client = bench.busbar("client", "iec104-client", "--id", "client", "client", "--host", "127.0.0.1", "--port", rtu_port,
                          "redis", "--host", behind, "--stream-max-length", 1000000, "--metrics-file", files["client"])
    judge = Judge(bench, rtu_log, scada_log)
    wait_for(lambda: judge.acknowledged() > RATE, "events flow")
    judge.check_not_ahead()
    before_kb = client.resident_kb()
    for connector, file in files.items():
        wait_for(lambda: state_in(read_metrics(file)) == ("Running", ""), f"{connector}'s metrics say Running")
    states = {connector: StateLog(file) for connector, file in files.items()}

    fault(bench, proxy, store)
    judge.check_not_ahead()
    if outage:
        check_told("client", client, states["client"])
    if name in OF_THE_STORE:
        check_told("srv", server, states["srv"])
    raised = judge.raised()
    wait_for(lambda: judge.acknowledged() > raised + RATE, "events flow again", 60)
    judge.check_not_ahead()
    for connector, file in files.items():
        wait_for(lambda: bench.status(connector).get("state") == "Running", f"{connector}'s status key is true again")
        wait_for(lambda: state_in(read_metrics(file)) == ("Running", ""), f"{connector}'s metrics say Running again")
        states[connector].stop()
    if outage:
        wait_for(lambda: int(bench.status("client").get("store_losses", 0)) > 0, "the status counts the store's absence")
        check(int(bench.status("client")["store_away_ms"]) > 0, "and how long it was")
        wait_for(lambda: read_metrics(files["client"]).get(("busbar_store_losses_total",), 0) > 0, "so do the metrics")
    check(client.resident_kb() - before_kb < 30_000, f"memory grew from {before_kb} to {client.resident_kb()} kB")

    upto = judge.acknowledged()
    wait_for(lambda: {value for _, value in judge.seen()} >= set(range(1, upto + 1)),
             f"all {upto} acknowledged events reach the control room", 60)
    for ioa in {ioa for ioa, _ in judge.seen()}:
        first_seen = list(dict.fromkeys(value for i, value in judge.seen() if i == ioa))
        check(first_seen == sorted(first_seen), f"object {ioa} in order after dropping repeats")
    seen = [value for _, value in judge.seen()]
    print(f"{upto} events, {len(seen) - len(set(seen))} repeated at the control room")


if __name__ == "__main__":
    name = sys.argv.pop(1)

    def store_faults(bench):
        story(name, bench)

    run_story(store_faults)
