"""What the measurements are made of: bare programs, a fresh store for each, processor time, medians."""
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[1]
PROGRAMS = SOURCE / "build/release/bin"
sys.path.insert(0, str(SOURCE / "tests/scenario"))
from harness import Bench, free_port, wait_for  # noqa: E402

BARE = {"raw_source": "c", "raw_client": "c", "raw_pace": "c", "redis_load": "c", "redis_read": "c", "bridge": "cpp",
        "codec_raw": "cpp"}

# The ratios are to hold in each of them.
STORE_SETTINGS = {
    "memory": ["--appendonly", "no"],
    "everysec": ["--appendonly", "yes", "--appendfsync", "everysec"],
    "always": ["--appendonly", "yes", "--appendfsync", "always", "--notify-keyspace-events", "KA"],
}

STORE_CLI = shutil.which("redis-cli") or "valkey-cli"


def compile_bare(folder, into):
    for name, kind in BARE.items():
        compiler = ["cc", "-O2", "-w"] if kind == "c" else ["c++", "-O2", "-std=c++20", "-w"]
        subprocess.run([*compiler, str(folder / f"{name}.{kind}"), "-o", str(into / name), "-lm", "-lpthread"], check=True)


def json_of(process, limit=180):
    output, _ = process.communicate(timeout=limit)
    lines = [line for line in output.decode().splitlines() if line.startswith("{")]
    return json.loads(lines[-1]) if lines else None


def run(*command, pin=None, background=False):
    command = [str(word) for word in command]
    if pin is not None:
        command = ["taskset", "-c", str(pin), *command]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    return process if background else json_of(process)


def pin(process, core):
    subprocess.run(["taskset", "-a", "-p", "-c", str(core), str(process.pid)], stdout=subprocess.DEVNULL, check=True)


def cpu_seconds(pid):
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def listens(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


class Run:
    """One fresh store with whatever a measurement starts beside it."""

    def __init__(self, bare, setting="memory"):
        self.bare, self.setting = bare, setting

    def __enter__(self):
        self.folder = Path(tempfile.mkdtemp(prefix="busbar-bench-"))
        self.bench = Bench(self.folder, 1)
        self.bench.store(*STORE_SETTINGS[self.setting])
        self.processes = []
        return self

    def __exit__(self, *_):
        for process in self.processes:
            process.kill()
            process.wait()
        self.bench.end()
        shutil.rmtree(self.folder, ignore_errors=True)

    def bare_program(self, name, *arguments, **options):
        """Its result; tried again while the other side does not listen yet."""
        return wait_for(lambda: run(self.bare / name, *arguments, **options), f"{name} has a result", 10)

    def background(self, program, *arguments, pin=None):
        path = self.bare / program if program in BARE else PROGRAMS / program
        process = run(path, *arguments, pin=pin, background=True)
        self.processes.append(process)
        return process

    def unix(self):
        return f"unix={self.bench.socket}"

    def calls(self, command):
        """How often the store has been asked for it."""
        for line in self.bench.ask("INFO", "commandstats").splitlines():
            if line.startswith(f"cmdstat_{command}:calls="):
                return int(line.split("=")[1].split(",")[0])
        return 0

    def fill(self, points):
        """An image of so many points of type 36."""
        lines = []
        for ioa in range(1, points + 1):
            key = f"process:image:casdu:1:ioa:{ioa}".encode()
            value = (b'{"casdu":1,"ioa":%d,"type":36,"value":%d.5,"cot":3,"time":"2026-11-21T09:00:00.123Z",'
                     b'"received":"2026-11-21T09:00:00.131Z","source":"rtu-1"}' % (ioa, ioa % 1000))
            lines.append(b"*3\r\n$3\r\nSET\r\n$%d\r\n%s\r\n$%d\r\n%s\r\n" % (len(key), key, len(value), value))
        pipe = subprocess.Popen([STORE_CLI, "-s", str(self.bench.socket), "--pipe"], stdin=subprocess.PIPE,
                                stdout=subprocess.DEVNULL)
        pipe.communicate(b"".join(lines))


__all__ = ["PROGRAMS", "SOURCE", "STORE_SETTINGS", "Run", "compile_bare", "cpu_seconds", "free_port", "json_of", "listens", "pin",
           "run", "wait_for"]
