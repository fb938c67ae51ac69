"""Real programs for the stories in this folder: a store, simulators, connectors, all in one throw-away directory.

A story is a function that takes a Bench; run_story() gives it one, ends everything it started and keeps the logs when it
fails. No fixed sleeps: wait_for() polls a condition with a time limit. The program under test is $BUSBAR_PROGRAM.
"""
import json
import os
import random
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import closing
from datetime import datetime
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[2]
SHARED = SOURCE.parent / "shared"
PROGRAM = os.environ.get("BUSBAR_PROGRAM", str(SOURCE / "build/release/bin/busbar"))
SKIPPED = 77  # exit code that ctest takes as "skipped"


class Failure(AssertionError):
    """What the story expected and did not see."""


def check(condition, sentence):
    if not condition:
        raise Failure(sentence)


def wait_for(condition, sentence, limit=20.0, every=0.05):
    """Polls until condition() is true and returns its value."""
    end = time.monotonic() + limit
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise Failure(f"not within {limit} s: {sentence}")
        time.sleep(every)


def received_at(line):
    """When a simulator had what this JSON line of its tells, on the machine's clock in seconds."""
    return datetime.fromisoformat(line["at"].replace("Z", "+00:00")).timestamp()


def read_metrics(path):
    """A metrics file: {(name, label, label …): value}, labels as NAME=VALUE without the id; {} if it is not there."""
    if not path.exists():
        return {}
    found = {}
    for line in path.read_text().splitlines():
        if sample := re.fullmatch(r'(\w+)\{(.*)\} (\S+)', line):
            labels = re.findall(r'(\w+)="((?:[^"\\]|\\.)*)"', sample[2])
            found[(sample[1], *(f"{name}={value}" for name, value in labels if name != "id"))] = float(sample[3])
    return found


def state_in(metrics):
    """(state, detail) as the metrics say."""
    state, detail = "", ""
    for (name, *labels), value in metrics.items():
        if name == "busbar_connector_state" and value == 1:
            check(not state, f"two states at a time: {state} and {labels}")
            state = labels[0].removeprefix("state=")
        if name == "busbar_connector_detail":
            detail = labels[0].removeprefix("detail=")
    return state, detail


class StateLog(threading.Thread):
    """Follows a connector's metrics file: every (state, detail) it shows, and when that version of the file was written."""

    def __init__(self, path):
        super().__init__(daemon=True)
        self.path, self.seen, self.ending = path, [], threading.Event()
        self.start()

    def run(self):
        while not self.ending.wait(0.02):
            try:
                written = self.path.stat().st_mtime
                shown = state_in(read_metrics(self.path))
            except FileNotFoundError:
                continue
            if not self.seen or self.seen[-1][1:] != shown:
                self.seen.append((written, *shown))

    def stop(self):
        self.ending.set()
        self.join()


def logged(program, message):
    """[(when, sentence)] of one message in a connector's log, on the machine's clock in seconds."""
    return [(datetime.fromisoformat(found[1].replace("Z", "+00:00")).timestamp(), found[2])
            for found in re.finditer(rf"^(\S+) \w+ \[\S+\] {message}: (.*)$", program.text(), re.MULTILINE)]


def free_port():
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def store_server():
    """valkey-server or redis-server, whichever is installed."""
    for name in ("valkey-server", "redis-server"):
        if path := shutil.which(name):
            return path
    raise Failure("neither valkey-server nor redis-server is installed")


