#!/usr/bin/python3
"""A machine is booted with systemd as PID 1, Busbar is installed there as the guide says, and the units do what the guide says:
the service with its hardening, watchdog and stop, connectors as units, the rule for polkit, and all of it after a reboot.

As root, in a mount namespace of its own: scripts/boot.sh. What the machine logged is in build/logs/boot afterwards.
"""
import json
import os
import re
import shutil
import signal
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "scenario"))
from harness import PROGRAM, SOURCE, check, free_port, run_story, skip  # noqa: E402
from installation import DATA, SERVICE, Installation, run_shell, seen, seen_soon  # noqa: E402
from machine import Machine, command, use_own_network  # noqa: E402
from tls_chain import commands as tls_commands  # noqa: E402
import as_units  # noqa: E402
import narrow  # noqa: E402

# Runs its import where the service's limits hold; what it could do there goes to its log.
SCRIPT = """#!/usr/bin/python3
import ctypes, json, mmap, os, sys
def tries(what, work):
    try:
        work()
        print(what, "works", file=sys.stderr)
    except Exception as error:
        print(what, "refused:", error, file=sys.stderr)
tries("write-execute", lambda: mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC))
tries("write-etc", lambda: open("/etc/busbar-was-here", "w"))
tries("mount", lambda: os.open("/proc/1/root", os.O_RDONLY))
told = json.load(sys.stdin)
json.dump({"RequestGuid": told["RequestGuid"], "SuccessStatus": True, "MetaDataRows": [
    {"CommonAddress": 150, "InformationObjectAddress": 104, "SignalDescription": "Earthing switch", "Type": 2}]}, sys.stdout)
"""


def installs(site):
    """The commands of the guide, one after the other."""
    for line in site.guide():
        site.machine.do("sh", "-c", line)
    shown = site.machine.shows(SERVICE)
    seen(shown["ActiveState"] == "active" and shown["Type"] == "notify", "the guide's commands make the service active", shown)
    seen(shown["StatusText"] == "The API is at http://127.0.0.1:8104/", "it says where its API is", shown["StatusText"])
    site.set_up()
    seen(True, "the link of the journal makes the first user")
    data, etc = site.machine.path(DATA).stat(), site.machine.path("/etc/busbar").stat()
    seen(data.st_uid != 0 and oct(data.st_mode & 0o777) == "0o700" and oct(etc.st_mode & 0o777) == "0o750",
         "the directories belong to whom they should")
    seen(site.machine.do("systemctl", "is-enabled", "busbar").strip() == "enabled", "it is enabled")


def lines_work(site):
    site.scada_port = free_port()
    site.client("rtu-1")
    site.server("scada", site.scada_port)
    site.wait_running("rtu-1", "scada")
    room = site.room(site.scada_port)
    seen(site.gets_events(room), "values go from the RTU through both connectors to the control room")
    names = " ".join(site.processes())
    seen(all(each in names for each in ("busbar up", "iec104-client", "iec104-server", "-server")), "all are processes of the unit", names)
    users = {line.split()[0] for line in site.machine.do("ps", "-eo", "user=,args=").splitlines() if "busbar" in line or "valkey" in line}
    seen(users == {"busbar"}, "and belong to the user busbar", users)


def tls_works(site):
    """Keys of /etc/busbar, and those that the API keeps."""
    folder = site.bench.folder
    for block in tls_commands()[:2]:
        run_shell(folder, block)
    for name in ("busbar.pem", "busbar.key", "ca.pem"):
        site.machine.write(f"/etc/busbar/tls/{name}", (folder / name).read_text(), 0o640)
        answer = site.ask("PUT", f"/api/v1/certificates/{name}", raw=(folder / name).read_bytes(),
                          headers={"content-type": "application/x-pem-file"})
        check(answer.status in (200, 201, 204), f"{name} is kept: {answer.body}")
    site.machine.do("chgrp", "-R", "busbar", "/etc/busbar/tls")
    kept = {each["name"]: each["path"] for each in site.ask("GET", "/api/v1/certificates").json["files"] if each.get("name")}
    for connector, paths in (("tls-etc", {name: f"/etc/busbar/tls/{name}" for name in kept}), ("tls-kept", kept)):
        port = free_port()
        site.server(connector, port, tls={"certificate": paths["busbar.pem"], "key": paths["busbar.key"], "ca": [paths["ca.pem"]]})
        site.wait_running(connector)
        room = site.room(port, "--tls-cert", folder / "scada-a.pem", "--tls-key", folder / "scada-a.key", "--tls-ca", folder / "ca.pem")
        seen(site.gets_events(room), f"a line over TLS works with {paths['busbar.key']}")
        room.stop()
        site.ask("DELETE", f"/api/v1/connectors/{connector}")


