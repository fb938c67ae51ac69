#!/usr/bin/python3
"""Live values, events and commands as a client of the API sees them: by REST, as server-sent events, over a WebSocket; from
a simulated RTU through `busbar up`, and back. A client that does not read is told what it missed, and others never wait."""
import base64
import json
import os
import re
import socket
import struct
import time

from command_chain import substation
from harness import Resp, check, free_port, run_story, wait_for
from management import PASSWORD, Management, Visitor

ON_CONNECT = {"network": {"host": "127.0.0.1"}, "stations": [{"casdu": 1}], "interrogation": {"on_connect": True}}


def frame(text):
    """A message of a client."""
    mask = os.urandom(4)
    size = (struct.pack("!B", 0x80 | len(text)) if len(text) < 126 else
            struct.pack("!BH", 0x80 | 126, len(text)) if len(text) < 65536 else struct.pack("!BQ", 0x80 | 127, len(text)))
    return b"\x81" + size + mask + bytes(octet ^ mask[i % 4] for i, octet in enumerate(text))


class WebSocket:
    """As little of RFC 6455 as a test needs."""

    def __init__(self, service, path="/api/v1/live", headers=None, receive_buffer=None):
        self.socket = socket.socket()
        if receive_buffer:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self.socket.settimeout(20)
        self.socket.connect(("127.0.0.1", service.port))
        if service.tls:
            self.socket = service.tls.wrap_socket(self.socket, server_hostname="127.0.0.1")
        lines = {"host": f"127.0.0.1:{service.port}", "upgrade": "websocket", "connection": "upgrade", "cookie": service.cookie,
                 "sec-websocket-version": "13", "sec-websocket-key": base64.b64encode(os.urandom(16)).decode(), **(headers or {})}
        self.socket.sendall((f"GET {path} HTTP/1.1\r\n" + "".join(f"{k}: {v}\r\n" for k, v in lines.items()) + "\r\n").encode())
        self.stream = self.socket.makefile("rb")
        self.status = int(self.stream.readline().split()[1])
        self.headers = {}
        while (line := self.stream.readline().strip()):
            name, _, value = line.decode().partition(": ")
            self.headers[name.lower()] = value
        self.body = self.stream.read(int(self.headers.get("content-length", 0))) if self.status != 101 else b""
        self.closed = None  # code and reason, once it is

    def say(self, message):
        text = message if isinstance(message, bytes) else json.dumps(message).encode()
        self.socket.sendall(frame(text))

    def hear(self):
        """The next message; None: closed."""
        message = b""
        while True:
            head = self.stream.read(2)
            if len(head) < 2:
                return None
            size = head[1] & 0x7f
            if size == 126:
                size = struct.unpack("!H", self.stream.read(2))[0]
            elif size == 127:
                size = struct.unpack("!Q", self.stream.read(8))[0]
            text = self.stream.read(size)
            if head[0] & 0xf == 8:
                self.closed = (struct.unpack("!H", text[:2])[0], text[2:].decode())
                return None
            if head[0] & 0xf in (0, 1):  # a message may come in several frames
                message += text
                if head[0] & 0x80:
                    return json.loads(message)

    def hear_until(self, condition, sentence, limit=20):
        end = time.monotonic() + limit
        while time.monotonic() < end:
            message = self.hear()
            check(message is not None, f"the line stays open: {sentence}")
            if condition(message):
                return message
        check(False, f"not within {limit} s: {sentence}")

    def close(self):
        self.stream.close()
        self.socket.close()


def has_point(ioa, value=None):
    return lambda message: any(point["ioa"] == ioa and (value is None or point.get("value") == value)
                               for point in message.get("points", []))


