#!/usr/bin/python3
"""Import scripts, which are real programs here: one answers on its standard output, one by a request of its own, others hang,
flood, crash or write nonsense; what they are given stays with them, and a password is found nowhere else."""
import json
import socket
from pathlib import Path

from harness import check, free_port, run_story, wait_for
from management import Management

PASSWORD, TYPED = "kept-password-8d1f", "typed-password-77aa"
ROWS = [{"CommonAddress": 150.0, "InformationObjectAddress": 100.0, "InformationObjectAddressWrite": 200.0, "Factor": None,
         "SignalDescription": "Breaker 1", "Discreets": "Off ;On", "Type": 2, "Status": 1, "IdenIngrid": "007", "Family": "SWITCH"},
        {"CommonAddress": 151.0, "InformationObjectAddress": 101.0, "InformationObjectAddressWrite": None, "Factor": 0.1,
         "SignalDescription": "Voltage", "Units": "kV", "Type": 0, "Status": 0}]

# Notes what it sees of its surroundings, then answers as MODE says.
SCRIPT = """#!/usr/bin/python3
import json, os, sys, time, urllib.request
MODE, ROWS, API, NOTES = {mode!r}, json.loads({rows!r}), {api!r}, {notes!r}
inputs = dict(each[2:].split("=", 1) for each in sys.argv[1:])
told = json.load(sys.stdin)
number = os.environ.get("BUSBAR_CREDENTIALS_FD")
given = json.load(os.fdopen(int(number))) if number else None
json.dump({{"inputs": inputs, "told": told, "given": given, "environment": dict(os.environ), "pid": os.getpid(),
           "group": os.getpgrp(), "open": sorted(int(n) for n in os.listdir("/proc/self/fd"))[:-1],
           "command": open("/proc/self/cmdline").read()}}, open(NOTES, "w"))
answer = {{"RequestGuid": inputs["RequestGuid"], "SuccessStatus": True, "StatusMessage": "", "MetaDataRows": ROWS}}
def post(answer):
    request = urllib.request.Request(API, json.dumps(answer).encode(), {{"content-type": "application/json",
                                     "x-request-token": told["RequestToken"]}})
    try:
        return urllib.request.urlopen(request).status
    except urllib.error.HTTPError as error:
        return json.load(error)["code"]
if MODE == "output":
    print("a warning", file=sys.stderr)
    json.dump(answer, sys.stdout)
elif MODE == "post":
    print("other:", post({{**answer, "RequestGuid": None}}), file=sys.stderr)
    print("first:", post(answer), file=sys.stderr)
    print("second:", post(answer), file=sys.stderr)
elif MODE == "refuse":
    print("no access for", given["user"], "with", given["password"], file=sys.stderr)
    json.dump({{**answer, "SuccessStatus": False, "StatusMessage": "wrong password " + given["password"], "MetaDataRows": []}}, sys.stdout)
elif MODE == "faulty":
    rows = [ROWS[0], {{**ROWS[1], "InformationObjectAddress": 1.5}}, {{**ROWS[1], "CommonAddress": 70000.0}}, {{**ROWS[1], "Type": 7}}]
    json.dump({{**answer, "MetaDataRows": rows}}, sys.stdout)
elif MODE == "other":
    json.dump({{**answer, "RequestGuid": "no GUID"}}, sys.stdout)
elif MODE == "garbage":
    print("Traceback: 42")
elif MODE == "crash":
    print("about to crash", file=sys.stderr, flush=True)
    os.abort()
elif MODE == "code":
    sys.exit(3)
elif MODE == "hang":
    if os.fork() == 0:
        open(NOTES + ".child", "w").write(str(os.getpid()))
    time.sleep(600)
elif MODE == "flood":
    while True:
        sys.stdout.write("x" * 1000000)
"""
MODES = ["output", "post", "refuse", "faulty", "other", "garbage", "crash", "code", "hang", "flood"]


