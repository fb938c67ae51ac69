"""An installation with its API, for the stories about management: `busbar up` in the bench's folder."""
import json
import re
import urllib.error
import urllib.request

from harness import check, free_port, wait_for

PASSWORD = "correct horse battery"


class Answer:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def code(self):
        """Of a problem; "" of any other answer."""
        return self.json["code"] if self.headers.get("content-type") == "application/problem+json" else ""


class Visitor:
    """Somebody at the API on a port, logged in or not."""

    def __init__(self, port, tls=None):
        """`tls`: an SSLContext of whoever speaks HTTPS."""
        self.port, self.tls = port, tls
        self.cookie = self.csrf = None

    def take_login(self, answer):
        self.cookie, self.csrf = answer.headers["set-cookie"].split(";")[0], answer.json["csrf"]

    def log_in(self, user="anna", password=PASSWORD):
        answer = self.ask("POST", "/api/v1/session", {"user": user, "password": password})
        check(answer.status == 201, f"{user} logs in: {answer.body}")
        self.take_login(answer)

    def ask(self, method, target, body=None, headers=None, raw=None):
        """`body` is sent as JSON, `raw` as it is."""
        request = urllib.request.Request(f"http{'s' if self.tls else ''}://127.0.0.1:{self.port}{target}", method=method)
        if self.cookie:
            request.add_header("cookie", self.cookie)
            request.add_header("x-csrf-token", self.csrf)
        if body is not None:
            request.add_header("content-type", "application/json")
        for name, value in (headers or {}).items():
            request.add_header(name, value)
        request.data = raw if raw is not None else json.dumps(body).encode() if body is not None else None
        try:
            with urllib.request.urlopen(request, timeout=30, context=self.tls) as answer:
                return Answer(answer.status, {k.lower(): v for k, v in answer.headers.items()}, answer.read())
        except urllib.error.HTTPError as answer:
            return Answer(answer.code, {k.lower(): v for k, v in answer.headers.items()}, answer.read())


class Management(Visitor):
    """The service, started; with a first user where one is wanted."""

    def __init__(self, bench, *options, first_user=False, tls=None, data="data", environment=None):
        """`tls`: an SSLContext; the options then name certificate and key."""
        super().__init__(free_port(), tls)
        self.bench, self.options, self.data, self.environment = bench, options, data, environment
        self.command = "up"
        self.start()
        self.secret = (re.findall(r"setup#(\S+)", self.program.output.read_text()) or [None])[-1]
        if first_user:
            answer = self.ask("POST", "/api/v1/setup", {"token": self.secret, "user": "anna", "password": PASSWORD})
            check(answer.status == 201, f"the first user is made: {answer.body}")
            self.take_login(answer)

    def start(self):
        self.program = self.bench.busbar("up", self.command, "--data", self.bench.folder / self.data, "--http-port", self.port,
                                         *self.options, environment=self.environment)
        wait_for(self.is_ready, "the service is ready")

    def is_ready(self):
        return self.answers("/readyz")

    def answers(self, target):
        try:
            return self.ask("GET", target).status == 200
        except OSError:
            return False

    def connector(self, connector):
        return self.ask("GET", f"/api/v1/connectors/{connector}").json

    def wait_running(self, *connectors, limit=20):
        for connector in connectors:
            wait_for(lambda: self.connector(connector)["state"] == "Running", f"{connector} is Running", limit)