class Resp:
    """A few lines of RESP2: an independent look into the store, without a client library."""

    def __init__(self, path, limit=10.0):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(limit)
        self.socket.connect(str(path))
        self.stream = self.socket.makefile("rb")

    def __call__(self, *words):
        words = [word if isinstance(word, bytes) else str(word).encode() for word in words]
        self.socket.sendall(b"*%d\r\n" % len(words) + b"".join(b"$%d\r\n%s\r\n" % (len(w), w) for w in words))
        return self._reply()

    def close(self):
        self.socket.close()

    def _reply(self):
        line = self.stream.readline()
        if not line:
            raise ConnectionError("the store closed the connection")
        kind, rest = line[:1], line[1:-2]
        if kind == b"+":
            return rest.decode()
        if kind == b"-":
            raise RuntimeError(rest.decode())
        if kind == b":":
            return int(rest)
        if kind == b"$":
            size = int(rest)
            return None if size < 0 else self.stream.read(size + 2)[:-2].decode()
        count = int(rest)
        return None if count < 0 else [self._reply() for _ in range(count)]


class Program:
    """A child process with its output in files."""

    def __init__(self, bench, name, arguments, environment=None):
        self.name, self.arguments = name, [str(a) for a in arguments]
        self.output = bench.folder / f"{name}.out"
        self.log = bench.folder / f"{name}.log"
        self.process = subprocess.Popen(
            self.arguments, stdin=subprocess.PIPE, stdout=open(self.output, "ab"), stderr=open(self.log, "ab"),
            cwd=bench.folder, env={**os.environ, **(environment or {})})

    def text(self):
        return self.log.read_text(errors="replace")

    def lines(self):
        """Finished JSON lines of the standard output."""
        text = self.output.read_text(errors="replace")
        return [json.loads(line) for line in text[:text.rfind("\n") + 1].splitlines() if line.startswith("{")]

    def alive(self):
        return self.process.poll() is None

    def signal(self, number):
        self.process.send_signal(number)

    def stop(self, limit=10.0):
        """SIGTERM; returns the exit code."""
        if self.alive():
            self.signal(signal.SIGTERM)
        try:
            return self.process.wait(limit)
        except subprocess.TimeoutExpired:
            self.kill()
            raise Failure(f"{self.name} does not stop within {limit} s of SIGTERM")

    def kill(self):
        if self.alive():
            self.signal(signal.SIGKILL)
        self.process.wait()

    def resident_kb(self):
        for line in Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1])
        return 0


class Proxy(Program):
    """busbar-fault-proxy; tests/support/fault_proxy.hpp lists its orders."""

    def __init__(self, bench, name, arguments):
        super().__init__(bench, name, arguments)
        bench.programs.append(self)
        wait_for(lambda: "listening" in self.output.read_text(), f"{name} listens")

    def tell(self, order):
        self.process.stdin.write((order + "\n").encode())
        self.process.stdin.flush()


