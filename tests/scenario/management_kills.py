#!/usr/bin/python3
"""Management, connectors and the store are killed in turn and together, and the store is flushed, while the configuration
changes. What a killed management leaves has no change that is half applied; after the last start database, store and running
connectors agree, and every change that was answered is there.

usage: management_kills.py [--kills 12] [--seed N]
"""
import argparse
import fcntl
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from pathlib import Path

from harness import check, free_port, run_story, wait_for
from management import Management

CONNECTORS = ("rtu-1", "rtu-2", "srv-1")


def config_of(connector, port, number):
    """A configuration that bears its number where a connector does not mind."""
    network = {"host": "127.0.0.1", "port": port}
    if connector == "srv-1":
        return {"network": {**network, "any_port": True}, "interrogation_wait": 1 + number}
    return {"network": network, "not_topical_after": 1 + number}


class Changer(threading.Thread):
    """Changes one connector again and again; remembers the last change that was answered, and the one after it."""

    def __init__(self, service, connector, port):
        super().__init__(daemon=True)
        self.service, self.connector, self.port = service, connector, port
        self.answered, self.tried, self.ending = None, 0, False
        self.start()

    def run(self):
        while not self.ending:
            self.tried += 1
            body = {"config": config_of(self.connector, self.port, self.tried)}
            try:
                answer = self.service.ask("PATCH", f"/api/v1/connectors/{self.connector}", body)
                if answer.status == 200:
                    self.answered = answer.json["config"]
                elif answer.code == "not_logged_in":
                    raise AssertionError("a login outlives kills")
            except (OSError, ValueError):
                pass  # the service was killed meanwhile: whether it was done is not known
            time.sleep(0.02)


def children_of(pid):
    """{name: pid} of the service's processes."""
    found = {}
    for line in subprocess.run(["ps", "--ppid", str(pid), "-o", "pid=,args="], capture_output=True, text=True).stdout.splitlines():
        child, args = line.split(None, 1)
        if "--id" in args:
            found[args.split("--id ")[1].split()[0]] = int(child)
        elif "unixsocket" in args or "-server" in args.split()[0]:
            found["store"] = int(child)
    return found


def kill(pid):
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        pass


def flush(bench):
    """Somebody's FLUSHALL; whether it was done: the store may be away just now."""
    try:
        return bench.ask("FLUSHALL") == "OK"
    except (OSError, RuntimeError):
        return False


def left_behind(bench):
    """A copy of what a killed management had in its database at that moment: nobody has repaired it."""
    for old in bench.folder.glob("left.db*"):
        old.unlink()
    for end in ("", "-wal"):
        if (bench.folder / f"data/busbar.db{end}").exists():
            shutil.copy(bench.folder / f"data/busbar.db{end}", bench.folder / f"left.db{end}")
    return bench.folder / "left.db"


def strike(bench, service):
    """One of: management, a connector, the store, or everything at once; or the store is empty of a sudden."""
    victims = bench.random.choice([["management"], ["management"], [bench.random.choice(CONNECTORS)], ["store"],
                                   ["flush"], ["management", "store"], ["management", "store", *CONNECTORS]])
    children = children_of(service.program.process.pid)
    for victim in victims:
        if victim != "management" and victim in children:
            kill(children[victim])
    if "flush" in victims:
        flush(bench)
    if "management" in victims:
        service.program.kill()
        check_database(left_behind(bench))
        time.sleep(bench.random.uniform(0, 0.2))
        service.start()
        check(len(stores(bench)) <= 1, "there is one store at a time")
    return "+".join(victims)


