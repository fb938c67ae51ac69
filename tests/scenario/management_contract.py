#!/usr/bin/python3
"""The API keeps to its OpenAPI document: every route is called and its answer validated against what the document says of
it, and what the document forbids is refused with a problem. What is asked is drawn from the document, by a seed."""
import json
import re
from datetime import datetime, timedelta, timezone

from jsonschema import Draft202012Validator

from harness import Resp, check, free_port, run_story, wait_for
from management import Management, Visitor
from management_live import WebSocket
from management_openid import Attempt
from openid_provider import LyingProvider
from management_tls import certificate


def resolve(document, schema):
    while "$ref" in schema:
        found = document
        for step in schema["$ref"].removeprefix("#/").split("/"):
            found = found[step]
        schema = found
    return schema


class Contract:
    def __init__(self, service, random):
        self.service, self.random = service, random
        self.document = service.ask("GET", "/api/v1/openapi.json").json
        self.called, self.problems = set(), set()

    def operations(self):
        for path, methods in self.document["paths"].items():
            for method, operation in methods.items():
                yield method.upper(), path, operation

    def validate(self, operation, answer):
        """The answer is one that the document has."""
        said = operation["responses"].get(str(answer.status)) or operation["responses"]["default"]
        where = f"{operation['operationId']}: {answer.status} {answer.body[:300]}"
        if "content" not in said:
            check(answer.body == b"", f"no body: {where}")
            return
        kind, content = next(iter(said["content"].items()))
        if "schema" not in content:
            return check(answer.headers.get("content-type") in said["content"] and answer.body, f"a file: {where}")
        check(answer.headers.get("content-type") == kind, f"content type {kind}: {where}")
        if kind == "text/event-stream":
            events = [line.removeprefix("data: ") for line in answer.body.decode().splitlines() if line.startswith("data: ")]
            check(events, f"there are events: {where}")
            found = [json.loads(event) for event in events]
        else:
            found = [answer.json]
        schema = {**content["schema"], "components": self.document["components"]}
        faults = [error.message for each in found for error in Draft202012Validator(schema).iter_errors(each)]
        check(not faults, f"as described: {where}: {faults[:3]}")
        if kind == "application/problem+json":
            check(answer.json["status"] == answer.status, f"the status is the answer's: {where}")
            self.problems.add(answer.json["code"])

    def call(self, name, path=None, body=None, query="", expect=None, headers=None, raw=None):
        """One operation with values that make sense."""
        method, pattern, operation = next(o for o in self.operations() if o[2]["operationId"] == name)
        target = re.sub(r"\{(\w+)\}", lambda found: (path or {})[found[1]], pattern) + query
        answer = self.service.ask(method, target, body, headers, raw)
        self.validate(operation, answer)
        good = str(answer.status) in operation["responses"]
        check(good if expect is None else answer.status == expect, f"{name}: {answer.status} {answer.body[:500]}")
        if good:
            self.called.add(name)
        return answer

    def forbidden_bodies(self, schema):
        """Bodies that the schema forbids, each with what is wrong with it."""
        schema = resolve(self.document, schema)
        yield "no object", self.random.choice([[], "text", 7, None, True])
        for name in schema.get("required", []):
            yield f"without {name}", {key: self.some(value) for key, value in schema["properties"].items() if key != name}
        if schema.get("additionalProperties") is False:
            yield "one member too many", {**self.good(schema), "no_such_member": 1}
        for name, member in schema["properties"].items():
            for what, value in self.wrong(member):
                yield f"{name}: {what}", {**self.good(schema), name: value}

    def good(self, schema):
        return {name: self.some(schema["properties"][name]) for name in schema.get("required", [])}

    def some(self, schema):
        schema = resolve(self.document, schema)
        if "enum" in schema:
            return self.random.choice(schema["enum"])
        kind = schema.get("type", "object")
        kind = kind[0] if isinstance(kind, list) else kind
        return {"string": "x" * max(1, schema.get("minLength", 1)), "integer": schema.get("minimum", 1), "number": 1.5,
                "boolean": True, "object": {}, "array": [], "null": None}[kind]

    def wrong(self, schema):
        schema = resolve(self.document, schema)
        kinds = schema.get("type", [])
        kinds = [kinds] if isinstance(kinds, str) else kinds
        samples = {"string": "text", "integer": 7, "boolean": True, "array": [1], "object": {"a": 1}, "null": None}
        for kind, sample in samples.items():
            if kinds and kind not in kinds and not (kind == "integer" and "number" in kinds):
                yield f"a {kind}", sample
        if "enum" in schema:
            yield "none of its words", "no such word"
        if "maxLength" in schema:
            yield "too long", "x" * (schema["maxLength"] + self.random.randrange(1, 50))
        if schema.get("minLength", 0) > 0:
            yield "too short", "x" * (schema["minLength"] - 1)
        if "pattern" in schema and not re.search(schema["pattern"], "a/b\n"):
            yield "against its pattern", "a/b\n"

    def refuse_bodies(self):
        for method, pattern, operation in self.operations():
            if "requestBody" not in operation:
                continue
            target = re.sub(r"\{\w+\}", "x1", pattern)
            content = operation["requestBody"]["content"]
            if "application/json" not in content:
                continue
            for what, body in self.forbidden_bodies(content["application/json"]["schema"]):
                answer = self.service.ask(method, target, headers={"content-type": "application/json"},
                                          raw=json.dumps(body).encode())
                self.validate(operation, answer)
                check(answer.status == 400 and answer.code == "invalid_body",
                      f"{operation['operationId']} refuses {what}: {json.dumps(body)[:200]} got {answer.status} {answer.body[:300]}")
            for raw in (b"{", b"", b"\xff\xfe", b'{"a":' * 50, b"nul", b'{"a":1}{"b":2}'):
                answer = self.service.ask(method, target, headers={"content-type": "application/json"}, raw=raw)
                self.validate(operation, answer)
                check(answer.code == "not_json", f"{operation['operationId']} takes no {raw[:20]}: {answer.body[:200]}")
            answer = self.service.ask(method, target, headers={"content-type": "text/plain"}, raw=b"{}")
            code = "not_json" if set(content) == {"application/json"} else "unknown_type"
            check(answer.code == code, f"{operation['operationId']} takes what the document says: {answer.body[:200]}")

    def refuse_parameters(self):
        for method, pattern, operation in self.operations():
            target = re.sub(r"\{\w+\}", "x1", pattern)
            queries = [] if operation.get("x-other-parameters") else ["no_such_parameter=1"]
            for parameter in operation.get("parameters", []):
                if parameter["in"] != "query":
                    continue
                name, schema = parameter["name"], parameter["schema"]
                if schema["type"] == "integer":
                    wrong = [str(schema["minimum"] - 1), "x", "1.5", "", "1e3", "99999999999999999999"]
                    wrong += [str(schema["maximum"] + 1)] if "maximum" in schema else []
                elif schema["type"] == "boolean":
                    wrong = ["1", "", "TRUE"]
                else:
                    wrong = ["no such word"] if "enum" in schema else ["x" * (schema.get("maxLength", 1999) + 1)]
                queries += [f"{name}={value.replace(' ', '%20')}" for value in wrong]
                queries.append(f"{name}=1&{name}=1")
            for query in queries:
                answer = self.service.ask(method, f"{target}?{query}")
                self.validate(operation, answer)
                check(answer.code == "invalid_parameter", f"{operation['operationId']}?{query[:60]}: {answer.body[:200]}")

    def refuse_methods(self):
        for path, methods in self.document["paths"].items():
            for method in {"GET", "POST", "PUT", "PATCH", "DELETE"} - {method.upper() for method in methods}:
                answer = self.service.ask(method, re.sub(r"\{\w+\}", "x1", path))
                check(answer.status == 405 and answer.headers.get("allow"), f"{method} {path}: {answer.status}")


