"""A foreign IEC 104 peer for tests: frames are made and understood by scapy's IEC 104 layers alone, the sequence numbers
and acknowledgements are kept here. Either role: Peer(socket)."""
import socket
import struct

import scapy.contrib.scada.iec104 as iec104


class Peer:
    def __init__(self, connection, acknowledge_every=1):
        self.connection, self.acknowledge_every = connection, acknowledge_every
        connection.settimeout(15)
        self.next_send = self.next_receive = self.unacknowledged = 0
        self.buffer = b""

    def send_u(self, **function):
        self.connection.sendall(iec104.IEC104_U_Message(**function).build())

    def send_i(self, type_id, cause, common_address, objects, sequence=False, originator=0, negative=0):
        """`objects`: octets of the information objects, their addresses included."""
        count = len(objects)
        asdu = struct.pack("<BBBBH", type_id, count | (0x80 if sequence else 0), cause | (0x40 if negative else 0),
                           originator, common_address) + b"".join(objects)
        head = struct.pack("<BBHH", 0x68, 4 + len(asdu), self.next_send << 1, self.next_receive << 1)
        kind = iec104.IEC104_I_Message_SeqIOA if sequence else iec104.IEC104_I_Message_SingleIOA
        frame = head + asdu
        assert kind(frame).build() == frame, "scapy makes the same octets of it"
        self.connection.sendall(frame)
        self.next_send = (self.next_send + 1) % 32768
        self.unacknowledged = 0

    def receive(self):
        """The next frame as scapy's packet; I-frames are checked for their number and acknowledged."""
        frame = self._frame()
        if frame[2] & 3 == 3:
            packet = iec104.IEC104_U_Message(frame)
            if packet.testfr_act:
                self.send_u(testfr_con=1)
                return self.receive()
            return packet
        if frame[2] & 1:
            return iec104.IEC104_S_Message(frame)
        kind = iec104.IEC104_I_Message_SeqIOA if frame[7] & 0x80 else iec104.IEC104_I_Message_SingleIOA
        packet = kind(frame)
        assert packet.build() == frame, f"scapy understands every octet of {frame.hex()}"
        assert packet.tx_seq_num == self.next_receive, f"N(S) is {packet.tx_seq_num}, not {self.next_receive}"
        self.next_receive = (self.next_receive + 1) % 32768
        self.unacknowledged += 1
        if self.unacknowledged >= self.acknowledge_every:
            self.connection.sendall(iec104.IEC104_S_Message(rx_seq_num=self.next_receive).build())
            self.unacknowledged = 0
        return packet

    def receive_i(self, **wanted):
        """The next I-frame with these members; others before it are passed over."""
        while True:
            packet = self.receive()
            if isinstance(packet, (iec104.IEC104_I_Message_SingleIOA, iec104.IEC104_I_Message_SeqIOA)) and all(
                    getattr(packet, member) == value for member, value in wanted.items()):
                return packet

    def _frame(self):
        while len(self.buffer) < 2 or len(self.buffer) < 2 + self.buffer[1]:
            piece = self.connection.recv(65536)
            if not piece:
                raise ConnectionError("closed by the peer")
            self.buffer += piece
        size = 2 + self.buffer[1]
        frame, self.buffer = self.buffer[:size], self.buffer[size:]
        return frame


def address(ioa):
    return ioa.to_bytes(3, "little")


def addresses_of(packet):
    """(address, scapy object) of each object of a packet, sequences counted on."""
    objects = []
    for index, element in enumerate(packet.io):
        if hasattr(element, "information_object_address"):
            objects.append((element.information_object_address, element))
        else:
            objects.append((packet.information_object_address + index, element))
    return objects
