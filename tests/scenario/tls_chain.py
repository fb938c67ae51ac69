#!/usr/bin/python3
"""Cases 160, 161, 164 with real programs: RTU - client connector - store - server connector - control rooms, both lines over TLS,
with the certificates that the guide's own commands make. While it runs a certificate is replaced and a peer revoked."""
import json
import re
import subprocess

from harness import SOURCE, check, free_port, run_story, wait_for

OBJECTS = 5


def commands():
    """The blocks of shell commands in the guide, in order: authority, certificates, revocation."""
    return re.findall(r"```sh\n(.*?)```", (SOURCE / "docs/guide/tls.md").read_text(), re.DOTALL)


def run(bench, script):
    done = subprocess.run(["bash", "-e", "-c", script], cwd=bench.folder, capture_output=True, text=True)
    check(done.returncode == 0, f"the guide's commands work: {done.stderr}")


def tls_chain(bench):
    authority, certificates, revocation = commands()
    run(bench, authority)
    run(bench, certificates)
    bench.store()
    rtu_port, scada_port = free_port(), free_port()
    folder = bench.folder

    def line(name):
        return ("--tls-cert", f"{name}.pem", "--tls-key", f"{name}.key", "--tls-ca", "ca.pem")

    bench.busbar("rtu", "sim", "rtu", "--port", rtu_port, "--numbered", OBJECTS, "--events-per-second", 20, "--casdu", 11,
                 "--log", "rtu.json", *line("rtu-1"))
    client = bench.client("client", rtu_port, "client", "--tls-certificate", "busbar.pem", "--tls-key", "busbar.key",
                          "--tls-ca", "ca.pem", "--tls-crl", "ca.crl")
    tls = {"certificate": str(folder / "busbar.pem"), "key": str(folder / "busbar.key"), "ca": [str(folder / "ca.pem")],
           "crl": [str(folder / "ca.crl")]}
    server = bench.server("srv", scada_port, {
        "network": {"host": "127.0.0.1", "port": scada_port, "any_port": True, "max_connections": 10, "tls": tls},
        "redundancy_groups": [{"name": "north", "subjects": ["CN=scada-a"]},
                              {"name": "south", "subjects": ["CN=scada-b,O=Utility"]}]})
    bench.wait_running("client", "srv")

    def control_room(name, *with_what):
        return bench.busbar(name, "sim", "scada", "--port", scada_port, "--json", "--reconnect", "--reconnect-delay", 0.3,
                            *with_what)

    def told(program, what):
        return [entry for entry in program.lines() if entry.get("what") == what]

    def lines_of(connector):
        return json.loads(bench.status(connector).get("line", "[]"))

    north, south = control_room("north", *line("scada-a")), control_room("south", *line("scada-b"))
    for room in (north, south):
        wait_for(lambda: len(told(room, "object")) > 20, f"{room.name} gets events over two lines with TLS")
        check(told(room, "tls")[0]["subject"] == "CN=busbar,O=Utility", f"{room.name} knows Busbar: {told(room, 'tls')}")
        check(told(room, "tls")[0]["protocol"] == "TLSv1.3", "the newest version both know")
    wait_for(lambda: {(each["group"], each["tls"]["subject"]) for each in lines_of("srv")} ==
             {("north", "CN=scada-a,O=Utility"), ("south", "CN=scada-b,O=Utility")}, "the certificate decides the group")
    wait_for(lambda: '"subject":"CN=rtu-1,O=Utility"' in bench.status("client").get("line", ""),
             "the client's status names the RTU's certificate")

    # 160: without TLS nobody gets in, however often he tries, and the log says so once.
    plain = control_room("plain")
    wait_for(lambda: len(told(plain, "disconnected")) > 3, "a control room without TLS tries again and again")
    plain.stop()
    check(not told(plain, "transfer_started"), "it has no data transfer")
    check(server.text().count("the peer does not speak TLS (it begins with 68 04") == 1, "told once")

    # 164: the certificate is replaced. Who is there stays; who comes sees the new one.
    run(bench, certificates.replace("rtu-1 busbar scada-a scada-b", "next scada-c"))
    run(bench, "mv next.key busbar.key; mv next.pem busbar.pem")
    wait_for(lambda: "tls_certificate: TLS: certificate 'CN=next,O=Utility'" in server.text(), "the new certificate is in force")
    late = control_room("late", *line("scada-c"))
    wait_for(lambda: told(late, "transfer_started"), "a new connection")
    check(told(late, "tls")[0]["subject"] == "CN=next,O=Utility", "it is shown the new certificate")
    late.stop()

    # 161: one is revoked: its line ends, and it does not come back.
    run(bench, revocation)
    wait_for(lambda: "'CN=scada-b,O=Utility' is refused: it is revoked" in server.text(), "the revoked peer's line is ended")
    wait_for(lambda: len(told(south, "tls")) > 3, "it tries again and again")
    check(len(told(south, "transfer_started")) == 1, "in vain")
    check("tls_refused" in server.text(), "the refusals are in the log")
    wait_for(lambda: json.loads(bench.status("srv")["tls"])["handshakes_failed"] > 3, "and counted")

    # Through all of this the other line has stood, and has everything from its first event on. (What was before a new
    # control room came, it gets as values, not as events.)
    wait_for(lambda: told(north, "transfer_stopped") == [] and len(told(north, "object")) > 200, "events go on")
    with open(folder / "rtu.json", encoding="utf-8") as file:
        events = [entry for text in file if text.endswith("\n") and (entry := json.loads(text))["what"] == "event"]
    first = next(entry["at"] for entry in told(north, "object") if entry["cot"] == 3)
    raised = [event["value"] for event in events if event["at"] > first]
    check(len(raised) > 100, f"only {len(raised)} events")
    wait_for(lambda: {entry["value"] for entry in told(north, "object")} >= set(raised), "no event is missing")
    check(len(told(north, "connected")) == 1, f"north was connected once: {told(north, 'disconnected')}")
    check(client.text().count(" line_up: ") == 1, "and the line to the RTU too")
    check("PRIVATE KEY" not in server.text() + client.text(), "no key is in a log")


if __name__ == "__main__":
    run_story(tls_chain)