def call_everything(contract):
    """Every route with its good answer. A route that is added to the document must be called here."""
    call = contract.call
    config = {"network": {"host": "127.0.0.1", "port": free_port()}}
    call("health")
    call("readiness")
    call("whoAmI")
    call("createConnector", body={"id": "rtu-1", "kind": "iec104-client", "name": "North", "config": config})
    call("createConnector", body={"id": "rtu-1", "kind": "iec104-client"}, expect=409)
    call("createConnector", body={"id": "srv", "kind": "iec104-server", "mapping": {"points": [{"casdu": 1, "ioa": 2}]},
                                  "config": {"network": {"host": "127.0.0.1", "port": free_port(), "any_port": True}}})
    contract.service.wait_running("rtu-1", "srv")
    call("listConnectors")
    call("getConnector", {"id": "srv"})
    call("getConnector", {"id": "nobody"}, expect=404)
    call("changeConnector", {"id": "rtu-1"}, {"name": "South", "config": {**config, "debug": True}})
    call("changeConnector", {"id": "rtu-1"}, {"name": "East"}, headers={"if-match": '"1-0-0-0"'}, expect=412)
    call("changeConnector", {"id": "rtu-1"}, {"config": {"network": {"port": 0}}}, expect=400)
    copies = {"columns": ["/network/port", "/stations/0/casdu"], "stopped": True,
              "rows": [{"id": "copy-1", "name": "a", "values": [2404, 31]}, {"id": "copy-2", "values": [None, 32]}]}
    call("copyConnector", {"id": "rtu-1"}, copies, "?dry_run=true")
    call("copyConnector", {"id": "rtu-1"}, copies)
    check(call("copyConnector", {"id": "rtu-1"}, copies, expect=400).code == "invalid_copies", "they are there already")
    call("stopConnector", {"id": "rtu-1"})
    call("restartConnector", {"id": "rtu-1"}, expect=409)
    call("startConnector", {"id": "rtu-1"})
    call("restartConnector", {"id": "rtu-1"})
    contract.service.wait_running("srv")
    call("askConnector", {"id": "srv", "action": "debug"}, {"data": {"on": True}})
    log = call("readLog", {"id": "rtu-1"}, query="?lines=5&level=info&text=CONFIG").json
    check(0 < len(log["lines"]) <= 5 and all("config" in line.lower() for line in log["lines"]), f"lines of the log: {log}")
    call("readLog", {"id": "nobody"}, expect=404)
    check(b"starting" in call("downloadLog", {"id": "rtu-1"}).body, "the log as a file")
    live(contract)
    call("listRevisions", query="?kind=config&object=rtu-1&limit=1")
    call("getRevision", {"id": "1"})
    call("restoreRevision", {"id": "1"})
    point = {"casdu": "150", "ioa": "100"}
    call("putPoint", point, {"name": "Breaker", "kind": "DI", "states": ["off", "on"], "metadata": {"FAMILY": "x"}})
    call("putPoint", point, {"name": "x"}, headers={"if-match": '"0"'}, expect=412)
    seen = call("getPoint", point)
    check(seen.json["metadata"] == {"FAMILY": "x"}, f"all that is known of a point: {seen.json}")
    call("putPoint", point, {"name": "Breaker", "kind": "DO", "command_ioa": 7, "factor": 2, "low": -1, "high": 1},
         headers={"if-match": seen.headers["etag"]})
    listed = call("listPoints", query="?commandable=true&conflict=false").json["points"]
    check([each["command_ioa"] for each in listed] == [7], f"what can be commanded: {listed}")
    call("listPoints", query="?commandable=maybe", expect=400)
    call("putPoint", point, {"low": 2, "high": 1}, expect=400)
    call("putPoint", {"casdu": "x", "ioa": "1"}, {}, expect=400)
    changes = call("listRevisions", query="?kind=points").json["revisions"]
    call("undoRevision", {"id": str(changes[-1]["id"])})
    call("removePoint", point, expect=404)
    call("restoreRevision", {"id": str(changes[0]["id"])})
    call("removePoint", point)
    as_csv = {"content-type": "text/csv"}
    call("importPoints", raw=b"casdu,ioa,name\n1,2,a\n1,x,b\n", headers=as_csv)
    call("importPoints", raw=b"a", headers={"content-type": "text/plain"}, expect=400)
    call("importPoints", expect=400)
    row = {"CommonAddress": 1.0, "InformationObjectAddress": 7.0, "SignalDescription": "x", "Status": 1, "Type": "DigitalInput"}
    call("importPoints", body={"RequestGuid": None, "SuccessStatus": True, "StatusMessage": None, "MetaDataRows": [row]})
    call("importPoints", body={"SuccessStatus": False, "StatusMessage": "no access"})
    call("importPoints", body={"MetaDataRows": [{**row, "CommonAddress": "x"}]}, expect=400)
    call("importPoints", body={"RequestGuid": None}, expect=400)
    wrapped = call("importPoints", body={"Data": {"MetaDataRows": [row], "RequestGuid": None}}).json["id"]
    wait_for(lambda: call("getJob", {"id": str(wrapped)}).json["state"] == "Completed", "what is in an envelope is imported")
    call("importPoints", body={"Data": {"SuccessStatus": True, "StatusMessage": "nothing new", "RequestGuid": None}})
    call("importPoints", body={"Data": {"MetaDataRows": [row]}, "RequestGuid": None}, expect=400)
    call("importPoints", body={"Data": {"Data": {"MetaDataRows": [row]}}}, expect=400)
    call("listJobs")
    wait_for(lambda: call("getJob", {"id": "1"}).json["state"] == "Failed", "the import ends")
    call("getJob", {"id": "99"}, expect=404)
    call("getJobErrors", {"id": "99"}, expect=404)
    call("listImportFiles")
    call("putImportProfile", {"name": "vendor"}, {"columns": {"Adresse": "ioa"}, "separator": "semicolon", "casdu": 3})
    call("listImportProfiles")
    call("importPoints", raw=b"Adresse;a,b\n5;6\n", headers=as_csv, query="?profile=vendor")
    call("importPoints", raw=b"a", headers=as_csv, query="?profile=nobody", expect=404)
    call("removeImportProfile", {"name": "vendor"})
    call("removeImportProfile", {"name": "vendor"}, expect=404)
    call("importMapping", {"id": "srv"}, raw=b"casdu,ioa,scale\n1,2,2\n1,3,\n", headers=as_csv)
    call("importMapping", {"id": "nobody"}, raw=b"a", headers=as_csv, expect=404)
    call("importMapping", {"id": "rtu-1"}, raw=b"a", headers=as_csv, expect=409)
    for form in ("csv", "xlsx"):
        call("exportPoints", query=f"?format={form}")
        call("exportMapping", {"id": "srv"}, query=f"?format={form}")
        call("exportTemplate", query=f"?format={form}&of=mappings")
        call("getJobErrors", {"id": "1"}, query=f"?format={form}")
    call("exportTemplate")
    call("exportMapping", {"id": "rtu-1"}, expect=409)
    call("removeJob", {"id": "1"})
    call("removeJob", {"id": "1"}, expect=404)
    scripts(contract)
    call("listAudit", query="?limit=2")
    call("listAudit", query="?who=anna&from=2020-01-01T00:00:00Z&object=nobody")
    call("listAudit", query="?to=tomorrow", expect=400)
    check(b"configuration changed" in call("exportAudit", query="?separator=tab").body, "the audit is exported")
    call("exportAudit", query="?from=tomorrow", expect=400)
    call("checkAudit")
    call("createArea", body={"name": "North", "stations": [{"first": 5, "last": 7}, {"first": 9}], "connectors": ["rtu-1"]})
    call("createArea", body={"name": "north", "stations": []}, expect=409)
    call("putArea", {"name": "North"}, {"stations": [{"first": 9, "last": 7}]}, expect=400)
    call("putArea", {"name": "North"}, {"stations": [{"first": 9}]})
    call("listAreas")
    call("createUser", body={"name": "berta", "role": "operator", "password": "correct horse battery"})
    call("listUsers")
    call("changeUser", {"name": "berta"}, {"role": "viewer", "areas": [{"area": "North", "role": "operator"}]})
    engineer_of_an_area(contract)
    call("removeArea", {"name": "North"})
    call("createToken", body={"name": "t", "role": "viewer", "expires": "2000-01-01T00:00:00Z"}, expect=400)
    token = call("createToken", body={"name": "t", "role": "viewer", "expires": in_a_day()}).json
    call("listTokens")
    call("removeToken", {"id": str(token["id"])})
    call("removeUser", {"name": "berta"})
    meter_port = free_port()
    contract.service.bench.busbar("meter", "sim", "meter", "--port", meter_port)
    call("createConnector", body={"id": "meters", "kind": "iec102-client", "config": meter_config(meter_port)})
    wait_for(lambda: call("listMeters").json["channels"][0]["devices"][0].get("status", {}).get("state") == "good", "the meter answers")
    wait_for(lambda: "value" in call("listMeterTags", {"connector": "meters"}, query="?device=line/m").json["tags"][0].get("point", {}),
             "its tag has a value")
    check("password" not in call("listMeters").body.decode(), "no passwords")
    meter = {"connector": "meters", "channel": "line", "device": "m"}
    call("askMeter", {**meter, "action": "read"}, {})
    call("askMeter", {**meter, "action": "explode"}, {}, expect=404)
    call("askMeterLine", {**meter, "action": "reconnect"}, {})
    openid(contract)
    call("metrics")
    certificate(contract.service.bench.folder, "line")
    pem, key = ((contract.service.bench.folder / f"line.{kind}").read_bytes() for kind in ("pem", "key"))
    as_pem = {"content-type": "application/x-pem-file"}
    file = call("putCertificate", {"name": "line.pem"}, raw=pem, headers=as_pem).json
    call("putCertificate", {"name": "line.key"}, raw=key, headers=as_pem)
    call("putCertificate", {"name": "line.pem"}, raw=key, headers=as_pem, expect=400)
    check(file["entries"][0]["days_left"] in (29, 30) and b"PRIVATE" not in call("listCertificates").body, "what is in it")
    call("removeCertificate", {"name": "line.pem"})
    call("getSettings")
    call("changeSettings", body={"name": "North", "kept_updates": {"age": 3600}})
    call("changeSettings", body={"kept_updates": {"entries": None}}, expect=400)
    call("putStation", {"casdu": "1"}, {"name": "Feeder", "device": True})
    call("listStations", query="?devices=true")
    call("getStation", {"casdu": "1"})
    call("getStation", {"casdu": "1x"}, expect=400)
    call("interrogateStation", {"casdu": "1"}, expect=409)
    rtu_port = free_port()
    contract.service.bench.busbar("rtu", "sim", "rtu", "--port", rtu_port, "--numbered", 5, "--casdu", 77)
    call("createConnector", body={"id": "rtu-77", "kind": "iec104-client",
                                  "config": {"network": {"host": "127.0.0.1", "port": rtu_port}, "stations": [{"casdu": 77}]}})
    wait_for(lambda: call("getStation", {"casdu": "77"}).json["points"] == 5, "the station's points are there")
    check(call("interrogateStation", {"casdu": "77"}).json == {"answer": {"sent": True}}, "the station is interrogated")
    call("removeStation", {"casdu": "1"})
    secret = {"passphrase": "a passphrase that is long"}
    octets = {"content-type": "application/octet-stream", "x-busbar-passphrase": secret["passphrase"]}
    backup = call("takeBackup", body=secret).body
    call("restoreBackup", query="?dry_run=true", raw=backup, headers=octets)
    call("restoreBackup", raw=b"nonsense", headers=octets, expect=400)
    call("removeConnector", {"id": "rtu-1"})
    call("changePassword", body={"present": "correct horse battery", "password": "another horse battery"})
    contract.service.log_in(password="another horse battery")
    call("logIn", body={"user": "anna", "password": "another horse battery"})
    call("logOut")


