#!/usr/bin/python3
"""Two client connectors and two server connectors on one store: every control room sees every station, the store holds
exactly the contract's keys, and a program that does nothing but SET is seen by the control rooms within a second."""
import json
import re
import time

from harness import check, free_port, received_at, run_story, wait_for

# The table of the store contract; {ID} etc. as patterns.
CONTRACT = {
    r"process:image:casdu:\d+:ioa:\d+": "string", r"process:updates": "stream", r"process:updates:retention": "string",
    r"process:commands": "stream", r"process:commands:claim:.+": "string", r"process:command-results": "stream",
    r"process:owner:\d+": "string", r"process:errors": "stream", r"process:image-watch": "string",
    r"process:updates:trimmer": "string", r"connectors:[^:]+:config": "string", r"connectors:[^:]+:mapping": "string",
    r"connectors:[^:]+:status": "hash", r"connectors:[^:]+:lease": "string", r"connectors:[^:]+:cursor:.+": "string",
    r"connectors:[^:]+:requests": "stream", r"connectors:[^:]+:replies": "stream",
}


def objects(scada):
    return [line for line in scada.lines() if "ioa" in line and "value" in line]


def two_and_two(bench):
    bench.store()
    ports = [free_port() for _ in range(4)]
    for index, casdu in enumerate((11, 22)):
        bench.busbar(f"substation-{index}", "sim", "rtu", "--port", ports[index], "--generate", 40, "--casdu", casdu,
                     "--events-per-second", 10)
        bench.client(f"rtu-{index}", ports[index])
        bench.server(f"srv-{index}", ports[2 + index])
    bench.wait_running("rtu-0", "rtu-1", "srv-0", "srv-1")
    scadas = [bench.busbar(f"scada-{index}", "sim", "scada", "--port", ports[2 + index], "--json", "--reconnect")
              for index in range(2)]
    for scada in scadas:
        wait_for(lambda: {11, 22} <= {o["casdu"] for o in objects(scada)}, f"{scada.name} sees both stations")

    # One client may not feed the other's station.
    bench.client("intruder", ports[0])
    wait_for(lambda: bench.status("intruder").get("state") == "Error", "a second owner goes to Error")
    check("rtu-0" in bench.status("intruder")["detail"], "the detail names the owner")
    sources = {bench.image(int(k.split(":")[3]), int(k.split(":")[5]))["source"]
               for k in bench.ask("KEYS", "process:image:casdu:11:*")}
    check(sources == {"rtu-0"}, f"only the owner writes station 11: {sources}")

    # A SET is a state: no stream entry, no status, nothing else.
    for value in (1.5, -7.25):
        began = time.time()
        bench.ask("SET", "process:image:casdu:77:ioa:7", json.dumps({"type": 36, "value": value}))
        for scada in scadas:
            seen = wait_for(lambda: next((o for o in objects(scada) if (o["casdu"], o["ioa"], o["value"]) == (77, 7, value)),
                                         None), f"{scada.name} sees the SET of {value}")
            check(received_at(seen) - began <= 1.0, f"{scada.name} saw the SET after {received_at(seen) - began:.3f} s")
    entries = bench.ask("XREVRANGE", "process:updates", "+", "-", "COUNT", 10000)
    ours = [e for e in entries if dict(zip(e[1][::2], e[1][1::2]))["casdu"] == "77"]
    check(len(ours) == 2, f"one entry for each SET, by one holder: {ours}")
    check(all(dict(zip(e[1][::2], e[1][1::2]))["source"] == "image" for e in ours), "its source is `image`")

    # A request of an operator is answered.
    bench.ask("XADD", "connectors:rtu-0:requests", "*", "id", "r1", "action", "interrogate", "data", '{"casdu":11}')
    wait_for(lambda: bench.ask("XLEN", "connectors:rtu-0:replies") == 1, "the request is answered")
    for key in bench.ask("KEYS", "*"):
        row = next((kind for pattern, kind in CONTRACT.items() if re.fullmatch(pattern, key)), None)
        check(row, f"{key} is not in the contract")
        check(bench.ask("TYPE", key) == row, f"{key} is a {bench.ask('TYPE', key)}, not a {row}")
    for connector in ("rtu-0", "srv-0"):
        status = bench.status(connector)
        check({"state", "version", "since", "heartbeat", "config_revision", "line"} <= set(status), f"{connector}: {status}")


if __name__ == "__main__":
    run_story(two_and_two)