class Story:
    def __init__(self, bench):
        self.bench, self.service = bench, Management(bench, first_user=True)
        self.data = bench.folder / "data"
        self.folder = self.data / "scripts"
        self.folder.mkdir(mode=0o755)
        for mode in MODES:
            self.write(mode, SCRIPT.format(mode=mode, rows=json.dumps(ROWS), notes=str(self.notes_of(mode)),
                                           api=f"http://127.0.0.1:{self.service.port}/api/v1/imports"))
        for connector in ("rtu-1", "rtu-2"):
            made = self.service.ask("POST", "/api/v1/connectors", {"id": connector, "kind": "iec104-client", "stopped": connector == "rtu-2",
                                    "config": {"network": {"host": "127.0.0.1", "port": free_port()}}})
            check(made.status == 201, f"{made.body}")

    def notes_of(self, mode):
        return self.bench.folder / f"notes-{mode}.json"

    def notes(self, mode):
        return json.loads(self.notes_of(mode).read_text())

    def write(self, name, text, inputs=("ImportElementName", "RequestGuid", "Device"), mode=0o755):
        program, manifest = self.folder / name, self.folder / f"{name}.json"
        program.write_text(text)
        program.chmod(mode)
        manifest.write_text(json.dumps({"description": f"Does {name}", "inputs": list(inputs), "time_limit_s": 2 if name == "hang" else 60}))
        manifest.chmod(0o644)

    def confirm(self, script, **inputs):
        return self.service.ask("POST", f"/api/v1/scripts/{script}/confirmations", {"element": "rtu-1", **inputs})

    def begin(self, script, password=None, **inputs):
        confirm = self.confirm(script, **inputs)
        check(confirm.status == 200, f"{script} is confirmed: {confirm.body}")
        body = {"element": "rtu-1", **inputs, "confirm": confirm.json["confirm"]}
        if password is not None:
            body["password"] = password
        begun = self.service.ask("POST", f"/api/v1/scripts/{script}/runs", body)
        check(begun.status == 202, f"{script} runs: {begun.body}")
        return begun.headers["location"], body

    def run(self, script, **inputs):
        target, _ = self.begin(script, **inputs)
        wait_for(lambda: self.service.ask("GET", target).json["state"] in ("Completed", "Failed"), f"{script} ends", 60)
        return self.service.ask("GET", target).json

    def point(self, casdu, ioa):
        rows = self.service.ask("GET", "/api/v1/exports/points").body.decode("utf-8-sig").splitlines()
        return next((row for row in rows if row.startswith(f"{casdu},{ioa},")), "")


def offered(story):
    """Those alone that declare both inputs and that nobody else can write to."""
    story.write("no-guid", "#!/bin/sh\n", inputs=["ImportElementName"])
    story.write("writable", "#!/bin/sh\n", mode=0o777)
    story.write("no-program", "", mode=0o644)
    (story.folder / "link").symlink_to("/bin/true")
    (story.folder / "link.json").write_text('{"inputs":["ImportElementName","RequestGuid"]}')
    (story.folder / "without-manifest").write_text("#!/bin/sh\n")
    listed = story.service.ask("GET", "/api/v1/scripts").json
    check([each["name"] for each in listed["scripts"]] == sorted(MODES), f"{listed}")
    why = {each["name"]: each["why"] for each in listed["refused"]}
    check(set(why) == {"no-guid", "writable", "no-program", "link"}, f"{why}")
    check("RequestGuid" in why["no-guid"] and "written by others" in why["writable"], f"{why}")
    for name in (*why, "without-manifest", "..%2Foutput", "nobody"):
        check(story.confirm(name).code in ("no_such_script", "no_such_path"), f"{name} cannot be run")
    story.folder.chmod(0o777)
    check(story.service.ask("GET", "/api/v1/scripts").json["scripts"] == [], "a folder that others can write to offers none")
    story.folder.chmod(0o755)