def engineer_of_an_area(contract):
    """Imports, dry runs and scripts of somebody who is an engineer of station 9 only; all else stays closed to her."""
    service, as_csv = contract.service, {"content-type": "text/csv"}
    contract.call("createUser", body={"name": "nora", "role": "viewer", "password": "correct horse battery",
                                      "areas": [{"area": "North", "role": "engineer"}]})
    contract.service = Visitor(service.port)
    contract.service.log_in("nora")
    call, places = contract.call, {operation["operationId"] for _, _, operation in contract.operations() if operation.get("x-role-in-area")}
    job = call("importPoints", raw=b"casdu,ioa\n9,1\n8,1\n", headers=as_csv, query="?dry_run=true").json["id"]
    job = wait_for(lambda: (found := call("getJob", {"id": str(job)}).json)["state"] == "Completed" and found, "the dry run ends")
    check(job["import"]["errors"] == [{"row": 3, "column": "casdu", "what": "8 is not in your areas"}], f"{job['import']}")
    check([each["author"] for each in call("listJobs").json["jobs"]] == ["nora"], "her own jobs")
    check(call("importPoints", raw=b"ioa\n1\n", headers=as_csv, query="?casdu=8", expect=403).code == "forbidden", "another station")
    check(call("importPoints", raw=b"casdu,ioa\n9,1\n", headers=as_csv, query="?mode=replace", expect=403).code == "replace_needs_casdu", "replace")
    call("importPoints", raw=b"ioa\n1\n", headers=as_csv, query="?casdu=9&mode=replace&dry_run=true")
    call("importMapping", {"id": "srv"}, raw=b"casdu,ioa\n9,1\n", headers=as_csv, expect=403)
    check("useless" in call("listScripts").body.decode(), "she may see what scripts there are")
    for device, status in ((None, 403), ("ALL", 403), ("8", 403), ("9", 200)):
        call("confirmScript", {"name": "useless"}, {"element": "srv", **({"device": device} if device else {})}, expect=status)
    check({"importPoints", "listJobs", "confirmScript", "runScript"} <= places and "importMapping" not in places, f"the document says so: {places}")
    contract.service = service
    call("removeUser", {"name": "nora"})


