#!/usr/bin/python3
"""Makes the seeds of the fuzz targets from the golden frames.

usage: make_seeds.py FOLDER

Writes FOLDER/TARGET/N for each NAME_fuzz.cpp beside this script. Targets that are not named below get the frames as they
are on the line, one by one and all after STARTDT act.
"""
import json
import pathlib
import ssl
import sys

HERE = pathlib.Path(__file__).parent
STARTDT_ACT = bytes.fromhex("680407000000")
APCI_SIZE = 6
USUAL_SIZES = 0b1011  # asdu_fuzz: cause 2, common address 2, object address 3 octets
RESP = [b"+OK\r\n", b"-OOM command not allowed\r\n", b":42\r\n", b"$-1\r\n", b"$5\r\nhello\r\n", b"*-1\r\n",
        b"*2\r\n$3\r\n1-0\r\n*2\r\n$4\r\ndata\r\n$2\r\n{}\r\n", b"*3\r\n$7\r\nmessage\r\n$1\r\nc\r\n$1\r\nx\r\n"]

COMMAND_TEXTS = [b'{"type":45,"value":true,"select":true,"cancel":true,"peer":"a","session":"1:2","issued":"2026-11-21T09:00:00Z"}',
                 b'{"stage":"refused","cause":47,"negative":true,"by":"c","time":"2026-11-21T09:00:00Z","reason":"no"}']


def golden_lines():
    for file in sorted((HERE.parent / "frames").glob("*.txt")):
        for line in file.read_text(encoding="utf-8").splitlines():
            if line and not line.startswith("#"):
                start = min(at for at in (line.find("["), line.find("{")) if at >= 0)
                yield bytes.fromhex(line[:start]), json.loads(line[start:]), line[start:]


def meter_frames():
    """The golden frames of IEC 60870-5-102."""
    for line in (HERE.parent / "frames" / "iec102" / "meter.txt").read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            yield bytes.fromhex(line[:line.find("{")])


def points(frames):
    for _, meaning, _ in frames:
        for point in meaning if isinstance(meaning, list) else []:
            yield json.dumps(point, separators=(",", ":")).encode()


def on_the_line(frames):
    apdus = [apdu for apdu, _, _ in frames]
    return apdus + [STARTDT_ACT + apdu for apdu in apdus] + [STARTDT_ACT + b"".join(apdus)]


def client_hello(version):
    """What a TLS client begins with."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.minimum_version = context.maximum_version = version
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    try:
        context.wrap_bio(incoming, outgoing).do_handshake()
    except ssl.SSLWantReadError:
        pass
    return outgoing.read()


def tls_callers(frames):
    """tls_fuzz: 0 and what a caller sends, or 1 and where a real client's octets are changed (place, what to xor)."""
    hellos = [client_hello(ssl.TLSVersion.TLSv1_2), client_hello(ssl.TLSVersion.TLSv1_3)]
    places = [b"\0%c\x01" % place for place in (0, 5, 9, 43, 80, 150)] + [b"\x03\0\xff", b"\x02\0\x01\x02\x80\x01"]
    return [b"\0" + octets for octets in hellos + on_the_line(frames)[:3]] + [b"\x01"] + [b"\x01" + p for p in places]


def bulk(text):
    return b"$%d\r\n%s\r\n" % (len(text), text)


def entry(data):
    """An XRANGE reply of one entry, for the mapped point of entries_fuzz."""
    fields = [b"casdu", b"1", b"ioa", b"7", b"source", b"rtu-1", b"id", b"srv:1:1", b"data", data]
    return b"*1\r\n*2\r\n" + bulk(b"1700000000000-1") + b"*%d\r\n" % len(fields) + b"".join(map(bulk, fields))


CONNECTOR = b'{"id":"rtu-1","kind":"iec104-client","stopped":true,"config":{"network":{"host":"127.0.0.1","port":2404}}}'
BODIES = [b"", CONNECTOR, b'{"name":"x","config":{"stations":[{"casdu":1}]},"comment":"c"}', b"casdu,ioa,name\n1,2,a\n1,x,b\n",
          b'{"casdu":1,"ioa":2,"type":45,"value":true,"max_age_ms":100,"mode":"select"}', b'{"data":{"on":true}}',
          b'{"name":"Breaker","kind":"DI","states":["off","on"],"low":1,"metadata":{"BAY":"7"}}',
          b'{"name":"t","role":"viewer","expires":"2030-01-01T00:00:00Z"}']
QUERIES = [b"rtu-1/", b"1/100/", b"srv/debug/limit=5&casdu=1&quality=bad&text=a", b"points/rate_ms=50&count=1", b"1/casdu=1&dry_run=true",
           b"x%bd/text=%bd"]
LOGIN = b"host: busbar:8104\r\ncookie: busbar_session=secret of anna\r\nx-csrf-token: csrf of anna\r\n"