def confirmed(story):
    """A run needs its own confirmation, once."""
    run = lambda body, script="output": story.service.ask("POST", f"/api/v1/scripts/{script}/runs", {"element": "rtu-1", **body})
    check(run({"confirm": "x"}).code == "not_confirmed", "a token that nobody was given")
    token = story.confirm("output").json["confirm"]
    for body, script in (({"device": "150"}, "output"), ({"user": "somebody"}, "output"), ({}, "post")):
        check(run({**body, "confirm": token}, script).code == "not_confirmed", f"{body} {script} were not confirmed")
    check(story.confirm("output", element="nobody").code == "no_such_connector", "an element that is not there")
    check(story.confirm("output", element="rtu-2").code == "connector_stopped", "an element that is stopped")
    check(story.confirm("output", device="EVERY").code == "invalid_device", "a device that is none")
    target, body = story.begin("output")
    check(run(body).code == "not_confirmed", "a confirmation is good once")
    wait_for(lambda: story.service.ask("GET", target).json["state"] == "Completed", "it completes")


def answers(story):
    job = story.run("output")
    check(job["state"] == "Completed" and job["import"]["counts"]["unchanged"] == 2, f"{job}")
    check(job["script"]["log"] == ["a warning"], f"{job['script']}")
    check(story.point(150, 100).startswith("150,100,200,true,DI,Breaker 1,Breaker 1,") and "Off;On" in story.point(150, 100), story.point(150, 100))
    check(story.point(151, 101).startswith("151,101,,false,AI,Voltage,Voltage,kV"), story.point(151, 101))
    notes = story.notes("output")
    check(notes["inputs"] == {"ImportElementName": "rtu-1", "RequestGuid": job["script"]["request_guid"], "Device": "ALL"}, f"{notes}")
    check({name: notes["told"][name] for name in notes["inputs"]} == notes["inputs"], f"the same on standard input: {notes}")
    check(notes["given"] is None and notes["open"] == [0, 1, 2], f"nothing else is open: {notes['open']}")
    check(set(notes["environment"]) - {"LC_CTYPE"} == {"PATH", "LANG", "HOME"}, f"a clean environment: {notes['environment']}")
    check(notes["pid"] == notes["group"], "a group of its own")
    job = story.run("post")
    log = wait_for(lambda: story.service.ask("GET", f"/api/v1/jobs/{job['id']}").json["script"]["log"], "the script's words are noted")
    check(job["state"] == "Completed" and job["import"]["counts"]["rows"] == 2, f"{job}")
    check(log == ["other: other_request", "first: 202", "second: already_answered"], f"{log}")
    answer = story.service.ask("POST", "/api/v1/imports", {"RequestGuid": job["script"]["request_guid"], "MetaDataRows": ROWS[:1]},
                               {"x-request-token": story.notes("post")["told"]["RequestToken"], "cookie": "none"})
    check(answer.status in (401, 403), f"the token ends with the request: {answer.status}")


def failures(story):
    expected = {"faulty": ("faulty_rows", "3 of 4 rows"), "other": ("other_request", "RequestGuid"), "garbage": ("not_json", "not JSON"),
                "crash": ("script_failed", "signal 6"), "code": ("script_failed", "exit code 3"),
                "hang": ("script_time_limit", "more than 2 s"), "flood": ("script_output_limit", "more than 33554432 octets")}
    for mode, (code, words) in expected.items():
        job = story.run(mode)
        check(job["state"] == "Failed" and job["problem"]["code"] == code and words in job["problem"]["detail"], f"{mode}: {job}")
        check(mode != "crash" or job["script"]["log"] == ["about to crash"], f"{job['script']}")
        if mode == "faulty":
            where = [(each["row"], each["column"]) for each in job["import"]["errors"]]
            check(where == [(2, "InformationObjectAddress"), (3, "CommonAddress"), (4, "Type")], f"{where}")
    child = Path(story.notes_of("hang").as_posix() + ".child").read_text()
    wait_for(lambda: not Path(f"/proc/{child}").exists() or "Z" in Path(f"/proc/{child}/stat").read_text().split()[2], "what it started has ended, too")
    job = story.run("output", device="150")
    check(job["problem"]["code"] == "faulty_rows" and "chosen CASDU 150" in job["import"]["errors"][0]["what"], f"one device's rows: {job}")
    target, _ = story.begin("hang")
    wait_for(lambda: story.service.ask("GET", target).json["state"] == "In Progress", "it runs")
    story.service.ask("POST", "/api/v1/connectors/rtu-1/stop")
    check(story.service.ask("DELETE", target).status == 204, "it is cancelled")
    wait_for(lambda: story.service.ask("GET", target).json["state"] == "Failed", "it ends at once", 1.5)
    check(story.service.ask("GET", target).json["problem"]["code"] == "cancelled", "by a person")
    check(story.confirm("output").code == "connector_stopped", "the element is stopped")
    story.service.ask("POST", "/api/v1/connectors/rtu-1/start")


