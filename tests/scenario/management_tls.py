#!/usr/bin/python3
"""The API over TLS: requests, server-sent events and a WebSocket; a certificate that is exchanged while the service runs;
files that do not fit together; and what is refused: plain HTTP, old TLS, an address that others can reach without TLS."""
import socket
import ssl
import subprocess

from harness import PROGRAM, check, free_port, run_story, wait_for
from management import Management
from management_live import WebSocket


def certificate(folder, name):
    """Self-signed, for 127.0.0.1."""
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "30",
                    "-subj", f"/CN={name}", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", folder / f"{name}.key",
                    "-out", folder / f"{name}.pem"], check=True, capture_output=True)


def trusting(file):
    return ssl.create_default_context(cafile=file)


def curl(bench, service, target):
    return subprocess.run(["curl", "-sf", "--max-time", "10", "--cacert", bench.folder / "first.pem", "-H", f"cookie: {service.cookie}",
                           f"https://127.0.0.1:{service.port}{target}"], capture_output=True, text=True)


def refusals(bench, service):
    with socket.create_connection(("127.0.0.1", service.port), timeout=10) as plain:
        plain.sendall(b"GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n")
        heard = plain.recv(100)
        check(not heard.startswith(b"HTTP"), f"plain HTTP is not answered: {heard}")
    old = subprocess.run(["openssl", "s_client", "-connect", f"127.0.0.1:{service.port}", "-tls1_1", "-cipher", "ALL:@SECLEVEL=0"],
                         stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=20)
    check("Cipher is (NONE)" in old.stdout or "alert" in old.stderr, "TLS 1.1 is refused")
    for options, reason in ((("--http-address", "0.0.0.0"), "others can reach"), (("--http-certificate", "first.pem"), "needs its key"),
                            (("--http-address", "localhost"), "not an IP address")):
        done = subprocess.run([PROGRAM, "up", "--data", "other", "--http-port", str(free_port()), *options], cwd=bench.folder,
                              capture_output=True, text=True, timeout=20)
        check(done.returncode == 2 and reason in done.stderr, f"{options} is refused: {done.stderr}")


def exchange(bench, service):
    """New files are taken by new connections; while only one of the two is there, the old ones hold."""
    old = service.tls
    certificate(bench.folder, "second")
    (bench.folder / "first.pem").write_bytes((bench.folder / "second.pem").read_bytes())
    check(service.ask("GET", "/readyz").status == 200, "a certificate without its key changes nothing")
    (bench.folder / "first.key").write_bytes((bench.folder / "second.key").read_bytes())
    service.tls = trusting(bench.folder / "second.pem")
    wait_for(service.is_ready, "the new certificate is in force")
    service.tls = old
    try:
        service.ask("GET", "/readyz")
        check(False, "the old certificate is gone")
    except OSError as error:
        check("CERTIFICATE_VERIFY_FAILED" in str(error), f"the old certificate is gone: {error}")
    service.tls = trusting(bench.folder / "second.pem")


def management_tls(bench):
    certificate(bench.folder, "first")
    service = Management(bench, "--http-certificate", bench.folder / "first.pem", "--http-key", bench.folder / "first.key",
                         first_user=True, tls=trusting(bench.folder / "first.pem"))
    answer = service.ask("POST", "/api/v1/session", {"user": "anna", "password": "correct horse battery"})
    check("; Secure" in answer.headers["set-cookie"], "the cookie is for TLS only")
    check("max-age" in answer.headers["strict-transport-security"], "browsers are told to stay with TLS")
    check(service.ask("GET", "/api/v1/connectors").json == {"connectors": []}, "a request")

    line = WebSocket(service)
    line.say({"subscribe": {"topic": "points", "id": "c"}})
    line.hear_until(lambda message: message.get("snapshot") == "end", "a WebSocket hears of the points")
    events = curl(bench, service, "/api/v1/live/points?count=1")
    check(events.returncode == 0 and "data: " in events.stdout, f"server-sent events end in good order: {events}")
    refusals(bench, service)
    exchange(bench, service)
    line.say({"unsubscribe": "c"})
    line.say({"subscribe": {"topic": "points", "id": "d"}})
    line.hear_until(lambda message: message.get("id") == "d", "a line goes on with the certificate that it began with")


if __name__ == "__main__":
    run_story(management_tls)