def openid(contract):
    call, provider = contract.call, LyingProvider(contract.service.bench.folder)
    call("getOpenId", expect=404)
    call("putOpenId", body={"issuer": "http://id.example", "client_id": "x"}, expect=400)
    call("putOpenId", body={"issuer": provider.issuer, "client_id": "busbar", "default_role": "viewer"})
    call("getOpenId")
    call("offerOpenId")
    operations = {operation["operationId"]: operation for _, _, operation in contract.operations()}
    attempt = Attempt(contract.service)
    contract.validate(operations["beginOpenIdLogin"], attempt.answer)
    provider.token = provider.keys[0].token(provider.claims(attempt.asked["nonce"]))
    answers = [attempt.back(), attempt.back()]
    check([answer.status for answer in answers] == [303, 401], "in, and once")
    for answer in answers:
        contract.validate(operations["finishOpenIdLogin"], answer)
    contract.called |= {"beginOpenIdLogin", "finishOpenIdLogin"}
    call("removeOpenId")
    call("removeUser", {"name": "lena"})
    provider.end()


def scripts(contract):
    """An import script that answers nothing of use."""
    call, folder = contract.call, contract.service.bench.folder / "data" / "scripts"
    folder.mkdir(mode=0o755)
    (folder / "useless").write_text("#!/bin/sh\nexit 3\n")
    (folder / "useless").chmod(0o755)
    (folder / "useless.json").write_text('{"inputs": ["ImportElementName", "RequestGuid"]}')
    (folder / "lonely.json").write_text("{}")
    call("listScripts")
    call("confirmScript", {"name": "nobody"}, {"element": "srv"}, expect=404)
    confirm = call("confirmScript", {"name": "useless"}, {"element": "srv", "user": "u"}).json["confirm"]
    run = {"element": "srv", "user": "u", "password": "p", "confirm": confirm}
    job = call("runScript", {"name": "useless"}, run).json["id"]
    call("runScript", {"name": "useless"}, run, expect=409)
    wait_for(lambda: call("getJob", {"id": str(job)}).json["state"] == "Failed", "the script ends")
    call("keepImportCredentials", {"id": "srv"}, {"user": "u", "password": "p"})
    call("hasImportCredentials", {"id": "srv"})
    call("forgetImportCredentials", {"id": "srv"})
    call("hasImportCredentials", {"id": "nobody"}, expect=404)