def values_are_seen(bench, service, rtu):
    """By REST, in the snapshot of a WebSocket, and when they change."""
    wait_for(lambda: has_point(1001)(service.ask("GET", "/api/v1/points?casdu=1").json), "the RTU's points are there")
    point = service.ask("GET", "/api/v1/points/1/1001").json
    check(point["source"] == "rtu-1" and point["age_ms"] >= 0 and "received" in point, f"a point: {point}")
    old = service.ask("GET", "/api/datapoints?casdu=1&ioa=1001").json["datapoints"]
    check(len(old) == 1 and old[0]["ioa"] == 1001, f"the older interface: {old}")
    line = WebSocket(service)
    check(line.status == 101, f"a WebSocket is opened: {line.status}")
    line.say({"subscribe": {"topic": "points", "filter": {"casdu": 1, "known": "live"}, "rate_ms": 50}})
    snapshot = line.hear_until(lambda m: "snapshot" in m, "the snapshot comes")
    check(has_point(1001)(snapshot), f"with the point: {snapshot}")
    foreign(service, bench, 900, 12)
    line.hear_until(has_point(900, 12), "a change comes", 5)
    line.say({"subscribe": {"topic": "connectors", "id": "states"}})
    line.hear_until(lambda m: any(c["id"] == "rtu-1" for c in m.get("connectors", [])), "states of connectors come")
    line.say({"subscribe": {"topic": "events", "filter": {"ioa_from": 901, "ioa_to": 901}}})
    line.hear_until(lambda m: m.get("subscribed") == "events", "events are subscribed")
    foreign(service, bench, 902, 1)
    foreign(service, bench, 901, 1)
    events = line.hear_until(lambda m: m.get("events"), "an event comes")["events"]
    check([event["ioa"] for event in events] == [901], f"and only that: {events}")
    line.say({"subscribe": {"topic": "logs", "connector": "nobody"}})
    check(line.hear_until(lambda m: "error" in m, "a refusal comes")["error"]["code"] == "no_such_connector", "it says why")
    line.say(b"no JSON")
    line.hear_until(lambda m: m.get("error", {}).get("code") == "invalid_message", "nonsense is refused")
    line.close()


def foreign(service, bench, ioa, value):
    """An update of another program."""
    data = json.dumps({"casdu": 1, "ioa": ioa, "type": 35, "value": value, "source": "test"})
    store = store_of(bench)
    store("XADD", "process:updates", "*", "casdu", 1, "ioa", ioa, "source", "test", "data", data)
    store("SET", f"process:image:casdu:1:ioa:{ioa}", data)
    store.close()


def store_of(bench):
    return Resp(bench.folder / "data" / "store.sock")


def events_are_found(service):
    found = service.ask("GET", "/api/v1/events?source=test&order=oldest").json["events"]
    check([event["ioa"] for event in found] == [900, 902, 901], f"oldest first: {found}")
    newest = service.ask("GET", "/api/v1/events?source=test&limit=1").json
    check(newest["events"][0]["ioa"] == 901, f"newest first: {newest}")
    following = service.ask("GET", f"/api/v1/events?source=test&limit=1&after={newest['next']}").json["events"]
    check(following[0]["ioa"] == 902, f"the next page: {following}")
    future = service.ask("GET", "/api/v1/events?from=2100-01-01T00:00:00Z").json["events"]
    check(future == [], "a time range")


def server_sent(service):
    answer = service.ask("GET", "/api/v1/live/points?casdu=1&count=2")
    check(answer.headers["content-type"] == "text/event-stream", f"server-sent events: {answer.headers}")
    messages = [json.loads(line.removeprefix("data: ")) for line in answer.body.decode().splitlines() if line.startswith("data: ")]
    check(len(messages) == 2 and any(has_point(1001)(m) for m in messages), f"two messages: {messages}")


def has_jobs(condition):
    return lambda message: any(condition(job) for job in message.get("jobs", []))


