#!/usr/bin/python3
"""`busbar sim rtu` and `busbar sim scada` as programs: what they refuse, how they end, and what their logs prove when one
of them is killed."""
import json
import os
import signal
import subprocess
import tempfile
import time
import unittest
from pathlib import Path

PROGRAM = os.environ["BUSBAR_PROGRAM"]
SOURCE = Path(os.environ["BUSBAR_SOURCE_DIR"])
LIMIT = 60  # seconds that anything may take on a busy machine


def wait_for(condition, what):
    end = time.monotonic() + LIMIT
    while not condition():
        if time.monotonic() > end:
            raise AssertionError(f"in vain: {what}")
        time.sleep(0.02)


def lines(path, what=None):
    """The finished lines of a log."""
    text = path.read_text() if path.exists() else ""
    entries = [json.loads(line) for line in text[:text.rfind("\n") + 1].splitlines()]
    return [entry for entry in entries if what is None or entry["what"] == what]


class Programs(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory(prefix="busbar-sim-")
        self.running = []

    def tearDown(self):
        for process in self.running:
            if process.poll() is None:
                process.kill()
            process.wait()
            process.stdout.close()
            if process.stdin:
                process.stdin.close()
        self.folder.cleanup()

    def file(self, name):
        return Path(self.folder.name) / name

    def start(self, *words, **options):
        process = subprocess.Popen([PROGRAM, "sim", *map(str, words)], stdout=subprocess.PIPE, text=True, **options)
        self.running.append(process)
        return process

    def rtu(self, *words, port=0):
        """Started, and its port."""
        process = self.start("rtu", "--port", port, *words)
        return process, json.loads(process.stdout.readline())["port"]

    def refuses(self, *words, says, code=2):
        run = subprocess.run([PROGRAM, "sim", *map(str, words)], capture_output=True, text=True, timeout=LIMIT)
        self.assertEqual((run.returncode, run.stdout), (code, ""), run.stderr)
        self.assertEqual(run.stderr.count("\n"), 1, run.stderr)
        self.assertIn(says, run.stderr)

    def test_bad_usage_is_named(self):
        for words, says in (
            (["rtu", "--points", "/nowhere.toml"], "--points: /nowhere.toml: cannot be read"),
            (["rtu", "--points", "a.toml", "--generate", 5], "--generate"),
            (["rtu", "--fault", "fast"], '--fault: there is no fault "fast"'),
            (["rtu", "--group", "a"], "--group a: NAME=ADDRESS is wanted"),
            (["rtu", "--group", "a=300.1.1.1"], "--group a=300.1.1.1"),
            (["rtu", "--allow", "here"], "--allow"),
            (["rtu", "--t1", 5, "--t2", 6], "t2"),
            (["rtu", "-k", 4, "-w", 5], "w"),
            (["rtu", "--events-per-second", -1], "--events-per-second"),
            (["rtu", "--replay", "/nowhere.pcap"], "--replay: "),
            (["rtu", "--numbered-type", 1], "--numbered-type"),
            (["scada", "--command", "45 1"], '--command "45 1": a command needs TYPE CASDU IOA VALUE'),
            (["scada", "--points", "/nowhere.toml"], "--points"),
            (["scada", "--fault", "damaged-asdu"], "--fault: a control room cannot be given damaged-asdu"),
        ):
            with self.subTest(words=words):
                self.refuses(*words, says=says)

    def test_a_port_that_is_taken_and_a_log_that_cannot_be_written_are_named(self):
        _, port = self.rtu()
        self.refuses("rtu", "--port", port, says=str(port), code=1)
        self.refuses("rtu", "--port", 0, "--log", "/nowhere/log", says="/nowhere/log", code=1)

    def test_nobody_there_is_a_failure_unless_it_shall_connect_again(self):
        run = subprocess.run([PROGRAM, "sim", "scada", "--port", "1", "--json"], capture_output=True, text=True, timeout=LIMIT)
        self.assertEqual(run.returncode, 1)
        self.assertEqual([json.loads(line)["what"] for line in run.stdout.splitlines()], ["connect_failed", "stopped"])
        log = self.file("scada.log")
        scada = self.start("scada", "--port", 1, "--quiet", "--reconnect", "--reconnect-delay", 0.05, "--log", log)
        wait_for(lambda: len(lines(log, "connect_failed")) >= 3, "tries again")
        self.assertIsNone(scada.poll())

    def test_the_example_substation_is_shown_with_its_names(self):
        points = SOURCE / "examples" / "sim" / "substation.toml"
        rtu, port = self.rtu("--points", points, "--events-per-second", 0)
        run = subprocess.run([PROGRAM, "sim", "scada", "--port", str(port), "--points", points, "--count", "15"],
                             capture_output=True, text=True, timeout=LIMIT)
        self.assertEqual(run.returncode, 0, run.stderr)
        self.assertIn("E01 circuit breaker Q0", run.stdout)
        rtu.send_signal(signal.SIGTERM)
        self.assertEqual(rtu.wait(LIMIT), 0)

    def test_sigterm_stops_data_transfer_first(self):
        log, ready = self.file("rtu.log"), self.file("ready")
        rtu, port = self.rtu("--log", log)
        scada = self.start("scada", "--port", port, "--quiet", "--ready-file", ready)
        wait_for(ready.exists, "data transfer starts")
        self.assertEqual(ready.read_text(), f"{port}\n")
        scada.send_signal(signal.SIGTERM)
        self.assertEqual(scada.wait(LIMIT), 0)
        wait_for(lambda: lines(log, "disconnected"), "the RTU sees the end")
        self.assertEqual(len(lines(log, "transfer_stopped")), 1)
        rtu.send_signal(signal.SIGINT)
        self.assertEqual(rtu.wait(LIMIT), 0)
        self.assertEqual(lines(log)[-1]["what"], "stopped")

    def test_requests_come_from_standard_input(self):
        log = self.file("rtu.log")
        _, port = self.rtu("--log", log, "--events-per-second", 0)
        seen = self.file("scada.log")
        scada = self.start("scada", "--port", port, "--quiet", "--stdin", "--log", seen, stdin=subprocess.PIPE)
        wait_for(lambda: lines(seen, "interrogation"), "the first interrogation ends")
        scada.stdin.write("command 45 1 60001 on select\ncounters 1\nnonsense\n")
        scada.stdin.flush()
        wait_for(lambda: lines(seen, "counter_interrogation"), "counters are read")
        scada.stdin.write("quit\n")
        scada.stdin.flush()
        self.assertEqual(scada.wait(LIMIT), 0)
        self.assertEqual([entry["outcome"] for entry in lines(seen, "command_result")], ["selected", "confirmed", "terminated"])
        self.assertEqual(len(lines(log, "executed")), 1)
        self.assertEqual(lines(seen, "request_failed")[0]["request"], "nonsense")

    def test_no_event_is_lost_when_the_control_room_is_killed(self):
        """What the RTU says was acknowledged is in the control room's log, whatever the moment of the kill."""
        total, rtu_log, scada_log = 3000, self.file("rtu.log"), self.file("scada.log")
        rtu, port = self.rtu("--numbered", 7, "--events-per-second", 1500, "--total", total, "--log", rtu_log, "--exit-when-done")

        def written():
            return {entry["value"] for entry in lines(scada_log, "object") if entry["cot"] == 3}

        for seconds in (0.3, 0.15, 0.4, 0.22, 0.31):
            scada = self.start("scada", "--port", port, "--quiet", "--no-interrogation", "--log", scada_log, "-w", 2)
            before = len(written())
            wait_for(lambda: len(written()) > before, "events come")
            time.sleep(seconds)
            scada.kill()
            scada.wait()
            acknowledged = max([entry["to"] for entry in lines(rtu_log, "acknowledged")], default=0)
            self.assertLessEqual(set(range(1, acknowledged + 1)), written(), "acknowledged, but not written down")
        self.start("scada", "--port", port, "--quiet", "--no-interrogation", "--log", scada_log, "-w", 2)
        self.assertEqual(rtu.wait(LIMIT), 0)
        self.assertEqual(written(), set(range(1, total + 1)))

    def test_a_recorded_line_can_be_replayed(self):
        capture, first, second = self.file("line.pcap"), self.file("first.log"), self.file("second.log")
        _, port = self.rtu("--events-per-second", 200, "--total", 100, "--capture", capture)
        scada = self.start("scada", "--port", port, "--quiet", "--log", first, "--count", 284, "-w", 1)
        self.assertEqual(scada.wait(LIMIT), 0)  # 184 interrogated, 100 events
        replay, replay_port = self.rtu("--replay", capture, "--replay-port", port, "--speed", "max", "--exit-when-done")
        again = self.start("scada", "--port", replay_port, "--quiet", "--no-interrogation", "--log", second, "--count", 284, "-w", 1)
        self.assertEqual(again.wait(LIMIT), 0)
        self.assertEqual(replay.wait(LIMIT), 0)

        def said(path):
            return [{key: value for key, value in entry.items() if key != "at"} for entry in lines(path, "object")]

        self.assertEqual(said(second)[:284], said(first)[:284])


if __name__ == "__main__":
    unittest.main(verbosity=2)