def live(contract):
    """Values, events and commands."""
    call = contract.call
    store = Resp(contract.service.bench.folder / "data" / "store.sock")
    data = json.dumps({"type": 36, "value": 2.5, "quality": ["NT"], "time": "2026-11-21T09:00:00Z", "time_flags": ["SU"]})
    store("XADD", "process:updates", "*", "casdu", 1, "ioa", 5, "source", "test", "data", data)
    store("XADD", "process:updates", "*", "casdu", 1, "ioa", 6, "source", "test", "data", data)
    store("SET", "process:image:casdu:1:ioa:5", data)
    store("SET", "process:image:casdu:1:ioa:6", data)
    store("XADD", "process:errors", "*", "source", "test", "reason", "a \"reason\"", "data", "some data")
    wait_for(lambda: len(call("listPoints", query="?casdu=1&quality=NT&type=36").json["points"]) == 2, "the points are there")
    page = call("listPoints", query="?limit=1&text=1/&connector=test&known=live&age_under_ms=3600000").json
    call("listPoints", query=f"?limit=1&after={page['next']}")
    call("listPoints", query="?after=nonsense", expect=400)
    call("getPoint", {"casdu": "1", "ioa": "5"})
    call("getPoint", {"casdu": "1", "ioa": "4000"}, expect=404)
    call("getPoint", {"casdu": "65536", "ioa": "5"}, expect=400)
    call("listDataPoints", query="?casdu=1&ioa=5")
    check(call("listDataPoints", query="?casdu=65536", expect=400).code == "invalid_casdu", "casdu")
    check(call("listDataPoints", query="?casdu=1&ioa=x", expect=400).code == "invalid_ioa", "ioa")
    page = call("listEvents", query="?limit=1&casdu=1&source=test&from=2020-01-01T00:00:00Z").json
    call("listEvents", query=f"?order=oldest&after={page['next']}")
    call("listEvents", query="?from=yesterday", expect=400)
    call("listEvents", query="?after=yesterday", expect=400)
    check(len(call("listErrors", query="?source=test").json["errors"]) == 1, "the error is listed")
    wish = {"casdu": 9, "ioa": 1, "type": 45, "value": True, "max_age_ms": 100, "qualifier": 1}
    given = call("giveCommand", body=wish, headers={"idempotency-key": "k"}).json
    check(call("giveCommand", body=wish, headers={"idempotency-key": "k"}).json["id"] == given["id"], "the same again")
    call("giveCommand", body={**wish, "ioa": 2}, headers={"idempotency-key": "k"}, expect=409)
    call("giveCommand", body={**wish, "type": 52}, expect=400)
    call("giveCommand", body={**wish, "value": "on"}, expect=400)
    wait_for(lambda: call("getCommand", {"id": given["id"]}).json["done"], "nobody takes it")
    call("getCommand", {"id": "nobody"}, expect=404)
    check(call("listCommands", query="?limit=1&casdu=%d&done=true" % wish["casdu"]).json["next"] == given["id"], "the command is listed")
    call("listCommands", query=f"?after={given['id']}&author=nobody")
    call("listCommands", query="?after=nobody", expect=400)
    call("watchTopic", {"topic": "points"}, query="?count=2&casdu=1&rate_ms=50")
    call("watchTopic", {"topic": "connectors"}, query="?count=1")
    call("watchTopic", {"topic": "jobs"}, query="?count=1")
    call("watchTopic", {"topic": "jobs"}, query="?job=4711", expect=404)
    call("watchTopic", {"topic": "weather"}, expect=404)
    call("watchTopic", {"topic": "logs"}, query="?connector=nobody", expect=404)
    call("openLive", expect=400)
    line = WebSocket(contract.service)
    check(line.status == 101, "a WebSocket is opened")
    contract.called.add("openLive")
    line.say({"subscribe": {"topic": "points", "rate_ms": 50}})
    line.say({"subscribe": {"topic": "jobs", "rate_ms": 50}})
    line.say({"subscribe": {"topic": "weather", "id": "w"}})
    schema = {"$ref": "#/components/schemas/LiveMessage", "components": contract.document["components"]}
    for _ in range(6):
        Draft202012Validator(schema).validate(line.hear())
    line.close()


def meter_config(port):
    return {"channels": [{"name": "line", "connection": {"type": "tcp", "host": "127.0.0.1", "port": port, "reconnect_delay_ms": 1000},
                          "devices": [{"name": "m", "link_address": 1, "point_address": 1, "password": "1"}]}],
            "tags": [{"name": "P", "enabled": True, "device": "line/m", "variable": "power.active.total", "casdu": 8, "ioa": 1}]}


def in_a_day():
    return (datetime.now(timezone.utc) + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M:%SZ")


def management_contract(bench):
    service = Management(bench)
    contract = Contract(service, bench.random)
    service.take_login(contract.call("setUp", body={"token": service.secret, "user": "anna", "password": "correct horse battery"}))
    contract.refuse_bodies()
    contract.refuse_parameters()
    contract.refuse_methods()
    call_everything(contract)
    missing = {operation["operationId"] for _, _, operation in contract.operations()} - contract.called
    check(not missing, f"every operation was called: not {missing}")
    print(f"{len(contract.called)} operations called; problems seen: {', '.join(sorted(contract.problems))}")
    check(service.program.stop() == 0, "the service stops in good order")


if __name__ == "__main__":
    run_story(management_contract)
