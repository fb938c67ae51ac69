#!/usr/bin/python3
"""A file from a simulated RTU's folder to the client connector's by request, while events go on; from a server
connector's folder to a simulated control room; and both ways loaded. Both lines recorded; tshark finds no malformed frame."""
import json
import shutil
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "interop"))
from foreign_rtu_files import Requests
from harness import check, free_port, run_story, wait_for
from takeover import Tail


def check_capture(capture, port):
    if not shutil.which("tshark"):
        return print("tshark is not installed: the captures are not read")
    command = ["tshark", "-n", "-r", str(capture), "-d", f"tcp.port=={port},iec60870_104"]
    bad = subprocess.run([*command, "-Y", "_ws.malformed || _ws.expert.severity >= 0x600000"], capture_output=True, text=True)
    check(bad.returncode == 0 and not bad.stdout, f"{capture.name}: {bad.stdout[:500]} {bad.stderr}")
    fields = subprocess.run([*command, "-T", "fields", "-e", "iec60870_asdu.typeid"], capture_output=True, text=True).stdout
    types = {t for line in fields.splitlines() for t in line.split(",") if t}
    check({str(t) for t in range(120, 127)} <= types, f"{capture.name}: types {sorted(types)}")


def fetched_by_request(bench):
    """RTU simulator to client connector, and back."""
    port = free_port()
    records, taken, folder = (bench.folder / name for name in ("records", "taken", "fetched"))
    for path in (records, taken, folder):
        path.mkdir()
    record = bench.random.randbytes(200_000)
    (records / "record").write_bytes(record)
    rtu = bench.busbar("rtu", "sim", "rtu", "--port", port, "--numbered", 10, "--events-per-second", 200, "--files", records,
                       "--receive-files", taken, "--log", bench.folder / "rtu.jsonl", "--capture", bench.folder / "rtu.pcap")
    bench.configure("client", {"network": {"host": "127.0.0.1", "port": port}, "files": {"folder": str(folder)},
                               "streams": {"max_length": 1_000_000}})
    client = bench.busbar("client", "iec104-client", "--id", "client", "redis", "--host", bench.socket)
    log = Tail(bench.folder / "rtu.jsonl")
    wait_for(lambda: any(line["what"] == "file_listed" for line in log.read()), "the RTU has listed its file")
    wait_for(lambda: bench.ask("XLEN", "process:updates") > 100, "events flow")
    requests = Requests(bench, "client")
    directory = requests.last(requests.ask("file_directory", casdu=1))
    check([(f["ioa"], f["octets"]) for f in directory["files"]] == [(1, 200_000)], f"{directory}")

    events = bench.ask("XLEN", "process:updates")
    fetch = requests.last(requests.ask("file_fetch", casdu=1, ioa=1, name="record"))
    check(fetch.get("done") is True and (folder / "record").read_bytes() == record, f"{fetch}")
    check(bench.ask("XLEN", "process:updates") > events, "events go on while it is fetched")
    sent = requests.last(requests.ask("file_send", casdu=1, ioa=9, name="record"))
    check(sent.get("done") is True and (taken / "casdu1-ioa9-file1").read_bytes() == record, f"{sent}")
    (records / "another").write_bytes(b"12345")
    wait_for(lambda: bench.status("client").get("files_announced") == "1", "a new file is announced")
    client.stop()
    rtu.stop()
    check_capture(bench.folder / "rtu.pcap", port)


def fetched_by_the_control_room(bench):
    """Server connector to control room simulator, and back."""
    port = free_port()
    records, taken, folder = (bench.folder / name for name in ("records2", "taken2", "fetched2"))
    for path in (records, taken, folder):
        path.mkdir()
    record = bench.random.randbytes(70_000)
    (records / "record").write_bytes(record)
    bench.server("srv", port, {"network": {"host": "127.0.0.1", "port": port, "any_port": True, "max_connections": 4},
                               "files": {"folder": str(records), "receive_folder": str(taken), "casdu": 1}})
    bench.wait_running("srv")
    wait_for(lambda: "record" in bench.status("srv").get("files", ""), "the status has the file")
    scada = bench.busbar("scada", "sim", "scada", "--port", port, "--json", "--files", folder, "--stdin", "--no-interrogation",
                         "--capture", bench.folder / "scada.pcap")
    lines = lambda what: [line for line in scada.lines() if line.get("what") == what]
    wait_for(lambda: lines("transfer_started"), "the control room is connected")

    def order(text, what):
        before = len(lines(what))
        scada.process.stdin.write((text + "\n").encode())
        scada.process.stdin.flush()
        return wait_for(lambda: lines(what)[before:], f"{text}: {what}")[0]

    check(order("directory 1", "directory")["complete"], "the directory")
    check([(e["ioa"], e["value"]["LOF"]) for e in lines("directory_entry") if e["cot"] == 5] == [(1, 70_000)], "its entry")
    order("fetch 1 1 1 record", "file_fetched")
    check((folder / "record").read_bytes() == record, "every octet")
    order("send 1 5 1 record", "file_sent")
    check((taken / "casdu1-ioa5-file1").read_bytes() == record, "every octet")
    check("47" in order("fetch 1 77 1 nothing", "file_failed")["reason"], "unknown address")
    (records / "another").write_bytes(b"12345")
    wait_for(lambda: [e for e in lines("directory_entry") if e["cot"] == 3], "a new file is announced")
    scada.stop()
    check_capture(bench.folder / "scada.pcap", port)


def files(bench):
    bench.store()
    fetched_by_request(bench)
    fetched_by_the_control_room(bench)


if __name__ == "__main__":
    run_story(files)
