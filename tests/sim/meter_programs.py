#!/usr/bin/python3
"""`busbar sim meter` as a program: what it refuses, what a master sees over TCP and over a serial line, how it judges that
master; and `busbar decode --ft12` of what was on the line."""
import json
import os
import select
import signal
import socket
import subprocess
import tempfile
import time
import unittest
from pathlib import Path

PROGRAM = os.environ["BUSBAR_PROGRAM"]
SOURCE = Path(os.environ["BUSBAR_SOURCE_DIR"])
LIMIT = 60  # seconds that anything may take on a busy machine


def frame(text):
    return bytes.fromhex(text)


STATUS, LINK_IS_THERE = frame("10 49 01 00 4A 16"), frame("10 0B 01 00 0C 16")
RESET, ACK = frame("10 40 01 00 41 16"), frame("10 00 01 00 01 16")
LOGIN = frame("68 0D 0D 68 73 01 00 B7 01 06 01 00 00 01 00 00 00 34 16")
LOGGED_IN = frame("68 0D 0D 68 08 01 00 B7 01 07 01 00 00 01 00 00 00 CA 16")
VALUES = frame("68 0C 0C 68 73 01 00 A2 03 05 01 00 00 C0 C1 C2 62 16")
POLL_0, POLL_1 = frame("10 5B 01 00 5C 16"), frame("10 7B 01 00 7C 16")


def lines(path, what=None):
    entries = [json.loads(line) for line in path.read_text().splitlines()]
    return [entry for entry in entries if what is None or entry["what"] == what]


class Line:
    """The master's end of a line: asks, and waits for as many octets as the answer has to have."""

    def __init__(self, descriptor):
        self.descriptor = descriptor

    def ask(self, request, count):
        os.write(self.descriptor, request)
        answer, end = b"", time.monotonic() + LIMIT
        while len(answer) < count:
            if not select.select([self.descriptor], [], [], max(0, end - time.monotonic()))[0]:
                raise AssertionError(f"no answer to {request.hex()}: {answer.hex()}")
            answer += os.read(self.descriptor, 4096)
        return answer


