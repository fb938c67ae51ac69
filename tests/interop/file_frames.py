"""File transfer as a foreign peer speaks it: the octets of types 120-126, made and taken apart here by struct alone."""
import struct
from collections import namedtuple

from harness import check
from scapy_station import address

READY, SECTION_READY, CALL, LAST, ACKNOWLEDGE, SEGMENT, DIRECTORY = range(120, 127)
SELECT_FILE, REQUEST_FILE, DEACTIVATE_FILE, DELETE_FILE, SELECT_SECTION, REQUEST_SECTION = range(1, 7)

Said = namedtuple("Said", "type cause negative common_address ioa element")
Entry = namedtuple("Entry", "ioa name length status time")


def lof(length):
    return length.to_bytes(3, "little")


class FilePeer:
    """One file of one station, over a Peer."""

    def __init__(self, peer, common_address, ioa=1, name=1):
        self.peer, self.common_address, self.ioa, self.name = peer, common_address, ioa, name

    def say(self, type_id, *fields, cause=13):
        body = struct.pack("<H", self.name) + b"".join(f if isinstance(f, bytes) else bytes([f]) for f in fields)
        self.peer.send_i(type_id, cause, self.common_address, [address(self.ioa) + body])

    def hear(self):
        """The next ASDU of file transfer; everything else is passed over."""
        while True:
            packet = self.peer.receive()
            octets = bytes(packet.build())
            if octets[2] & 1 or not READY <= octets[6] <= DIRECTORY:
                continue
            return Said(octets[6], octets[8] & 0x3f, bool(octets[8] & 0x40), struct.unpack("<H", octets[10:12])[0],
                        int.from_bytes(octets[12:15], "little"), octets[15:])

    def expect(self, type_id, *fields):
        said = self.hear()
        wanted = struct.pack("<H", self.name) + b"".join(f if isinstance(f, bytes) else bytes([f]) for f in fields)
        check((said.type, said.cause, said.negative, said.common_address, said.ioa) ==
              (type_id, 13, False, self.common_address, self.ioa), f"{type_id} is wanted: {said}")
        check(said.element == wanted, f"{type_id}: {said.element.hex()}, wanted {wanted.hex()}")

    def hear_section(self, section):
        """Segments up to the end of the section: (octets, checksum that was sent)."""
        octets = b""
        while (said := self.hear()).type == SEGMENT:
            check(said.element[2] == section and said.element[3] == len(said.element) - 4 > 0, f"a segment: {said}")
            octets += said.element[4:]
        check(said.type == LAST and said.element[2:4] == bytes([section, 3]), f"123, LSQ 3: {said}")
        return octets, said.element[4]

    def say_section(self, section, octets, checksum=None):
        for at in range(0, len(octets), 236):
            piece = octets[at:at + 236]
            self.say(SEGMENT, section, len(piece), piece)
        self.say(LAST, section, 3, sum(octets) % 256 if checksum is None else checksum)

    def directory(self):
        """Calls it; entries up to the last one."""
        self.peer.send_i(CALL, 5, self.common_address, [bytes(7)])
        entries = []
        while not entries or not entries[-1].status & 0x20:
            said = self.hear()
            check(said.type == DIRECTORY and said.cause == 5, f"126, cause 5: {said}")
            entries += entries_of(said)
        return entries


def entries_of(said):
    return [Entry(said.ioa + at // 13, struct.unpack("<H", said.element[at:at + 2])[0],
                  int.from_bytes(said.element[at + 2:at + 5], "little"), said.element[at + 5], said.element[at + 6:at + 13])
            for at in range(0, len(said.element), 13)]
