#!/usr/bin/python3
"""`busbar decode` as a program: hex from files and pipes, captures with holes, what it says of damage, its exit codes."""
import json
import os
import struct
import subprocess
import tempfile
import unittest
from pathlib import Path

PROGRAM = os.environ["BUSBAR_PROGRAM"]

STARTDT = "680407000000"
SINGLE_POINT = "680e00000000" "0101030029000a000001"  # M_SP_NA_1, CA 41, IOA 10, on


def decode(*words, text=""):
    """Exit code, the JSON lines, standard error."""
    run = subprocess.run([PROGRAM, "decode", "--json", *map(str, words)], input=text.encode(), capture_output=True, timeout=60)
    return run.returncode, [json.loads(line) for line in run.stdout.decode().splitlines()], run.stderr.decode()


class Hex(unittest.TestCase):
    def test_comments_blank_lines_and_the_json_behind_a_frame_are_passed_over(self):
        code, lines, _ = decode(text=f"""# two frames
68 04 07 00 00 00  # STARTDT act

{SINGLE_POINT} {{"type":1,"value":true}}
68:04:01:00:0A:00 ["S"]
""")
        self.assertEqual(code, 0)
        self.assertEqual([(line["frame"], line["format"]) for line in lines], [(2, "U"), (4, "I"), (5, "S")])
        self.assertEqual((lines[1]["casdu"], lines[1]["ioa"], lines[1]["value"], lines[2]["nr"]), (41, 10, 1, 5))

    def test_an_apdu_may_be_broken_into_lines_and_lines_hold_several(self):
        code, lines, _ = decode(text=f"{SINGLE_POINT[:8]}\n{SINGLE_POINT[8:]}{STARTDT}\n{STARTDT}\n")
        self.assertEqual(code, 0)
        self.assertEqual([(line["frame"], line["apdu"], line["format"]) for line in lines],
                         [(2, 0, "I"), (2, 1, "U"), (3, 0, "U")])

    def test_a_damaged_apdu_is_a_line_with_its_error_and_the_next_line_is_tried(self):
        code, lines, _ = decode(text="67 04 07 00 00 00\n" + STARTDT + "\n68 03 01 00 00\n"
                                "68 0e 00 00 00 00 01 02 03 00 29 00 0a 00 00 01\n" + STARTDT)
        self.assertEqual(code, 0, "what it shows is damaged, not what it does")
        self.assertEqual([(line["frame"], line.get("error"), line.get("format")) for line in lines], [
            (1, "start octet is 67, not 68", None), (2, None, "U"), (3, "length of APDU is 3, not 4 to 253", None),
            (4, "type and VSQ need 8 octets, body has 4", "I"), (5, None, "U")])

    def test_what_is_no_hex_is_named_by_line_and_character(self):
        code, lines, _ = decode(text=f"{STARTDT}\n68 0x 07\n{STARTDT}\n")
        self.assertEqual(code, 1)
        self.assertEqual([line.get("error", "") != "" for line in lines], [False, True, False])
        self.assertEqual(lines[1]["frame"], 2)
        self.assertRegex(lines[1]["error"], "^character [45]: ")

    def test_octets_left_over_are_told(self):
        code, lines, _ = decode(text="68 0e 00 00")
        self.assertEqual((code, lines), (0, [{"error": "4 octets left over"}]))

    def test_a_file_and_a_pipe_say_the_same(self):
        text = f"# one\n{SINGLE_POINT}\n"
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "frames.txt"
            path.write_text(text)
            self.assertEqual(decode(path), decode(text=text))

    def test_a_missing_file_is_named(self):
        code, lines, error = decode("/nowhere/frames.txt")
        self.assertEqual((code, lines), (1, []))
        self.assertIn("/nowhere/frames.txt", error)


def packet(payload, sequence, port=2404, syn=False):
    """An IPv4 packet from 10.0.0.1 to the station, as a capture without link layer holds it."""
    tcp = struct.pack("!HHIIBBHHH", 40000, port, sequence, 0, 5 << 4, 0x02 if syn else 0x18, 8192, 0, 0)
    length = 20 + len(tcp) + len(payload)
    ip = struct.pack("!BBHHHBBH4s4s", 0x45, 0, length, 0, 0, 64, 6, 0, bytes([10, 0, 0, 1]), bytes([10, 0, 0, 2]))
    return ip + tcp + payload


def capture(*packets):
    octets = struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 101)
    for index, content in enumerate(packets):
        octets += struct.pack("<IIII", 1_700_000_000 + index, 0, len(content), len(content)) + content
    return octets


class Captures(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)

    def decode(self, octets, *words):
        path = Path(self.folder.name) / "line.pcap"
        path.write_bytes(octets)
        return decode(path, *words)

    def test_one_that_starts_in_the_middle_of_a_connection_goes_on_with_the_next_apdu(self):
        code, lines, _ = self.decode(capture(packet(bytes.fromhex("29000a000001"), 5000),
                                             packet(bytes.fromhex(STARTDT), 5006)))
        self.assertEqual(code, 0)
        self.assertEqual([(line["frame"], line.get("error"), line.get("function")) for line in lines],
                         [(1, "6 octets from the middle of something", None), (2, None, "STARTDTact")])

    def test_a_hole_costs_the_apdu_that_it_cuts_and_no_more(self):
        whole = bytes.fromhex(SINGLE_POINT)
        code, lines, _ = self.decode(capture(packet(b"", 999, syn=True), packet(whole[:5], 1000),
                                             packet(whole, 1016), packet(bytes.fromhex(STARTDT), 1032)))
        self.assertEqual(code, 0)
        self.assertEqual([line.get("error") or line["format"] for line in lines],
                         ["5 octets of an APDU whose rest is missing", "I", "U"])

    def test_octets_before_the_start_of_a_connection_are_no_middle(self):
        _, lines, _ = self.decode(capture(packet(b"", 999, syn=True), packet(bytes.fromhex("29000a000001"), 1000)))
        self.assertEqual([line["error"] for line in lines], ["start octet is 29, not 68"])

    def test_other_ports_are_looked_at_when_asked_for(self):
        octets = capture(packet(bytes.fromhex(STARTDT), 1000, port=2405))
        self.assertEqual(self.decode(octets)[1], [])
        self.assertEqual([line["function"] for line in self.decode(octets, "--port", 2405)[1]], ["STARTDTact"])

    def test_one_that_is_cut_gives_what_it_has_and_fails(self):
        octets = capture(packet(bytes.fromhex(STARTDT), 1000), packet(bytes.fromhex(STARTDT), 1006))
        code, lines, error = self.decode(octets[:-3])
        self.assertEqual(code, 1)
        self.assertEqual([line["function"] for line in lines], ["STARTDTact"])
        self.assertIn("line.pcap", error)


if __name__ == "__main__":
    unittest.main()
