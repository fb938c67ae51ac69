#!/usr/bin/python3
"""A backup that is taken while connectors, points and users are changed holds one moment of it, whole. It is restored where it
was taken, and into another installation: database, keys in the store and running connectors agree with it afterwards."""
import json
import sqlite3
import subprocess
import threading

from harness import Resp, check, free_port, run_story, wait_for
from management import Management

PASSPHRASE = {"x-busbar-passphrase": "a passphrase that is long"}
OCTETS = {"content-type": "application/octet-stream", **PASSPHRASE}


def take(service):
    answer = service.ask("POST", "/api/v1/backup", {"passphrase": PASSPHRASE["x-busbar-passphrase"]})
    check(answer.status == 200, f"a backup is taken: {answer.body[:300]}")
    return answer.body


def restore(service, file, query="", expect=200, headers=None):
    answer = service.ask("POST", "/api/v1/restore" + query, headers=headers or OCTETS, raw=file)
    check(answer.status == expect, f"restore: {answer.status} {answer.body[:300]}")
    return answer.json


def state(service):
    """What people can change, as the API says it."""
    connectors = [{key: each[key] for key in ("id", "kind", "name", "config", "stopped")}
                  for each in service.ask("GET", "/api/v1/connectors").json["connectors"]]
    points = service.ask("GET", "/api/v1/exports/points?format=csv").body.decode()
    return connectors, points, service.ask("GET", "/api/v1/users").json["users"]


class Load(threading.Thread):
    """Changes the name and the configuration of a connector together, and a point with them, until it is stopped."""

    def __init__(self, service):
        super().__init__()
        self.service, self.ending, self.changes = service, threading.Event(), 0

    def run(self):
        while not self.ending.is_set():
            self.changes += 1
            number = self.changes
            self.service.ask("PATCH", "/api/v1/connectors/rtu-1", {"name": f"n{number}", "config": config(self.service, number)})
            self.service.ask("PUT", f"/api/v1/points/1/{number % 50}", {"name": f"p{number}"})

    def stop(self):
        self.ending.set()
        self.join()


def config(service, number):
    return {"network": {"host": "127.0.0.1", "port": service.rtu_port}, "stations": [{"casdu": 1 + number % 60000}]}


def agrees_with_itself(service, load):
    """Name and configuration were changed in one action: a backup never has one without the other."""
    connector = service.connector("rtu-1")
    number = int(connector["name"].removeprefix("n"))
    check(connector["config"]["stations"] == [{"casdu": 1 + number % 60000}], f"one moment, whole: {connector['name']}")
    check(0 < number <= load.changes, "a moment of the load")


def keys_agree(service):
    """The store's keys say what the database says."""
    store = Resp(service.bench.folder / service.data / "store.sock")

    def agrees():
        for connector in service.ask("GET", "/api/v1/connectors").json["connectors"]:
            found = store("GET", f"connectors:{connector['id']}:config")
            if not found or json.loads(found) != {**connector["config"], "revision": connector["config_revision"]}:
                return False
        return True
    wait_for(agrees, "the keys agree")


def management_backup(bench):
    service = Management(bench, first_user=True)
    service.rtu_port = free_port()
    service.ask("POST", "/api/v1/connectors", {"id": "rtu-1", "kind": "iec104-client", "name": "n0", "config": config(service, 0)})
    service.ask("POST", "/api/v1/users", {"name": "otto", "role": "operator", "password": "correct horse battery"})
    load = Load(service)
    load.start()
    wait_for(lambda: load.changes > 5, "the load has begun")
    backups = [take(service) for _ in range(5)]
    load.stop()
    check(all(b"rtu-1" not in each and b"SQLite format" not in each for each in backups), "they are sealed")

    # Where it was taken.
    service.ask("POST", "/api/v1/connectors", {"id": "later", "kind": "iec104-server", "config": {
        "network": {"host": "127.0.0.1", "port": free_port(), "any_port": True}}})
    service.ask("DELETE", "/api/v1/users/otto")
    before = state(service)
    plan = restore(service, backups[2], "?dry_run=true")
    check(plan["same_installation"] and plan["connectors"]["removed"] == ["later"], f"the preview: {plan}")
    check(state(service) == before, "a preview changes nothing")
    check(restore(service, backups[2], expect=400, headers={**OCTETS, "x-busbar-passphrase": "wrong wrong wrong"})["code"]
          == "unusable_backup", "another passphrase")
    check(restore(service, b"nonsense", expect=400)["code"] == "unusable_backup", "no backup")
    restore(service, backups[2])
    check(service.ask("GET", "/api/v1/session").status == 401, "all logins have ended")
    service.log_in()
    agrees_with_itself(service, load)
    check([each["id"] for each in state(service)[0]] == ["rtu-1"], "what came later is gone")
    check([each["name"] for each in state(service)[2]] == ["anna", "otto"], "who was removed is back")
    check(service.ask("GET", "/api/v1/audit/check").json["whole"], "the audit is whole")
    check(service.ask("GET", "/api/v1/audit?limit=5").json["entries"][1]["action"] == "backup restored", "and goes on")
    wait_for(lambda: service.connector("rtu-1").get("running_revision") == service.connector("rtu-1")["config_revision"],
             "the running connector has it")
    keys_agree(service)

    # Into another one, and back into a third from there: nothing is lost on the way.
    wanted = state(service)
    moved = take(service)
    check(service.program.stop() == 0, "the service stops in good order")
    other = Management(bench, first_user=True, data="other")
    check(not restore(other, moved)["same_installation"], "another installation")
    other.log_in()
    check(state(other) == wanted, "the same state")
    keys_agree(other)
    check(other.program.stop() == 0, "the other stops in good order")
    with sqlite3.connect(bench.folder / "other" / "busbar.db") as database:
        check(database.execute("PRAGMA integrity_check").fetchone() == ("ok",), "the database is whole")
        check(database.execute("PRAGMA foreign_key_check").fetchall() == [], "no reference leads nowhere")
    text = subprocess.run(["sqlite3", bench.folder / "other" / "busbar.db", ".schema"], capture_output=True, text=True).stdout
    check(text.count("CREATE TABLE") >= 10 and "CHECK (casdu BETWEEN 0 AND 65535)" in text, "sqlite3 shows the schema")
    print(f"{load.changes} changes while 5 backups were taken")


if __name__ == "__main__":
    run_story(management_backup)