def jobs_are_followed(service):
    """An import from its beginning to its end, and until it is taken off the list."""
    line = WebSocket(service)
    line.say({"subscribe": {"topic": "jobs", "rate_ms": 50}})
    snapshot = line.hear_until(lambda m: "snapshot" in m, "what is there comes")
    check(snapshot["jobs"] == service.ask("GET", "/api/v1/jobs").json["jobs"], f"as the list has it: {snapshot}")
    begun = service.ask("POST", "/api/v1/imports", raw=b"casdu,ioa,name\n1,77,Feeder\n", headers={"content-type": "text/csv"})
    check(begun.status == 202, f"an import begins: {begun.body}")
    job = begun.json["id"]
    done = line.hear_until(has_jobs(lambda each: each["id"] == job and each["state"] == "Completed"), "its end comes")
    found = next(each for each in service.ask("GET", "/api/v1/jobs").json["jobs"] if each["id"] == job)
    check(next(each for each in done["jobs"] if each["id"] == job) == found, f"as the list has it: {done}")
    failed = service.ask("POST", "/api/v1/imports", raw=b"casdu,ioa,name\n1,none,Feeder\n", headers={"content-type": "text/csv"})
    ended = line.hear_until(has_jobs(lambda each: each["id"] == failed.json["id"] and each["state"] == "Failed"), "a failure")
    check(next(each for each in ended["jobs"] if each["id"] == failed.json["id"])["problem"]["code"], "and why")
    service.ask("DELETE", f"/api/v1/jobs/{job}")
    line.hear_until(has_jobs(lambda each: each == {"id": job, "gone": True}), "it is off the list")
    line.close()
    scripted = service.ask("GET", f"/api/v1/live/jobs?count=1&job={failed.json['id']}").body.decode()
    check(json.loads(scripted.removeprefix("data: "))["jobs"][0]["state"] == "Failed", f"as server-sent events: {scripted}")


def published(store):
    """How many messages were published so far."""
    found = re.search(r"cmdstat_publish:calls=(\d+)", store("INFO", "commandstats"))
    return int(found[1]) if found else 0


def logs_and_frames(bench, service, rtu_port):
    """A connector's log lines and frames, published while somebody looks at them, and no longer."""
    store = store_of(bench)
    listeners = lambda: store("PUBSUB", "NUMSUB", "connectors:rtu-1:trace", "connectors:rtu-1:log")[1::2]
    request = lambda action, data: service.ask("POST", f"/api/v1/connectors/rtu-1/requests/{action}", {"data": data})
    interrogate = lambda: wait_for(lambda: request("interrogate", {}).status == 200, "the RTU is interrogated")

    def is_quiet():
        before = published(store)
        interrogate()
        interrogate()  # answered after the frames of the first
        return published(store) == before

    check(listeners() == [0, 0], f"nobody listens: {listeners()}")
    wait_for(is_quiet, "nothing is published")
    first, second = WebSocket(service), WebSocket(service)
    for topic in ("trace", "logs"):
        first.say({"subscribe": {"topic": topic, "connector": "rtu-1", "rate_ms": 50}})
    second.say({"subscribe": {"topic": "trace", "id": "frames", "connector": "rtu-1", "rate_ms": 50}})
    second.hear_until(lambda m: m.get("subscribed") == "frames", "the frames are subscribed")
    wait_for(lambda: not is_quiet(), "the connector publishes")
    is_interrogation = lambda frame: frame["dir"] == "out" and frame["octets"][12:14] == "64"
    for line, subscription in ((first, "trace"), (second, "frames")):
        frames = line.hear_until(lambda m: any(map(is_interrogation, m.get("trace", []))), "the interrogation's frame comes")
        check(frames["id"] == subscription and all(each["peer"] == f"127.0.0.1:{rtu_port}" and "time" in each for each in frames["trace"]),
              f"as the store contract says: {frames}")
    interrogate()
    first.hear_until(lambda m: any("requested: Request" in each and "interrogate" in each for each in m.get("logs", [])), "log lines come")
    first.say({"unsubscribe": "trace"})
    first.hear_until(lambda m: m.get("unsubscribed") == "trace", "it looks at no frames any more")
    check(listeners() == [1, 1], f"the other still does: {listeners()}")
    second.close()
    wait_for(lambda: listeners() == [0, 1], "the store is told when the last watcher leaves")
    first.close()
    wait_for(lambda: listeners() == [0, 0], "nobody listens")
    wait_for(is_quiet, "nothing is published any more")
    check(request("debug", {"on": True}).status == 200, "debug is on")
    check(not is_quiet(), "with debug on, frames are published even so")
    check(request("debug", {"on": False}).status == 200, "debug is off")
    wait_for(is_quiet, "and then they are not")
    store.close()