class Bench:
    def __init__(self, folder, seed):
        self.folder, self.random = folder, random.Random(seed)
        self.programs = []
        self.socket = folder / "store.sock"

    def start(self, name, *arguments, environment=None):
        program = Program(self, name, arguments, environment)
        self.programs.append(program)
        return program

    def busbar(self, name, *arguments, environment=None):
        return self.start(name, PROGRAM, *arguments, environment=environment)

    def store(self, *options, persistent=False, environment=None):
        """The store on a unix socket; persistent: append-only file, fsync always."""
        durable = ("--appendonly", "yes", "--appendfsync", "always") if persistent else ("--appendonly", "no")
        program = self.start("store", store_server(), "--port", "0", "--unixsocket", self.socket, "--dir", self.folder,
                             "--save", "", "--maxmemory-policy", "noeviction", *durable, *options,
                             environment=environment)
        wait_for(self.ping, "the store answers")
        return program

    def proxy(self, name, listen, server, *source):
        """Between two programs; `listen`: the path of a unix socket or HOST:PORT. Its `tell` gives it orders."""
        return Proxy(self, name, [Path(PROGRAM).parent / "busbar-fault-proxy", listen, server, *source])

    def ping(self):
        try:
            with closing(self.resp()) as store:
                return store("PING") == "PONG"
        except (OSError, RuntimeError):
            return False

    def resp(self, limit=10.0):
        return Resp(self.socket, limit)

    def ask(self, *words):
        with closing(self.resp()) as store:
            return store(*words)

    def image(self, casdu, ioa):
        text = self.ask("GET", f"process:image:casdu:{casdu}:ioa:{ioa}")
        return json.loads(text) if text else None

    def status(self, connector):
        pairs = self.ask("HGETALL", f"connectors:{connector}:status")
        return dict(zip(pairs[::2], pairs[1::2]))

    def client(self, connector, port, *more, name=None, environment=None):
        return self.busbar(name or connector, "iec104-client", "--id", connector, "client", "--host", "127.0.0.1",
                           "--port", port, "redis", "--host", self.socket, *more, environment=environment)

    def server(self, connector, port, config=None, mapping=None, name=None, environment=None):
        """A server connector configured as management does it, by its key."""
        config = {"network": {"host": "127.0.0.1", "port": port, "any_port": True, "max_connections": 20}, **(config or {})}
        self.configure(connector, config)
        if mapping:
            self.ask("SET", f"connectors:{connector}:mapping", json.dumps(mapping))
        return self.busbar(name or connector, "iec104-server", "--id", connector, "redis", "--host", self.socket,
                           environment=environment)

    def configure(self, connector, config):
        self.ask("SET", f"connectors:{connector}:config", json.dumps(config))

    def wait_running(self, *connectors, limit=20.0):
        for connector in connectors:
            wait_for(lambda: self.status(connector).get("state") == "Running", f"{connector} is Running", limit)

    def end(self):
        for program in reversed(self.programs):
            try:
                program.signal(signal.SIGCONT)
                program.stop()
            except (Failure, ProcessLookupError):
                pass


def stepped_clock(seconds):
    """Environment of a program whose wall clock is so far off."""
    library = Path(PROGRAM).parent / "libbusbar_stepped_clock.so"
    return {"LD_PRELOAD": str(library), "BUSBAR_TEST_CLOCK_STEP": str(seconds), "ASAN_OPTIONS": "verify_asan_link_order=0"}


def sanitizer_findings(folder):
    """What programs built with sanitizers said, killed ones too: [(log, line)]."""
    return [(log.name, found[0]) for log in folder.glob("*.log")
            for found in re.finditer(r".*(ERROR: \w+Sanitizer|WARNING: ThreadSanitizer|runtime error: ).*",
                                     log.read_text(errors="replace"))]


def run_story(story):
    """Main of a story: a seed from the command line or of its own, printed; exit code for ctest."""
    seed = int(sys.argv[1]) if len(sys.argv) > 1 else random.SystemRandom().randrange(2**32)
    print(f"{story.__name__}: seed {seed}", flush=True)
    folder = Path(tempfile.mkdtemp(prefix="busbar-"))
    bench = Bench(folder, seed)
    failed = True
    try:
        story(bench)
        bench.end()
        check(not (found := sanitizer_findings(folder)), f"no findings of sanitizers: {found}")
        failed = False
    finally:
        bench.end()
        if failed:
            print(f"logs are kept in {folder}", flush=True)
            for program in bench.programs:
                tail = program.text()[-2000:]
                print(f"--- {program.name} (exit {program.process.returncode})\n{tail}", flush=True)
        else:
            shutil.rmtree(folder, ignore_errors=True)
    print(f"{story.__name__}: passed", flush=True)


def skip(reason):
    print(f"skipped: {reason}", flush=True)
    sys.exit(SKIPPED)


def read_expected(name):
    """Rows of a capture's expected decode (strict), as dictionaries; None where the captures are absent."""
    import gzip
    for folder in (SOURCE / "tests/captures", SHARED / "captures"):
        path = folder / "expected" / f"{name}.strict.tsv.gz"
        if path.exists():
            with gzip.open(path, "rt") as file:
                header = file.readline().rstrip("\n").split("\t")
                return [dict(zip(header, line.rstrip("\n").split("\t"))) for line in file]
    return None
