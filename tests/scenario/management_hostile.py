#!/usr/bin/python3
"""Whoever means harm to the service: slow and idle connections by the thousand, bodies without end, headers that are none,
paths that climb, quotes that close. Each is refused, and the service answers on with the memory it had."""
import resource
import socket
import time
from urllib.parse import quote

from harness import check, run_story, wait_for
from management import Management

SLOW = 10_000


def connect(service):
    return socket.create_connection(("127.0.0.1", service.port), timeout=10)


def say(service, octets):
    """What the service answers to these octets, until it closes or is silent."""
    with connect(service) as line:
        line.settimeout(5)
        answer = b""
        try:
            line.sendall(octets)
            while more := line.recv(65536):
                answer += more
        except OSError:
            pass
        return answer


def status_of(answer):
    return int(answer.split(b" ", 2)[1]) if answer.startswith(b"HTTP/1.1 ") else 0


def slow_connections(service):
    """More than there are places, none of which ever finishes its request: there is room for who has something to say."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, SLOW + 1000), hard))
    lines = []
    for number in range(min(SLOW, resource.getrlimit(resource.RLIMIT_NOFILE)[0] - 500)):
        line = connect(service)
        line.sendall(b"GET /healthz HTTP/1.1\r\nhost: x\r\nx-slow: ")
        lines.append(line)
        if number % 1000 == 999:
            began = time.monotonic()
            check(service.ask("GET", "/healthz").status == 200, "served among slow ones")
            check(time.monotonic() - began < 5, "and not after them")
    print(f"{len(lines)} slow connections", flush=True)
    for line in lines:
        line.close()
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def endless_bodies(service):
    head = b"POST /api/v1/session HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n"
    check(status_of(say(service, head + b"content-length: 1073741824\r\n\r\n" + b"x" * 100_000)) == 413, "1 GB is refused at once")
    check(status_of(say(service, head + b"transfer-encoding: chunked\r\n\r\n" + b"10000\r\n" + b"x" * 65536 + b"\r\n" * 1
                        + (b"10000\r\n" + b"x" * 65536 + b"\r\n") * 40)) == 413, "nor in pieces")
    for length in (b"-1", b"1e9", b"99999999999999999999", b"0x10", b"1, 2"):
        check(status_of(say(service, head + b"content-length: " + length + b"\r\n\r\n{}")) in (0, 400, 413), f"length {length}")


def bad_headers(service):
    check(status_of(say(service, b"GET /healthz HTTP/1.1\r\n" + b"x: y\r\n" * 100_000 + b"\r\n")) in (0, 431), "headers without end")
    check(status_of(say(service, b"GET /" + b"a" * 1_000_000 + b" HTTP/1.1\r\n\r\n")) in (0, 400, 431), "a target without end")
    for octets in (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", b"\x00" * 1000, b"GET\r\n\r\n", b"\r\n\r\n\r\n\r\n",
                   b"GET /healthz HTTP/9.9\r\n\r\n", b"GET  /healthz  HTTP/1.1\r\n\r\n", b"GET /\x00 HTTP/1.1\r\n\r\n",
                   b"GET /healthz HTTP/1.1\r\nhost: x\r\n folded: y\r\n\r\n", b"GET /healthz HTTP/1.1\r\nbad name: y\r\n\r\n"):
        check(status_of(say(service, octets)) in (0, 200, 400, 404, 505), f"{octets[:30]}")
    smuggled = (b"POST /api/v1/session HTTP/1.1\r\nhost: x\r\ncontent-length: 4\r\ntransfer-encoding: chunked\r\n\r\n"
                b"0\r\n\r\nGET /api/v1/users HTTP/1.1\r\nhost: x\r\n\r\n")
    check(b"users" not in say(service, smuggled), "no request within a request")


def climbing_paths(service):
    for path in ("/../../../../etc/passwd", "/..%2f..%2f..%2fetc%2fpasswd", "/%2e%2e/%2e%2e/etc/passwd", "/api/v1/connectors/..%2f..%2fx",
                 "/api/v1//connectors", "//etc/passwd", "/api/v1/connectors/%00", "/api/v1/connectors/%0d%0aset-cookie:%20a=b"):
        answer = say(service, f"GET {path} HTTP/1.1\r\nhost: x\r\ncookie: {service.cookie}\r\nconnection: close\r\n\r\n".encode())
        check(status_of(answer) in (400, 404), f"{path}: {answer[:200]}")
        check(b"root:" not in answer and b"\r\nset-cookie" not in answer.lower(), f"{path}: {answer[:200]}")


def closing_quotes(service):
    """Texts are texts, whatever stands in them."""
    for text in ("' OR '1'='1", '"; DROP TABLE user; --', "a' UNION SELECT * FROM user --", "x\u0000y", "\\", "${7*7}", "<script>"):
        check(service.ask("POST", "/api/v1/session", {"user": text or "x", "password": text}).status in (400, 401, 429), text)
        check(service.ask("GET", f"/api/v1/connectors/{quote(text, safe='')}").code in ("no_such_connector", "invalid_target"), text)
        check(service.ask("GET", f"/api/v1/revisions?object={quote(text, safe='')}").status == 200, text)
    check(service.ask("GET", "/api/v1/users").json["users"], "the users are still there")


def management_hostile(bench):
    service = Management(bench, first_user=True)
    check(service.ask("GET", "/api/v1/connectors").status == 200, "served before")
    before = service.program.resident_kb()
    for harm in (slow_connections, endless_bodies, bad_headers, climbing_paths, closing_quotes):
        harm(service)
        check(service.ask("GET", "/api/v1/connectors").status == 200, f"served after {harm.__name__}")
    wait_for(lambda: service.program.resident_kb() < before + 40_000, "memory is what it was", 30)
    print(f"memory: {before} kB before, {service.program.resident_kb()} kB after")
    check(service.program.stop() == 0, "the service stops in good order")


if __name__ == "__main__":
    run_story(management_hostile)