def http_requests():
    """http_fuzz: requests, alone and one after the other on a line."""
    def request(line, body=b"", *more):
        size = b"content-type: application/json\r\ncontent-length: %d\r\n" % len(body) if body else b""
        return line + b" HTTP/1.1\r\n" + LOGIN + size + b"".join(header + b"\r\n" for header in more) + b"\r\n" + body
    upgrade = [b"upgrade: websocket", b"connection: upgrade", b"sec-websocket-version: 13",
               b"sec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA=="]
    subscribe = b'{"subscribe":{"topic":"points","id":"a","filter":{"casdu":1}}}'
    requests = [request(b"GET /healthz"), request(b"HEAD /api/v1/points?limit=5"), request(b"POST /api/v1/connectors", CONNECTOR),
                request(b"GET /api/v1/live/points?count=1"), request(b"DELETE /api/v1/connectors/rtu-1"),
                request(b"POST /api/v1/connectors", b"", b"transfer-encoding: chunked", b"content-type: application/json") +
                b"%x\r\n%s\r\n0\r\n\r\n" % (len(CONNECTOR), CONNECTOR),
                request(b"GET /api/v1/live", b"", *upgrade) + b"\x81%c\0\0\0\0" % (0x80 | len(subscribe)) + subscribe]
    return requests + [b"".join(requests)]


def api_calls():
    """api_fuzz: which route, its path and query, its body."""
    return [bytes([route]) + query + b"\0" + body for route in range(80) for query, body in
            zip(QUERIES * 2, BODIES, strict=False)]


def seeds_of(target, frames):
    if target == "api":
        return api_calls()
    if target == "http":
        return http_requests()
    if target == "channel":  # octets of the line; at the end what is done: mostly answers and the passing of time
        octets = b"".join(meter_frames())
        return [octets[:200] + bytes([8, 15, step, 15, 9] * 40) for step in range(16)]
    if target == "asdu":
        return [bytes([USUAL_SIZES]) + apdu[APCI_SIZE:] for apdu, _, _ in frames]
    if target == "point_json":
        return list(points(frames))
    if target == "command":  # texts; then octets for the gate, dialogues and the ledger
        types = {*range(45, 65), *range(110, 114)}
        asdus = [apdu[APCI_SIZE:] for apdu, _, _ in frames if apdu[APCI_SIZE] in types]
        texts = [b"\x00" + text for text in [*points(frames), *COMMAND_TEXTS]]
        return texts + [bytes([part, 16 * (len(asdu) - 6) + 3, 1]) + asdu for asdu in asdus for part in (1, 2, 3)]
    if target == "entries":
        return [entry(text) for text in [*points(frames), *COMMAND_TEXTS]]
    if target == "resp":
        return [b"\xff" + reply for reply in RESP + [b"".join(RESP)]]
    if target == "tls":
        return tls_callers(frames)
    if target == "tls_file":
        block = b"-----BEGIN %s-----\nMIIBAAIBADANBgkqhkiG9w0BAQEFAASC\n-----END %s-----\n"
        names = [b"CERTIFICATE", b"X509 CRL", b"PRIVATE KEY", b"EC PRIVATE KEY", b"ENCRYPTED PRIVATE KEY"]
        return [block % (name, name) for name in names] + [b"".join(block % (name, name) for name in names)]
    if target == "decode":
        return [b"\x7f" + octets for octets in on_the_line(frames)]
    if target == "ft12":  # octets of a burst; its length and the pause behind it stand at the end of the input
        frames = list(meter_frames())
        return [octets + bytes([0, 0, 0xFF, 0x03]) for octets in [*frames, b"".join(frames[:12]), b"\xff\xff" + frames[9]]]
    if target == "meter":  # length of the pieces, then what is on the line
        frames = list(meter_frames())
        return [b"\x7f" + octets for octets in [*frames, b"".join(frames), b"\xff\x68" + frames[0]]]
    if target == "ree":
        return [frame[7:-2] for frame in meter_frames() if frame[0] == 0x68]
    if target == "files":  # what is said; at the end steps, and which station it is
        octets = [apdu for apdu, _, _ in frames if 120 <= apdu[APCI_SIZE] <= 127]
        return [apdu + bytes(2) + bytes([station]) for apdu in [*octets, b"".join(octets)] for station in (0, 1)]
    return on_the_line(frames)


def main():
    folder = pathlib.Path(sys.argv[1])
    frames = list(golden_lines())
    for source in sorted(HERE.glob("*_fuzz.cpp")):
        target = source.stem.removesuffix("_fuzz")
        (folder / target).mkdir(parents=True, exist_ok=True)
        for number, seed in enumerate(seeds_of(target, frames)):
            (folder / target / str(number)).write_bytes(seed)


if __name__ == "__main__":
    main()
