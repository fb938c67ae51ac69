#!/usr/bin/python3
"""Two simulated meters on one line: their values come into image and stream, another program gets the line through a
gateway, a wrong password and a meter that is gone do not hold up the other, the configuration changes while it runs. The
simulators are strict: a violation of the protocol ends them with an error."""
import json
import signal
import socket
import time

from harness import check, free_port, received_at, run_story, wait_for

SCAN_RATE_MS, READ_VALUES = 200, 162
ENERGY, POWER, CURRENT = 1, 2, 3  # object addresses of a meter's tags; the second meter's are 10 higher


def fixed(control, link):
    octets = bytes([control, link & 255, link >> 8])
    return b"\x10" + octets + bytes([sum(octets) & 255, 0x16])


def variable(control, link, asdu):
    octets = bytes([control, link & 255, link >> 8]) + asdu
    return bytes([0x68, len(octets), len(octets), 0x68]) + octets + bytes([sum(octets) & 255, 0x16])


class Other:
    """Another program's master, with nothing of Busbar in it: connects to the gateway and reads the identification."""

    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=10)

    def ask(self, frame, size):
        self.socket.sendall(frame)
        octets = b""
        while len(octets) < size:
            more = self.socket.recv(1000)
            check(more, "the gateway keeps the connection")
            octets += more
        return octets

    def identification(self):
        check(self.ask(fixed(0x49, 1), 6) == fixed(0x0B, 1), "status of link")
        check(self.ask(fixed(0x40, 1), 6) == fixed(0x00, 1), "reset confirmed")
        check(self.ask(variable(0x73, 1, bytes.fromhex("b70106010000 07000000")), 6) == fixed(0x00, 1), "login taken")
        check(self.ask(fixed(0x5B, 1), 19)[7:10] == bytes.fromhex("b70107"), "login accepted")
        check(self.ask(variable(0x73, 1, bytes.fromhex("640005010000")), 6) == fixed(0x00, 1), "request taken")
        return self.ask(fixed(0x5B, 1), 21)[7:10]

    def is_closed(self):
        self.socket.settimeout(0.05)
        try:
            return self.socket.recv(1000) == b""
        except TimeoutError:
            return False


def tag(name, device, variable_name, ioa, **more):
    return {"name": f"{device} {name}", "enabled": True, "device": device, "variable": variable_name, "scan_rate_ms": SCAN_RATE_MS,
            "casdu": 7, "ioa": ioa, **more}


def configuration(port, gateway, **second):
    devices = [{"name": "one", "link_address": 1, "point_address": 1, "password": "7", "ratios": "meter"},
               {"name": "two", "link_address": 2, "point_address": 1, "password": "7",
                "auto_demotion": {"enabled": True, "failures": 1, "delay_ms": 60000}, **second}]
    tags = [tag("energy", f"line/{name}", "energy.active.imported", offset + ENERGY, type=37)
            for offset, name in ((0, "one"), (10, "two"))]
    tags += [tag("power", f"line/{name}", "power.active.total", offset + POWER) for offset, name in ((0, "one"), (10, "two"))]
    tags += [tag("current", "line/one", "current.phase1", CURRENT), {**tag("memory", "line/one", "voltage.phase1", 4), "enabled": False}]
    return {"channels": [{"name": "line", "request_timeout_ms": 300, "retries": 1,
                          "connection": {"type": "tcp", "host": "127.0.0.1", "port": port, "reconnect_delay_ms": 1000},
                          "gateways": [{"port": gateway, "interface": "127.0.0.1"}], "devices": devices}],
            "tags": tags, "streams": {"max_length": 100000}}


def request(bench, action, **data):
    identity = bench.ask("XADD", "connectors:m:requests", "*", "id", f"{action}-{time.monotonic()}", "action", action, "data", json.dumps(data))
    check(identity, "the request is in the stream")

    def answer():
        entries = bench.ask("XRANGE", "connectors:m:replies", "-", "+")
        fields = [dict(zip(entry[1][::2], entry[1][1::2])) for entry in entries]
        found = [field for field in fields if field["action"] == action]
        return found[-1] if found else None

    reply = json.loads(wait_for(answer, f"{action} is answered")["data"])
    bench.ask("DEL", "connectors:m:replies")
    return reply


def exchanged(log):
    """Frames that a simulated meter wrote down."""
    text = log.read_text()
    lines = [json.loads(line) for line in text[:text.rfind("\n") + 1].splitlines()]
    return [line for line in lines if line["what"] in ("received", "sent")]


def good(bench, ioa):
    point = bench.image(7, ioa)
    return point if point and not point.get("quality") else None


def state_of(bench, device):
    lines = json.loads(bench.status("m").get("line", "[]"))
    return next((d for line in lines for d in line["devices"] if d["device"] == device), {})