def secrets(story):
    """What is kept goes to the script by a descriptor of its own, and nowhere else."""
    credentials = "/api/v1/connectors/rtu-1/import-credentials"
    check(story.service.ask("PUT", credentials, {"user": "berta", "password": PASSWORD}).status == 204, "they are kept")
    check(story.service.ask("GET", credentials).json == {"kept": True}, "and not shown")
    key = story.data / "import.key"
    check(key.stat().st_mode & 0o777 == 0o600, "the key is its owner's")
    job = story.run("refuse")
    check(job["problem"] == {"code": "import_failed", "detail": "Import failed: wrong password ***", "errors": []}, f"{job['problem']}")
    check(job["script"]["log"] == ["no access for berta with ***"], f"{job['script']}")
    notes = story.notes("refuse")
    check(notes["given"] == {"user": "berta", "password": PASSWORD}, f"the script has them: {notes['given']}")
    check(PASSWORD not in notes["command"] + json.dumps(notes["environment"]), "but not by its command or environment")
    story.run("refuse", user="carla", password=TYPED)
    check(story.notes("refuse")["given"] == {"user": "carla", "password": TYPED}, "what is typed goes before")
    pages = ["/api/v1/jobs", f"/api/v1/jobs/{job['id']}", "/api/v1/audit?limit=500", "/api/v1/connectors/rtu-1", "/api/v1/revisions?kind=config"]
    said = b"".join(story.service.ask("GET", page).body for page in pages)
    files = [each for each in story.data.rglob("*") if each.is_file()] + [each for each in story.bench.folder.glob("*.out")]
    files += [story.service.program.output]
    for secret in (PASSWORD, TYPED):
        check(secret.encode() not in said, "no page shows it")
        found = [each for each in files if secret.encode() in each.read_bytes()]
        check(not found, f"no file has it: {found}")
    check(len(files) > 3 and any(each.name == "busbar.db" for each in files), "the files were looked at")
    check(b"import script run" in said and b"import credentials kept" in said, "the audit has what was done")
    check(story.service.ask("DELETE", credentials).status == 204 and story.service.ask("GET", credentials).json == {"kept": False}, "they are forgotten")
    story.run("output")
    check(story.notes("output")["given"] is None, "and not given any more")


def can_listen(port):
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(("127.0.0.1", port))
            listener.listen()
            return True
        except OSError:
            return False


def restart(story):
    """A script ends with the service; its job says so afterwards."""
    target, _ = story.begin("hang")
    wait_for(lambda: story.service.ask("GET", target).json["state"] == "In Progress", "it runs")
    pid = wait_for(lambda: story.notes("hang")["pid"], "it has noted itself")
    story.service.program.kill()
    wait_for(lambda: not Path(f"/proc/{pid}").exists() or "Z" in Path(f"/proc/{pid}/stat").read_text().split()[2], "the script ends with the service")
    wait_for(lambda: can_listen(story.service.port), "its connectors have ended, too")
    story.service.start()
    job = story.service.ask("GET", target).json
    check(job["state"] == "Failed" and job["problem"]["code"] == "restarted", f"{job}")
    check(story.service.ask("GET", "/api/v1/jobs").json["jobs"][-1]["id"] == 1, "older jobs are there, too")


def management_scripts(bench):
    story = Story(bench)
    for part in (offered, confirmed, answers, failures, secrets, restart):
        part(story)
    check(story.service.program.stop() == 0, "the service stops in good order")


if __name__ == "__main__":
    run_story(management_scripts)
