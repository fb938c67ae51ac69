#!/usr/bin/python3
"""What the live API takes of a client, and of all of them: so many lines, so many subscriptions, so long messages; and what
becomes of one who asks and does not listen."""
import socket

from harness import check, run_story, wait_for
from management import Management
from management_live import WebSocket, frame

CLIENTS, SUBSCRIPTIONS, LONGEST_MESSAGE = 100, 20, 65536
WISH = {"subscribe": {"topic": "connectors"}}


def serves(line):
    line.say(WISH)
    line.hear_until(lambda message: message.get("subscribed") == "connectors", "a line serves")


def twenty_subscriptions(service):
    line = WebSocket(service)
    for number in range(SUBSCRIPTIONS):
        line.say({"subscribe": {"topic": "points", "id": f"n{number}", "filter": {"casdu": 9}}})
        line.hear_until(lambda m: m.get("subscribed") == f"n{number}", "it is subscribed")
    line.say({"subscribe": {"topic": "events", "id": "one too many"}})
    refused = line.hear_until(lambda m: "error" in m, "the next is refused")
    check((refused["id"], refused["error"]["code"]) == ("one too many", "too_many_subscriptions"), f"and told why: {refused}")
    line.say({"unsubscribe": "n7"})
    line.hear_until(lambda m: m.get("unsubscribed") == "n7", "one is given up")
    line.say({"subscribe": {"topic": "events", "id": "another"}})
    line.hear_until(lambda m: m.get("subscribed") == "another", "for another")
    line.close()


def a_hundred_clients(service):
    lines = [WebSocket(service) for _ in range(CLIENTS)]
    check(all(line.status == 101 for line in lines), "a hundred clients")
    refused = WebSocket(service)
    check(refused.status == 429 and b"too_many_live_clients" in refused.body, f"one more is refused: {refused.body}")
    check("retry-after" in refused.headers, f"for now: {refused.headers}")
    check(service.ask("GET", "/api/v1/live/connectors?count=1").code == "too_many_live_clients", "and so are server-sent events")
    serves(lines[0])
    serves(lines[-1])
    lines.pop().close()
    wait_for(lambda: service.ask("GET", "/api/v1/live/connectors?count=1").status == 200, "when one leaves, another may come")
    for line in lines:
        line.close()


def long_messages(service):
    line, other = WebSocket(service), WebSocket(service)
    line.say(b" " * LONGEST_MESSAGE)
    check(line.hear()["error"]["code"] == "invalid_message", "so long a message is read")
    line.say(b" " * (LONGEST_MESSAGE + 1))
    check(line.hear() is None and line.closed and line.closed[0] == 1009, f"a longer one is too big: {line.closed}")
    serves(other)
    line.close()
    other.close()


def who_asks_and_does_not_listen(service):
    """Nobody can fill the memory with answers that he does not take."""
    line = WebSocket(service, receive_buffer=4096)
    before = service.program.resident_kb()
    wishes = frame(b"{}") * 10_000
    line.socket.settimeout(3)
    asked = 0
    try:
        while asked < 3_000_000:
            line.socket.sendall(wishes)
            asked += 10_000
    except socket.timeout:
        pass
    grown = service.program.resident_kb() - before
    check(asked < 3_000_000, "what he wishes is not read any more")
    check(grown < 20_000, f"memory grew by {grown} kB, for {asked} wishes")
    check(service.ask("GET", "/readyz").status == 200, "the service serves")
    line.socket.settimeout(20)
    for _ in range(5000):
        check(line.hear()["error"]["code"] == "invalid_message", "he gets his answers when he listens")
    line.close()


def management_live_limits(bench):
    service = Management(bench, first_user=True)
    twenty_subscriptions(service)
    a_hundred_clients(service)
    long_messages(service)
    who_asks_and_does_not_listen(service)
    check(service.program.stop() == 0, "the service stops in good order")


if __name__ == "__main__":
    run_story(management_live_limits)
