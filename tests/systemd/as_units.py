"""Connectors as units of their own (`--supervise systemd`), beside a store that is a unit, too."""
import signal
import time

from harness import check, free_port, store_server, wait_for
from installation import DATA, SERVICE, seen, seen_soon, unit_of

# What a quoting mistake would not survive.
WORD = "p\"a$s\\w'o%r`d #1"
STORE = f"""[Unit]
Description=The store

[Service]
ExecStart={store_server()} --port 6379 --bind 127.0.0.1 --dir /var/lib/datastore --appendonly yes --appendfsync always --save "" \\
    --maxmemory-policy noeviction --requirepass ${{WORD}}
EnvironmentFile=/etc/valkey-server.env
StateDirectory=datastore
User=nobody
Restart=always

[Install]
WantedBy=multi-user.target
"""
IDS = ("a-b_c", "A--B", "_", "x-", "-y", "--help", "rtu-1-2")


def quoted(word):
    return '"' + "".join("\\" + each if each in '"\\`$' else each for each in word) + '"'


def moves(site):
    """From children and a private store to units and a store that is one."""
    site.machine.do("systemctl", "stop", "busbar")
    site.machine.write("/etc/systemd/system/valkey-server.service", STORE)
    site.machine.write("/etc/valkey-server.env", f"WORD={quoted(WORD)}\n", 0o600)
    site.machine.do("systemctl", "daemon-reload")
    site.machine.do("systemctl", "enable", "--now", "valkey-server")
    site.options("BUSBAR_OPTIONS=--supervise systemd --store redis://127.0.0.1:6379", f"BUSBAR_REDIS_PWD={quoted(WORD)}")
    site.machine.do("systemctl", "start", "busbar")
    site.wait_running("rtu-1", "scada")
    shown = site.machine.shows(unit_of("rtu-1"))
    seen(shown["ActiveState"] == "active" and int(shown["MainPID"]) == site.process("rtu-1")["pid"],
         "the service starts its connectors as units, without a password of anybody", shown)
    seen(not [each for each in site.processes() if "systemctl" not in each and ("104" in each or "-server" in each)],
         "and has none as a child", site.processes())
    seen({SERVICE, "valkey-server.service"} <= set(shown["After"].split()), "it starts after service and store, and ends before them",
         shown["After"])
    seen(shown["StatusText"].startswith("Running"), "a unit's status is the connector's", shown["StatusText"])
    site.room_there = site.room(site.scada_port)
    seen(site.gets_events(site.room_there), "the control room gets events")


def verbs(site):
    before = site.process("rtu-1")["pid"]
    site.tell("rtu-1", "stop")
    seen_soon(lambda: site.process("rtu-1")["state"] == "stopped", "the API stops one")
    shown = site.machine.shows(unit_of("rtu-1"))
    seen((shown["ActiveState"], shown["Result"], shown["ExecMainStatus"]) == ("inactive", "success", "0"),
         "its unit ends in good order", shown)
    seen_soon(lambda: site.connector("rtu-1")["state"] == "Stopped", "and the connector said that it stops")
    site.tell("rtu-1", "start")
    site.wait_running("rtu-1")
    again = site.process("rtu-1")["pid"]
    site.tell("rtu-1", "restart")
    seen_soon(lambda: site.is_running("rtu-1") and site.process("rtu-1").get("pid") not in (None, before, again), "starts it, and restarts it")
    config = site.connector("rtu-1")["config"]
    for enabled, state in ((False, "stopped"), (True, "running")):
        answer = site.ask("PATCH", "/api/v1/connectors/rtu-1", {"config": {**config, "service": {"enabled": enabled}}})
        check(answer.status == 200, f"enabled: {answer.body}")
        seen_soon(lambda: site.process("rtu-1")["state"] == state, f"enabled={enabled}: it is {state}")
    site.wait_running("rtu-1")  # a start that is under way would stand for the reload
    site.machine.do("systemctl", "reload", unit_of("rtu-1"))
    seen_soon(lambda: "Read flags" in site.machine.journal("-u", unit_of("rtu-1")), "systemctl reload reads its options again")
    site.wait_running("rtu-1", "scada")


def names(site):
    """Identities that systemd, a shell or a command line could take for something else."""
    for each in IDS:
        site.client(each, port=free_port())
    for each in IDS:
        seen_soon(lambda: site.connector(each)["state"] in ("Running", "Error"), f"{each!r} runs as a unit")
    for each in IDS:
        shown = site.machine.shows(unit_of(each))
        check(int(shown["MainPID"]) == site.process(each)["pid"], f"the unit of {each}: {shown}")
    for each in IDS:
        check(site.ask("DELETE", f"/api/v1/connectors/{each}").status == 204, f"{each} is removed")
    for each in IDS:
        wait_for(lambda: site.machine.shows(unit_of(each))["ActiveState"] == "inactive", f"{each} ends")
        check(not site.machine.path(f"{DATA}/connectors/{each}.env").exists(), f"nothing is left of {each}")
    seen(True, "and each is gone when it is removed")
    site.wait_running("rtu-1", "scada")