def script_works(site):
    site.machine.write(f"{DATA}/scripts/asset-list", SCRIPT, 0o755)
    site.machine.write(f"{DATA}/scripts/asset-list.json", json.dumps({"inputs": ["ImportElementName", "RequestGuid", "Device"]}))
    site.machine.do("chown", "-R", "busbar:", f"{DATA}/scripts")
    body = {"element": "rtu-1"}
    confirm = site.ask("POST", "/api/v1/scripts/asset-list/confirmations", body)
    check(confirm.status == 200, f"a run is confirmed: {confirm.body}")
    begun = site.ask("POST", "/api/v1/scripts/asset-list/runs", {**body, "confirm": confirm.json["confirm"]})
    job = lambda: site.ask("GET", begun.headers["location"]).json
    seen_soon(lambda: job()["state"] in ("Completed", "Failed"), "an import script in Python ends")
    log = "\n".join(job()["script"]["log"])
    seen(job()["state"] == "Completed" and "Earthing switch" in site.ask("GET", "/api/v1/exports/points").body.decode(),
         "and its rows are imported", job())
    seen(all(f"{each} refused" in log for each in ("write-execute", "write-etc", "mount")), "the service's limits hold for it", log)


def files_work(site):
    metrics = site.ask("GET", "/metrics").body.decode()
    seen(re.search(r'busbar_connector_state\{[^}]*id="rtu-1"[^}]*\} 1', metrics) and "busbar_connector_process_up" in metrics,
         "metrics of service and connectors", metrics[:500])
    seen(site.ask("GET", "/api/v1/connectors/rtu-1/log?lines=20").json["lines"], "the log of a connector")
    backup = site.ask("POST", "/api/v1/backup", {"passphrase": "a passphrase that is long"})
    seen(backup.status == 200, "a backup", backup.body[:200])
    octets = {"content-type": "application/octet-stream", "x-busbar-passphrase": "a passphrase that is long"}
    restored = site.ask("POST", "/api/v1/restore", headers=octets, raw=backup.body)
    seen(restored.status == 200, "that is restored", restored.body[:300])
    site.log_in()
    site.wait_running("rtu-1", "scada")
    logs = [site.machine.path(f"{DATA}/store.log"), *site.machine.path(f"{DATA}/run").glob("*.log")]
    refused = [line for file in logs for line in file.read_text(errors="replace").splitlines()
               if re.search(r"not permitted|denied|read-only file system", line, re.IGNORECASE)]
    seen(not refused, "no log tells of anything that was not permitted", refused)


def hangs(site):
    before, room = site.pid(), site.room(site.scada_port)
    site.signal(signal.SIGSTOP)
    began = time.monotonic()
    seen_soon(lambda: "watchdog" in site.machine.journal("-u", SERVICE).lower(), "the watchdog notices a service that hangs", 60)
    seen_soon(lambda: site.pid() not in (0, before) and site.is_ready(), "it is ended and started again", 60)
    print(f"   (after {time.monotonic() - began:.0f} s)")
    site.wait_running("rtu-1", "scada")
    seen(site.gets_events(room), "both connectors are Running again, and the control room gets events")
    names = list(site.processes())
    seen(len(names) == 4 and len(set(names)) == 4, "no process of the one before is left", names)
    room.stop()


