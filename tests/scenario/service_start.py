#!/usr/bin/python3
"""What is wrong at the start of the service is said in one line that names it: an address in use, a directory that cannot be
had, one where another service works, a store URL. SIGTERM at any moment of the start leaves no process behind."""
import os
import socket
import subprocess
import time
from contextlib import closing

from harness import PROGRAM, check, free_port, run_story, store_server, wait_for
from management import Management


def refused(*arguments, environment=None):
    """The one line that `busbar` ends with, and its exit code."""
    run = subprocess.run([PROGRAM, *map(str, arguments)], capture_output=True, text=True, timeout=20,
                         env={**os.environ, **(environment or {})})
    lines = run.stderr.strip().splitlines()
    check(run.returncode in (1, 2) and len(lines) == 1, f"{arguments}: one line: {run.returncode} {run.stderr}")
    return lines[0]


def complaints(bench, service):
    data = bench.folder / "data"
    line = refused("up", "--data", data, "--http-port", free_port())
    check(str(data) in line and f"process {service.program.process.pid}" in line, f"the lock: {line}")
    line = refused("manage", "--data", data, "--http-port", free_port())
    check("another busbar works in it" in line, f"the lock holds for manage, too: {line}")
    other = bench.folder / "other"
    with closing(socket.socket()) as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        line = refused("up", "--data", other, "--http-port", port)
        check(str(port) in line and "in use" in line.lower(), f"a port in use: {line}")
    check(not processes_in(other), "and nothing was started for it")
    (bench.folder / "file").write_text("")
    line = refused("up", "--data", bench.folder / "file", "--http-port", free_port())
    check(str(bench.folder / "file") in line, f"no directory: {line}")
    if os.access("/proc/sys", os.F_OK):
        line = refused("up", "--data", "/proc/sys/busbar", "--http-port", free_port())
        check("/proc/sys/busbar" in line, f"a directory that cannot be made: {line}")
    line = refused("up", "--data", other, "--store", "http://somewhere")
    check("--store: a store URL must begin with" in line, line)
    line = refused("up", "--data", other, "--store", "redis://somewhere", "redis", "--host", "elsewhere")
    check("redis.host" in line, f"two hosts: {line}")
    line = refused("up", "--data", other, "--store", "redis://somewhere", "redis", "--pwd-file", "/no/such/file")
    check("/no/such/file" in line, line)
    line = refused("up", "--demo", "--data", other)
    check("--data" in line, line)
    line = refused("up", "--supervise", "nobody")
    check("--supervise" in line, line)


def processes_in(folder):
    found = subprocess.run(["ps", "-eo", "pid=,args="], capture_output=True, text=True).stdout.splitlines()
    return [line for line in found if str(folder) in line]


def stops_at_any_moment(bench):
    """From before the first line of ours on to when everything runs."""
    data = bench.folder / "stopped"
    for number in range(8):
        program = bench.busbar(f"start-{number}", "up", "--data", data, "--http-port", free_port())
        time.sleep(bench.random.uniform(0, 0.25) if number else 0)
        code = program.stop()
        check(code in (0, -15), f"SIGTERM ends it: {code}")
        wait_for(lambda: not processes_in(data), f"no process is left: {processes_in(data)}")
    program = bench.busbar("last", "up", "--data", data, "--http-port", free_port())
    wait_for(lambda: "http://" in program.output.read_text(), "it still starts")
    check(program.stop() == 0, "and stops in good order")


def foreign_store(bench):
    """`up --store` and `manage --store`: with a password that no list of processes shows, and a connector run elsewhere."""
    word = "s3cret-of-the-store"
    store = bench.start("store", store_server(), "--port", "0", "--unixsocket", bench.socket, "--dir", bench.folder, "--save", "",
                        "--requirepass", word)
    wait_for(bench.socket.exists, "the store is there")
    url = f"unix://:{word}@{bench.socket}"
    service = Management(bench, "--store", url, first_user=True)
    body = {"id": "rtu-1", "kind": "iec104-client", "config": {"network": {"host": "127.0.0.1", "port": free_port()}}}
    check(service.ask("POST", "/api/v1/connectors", body).status == 201, "a connector is made")
    wait_for(lambda: service.connector("rtu-1")["running_revision"] if "running_revision" in service.connector("rtu-1") else None,
             "it has its configuration from the given store")
    children = subprocess.run(["ps", "--ppid", str(service.program.process.pid), "-o", "args="], capture_output=True, text=True).stdout
    check("rtu-1" in children and "server" not in children, f"no private store: {children}")
    shown = subprocess.run(["ps", "-eo", "args="], capture_output=True, text=True).stdout
    check(word not in "\n".join(line for line in shown.splitlines() if "busbar" in line and "requirepass" not in line),
          "no list of processes shows the password")
    check(service.program.stop() == 0, "it stops, and leaves the store alone")
    check(store.alive(), "the store goes on")

    service.command = "manage"
    service.start()
    process = service.connector("rtu-1")["process"]
    check(process == {"state": "elsewhere"}, f"nothing is run: {process}")
    check(service.ask("POST", "/api/v1/connectors/rtu-1/restart").code == "cannot_restart", "and nothing restarted")
    check(service.ask("GET", "/api/v1/connectors/rtu-1/log").code == "log_elsewhere", "its log is elsewhere")
    stopped = service.ask("POST", "/api/v1/connectors/rtu-1/stop")
    check(stopped.status == 200 and stopped.json["stopped"], "what is wanted is kept")
    bench.busbar("elsewhere", "iec104-client", "--id", "rtu-1", environment={"BUSBAR_REDIS_HOST": str(bench.socket),
                                                                            "BUSBAR_REDIS_PWD": word})
    wait_for(lambda: service.connector("rtu-1")["state"] in ("Running", "Error"), "one that is run elsewhere is seen")
    changed = {"config": {**body["config"], "debug": True}}
    revision = service.ask("PATCH", "/api/v1/connectors/rtu-1", changed).json["config_revision"]
    wait_for(lambda: service.connector("rtu-1").get("running_revision") == revision, "and takes its configuration")
    check(service.program.stop() == 0, "manage stops in good order")


def service_start(bench):
    service = Management(bench)
    complaints(bench, service)
    check(service.is_ready(), "none of that disturbed the first")
    check(service.program.stop() == 0, "it stops in good order")
    service.start()  # the lock went with its process
    service.program.kill()
    wait_for(lambda: not processes_in(bench.folder / "data"), "its children end with it")
    service.start()
    check(service.program.stop() == 0, "and a killed one leaves no lock")
    stops_at_any_moment(bench)
    (bench.folder / "data").rename(bench.folder / "private")
    foreign_store(bench)


if __name__ == "__main__":
    run_story(service_start)
