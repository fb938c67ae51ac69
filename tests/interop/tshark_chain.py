#!/usr/bin/python3
"""Everything that is on both lines of the running chain, read by tshark: no malformed frame, and the types that were
sent. The octets are those of the simulators' sockets."""
import shutil
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "scenario"))
from harness import check, free_port, run_story, skip, wait_for


def tshark(capture, port, *options):
    command = ["tshark", "-n", "-r", str(capture), "-d", f"tcp.port=={port},iec60870_104", *options]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    check(done.returncode == 0, f"tshark: {done.stderr}")
    return done.stdout.splitlines()


def tshark_chain(bench):
    if not shutil.which("tshark"):
        skip("tshark is not installed")
    bench.store()
    rtu_port, scada_port = free_port(), free_port()
    captures = {rtu_port: bench.folder / "rtu.pcap", scada_port: bench.folder / "scada.pcap"}
    bench.server("srv", scada_port)
    bench.wait_running("srv")
    rtu = bench.busbar("rtu", "sim", "rtu", "--port", rtu_port, "--generate", 200, "--events-per-second", 100,
                       "--capture", captures[rtu_port])
    client = bench.client("client", rtu_port)
    wait_for(lambda: bench.ask("XLEN", "process:updates") > 300, "values flow")
    scada = bench.busbar("scada", "sim", "scada", "--port", scada_port, "--json", "--clock", "--capture", captures[scada_port])
    wait_for(lambda: len([line for line in scada.lines() if line.get("what") == "object"]) > 500, "the control room has them")
    for program in (scada, client, rtu):
        program.stop()
    for port, capture in captures.items():
        bad = tshark(capture, port, "-Y", "_ws.malformed || _ws.expert.severity >= 0x600000")
        check(not bad, f"{capture.name}: {bad[:5]}")
        types = {t for line in tshark(capture, port, "-T", "fields", "-e", "iec60870_asdu.typeid") for t in line.split(",") if t}
        check({"1", "13", "30", "36", "100"} <= types, f"{capture.name}: types {sorted(types)}")
        print(f"{capture.name}: types {sorted(map(int, types))}")


if __name__ == "__main__":
    run_story(tshark_chain)