def stops(site):
    began = time.monotonic()
    site.machine.do("systemctl", "stop", "busbar")
    took, shown = time.monotonic() - began, site.machine.shows(SERVICE)
    seen(shown["Result"] == "success" and shown["ExecMainStatus"] == "0" and shown["ActiveState"] == "inactive",
         f"systemctl stop ends it in good order, in {took:.1f} s", shown)
    seen(took < 10, "well within its limit of 30 s")
    seen("busbar" not in site.machine.do("ps", "-eo", "args="), "and nothing of it is left")
    site.options("BUSBAR_OPTIONS=--supervise nobody")
    site.machine.run("systemctl", "start", "busbar")
    time.sleep(5)
    shown = site.machine.shows(SERVICE)
    seen(shown["ActiveState"] == "failed" and shown["NRestarts"] == "0", "with an option that does not exist it is not tried again",
         {key: shown[key] for key in ("ActiveState", "SubState", "NRestarts", "Result")})
    seen("--supervise" in site.machine.journal("-u", SERVICE, "-n", "20"), "and the journal says which")
    site.options()
    site.machine.do("systemctl", "start", "busbar")
    site.wait_running("rtu-1", "scada")


def in_use(site):
    """A port that somebody else has for a while."""
    site.machine.do("systemctl", "stop", "busbar")
    other = site.bench.start("other", "/usr/bin/python3", "-m", "http.server", "--bind", "127.0.0.1", "8104")
    seen_soon(lambda: not site.is_free(8104), "somebody else has the API's port")
    site.machine.run("systemctl", "start", "--no-block", "busbar")
    try:
        seen_soon(lambda: int(site.machine.shows(SERVICE)["NRestarts"]) >= 6, "it is tried again and again", 60)
    finally:
        other.kill()
    seen_soon(lambda: site.is_ready(), "and is there when the port is free")
    site.wait_running("rtu-1", "scada")


def reboots(site):
    room = site.room(site.scada_port)
    took = site.machine.power_off()
    seen(True, f"the machine goes down in {took:.1f} s")
    site.machine.boot()
    site.wait_running("rtu-1", "scada")
    seen(site.gets_events(room), "after a boot all is as it was before")
    room.stop()


CHAPTERS = [("The guide's commands", installs), ("Lines", lines_work), ("TLS", tls_works), ("An import script", script_works),
            ("Metrics, logs, backup", files_work), ("The watchdog", hangs), ("Stops and faults", stops),
            ("A port in use", in_use), ("A reboot", reboots), *as_units.CHAPTERS, *narrow.CHAPTERS]


def tell(site):
    """All chapters, also after one that failed."""
    failed = []
    for title, chapter in CHAPTERS:
        print(title, flush=True)
        try:
            chapter(site)
        except Exception as error:  # a stranger's fault counts, too
            failed.append(title)
            print(f"FAILED: {type(error).__name__}: {error}", flush=True)
            if not site.cookie or not site.machine.init:
                break  # nothing else could work
    check(not failed, f"failed: {', '.join(failed)}")


def boot(bench):
    build, logs = Path(PROGRAM).parents[1], SOURCE / "build/logs/boot"
    shutil.rmtree(logs, ignore_errors=True)
    logs.mkdir(parents=True)
    folder = bench.folder / "machine"
    folder.mkdir()
    machine = Machine(folder, logs / "console.log")
    machine.prepare()
    command("cmake", "--install", build, "--component", "program", "--prefix", "/usr/local",
            env={**os.environ, "DESTDIR": str(machine.root)})
    use_own_network()
    try:
        machine.boot()
        print(f"booted: {machine.do('systemctl', '--version').splitlines()[0]}", flush=True)
        site = Installation(bench, machine)
        tell(site)
    finally:
        if machine.init:
            (logs / "journal.log").write_text(machine.run("journalctl", "--no-pager").stdout)
        machine.leave()
        bench.end()
        machine.fold()


if __name__ == "__main__":
    if os.geteuid() != 0:
        skip("only root may boot a machine")
    run_story(boot)
