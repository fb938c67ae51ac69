#!/usr/bin/python3
"""Points come in by a workbook and go out as they came: 5,000 of them, three rows of which are faulty; the same as CSV in other
encodings and with a decimal comma; what was imported is undone; and an upload of a gigabyte is refused before it is sent, while
the service answers on."""
import csv
import io
import subprocess
import zipfile
from xml.sax.saxutils import escape

from harness import check, run_story, wait_for
from management import Management

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
HEADINGS = ["IOA", "IOA_WRITE", "FAMILY", "CUSTOM_LABEL", "FACTOR", "DISCREETS", "UNITS", "TYPE", "IDEN_INGRID"]


def workbook(rows):
    """As few parts as a workbook needs, written without our own writer."""
    cells = "".join("<row>" + "".join(
        f"<c><v>{each}</v></c>" if isinstance(each, (int, float)) else f'<c t="inlineStr"><is><t>{escape(each)}</t></is></c>'
        for each in row) + "</row>" for row in rows)
    octets = io.BytesIO()
    with zipfile.ZipFile(octets, "w", zipfile.ZIP_DEFLATED) as book:
        book.writestr("xl/workbook.xml", '<workbook xmlns:r="r"><sheets><sheet name="Other" state="hidden" r:id="a"/>'
                      '<sheet name="Points" r:id="b"/></sheets></workbook>')
        book.writestr("xl/_rels/workbook.xml.rels", '<Relationships><Relationship Id="a" Type="r/worksheet" Target="a.xml"/>'
                      '<Relationship Id="b" Type="r/worksheet" Target="b.xml"/></Relationships>')
        book.writestr("xl/a.xml", "<worksheet/>")
        book.writestr("xl/b.xml", f"<worksheet><sheetData>{cells}</sheetData></worksheet>")
    return octets.getvalue()


def rows(count, random):
    yield HEADINGS
    for ioa in range(1, count + 1):
        kind = random.choice(["DI", "AI"])
        yield [ioa, ioa + 10000, random.choice(["SWITCH", ""]), f"Point {ioa} ü", random.choice(["", 0.5, "0,1"]),
               "Off ;On" if kind == "DI" else "", "kV" if kind == "AI" else "", kind, f"00{ioa}"]


class Story:
    def __init__(self, bench):
        self.service = Management(bench, first_user=True)

    def imported(self, octets, kind, query):
        begun = self.service.ask("POST", f"/api/v1/imports?{query}", raw=octets, headers={"content-type": kind})
        check(begun.status == 202, f"the import begins: {begun.body[:500]}")
        target = begun.headers["location"]
        wait_for(lambda: self.service.ask("GET", target).json["state"] in ("Completed", "Failed"), "the import ends", 60)
        return self.service.ask("GET", target).json

    def exported(self, form):
        answer = self.service.ask("GET", f"/api/v1/exports/points?format={form}")
        check(answer.status == 200, f"the export: {answer.status}")
        return answer.body

    def counts(self, job):
        return {name: count for name, count in job["import"]["counts"].items() if count}


def as_csv(rows, separator):
    text = io.StringIO()
    csv.writer(text, delimiter=separator).writerows([[str(each).replace(".", ",") if isinstance(each, float) else each for each in row]
                                                     for row in rows])
    return text.getvalue()


def compare(story, good):
    """What is exported is what was sent."""
    back = list(csv.DictReader(io.StringIO(story.exported("csv").decode("utf-8-sig"))))
    for row, sent in zip(back, good[1:], strict=True):
        wanted = {"casdu": "150", "ioa": str(sent[0]), "command_ioa": str(sent[1]), "FAMILY": sent[2], "name": sent[3],
                  "factor": str(sent[4] or 1).replace(",", "."), "states": sent[5].replace(" ", ""), "unit": sent[6],
                  "kind": sent[7], "IDEN_INGRID": sent[8], "enabled": "true"}
        got = {name: row[name] for name in wanted}
        check(got == wanted, f"a row comes back: {got} and not {wanted}")