def story(bench, kills):
    service = Management(bench, first_user=True)
    ports = {name: free_port() for name in CONNECTORS}
    for name in CONNECTORS:
        kind = "iec104-server" if name == "srv-1" else "iec104-client"
        body = {"id": name, "kind": kind, "config": config_of(name, ports[name], 0)}
        check(service.ask("POST", "/api/v1/connectors", body).status == 201, f"{name} is made")
    an_earlier_store_ends_first(bench, service)
    changers = [Changer(service, name, ports[name]) for name in CONNECTORS]
    struck = {}
    bench.socket = bench.folder / "data/store.sock"
    for _ in range(kills):
        time.sleep(bench.random.uniform(0.05, 0.8))
        what = strike(bench, service)
        struck[what] = struck.get(what, 0) + 1
    time.sleep(0.5)
    for changer in changers:
        changer.ending = True
        changer.join()
    print(f"{kills} kills: {struck}; changes tried: {[changer.tried for changer in changers]}", flush=True)
    # Nobody changes anything any more: only a look at the store finds this.
    wait_for(lambda: flush(bench), "the store is emptied")
    for changer in changers:
        wait_for(lambda: agrees(bench, service, changer), f"{changer.connector}: database, store and process agree", 40)
    check_database(bench.folder / "data/busbar.db")
    check(service.ask("GET", "/api/v1/audit/check").json["whole"], "the audit is whole")
    check(service.program.stop() == 0, "the service stops in good order")


def an_earlier_store_ends_first(bench, service):
    """The store of a killed service may still be ending; here the test has what it would have: the next one waits."""
    check(len(stores(bench)) == 1, "it has a store")
    service.program.kill()
    wait_for(lambda: not stores(bench), "the store ends with its service")
    with (bench.folder / "data/store.lock").open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        service.program = bench.busbar("up", "up", "--data", bench.folder / "data", "--http-port", service.port)
        wait_for(lambda: service.answers("/healthz"), "the next service answers")
        time.sleep(1)
        check(not stores(bench), "its store waits")
    wait_for(service.is_ready, "then it has one")


def stores(bench):
    """Processes that are the private store, or were and are still ending."""
    found = subprocess.run(["pgrep", "-f", "(valkey|redis)-server.*" + bench.folder.name], capture_output=True, text=True).stdout.split()
    return [pid for pid in found if not is_zombie(pid)]


def is_zombie(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] == "Z"
    except FileNotFoundError:
        return True


def agrees(bench, service, changer):
    shown = service.connector(changer.connector)
    try:
        stored = json.loads(bench.ask("GET", f"connectors:{changer.connector}:config") or "{}")
        running = bench.status(changer.connector)
    except (OSError, RuntimeError):  # away, or reading its file
        return False
    revision = stored.pop("revision", None)
    same = (stored == shown["config"] and revision == shown["config_revision"]
            and running.get("config_revision") == str(revision) and running.get("state") in ("Running", "Error"))
    check(not same or changer.answered is None or number_of(shown["config"]) >= number_of(changer.answered),
          f"{changer.connector}: what was answered is there: {changer.answered}, {shown['config']}")
    return same


def number_of(config):
    return config.get("not_topical_after", 0) or config.get("interrogation_wait", 0)


def check_database(path):
    database = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    check(database.execute("PRAGMA integrity_check").fetchone() == ("ok",), "the database is sound")
    check(not database.execute("PRAGMA foreign_key_check").fetchall(), "no reference hangs")
    for identity, config, revision in database.execute("SELECT id, config, config_revision FROM connector"):
        after = database.execute("SELECT after FROM revision WHERE id = ?", (revision,)).fetchone()
        check(after and after[0] == config, f"{identity}: its configuration is that of its revision")
        newer = database.execute("SELECT count(*) FROM revision WHERE kind = 'config' AND object = ? AND id > ?",
                                 (identity, revision)).fetchone()
        check(newer == (0,), f"{identity}: no revision is newer than what is in force")


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--kills", type=int, default=12)
    arguments.add_argument("--seed", type=int)
    chosen = arguments.parse_args()
    sys.argv[1:] = [] if chosen.seed is None else [str(chosen.seed)]

    def management_kills(bench):
        story(bench, chosen.kills)

    run_story(management_kills)