def a_connector_goes(service):
    """Whoever watches it is told, and what else he watches goes on."""
    line = WebSocket(service)
    line.say({"subscribe": {"topic": "logs", "id": "its log", "connector": "srv"}})
    line.say({"subscribe": {"topic": "connectors"}})
    line.hear_until(lambda m: m.get("connectors"), "connectors are subscribed")
    check(service.ask("DELETE", "/api/v1/connectors/srv").status == 204, "a connector is removed")
    heard = {}
    is_all = lambda: "error" in heard and "gone" in heard

    def take(message):
        if "error" in message:
            heard["error"] = (message["id"], message["error"]["code"])
        if any(each.get("gone") and each["id"] == "srv" for each in message.get("connectors", [])):
            heard["gone"] = True
        return is_all()

    line.hear_until(take, "the watcher is told")
    check(heard["error"] == ("its log", "no_such_connector"), f"which subscription has ended, and why: {heard}")
    line.say({"unsubscribe": "connectors"})
    line.hear_until(lambda m: m.get("unsubscribed") == "connectors", "the line goes on")
    line.close()


def a_login_ends(service):
    """Of a user who is disabled: his line ends, and before that he sees what his role may see."""
    user = {"name": "vera", "role": "viewer", "password": PASSWORD}
    check(service.ask("POST", "/api/v1/users", user).status == 201, "a viewer")
    vera = Visitor(service.port)
    vera.log_in("vera")
    check(vera.ask("GET", "/api/v1/live/jobs").code == "forbidden", "jobs are for engineers")
    line = WebSocket(vera)
    line.say({"subscribe": {"topic": "jobs"}})
    check(line.hear()["error"]["code"] == "forbidden", "over a WebSocket, too")
    line.say({"subscribe": {"topic": "connectors"}})
    line.hear_until(lambda m: m.get("connectors"), "states of connectors are for all")
    check(service.ask("PATCH", "/api/v1/users/vera", {"enabled": False}).status == 200, "she is disabled")
    while line.hear() is not None:
        pass
    check(line.closed == (1000, "the login has ended"), f"the line is closed: {line.closed}")


def commands_are_given(service):
    wish = {"casdu": 1, "ioa": 6001, "type": 45, "value": True}
    given = service.ask("POST", "/api/v1/commands", wish, {"idempotency-key": "once"})
    check(given.status == 202, f"given: {given.body}")
    command = given.headers["location"]
    done = lambda: service.ask("GET", command).json["done"]
    wait_for(done, "the command ends")
    stages = [stage["stage"] for stage in service.ask("GET", command).json["stages"]]
    check(stages == ["given", "confirmed", "terminated"], f"its stages: {stages}")
    again = service.ask("POST", "/api/v1/commands", wish, {"idempotency-key": "once"})
    check(again.json["id"] == given.json["id"], "a repeat gives nothing again")
    selected = service.ask("POST", "/api/v1/commands", {**wish, "ioa": 6013, "mode": "select_and_execute"}).headers["location"]
    wait_for(lambda: service.ask("GET", selected).json["done"], "the selected command ends")
    stages = [stage["stage"] for stage in service.ask("GET", selected).json["stages"]]
    check(stages == ["given", "selected", "confirmed", "terminated"], f"its stages: {stages}")
    refused = service.ask("POST", "/api/v1/commands", {**wish, "ioa": 6011}).headers["location"]
    wait_for(lambda: service.ask("GET", refused).json["state"] == "refused", "what the RTU refuses is refused")


def executed_once(bench):
    text = (bench.folder / "rtu.jsonl").read_text()
    lines = [json.loads(line) for line in text.splitlines() if line.startswith("{")]
    for ioa in (6001, 6013):
        times = sum(line["what"] == "executed" and line["ioa"] == ioa for line in lines)
        check(times == 1, f"{ioa} is executed once: {times}")


