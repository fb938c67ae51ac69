"""A thousand meters in one process: what is reached of what their lines allow, and what a reading costs (see targets.py)."""
import json
import time

from parts import Run, cpu_seconds, free_port, wait_for
from targets import alternately

LINES, METERS = 50, 20
BAUD, DELAY_MS = 9600, 20  # 8N1; from the end of a request to the first octet of its answer
OCTETS = (18 + 6) + (6 + 110)  # of a reading: request for all three objects, ACK; poll, values
VARIABLES = [f"energy.{name}" for name in ("active.imported", "active.exported", *(f"reactive.q{q}" for q in range(1, 5)))] + \
            [f"power.{name}.{of}" for name in ("active", "reactive", "factor") for of in ("total", "phase1", "phase2", "phase3")] + \
            [f"{name}.phase{phase}" for name in ("current", "voltage") for phase in range(1, 4)]


def allowed():
    """Readings a second of one line, computed."""
    return 1 / (OCTETS * 10 / BAUD + 2 * DELAY_MS / 1000)


def lines_of_meters(r, is_paced):
    """One simulator for each line; gives their ports."""
    pace = ("--baud", BAUD, "--delay", DELAY_MS) if is_paced else ()
    ports = []
    for line in range(LINES):
        ready = r.folder / f"ready-{line}"
        r.bench.busbar(f"line-{line}", "sim", "meter", "--port", 0, "--count", METERS, "--seed", 1 + line * METERS,
                       "--ready-file", ready, *pace)
        ports.append(wait_for(lambda: ready.exists() and ready.read_text().strip(), "the line is there", 60))
    return [int(port) for port in ports]


def configuration(ports, scan_rate):
    """All 24 variables of every meter, each a point of its own; a station for each line."""
    channels = [{"name": f"line-{line}", "connection": {"type": "tcp", "host": "127.0.0.1", "port": port, "reconnect_delay_ms": 1000},
                 "devices": [{"name": f"m{meter}", "link_address": meter, "point_address": 1, "password": "1"}
                             for meter in range(1, METERS + 1)]}
                for line, port in enumerate(ports)]
    tags = [{"name": f"{line}/{meter} {name}", "enabled": True, "device": f"line-{line}/m{meter}", "variable": name,
             "scan_rate_ms": scan_rate, "casdu": line + 1, "ioa": meter * 100 + place, "type": 36}
            for line in range(LINES) for meter in range(1, METERS + 1) for place, name in enumerate(VARIABLES)]
    return {"channels": channels, "tags": tags}


def stored(r):
    """Readings that have come into the store since its start: the image has one SET for each of their points."""
    return r.calls("set") / len(VARIABLES)


def ours(bare, is_paced, seconds):
    """Readings a second, processor seconds for 1,000 readings, resident kB."""
    with Run(bare) as r:
        r.bench.configure("m", configuration(lines_of_meters(r, is_paced), 1000 if is_paced else 100))
        client = r.bench.busbar("m", "iec102-client", "--id", "m", "redis", "--host", r.bench.socket)
        wait_for(lambda: int(r.bench.status("m").get("devices_good", 0)) == LINES * METERS, "all meters answer", 180, every=1)
        wait_for(lambda: r.bench.status("m")["tags_bad"] == "0", "all values are good", 180, every=1)
        time.sleep(5)  # what piled up while all logged in is written
        first, began, used = stored(r), time.monotonic(), cpu_seconds(client.process.pid)
        time.sleep(seconds)
        readings, passed, used = stored(r) - first, time.monotonic() - began, cpu_seconds(client.process.pid) - used
        status = r.bench.status("m")
        if status["tags_bad"] != "0" or status["frames_unanswered"] != "0":
            raise RuntimeError(f"{status['tags_bad']} tags are bad, {status['frames_unanswered']} frames were not answered")
        return readings / passed, used / readings * 1000, client.resident_kb()


def master(bare, is_paced, seconds):
    with Run(bare) as r:
        ports = lines_of_meters(r, is_paced)
        result = r.background("meter_master", "127.0.0.1", METERS, seconds, *ports)
        output, _ = result.communicate(timeout=180 + seconds)
        result = json.loads(output)
        return result["readings_per_s"], result["cpu_s_per_1000"]


def meters(bare, runs):
    """Lines of 9600 baud first, then lines as fast as the loopback."""
    for is_paced, seconds in ((True, 30), (False, 10)):
        raw, mine = alternately(runs, lambda: master(bare, is_paced, seconds), lambda: ours(bare, is_paced, seconds))
        raw_speed, raw_used = zip(*raw)
        speed, used, memory = zip(*mine)
        what = f"{BAUD} baud, {DELAY_MS} ms" if is_paced else "lines without pace"
        what = f"{LINES * METERS:,} meters on {LINES} lines, {what}"
        if is_paced:
            yield f"{what}: readings/s", speed, raw_speed, ">= 0.95"
            yield f"{what}: readings/s (beside: computed)", speed, [allowed() * LINES], ">= 0.95"
            yield f"{what}: resident memory, kB", memory, None, ""
        else:
            yield f"{what}: readings/s", speed, raw_speed, ""
        yield f"{what}: processor time, s a thousand readings of 24 points", used, raw_used, ""