class Meter(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory(prefix="busbar-meter-")
        self.running = []

    def tearDown(self):
        for process in self.running:
            if process.poll() is None:
                process.kill()
            process.wait()
            for pipe in filter(None, (process.stdin, process.stdout)):
                pipe.close()
        self.folder.cleanup()

    def file(self, name):
        return Path(self.folder.name) / name

    def start(self, *words):
        process = subprocess.Popen([PROGRAM, "sim", "meter", *map(str, words)], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                   text=True)
        self.running.append(process)
        return process, json.loads(process.stdout.readline())

    def stop(self, process):
        """Exit code, and what it saw."""
        process.send_signal(signal.SIGTERM)
        seen = json.loads(process.stdout.readline())
        return process.wait(LIMIT), seen

    def read_values(self, line):
        self.assertEqual(line.ask(STATUS, 6), LINK_IS_THERE)
        self.assertEqual(line.ask(RESET, 6), ACK)
        self.assertEqual(line.ask(LOGIN, 6), ACK)
        self.assertEqual(line.ask(POLL_0, len(LOGGED_IN)), LOGGED_IN)
        self.assertEqual(line.ask(VALUES, 6), ACK)
        values = line.ask(POLL_0, 110)
        self.assertEqual(values[:13], frame("68 68 68 68 08 01 00 A3 03 05 01 00 00"))

    def refuses(self, *words, says, code=2):
        run = subprocess.run([PROGRAM, "sim", "meter", *map(str, words)], capture_output=True, text=True, timeout=LIMIT)
        self.assertEqual((run.returncode, run.stdout), (code, ""), run.stderr)
        self.assertEqual(run.stderr.count("\n"), 1, run.stderr)
        self.assertIn(says, run.stderr)

    def test_bad_usage_is_named(self):
        self.refuses("--meters", "/nowhere.toml", says="--meters: /nowhere.toml: cannot be read")
        self.refuses("--fault", "fast", says='--fault fast: there is no fault "fast"')
        self.refuses("--count", 0, says="--count")
        self.refuses("--count", 2, "--link-address", 65535, says="--count: 2 link addresses from 65535 on do not fit")
        self.refuses("--parity", "both", says="--parity")
        self.refuses("--baud", 0, says="--baud")
        self.refuses("--serial", "/dev/nowhere", says="/dev/nowhere: No such file or directory", code=1)
        self.refuses("--serial", "/dev/null", says="/dev/null: is no serial port", code=1)
        self.refuses("--host", "192.0.2.1", says="192.0.2.1:4001", code=1)

    def test_a_master_reads_values_over_tcp_and_is_found_blameless(self):
        log, capture = self.file("log"), self.file("line.pcap")
        process, ready = self.start("--port", 0, "--log", log, "--capture", capture, "--strict",
                                    "--ready-file", self.file("ready"))
        end = time.monotonic() + LIMIT
        while not self.file("ready").exists() and time.monotonic() < end:
            time.sleep(0.02)
        self.assertEqual(int(self.file("ready").read_text()), ready["port"])
        with socket.create_connection(("127.0.0.1", ready["port"])) as connection:
            self.read_values(Line(connection.fileno()))
        code, seen = self.stop(process)
        self.assertEqual((code, seen["violations"], seen["logins"]), (0, {}, 1))
        self.assertEqual([entry["function"] for entry in lines(log, "received")][:3],
                         ["request status of link", "reset remote link", "send user data"])
        self.assertNotIn("0100000034", log.read_text(), "the password")
        run = subprocess.run([PROGRAM, "decode", "--ft12", "--json", "--port", str(ready["port"]), str(capture)],
                             capture_output=True, text=True, timeout=LIMIT, check=True)
        frames = [json.loads(line) for line in run.stdout.splitlines()]
        self.assertEqual(len(frames), 12)
        self.assertEqual(frames[-1]["type"], 163)
        self.assertEqual([entry["object"] for entry in frames[-1]["objects"]], [192, 193, 194])
        self.assertNotIn("0100000034", run.stdout)

    def test_a_speed_makes_a_line_behind_the_converter_slow(self):
        process, ready = self.start("--port", 0, "--baud", 1200, "--parity", "even", "--delay", 20)
        with socket.create_connection(("127.0.0.1", ready["port"])) as connection:
            began = time.monotonic()
            self.assertEqual(Line(connection.fileno()).ask(STATUS, 6), LINK_IS_THERE)
            self.assertGreater(time.monotonic() - began, 0.129)  # 6 octets there, 6 back, 11 bits each
        self.assertEqual(self.stop(process)[0], 0)

    def test_a_master_that_breaks_the_rules_is_told_on(self):
        log = self.file("log")
        process, ready = self.start("--port", 0, "--log", log, "--strict")
        with socket.create_connection(("127.0.0.1", ready["port"])) as connection:
            line = Line(connection.fileno())
            self.assertEqual(line.ask(RESET, 6), ACK)
            line.ask(POLL_0, 6)
        code, seen = self.stop(process)
        self.assertEqual(code, 1)
        self.assertEqual(seen["violations"], {"FCB is 0 in the first frame after a reset": 1})
        self.assertEqual([entry["link"] for entry in lines(log, "violation")], [1])

    def test_a_second_connection_is_refused_while_one_is_there(self):
        _, ready = self.start("--port", 0)
        with socket.create_connection(("127.0.0.1", ready["port"])) as first:
            self.assertEqual(Line(first.fileno()).ask(STATUS, 6), LINK_IS_THERE)
            with socket.create_connection(("127.0.0.1", ready["port"])) as second:
                second.settimeout(LIMIT)
                self.assertEqual(second.recv(10), b"")

    def test_it_goes_wrong_as_told(self):
        process, ready = self.start("--port", 0, "--fault", "ff", "--fault", "close@values", "--log", self.file("log"))
        with socket.create_connection(("127.0.0.1", ready["port"])) as connection:
            line = Line(connection.fileno())
            self.assertEqual(line.ask(STATUS, 9), b"\xff\xff\xff" + LINK_IS_THERE)
            line.ask(RESET, 9)
            line.ask(LOGIN, 9)
            line.ask(POLL_0, len(LOGGED_IN) + 3)
            connection.sendall(VALUES)
            connection.settimeout(LIMIT)
            self.assertEqual(connection.recv(10), b"")
        self.assertEqual(self.stop(process)[0], 0)
        self.assertEqual(lines(self.file("log"), "fault")[-1]["name"], "close")

    def test_orders_come_from_standard_input(self):
        log = self.file("log")
        process, ready = self.start("--port", 0, "--stdin", "--log", log)

        def tell(order, lines_so_far):
            print(order, file=process.stdin, flush=True)
            end = time.monotonic() + LIMIT
            while len(lines(log)) <= lines_so_far:
                self.assertLess(time.monotonic(), end, order)
                time.sleep(0.02)
            return lines(log)[-1]
        log.touch()
        self.assertEqual(tell("fault ff@status/1", 0)["what"], "order")
        failed = tell("fault fast", 1)
        self.assertEqual((failed["what"], failed["reason"]), ("order_failed", 'there is no fault "fast"'))
        with socket.create_connection(("127.0.0.1", ready["port"])) as connection:
            line = Line(connection.fileno())
            self.assertEqual(line.ask(STATUS, 9), b"\xff\xff\xff" + LINK_IS_THERE)
            self.assertEqual(tell("no-faults", len(lines(log)))["order"], "no-faults")
            self.assertEqual(line.ask(STATUS, 6), LINK_IS_THERE)
        print("quit", file=process.stdin, flush=True)
        self.assertEqual(json.loads(process.stdout.readline())["what"], "stopped")
        self.assertEqual(process.wait(LIMIT), 0)

    def test_the_meters_of_the_example_stand_on_one_line(self):
        _, ready = self.start("--port", 0, "--meters", SOURCE / "examples/sim/meters.toml")
        with socket.create_connection(("127.0.0.1", ready["port"])) as connection:
            line = Line(connection.fileno())
            self.assertEqual(line.ask(STATUS, 6), LINK_IS_THERE)
            self.assertEqual(line.ask(frame("10 49 0C 87 DC 16"), 6), frame("10 0B 0C 87 9E 16"))
            self.assertEqual(line.ask(frame("10 49 03 00 4C 16"), 6), frame("10 0B 03 00 0E 16"))

    def test_a_serial_line_does_as_well(self):
        ends = [self.file("meter"), self.file("master")]
        socat = subprocess.Popen(["socat", *(f"PTY,raw,echo=0,link={end}" for end in ends)])
        self.running.append(socat)
        end = time.monotonic() + LIMIT
        while not all(path.exists() for path in ends):
            self.assertLess(time.monotonic(), end, "socat")
            time.sleep(0.02)
        self.refuses("--serial", ends[0], "--parity", "even", says="parity even is not possible on this port", code=1)
        process, ready = self.start("--serial", ends[0])
        self.assertEqual(ready["format"], "9600-8N1")
        self.refuses("--serial", ends[0], says=f"{ends[0]}: in use by another program", code=1)
        master = os.open(ends[1], os.O_RDWR | os.O_NOCTTY)
        try:
            self.read_values(Line(master))
        finally:
            os.close(master)
        code, seen = self.stop(process)
        self.assertEqual((code, seen["violations"]), (0, {}))


class Decode(unittest.TestCase):
    def decode(self, *words, text=""):
        return subprocess.run([PROGRAM, "decode", "--ft12", *words], input=text, capture_output=True, text=True, timeout=LIMIT)

    def test_takes_hex_from_the_command_line_and_from_standard_input(self):
        for run in (self.decode("--hex", STATUS.hex()), self.decode(text=f"# a poll\n{STATUS.hex(' ')}\n")):
            self.assertEqual(run.returncode, 0, run.stderr)
            self.assertIn("function: request status of link\n", run.stdout)

    def test_conceals_passwords_unless_asked(self):
        self.assertIn("Password: concealed", self.decode("--hex", LOGIN.hex()).stdout)
        self.assertIn("Password: 1\n", self.decode("--hex", LOGIN.hex(), "--show-passwords").stdout)
        run = subprocess.run([PROGRAM, "decode", "--show-passwords", "--hex", "00"], capture_output=True, text=True)
        self.assertEqual(run.returncode, 2)


if __name__ == "__main__":
    unittest.main()