def a_slow_client_is_told(bench, service):
    """It takes nothing while 60,000 events come: it is told how many are missing; the service stays quick."""
    slow = WebSocket(service, receive_buffer=4096)
    slow.say({"subscribe": {"topic": "events", "filter": {"ioa_from": 903, "ioa_to": 903}}})
    slow.hear_until(lambda m: m.get("subscribed"), "it is subscribed")
    store = store_of(bench)
    data = json.dumps({"casdu": 1, "ioa": 903, "type": 35, "value": 5, "source": "flood"})
    for _ in range(60):
        store("EVAL", "for i = 1, 1000 do redis.call('XADD', 'process:updates', '*', 'casdu', 1, 'ioa', 903, 'source', 'flood', "
              "'data', ARGV[1]) end", 0, data)
    store.close()
    began = time.monotonic()
    check(service.ask("GET", "/api/v1/points/1/903").status in (200, 404), "the service answers")
    check(time.monotonic() - began < 5, "at once")
    got, dropped = 0, 0
    end = time.monotonic() + 30
    while got + dropped < 60_000 and time.monotonic() < end:
        message = slow.hear()
        check(message is not None, "the slow client stays connected")
        got += len([e for e in message.get("events", []) if e["source"] == "flood"])
        dropped += message.get("dropped", 0)
    check(dropped > 0 and got + dropped == 60_000, f"what is missing is told: {got} came, {dropped} dropped")
    slow.close()


def a_gap_is_told(bench, service):
    """The stream is deleted: who watches events is told that some may be missing, and gets those that follow."""
    watcher = WebSocket(service)
    watcher.say({"subscribe": {"topic": "events", "filter": {"ioa_from": 904, "ioa_to": 904}}})
    watcher.hear_until(lambda m: m.get("subscribed"), "it is subscribed")
    store = store_of(bench)

    def add(value):
        store("XADD", "process:updates", "*", "casdu", 1, "ioa", 904, "source", "gap",
              "data", json.dumps({"casdu": 1, "ioa": 904, "type": 35, "value": value, "source": "gap"}))
    add(1)
    watcher.hear_until(lambda m: "events" in m, "an event before")
    store("DEL", "process:updates")
    watcher.hear_until(lambda m: m.get("gap"), "the gap is told")
    add(2)
    after = watcher.hear_until(lambda m: "events" in m, "an event after it")
    check([event["value"] for event in after["events"]] == [2], f"what follows: {after}")
    store.close()
    watcher.close()


def doors(service):
    foreign_page = WebSocket(service, headers={"origin": "https://evil.example"})
    check(foreign_page.status == 403 and b"foreign_origin" in foreign_page.body, f"a foreign page: {foreign_page.status}")
    nobody = WebSocket(service, headers={"cookie": "none=1"})
    check(nobody.status == 401, f"nobody: {nobody.status}")
    check(service.ask("GET", "/api/v1/live").code == "no_web_socket", "without a handshake")


def management_live(bench):
    rtu_port = free_port()
    (bench.folder / "rtu.toml").write_text(substation())
    bench.busbar("rtu", "sim", "rtu", "--port", rtu_port, "--points", bench.folder / "rtu.toml", "--log",
                 bench.folder / "rtu.jsonl")
    service = Management(bench, first_user=True)
    config = {**ON_CONNECT, "network": {"host": "127.0.0.1", "port": rtu_port}}
    service.ask("POST", "/api/v1/connectors", {"id": "rtu-1", "kind": "iec104-client", "config": config})
    service.ask("POST", "/api/v1/connectors", {"id": "srv", "kind": "iec104-server", "config": {
        "network": {"host": "127.0.0.1", "port": free_port(), "any_port": True}}})
    service.wait_running("rtu-1", "srv")
    doors(service)
    values_are_seen(bench, service, rtu_port)
    events_are_found(service)
    server_sent(service)
    commands_are_given(service)
    executed_once(bench)
    jobs_are_followed(service)
    logs_and_frames(bench, service, rtu_port)
    a_connector_goes(service)
    a_login_ends(service)
    a_slow_client_is_told(bench, service)
    a_gap_is_told(bench, service)
    check(service.program.stop() == 0, "the service stops in good order")


if __name__ == "__main__":
    run_story(management_live)