def management_dies(site):
    pids = [site.process(each)["pid"] for each in ("rtu-1", "scada")]
    before = site.pid()
    site.signal(signal.SIGKILL)
    seen(site.gets_events(site.room_there, 5), "management is killed: the control room gets events")
    seen_soon(lambda: site.pid() not in (0, before) and site.is_ready(), "management is started again")
    site.wait_running("rtu-1", "scada")
    seen([site.process(each)["pid"] for each in ("rtu-1", "scada")] == pids, "its connectors went on, and it knows them")
    site.machine.do("systemctl", "stop", "busbar")
    seen(site.machine.shows(SERVICE)["Result"] == "success" and site.gets_events(site.room_there),
         "systemctl stop busbar leaves the connectors as they are")
    site.machine.do("systemctl", "restart", "busbar")
    site.wait_running("rtu-1", "scada")
    seen([site.process(each)["pid"] for each in ("rtu-1", "scada")] == pids, "and it finds them again")


def unit_hangs(site):
    before = site.process("rtu-1")
    site.signal(signal.SIGSTOP, unit_of("rtu-1"))
    seen_soon(lambda: site.process("rtu-1").get("pid") not in (None, before["pid"]), "a connector that hangs is ended and started again", 60)
    site.wait_running("rtu-1", "scada")
    shown = site.process("rtu-1")
    seen(shown["starts"] == before["starts"] + 1, "the API counts it", shown)
    seen(site.gets_events(site.room_there), "the control room gets events")


def unit_fails(site):
    """What an administrator may do to a unit by hand."""
    site.machine.do("systemctl", "stop", unit_of("rtu-1"))
    seen_soon(lambda: site.process("rtu-1")["state"] == "stopped", "one that is stopped by hand is shown so")
    site.machine.write("/etc/busbar/rtu-1.env", "BUSBAR_KIND=nonsense\n", 0o640)
    site.tell("rtu-1", "restart")
    seen_soon(lambda: site.process("rtu-1").get("last_end") == "exit-code", "one with a bad setting fails, and the API says so")
    time.sleep(3)
    shown = site.machine.shows(unit_of("rtu-1"))
    seen(shown["ActiveState"] == "failed" and shown["NRestarts"] == "0", "and is not tried again", shown)
    site.machine.path("/etc/busbar/rtu-1.env").unlink()
    site.tell("rtu-1", "restart")
    site.wait_running("rtu-1", "scada")
    seen("last_end" not in site.process("rtu-1"), "a restart brings it back", site.process("rtu-1"))


def alone(site):
    """A connector that an administrator runs, as on another machine."""
    site.machine.write("/etc/busbar/rtu-9.env", "BUSBAR_KIND=iec104-client\nBUSBAR_REDIS_HOST=127.0.0.1\n"
                       f"BUSBAR_REDIS_PWD={quoted(WORD)}\nBUSBAR_CLIENT_HOST=127.0.0.1\n", 0o640)
    site.machine.do("systemctl", "enable", "--now", unit_of("rtu-9"))
    seen_soon(lambda: "lease" in site.machine.journal("-u", unit_of("rtu-9")), "one that management does not know runs by its own file")
    site.machine.do("systemctl", "disable", "--now", unit_of("rtu-9"))


def reboots(site):
    site.server("quiet", free_port())
    site.wait_running("quiet")
    site.tell("quiet", "stop")
    seen_soon(lambda: site.process("quiet")["state"] == "stopped", "one is stopped")
    took = site.machine.power_off()
    seen(took < 15, f"the machine goes down in {took:.1f} s")
    site.machine.boot()
    site.wait_running("rtu-1", "scada")
    seen(site.gets_events(site.room_there), "after a boot its connectors run by themselves")
    shown = site.machine.shows(unit_of("quiet"))
    seen(shown["ActiveState"] == "inactive" and site.process("quiet")["state"] == "stopped", "and what was stopped is stopped", shown)
    ends = [site.machine.journal("-b", "-1", "-u", unit_of(each)).splitlines() for each in ("rtu-1", "scada")]
    seen(all(any(line.endswith("Deactivated successfully.") for line in lines) and not any("store_down" in line for line in lines)
             for lines in ends), "before, they had ended in good order, while their store was there", [lines[-8:] for lines in ends])


def private_store(site):
    """Units and the private store of the service."""
    site.machine.do("systemctl", "stop", "busbar")
    site.machine.do("systemctl", "stop", *map(unit_of, ("rtu-1", "scada")))
    site.options("BUSBAR_OPTIONS=--supervise systemd")
    site.machine.do("systemctl", "start", "busbar")
    site.wait_running("rtu-1", "scada")
    seen(site.gets_events(site.room_there), "units work with the private store of the service")
    site.machine.do("systemctl", "restart", "busbar")
    site.wait_running("rtu-1", "scada")
    seen(site.gets_events(site.room_there), "also when it has been away")
    took = site.machine.power_off()
    seen(took < 15, f"the machine goes down in {took:.1f} s")
    site.machine.boot()
    site.wait_running("rtu-1", "scada")
    seen(site.gets_events(site.room_there), "and comes back")
    ends = [site.machine.journal("-b", "-1", "-u", unit_of(each)).splitlines() for each in ("rtu-1", "scada")]
    seen(all("store_down" not in "\n".join(lines[-6:]) for lines in ends), "its connectors had ended before the store",
         [lines[-8:] for lines in ends])


CHAPTERS = [("Connectors become units", moves), ("Start, stop, restart", verbs), ("Names", names),
            ("Management is killed, stopped, restarted", management_dies), ("A connector hangs", unit_hangs),
            ("A connector fails", unit_fails), ("A connector alone", alone), ("A reboot with units", reboots),
            ("Units and the private store", private_store)]
