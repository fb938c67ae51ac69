#!/usr/bin/python3
"""Bad input of every kind: a clear word of what and where, and everything else goes on. Each case stands in the
troubleshooting page of the guide."""
import json
import random
import socket
import subprocess

from harness import PROGRAM, check, free_port, run_story, wait_for


def refused(*arguments, names):
    done = subprocess.run([PROGRAM, *map(str, arguments)], capture_output=True, text=True, timeout=20)
    check(done.returncode == 2, f"{arguments}: exit code {done.returncode}, not 2")
    check(names in done.stderr and len(done.stderr.strip().splitlines()) == 1, f"{arguments}: {done.stderr!r} names {names}")


def wrong_options():
    refused("iec104-client", "redis", "--host", "127.0.0.1", names="--id")
    refused("iec104-client", "--id", "x", "client", "--t1", 0, names="t1")
    refused("iec104-client", "--id", "x", "client", "--t1", 256, names="t1")
    refused("iec104-client", "--id", "x", "client", "--t2", 15, "--t1", 15, names="t2")
    refused("iec104-client", "--id", "x", "client", "-k", 4, "-w", 5, names="w")
    refused("iec104-client", "--id", "x", "client", "--port", 70000, names="port")
    refused("iec104-server", "--id", "x", "--log-level", "loud", names="log-level")
    refused("iec104-server", "--id", "x", "--config", "/no/such/file.toml", names="/no/such/file.toml")
    refused("iec104-serverr", names="iec104-serverr")


def objects(scada):
    return [line for line in scada.lines() if line.get("what") == "object"]


def bad_configuration(bench, port):
    """The previous configuration stays in force, the detail says what is wrong, the next valid one is taken."""
    good = bench.ask("GET", "connectors:srv:config")
    cases = {"{": "configuration refused", '{"protocol":{"t1":0}}': "protocol.t1", '{"network":{"port":"x"}}': "network.port",
             '{"protocol":{"t2":20}}': "protocol.t2", '{"network":{"port":99}}': "network.port", "[]": "configuration refused"}
    for text, names in cases.items():
        bench.ask("SET", "connectors:srv:config", text)
        wait_for(lambda: names in bench.status("srv").get("detail", ""), f"the detail names {names} for {text}")
        check(bench.status("srv")["state"] == "Running", "the state stays Running")
    for text in ("{", '{"expose":"some"}', '{"points":[{"casdu":1}]}'):
        bench.ask("SET", "connectors:srv:mapping", text)
        wait_for(lambda: "mapping refused" in bench.status("srv").get("detail", "") or
                 "configuration refused" in bench.status("srv").get("detail", ""), f"the detail tells of {text}")
    bench.ask("DEL", "connectors:srv:mapping")
    bench.ask("SET", "connectors:srv:config", good)
    wait_for(lambda: bench.status("srv").get("detail") == "", "the next valid one is taken")


def bad_points(bench, scada):
    before = bench.ask("XLEN", "process:errors")
    for text in ("", "{", "nonsense", '{"type":36}', '{"value":1}', '{"type":999,"value":1}', '{"type":36,"value":"x"}',
                 '{"type":1,"value":3.5}', '{"type":45,"value":true}', "[" * 100_000, "x" * 100_000):
        bench.ask("SET", "process:image:casdu:1:ioa:9001", text)
        bench.ask("XADD", "process:updates", "*", "casdu", 1, "ioa", 9002, "source", "test", "data", text)
    for fields in (["foo", "bar"], ["casdu", "x", "ioa", 1, "data", "{}"], ["casdu", 1, "ioa", -5, "source", "s", "data", "{}"],
                   ["casdu", 70000, "ioa", 1, "source", "s", "data", "{}"]):
        bench.ask("XADD", "process:updates", "*", *fields)
    point = json.dumps({"type": 13, "value": 4.5})
    for casdu, ioa in ((0, 1), (65535, 1), (1, 0)):
        bench.ask("XADD", "process:updates", "*", "casdu", casdu, "ioa", ioa, "source", "test", "data", point)
    bench.ask("XADD", "process:updates", "*", "casdu", 1, "ioa", 9003, "source", "test", "data", point)
    wait_for(lambda: any(o["ioa"] == 9003 and o["value"] == 4.5 for o in objects(scada)), "the good point behind them arrives")
    wait_for(lambda: bench.ask("XLEN", "process:errors") > before, "the error stream tells")
    check(not any(o["ioa"] in (9001, 9002) for o in objects(scada)), "nothing of what is no point is sent")


def bad_peers(bench, port, server):
    random_octets = random.Random(bench.random.random())
    for opening in (b"GET / HTTP/1.1\r\n\r\n", b"\x68\x00", b"\x68\xff" + b"\0" * 255, b"\x68\x04\x0f\x00\x00\x00",
                    b"\x68\x0e\x00\x00\x00\x00" + b"\x64\x01\x06\x00\x01\x00\x00\x00\x00\x14",
                    random_octets.randbytes(4000)):
        with socket.create_connection(("127.0.0.1", port), timeout=5) as peer:
            try:
                peer.sendall(opening)
                peer.shutdown(socket.SHUT_WR)
                while peer.recv(4096):
                    pass
            except OSError:
                pass  # reset: closed as well
    before = server.resident_kb()
    for _ in range(10_000):
        socket.create_connection(("127.0.0.1", port), timeout=5).close()
    wait_for(lambda: int(bench.status("srv").get("connections", 99)) == 1, "all of them are gone", 30)
    check(server.resident_kb() - before < 5_000, f"memory grew from {before} to {server.resident_kb()} kB")


def bad_input(bench):
    wrong_options()
    lost = bench.busbar("no-store", "iec104-client", "--id", "x", "redis", "--host", "127.0.0.1", "--port", free_port())
    wait_for(lambda: "store_down" in lost.text() and "refused" in lost.text(), "an unreachable store is named")
    check(lost.stop() == 0, "and it still stops cleanly")

    bench.store()
    port = free_port()
    with socket.create_server(("127.0.0.1", port)):
        server = bench.server("srv", port, {"network": {"host": "127.0.0.1", "port": port, "any_port": True,
                                                        "max_connections": 3}})
        wait_for(lambda: bench.status("srv").get("state") == "Error" and str(port) in bench.status("srv")["detail"],
                 "a taken port is named")
    bench.wait_running("srv")
    scada = bench.busbar("scada", "sim", "scada", "--port", port, "--json", "--reconnect")
    wait_for(lambda: any(line["what"] == "transfer_started" for line in scada.lines()), "the control room is served")
    bad_configuration(bench, port)
    bad_points(bench, scada)
    bad_peers(bench, port, server)
    bench.ask("XADD", "process:updates", "*", "casdu", 1, "ioa", 9004, "source", "test", "data",
              json.dumps({"type": 1, "value": True}))
    wait_for(lambda: any(o["ioa"] == 9004 for o in objects(scada)), "after all that values still arrive")
    check(server.alive(), "the server never ended")


if __name__ == "__main__":
    run_story(bad_input)