def meters(bench):
    store = bench.store()
    port, gateway = free_port(), free_port()
    log = bench.folder / "meters.jsonl"
    sim = bench.busbar("meters", "sim", "meter", "--port", port, "--count", 2, "--password", 7, "--strict", "--log", log)
    wait_for(sim.lines, "the meters listen")
    bench.configure("m", configuration(port, gateway))
    client = bench.busbar("m", "iec102-client", "--id", "m", "redis", "--host", bench.socket)
    bench.wait_running("m")

    # values, in the image and in the stream
    for ioa in (ENERGY, POWER, CURRENT, 10 + ENERGY, 10 + POWER):
        wait_for(lambda: good(bench, ioa), f"ioa {ioa} has a good value")
    energy, power = bench.image(7, ENERGY), bench.image(7, POWER)
    check(energy["type"] == 37 and isinstance(energy["value"], int) and energy["value"] > 0, f"{energy}")
    check(power["type"] == 36 and power["source"] == "m", f"{power}")
    amperes = bench.image(7, CURRENT)["value"] / 4  # tenths, behind a transformer of 200 A to 5 A
    check(amperes >= 1 and abs(amperes - round(amperes)) < 0.001, f"the ratio was read from the meter: {4 * amperes} A")
    check(bench.image(7, 4) is None, "a disabled tag is nobody's but the programs' that write it")
    entries = [dict(zip(e[1][::2], e[1][1::2])) for e in bench.ask("XRANGE", "process:updates", "-", "+")]
    first = next(json.loads(e["data"]) for e in entries if e["ioa"] == str(ENERGY))
    check(first["quality"] == ["IV"] and first["reason"] == "uninitialized", f"{first}")
    before = bench.image(7, POWER)["received"]
    wait_for(lambda: bench.image(7, POWER)["received"] > before, "values are read again and again")

    # on to a control room
    scada_port = free_port()
    bench.server("srv", scada_port)
    bench.wait_running("srv")
    room = bench.busbar("room", "sim", "scada", "--port", scada_port, "--json", "--reconnect", "--reconnect-delay", 1)
    wait_for(lambda: [line for line in room.lines() if line.get("ioa") == POWER and not line.get("quality")],
             "the control room has the meter's power")

    # what operators ask
    reply = request(bench, "identification", device="line/one")
    check(reply["answer"][0]["objects"][0]["manufacturer"] > 0, f"{reply}")
    check(request(bench, "read", device="line/two")["done"] is True, "read now")
    check("error" in request(bench, "read", device="line/three"), "no such meter")

    # another program through the gateway
    other = Other(gateway)
    check(other.identification() == bytes.fromhex("470105"), "another program reads through the gateway")
    held, begin = bench.image(7, POWER), len(exchanged(log))

    def scans_go_by():
        other.identification()
        return received_at(exchanged(log)[-1]) > received_at(exchanged(log)[begin]) + 5 * SCAN_RATE_MS / 1000
    wait_for(scans_go_by, "the other program goes on for as long as values would have been read five times")
    check(not any(entry.get("type") == READ_VALUES for entry in exchanged(log)[begin:]), "meanwhile nothing else is asked")
    check(bench.image(7, POWER) == held, "and the value stays good")
    second = Other(gateway)
    wait_for(second.is_closed, "a second client of a gateway is refused")
    other.socket.close()
    wait_for(lambda: bench.image(7, POWER)["received"] > held["received"], "values come again when it has left")
    other = Other(gateway)
    wait_for(lambda: "error" not in request(bench, "close_gateway", channel="line"), "the client is there")
    wait_for(other.is_closed, "an operator closes the gateway")

    # a wrong password: no failure of the line, and the other meter goes on
    bench.configure("m", configuration(port, gateway, password="8"))
    wait_for(lambda: state_of(bench, "line/two").get("state") == "login refused", "the login is refused")
    bad = wait_for(lambda: not good(bench, 10 + POWER) and bench.image(7, 10 + POWER), "its tags are bad")
    check(bad["quality"] == ["IV", "NT"] and "login refused" in bad["reason"], f"{bad}")
    check(state_of(bench, "line/two")["rounds_failed"] == 0, "that is no failure of the line")
    before = bench.image(7, POWER)["received"]
    wait_for(lambda: bench.image(7, POWER)["received"] > before, "the other one is read")

    # a meter that is not there: demoted
    bench.configure("m", configuration(port, gateway, link_address=99))
    wait_for(lambda: state_of(bench, "line/two").get("state") == "demoted", "a meter that is not there is demoted")
    wait_for(lambda: bench.image(7, 10 + POWER).get("reason") == "demoted", "its tags say so")
    check(request(bench, "end_demotion", device="line/two")["done"] is True, "end of demotion")
    bench.configure("m", configuration(port, gateway))
    wait_for(lambda: good(bench, 10 + POWER), "set right, it is read again")
    check(state_of(bench, "line/one")["rounds_failed"] == 0, "nothing of that has touched the other one")

    # disabled
    bench.configure("m", configuration(port, gateway, enabled=False))
    wait_for(lambda: bench.image(7, 10 + POWER).get("reason") == "uninitialized", "a disabled meter's tags are uninitialized")

    # data collection off
    off = configuration(port, gateway)
    off["channels"][0]["enabled"] = False
    bench.configure("m", off)
    wait_for(lambda: bench.image(7, POWER).get("reason") == "uninitialized", "without data collection tags are uninitialized")
    wait_for(lambda: json.loads(bench.status("m")["line"])[0]["tcp"] == "disconnected", "and the line is closed")
    bench.configure("m", configuration(port, gateway))
    wait_for(lambda: good(bench, POWER) and good(bench, 10 + POWER), "it can be switched on again")

    # the store is away: the lease is lost, and all begins anew when it is back
    store.signal(signal.SIGSTOP)
    wait_for(lambda: "lease_lost" in client.text(), "the lease is lost")
    store.signal(signal.SIGCONT)
    bench.wait_running("m")
    before = bench.image(7, POWER)["received"]
    wait_for(lambda: (good(bench, POWER) or {}).get("received", "") > before, "values come again when the store is back")

    # the line is lost and comes back
    sim.stop()
    wait_for(lambda: not good(bench, POWER), "without a line tags are bad")
    sim = bench.busbar("meters-again", "sim", "meter", "--port", port, "--count", 2, "--password", 7, "--strict")
    wait_for(lambda: good(bench, POWER), "it comes back by itself")
    check(client.stop() == 0, "stops in good order")
    check(sim.stop() == 0, f"no violation of the protocol: {sim.text()[-500:]}")
    check('"7"' not in client.text() and "password" not in client.text(), "no password in the log")


if __name__ == "__main__":
    run_story(meters)