def other_encodings(story, good):
    """As CSV in UTF-16 and Windows-1252, with a decimal comma: its three faults by row and column, then its rows."""
    for encoding, separator in (("utf-16", "\t"), ("utf-16-be", ";"), ("cp1252", ";"), ("cp1252", ",")):
        faulty = [list(row) for row in good]
        faulty[10][0], faulty[2000][7], faulty[4999][4] = "1.000,5", "XY", "0,1,2"
        for rows, state in ((faulty, "Failed"), (good, "Completed")):
            job = story.imported(as_csv(rows, separator).encode(encoding), "text/csv", "casdu=150&mode=replace")
            check(job["state"] == state, f"{encoding}{separator}: {job.get('problem')} {job['import']['errors'][:3]}")
            where = [(fault["row"], fault["column"]) for fault in job["import"]["errors"]]
            check(where == [(11, "IOA"), (2001, "TYPE"), (5000, "FACTOR")] * (state == "Failed"), f"{encoding}: {where}")
        compare(story, good)


def errors_as_files(story, job):
    """The list of errors can be taken along."""
    answer = story.service.ask("GET", f"/api/v1/jobs/{job['id']}/errors?format=csv&separator=semicolon")
    rows = list(csv.reader(io.StringIO(answer.body.decode("utf-8-sig")), delimiter=";"))
    check([row[:2] for row in rows[2:]] == [["11", "IOA"], ["2001", "TYPE"], ["5000", "IOA"]], f"{rows}")
    check(story.service.ask("GET", f"/api/v1/jobs/{job['id']}/errors?format=xlsx").body.startswith(b"PK"), "as a workbook")


def refuse_a_gigabyte(service, folder):
    large = folder / "large.xlsx"
    with large.open("wb") as file:
        file.truncate(1 << 30)
    for who in (["-H", f"cookie: {service.cookie}", "-H", f"x-csrf-token: {service.csrf}"], []):
        run = subprocess.run(["curl", "-s", "-o", "/dev/null", "-w", "%{http_code} %{size_upload}", "-X", "POST", *who,
                              "-H", f"content-type: {XLSX}", "-T", str(large),
                              "--max-time", "60", f"http://127.0.0.1:{service.port}/api/v1/imports?casdu=1"],
                             capture_output=True, text=True)
        status, sent = run.stdout.split()
        check(int(sent) < 64 << 20, f"it is refused before it is sent: {run.stdout}")
        check(status in ("413", "000"), f"it is refused: {run.stdout} {run.stderr}")
        check(service.ask("GET", "/api/v1/session").status == 200, "the service answers on")


def management_import(bench):
    story = Story(bench)
    good = list(rows(5000, bench.random))
    faulty = [list(row) for row in good]
    faulty[10][0], faulty[2000][7], faulty[4999][0] = "x", "XY", 7
    job = story.imported(workbook(faulty), XLSX, "casdu=150")
    check(job["state"] == "Failed" and job["problem"]["code"] == "faulty_rows", f"three faulty rows refuse it: {job['problem']}")
    where = [(fault["row"], fault["column"]) for fault in job["import"]["errors"]]
    check(where == [(11, "IOA"), (2001, "TYPE"), (5000, "IOA")], f"each is named with row and column: {where}")
    check(job["sheets"] == [{"name": "Other", "hidden": True}, {"name": "Points", "hidden": False}], f"{job['sheets']}")
    errors_as_files(story, job)
    preview = story.imported(workbook(good), XLSX, "casdu=150&dry_run=true")
    check(story.counts(preview) == {"rows": 5000, "new": 5000}, f"a dry run counts: {story.counts(preview)}")
    check(len(story.exported("csv").splitlines()) == 1, "and changes nothing")
    job = story.imported(workbook(good), XLSX, "casdu=150&sheet=Points")
    check(job["state"] == "Completed" and story.counts(job) == {"rows": 5000, "new": 5000}, f"all are new: {job['step']}")
    compare(story, good)
    for form, kind in (("csv", "text/csv"), ("xlsx", XLSX)):
        again = story.imported(story.exported(form), kind, "mode=replace")
        check(story.counts(again) == {"rows": 5000, "unchanged": 5000}, f"{form} changes nothing: {story.counts(again)}")
    other_encodings(story, good)
    refuse_a_gigabyte(story.service, bench.folder)
    undone = story.service.ask("POST", f"/api/v1/revisions/{job['revision']}/undo")
    check(undone.status == 200 and len(story.exported("csv").splitlines()) == 1, f"the import is undone: {undone.body}")
    check(story.service.program.stop() == 0, "the service stops in good order")


if __name__ == "__main__":
    run_story(management_import)
