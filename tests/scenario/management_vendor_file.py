#!/usr/bin/python3
"""A metadata file as a vendor's stations come with: its nineteen columns and no CASDU, most cells empty, lists of states with stray
blanks, ids stored as texts, formulas, dates, booleans, hidden sheets and rows of nothing at the end; as a workbook, and as CSV of
several encodings. What is imported is what an engineer would have typed, and comes out again."""
import csv
import io
import zipfile
from xml.sax.saxutils import escape

import management_import
from harness import check, run_story
from management_import import XLSX

HEADINGS = ("IOA IOA_WRITE FAMILY SUBFAMILY OBJECT N1 NC1 ELEMENT N2 NC2 SIGNAL N3 SERVICE CUSTOM_LABEL FACTOR DISCREETS UNITS TYPE "
            "IDEN_INGRID").split()
# Cells by heading: as they stand in the workbook (a text is a shared one), and as CSV.
ROWS = {
    2: {"IOA": "1001", "IOA_WRITE": "2001", "FAMILY": "SWITCHGEAR", "OBJECT": "Q0", "N1": ("n", "1"), "SIGNAL": "POSITION",
        "CUSTOM_LABEL": "Breaker Q0 ", "DISCREETS": "Off ;On", "TYPE": "DI", "IDEN_INGRID": "0007"},
    3: {"IOA": ("n", "1002"), "FAMILY": "MEASUREMENT", "CUSTOM_LABEL": ("formula text", "Voltage L1"), "FACTOR": "0,1", "UNITS": "kV",
        "TYPE": "AI", "IDEN_INGRID": ("n", "700000000123")},
    4: {"IOA": ("formula", "1003"), "IOA_WRITE": "", "N2": ("b", "1"), "N3": ("date", "45000.5"), "SERVICE": ("e", "#N/A"),
        "FACTOR": ("n", "0.25"), "TYPE": "AO", "UNITS": "A"},
    6: {"IOA": ("inline", " 1004 "), "ELEMENT": ("inline", "Mañana – 5 €"), "CUSTOM_LABEL": "Trenner »Süd«", "FACTOR": ("n", "1"),
        "DISCREETS": "Intermediate; Open ;Closed;;", "TYPE": "di"},
}
# What is known of them then; what is left out is empty.
POINTS = [
    {"ioa": "1001", "command_ioa": "2001", "name": "Breaker Q0", "states": "Off;On", "kind": "DI", "FAMILY": "SWITCHGEAR", "OBJECT": "Q0",
     "N1": "1", "SIGNAL": "POSITION", "IDEN_INGRID": "0007"},
    {"ioa": "1002", "name": "Voltage L1", "factor": "0.1", "unit": "kV", "kind": "AI", "FAMILY": "MEASUREMENT", "IDEN_INGRID": "700000000123"},
    {"ioa": "1003", "factor": "0.25", "unit": "A", "kind": "AO", "N2": "true", "N3": "2023-03-15T12:00:00", "SERVICE": "#N/A"},
    {"ioa": "1004", "name": "Trenner »Süd«", "states": "Intermediate;Open;Closed", "kind": "DI", "ELEMENT": "Mañana – 5 €"},
]


def column_name(index):
    return "ABCDEFGHIJKLMNOPQRSTUVWXYZ"[index]


class Workbook:
    """Written by hand, as spreadsheet programs write: shared texts, styles, and formulas with what they came to."""

    def __init__(self):
        self.texts = []

    def cell(self, place, value):
        kind, text = value if isinstance(value, tuple) else ("s", value)
        if kind == "s" and not text:
            return f'<c r="{place}" s="1"/>'
        if kind == "s":
            self.texts.append(text)
            return f'<c r="{place}" t="s"><v>{len(self.texts) - 1}</v></c>'
        if kind == "inline":
            return f'<c r="{place}" t="inlineStr"><is><t xml:space="preserve">{escape(text)}</t></is></c>'
        return {"n": f'<c r="{place}"><v>{text}</v></c>', "date": f'<c r="{place}" s="2"><v>{text}</v></c>',
                "b": f'<c r="{place}" t="b"><v>{text}</v></c>', "e": f'<c r="{place}" t="e"><f>X9</f><v>{text}</v></c>',
                "formula": f'<c r="{place}"><f>A3+1</f><v>{text}</v></c>',
                "formula text": f'<c r="{place}" t="str"><f>"Voltage "&amp;"L1"</f><v>{text}</v></c>'}[kind]

    def signals(self):
        rows = [(1, {each: each + " " * (each == "IOA_WRITE") for each in HEADINGS}), *ROWS.items()]
        xml = "".join(f'<row r="{number}">' + "".join(self.cell(f"{column_name(at)}{number}", row[each])
                                                      for at, each in enumerate(HEADINGS) if each in row) + "</row>" for number, row in rows)
        blank = "".join(f'<row r="{number}"><c r="A{number}" s="1"/>{self.cell(f"D{number}", " ")}</row>' for number in range(7, 60))
        return f"<worksheet><sheetData>{xml}{blank}</sheetData></worksheet>"

    def octets(self):
        def sheet(text):
            return f'<worksheet><sheetData><row><c t="inlineStr"><is><t>{text}</t></is></c></row></sheetData></worksheet>'
        sheets = [("Notes", "hidden", sheet("for the vendor")), ("Lists", "veryHidden", sheet("Off ;On")), ("Signals", "visible", self.signals()),
                  ("Old", "visible", sheet("IOA"))]
        octets = io.BytesIO()
        with zipfile.ZipFile(octets, "w", zipfile.ZIP_DEFLATED) as book:
            listed = "".join(f'<sheet name="{name}" sheetId="{id}" state="{state}" r:id="r{id}"/>' for id, (name, state, _) in enumerate(sheets))
            related = "".join(f'<Relationship Id="r{id}" Type="x/worksheet" Target="worksheets/sheet{id}.xml"/>' for id in range(len(sheets)))
            for id, (_, _, xml) in enumerate(sheets):
                book.writestr(f"xl/worksheets/sheet{id}.xml", xml)
            book.writestr("xl/workbook.xml", f'<workbook xmlns:r="r"><sheets>{listed}</sheets></workbook>')
            book.writestr("xl/_rels/workbook.xml.rels", f'<Relationships>{related}<Relationship Id="t" Type="x/sharedStrings" '
                          'Target="sharedStrings.xml"/><Relationship Id="s" Type="x/styles" Target="styles.xml"/></Relationships>')
            # A text of two runs, as a cell whose first word is bold.
            texts = "".join(f'<si><r><t xml:space="preserve">{escape(text[:1])}</t></r><r><t xml:space="preserve">{escape(text[1:])}</t></r></si>'
                            for text in self.texts)
            book.writestr("xl/sharedStrings.xml", f"<sst>{texts}</sst>")
            book.writestr("xl/styles.xml", '<styleSheet><numFmts><numFmt numFmtId="164" formatCode="dd/mm/yyyy\\ hh:mm"/></numFmts><cellXfs>'
                          '<xf numFmtId="0"/><xf numFmtId="49"/><xf numFmtId="164"/></cellXfs></styleSheet>')
        return octets.getvalue()


def as_csv(separator):
    """As a spreadsheet program saves it, where numbers have a decimal comma."""
    def cell(value):
        kind, text = value if isinstance(value, tuple) else ("s", value)
        text = {"date": "2023-03-15T12:00:00", "b": "true"}.get(kind, text)
        return text.replace(".", ",") if kind in ("n", "formula") else text
    text = io.StringIO()
    writer = csv.writer(text, delimiter=separator)
    writer.writerow(HEADINGS)
    for number in range(2, 60):
        writer.writerow([cell(ROWS.get(number, {}).get(each, "")) for each in HEADINGS])
    return text.getvalue()


class Story(management_import.Story):
    def compare(self):
        """All that is exported is what an engineer would have typed."""
        rows = list(csv.DictReader(io.StringIO(self.exported("csv").decode("utf-8-sig"))))
        for row, wanted in zip(rows, POINTS, strict=True):
            got = {name: text for name, text in row.items() if text}
            check(got == {"casdu": "150", "enabled": "true", "factor": "1", **wanted}, f"a row comes back: {got} and not {wanted}")


def management_vendor_file(bench):
    story = Story(bench)
    book = Workbook().octets()
    job = story.imported(book, XLSX, "dry_run=true")
    check(job["problem"]["code"] == "invalid_columns" and "choose a CASDU" in job["problem"]["errors"][0]["what"], f"no CASDU: {job}")
    preview = story.imported(book, XLSX, "casdu=150&dry_run=true")
    check(preview["sheet"] == "Signals" and [each["hidden"] for each in preview["sheets"]] == [True, True, False, False], f"{preview['sheets']}")
    check(story.counts(preview) == {"rows": 4, "new": 4}, f"blank rows are none: {story.counts(preview)} {preview['import']['errors']}")
    known = {"IOA": "ioa", "IOA_WRITE": "command_ioa", "CUSTOM_LABEL": "name", "FACTOR": "factor", "DISCREETS": "states", "UNITS": "unit", "TYPE": "kind"}
    check(preview["import"]["columns"] == [{"heading": each, "column": known.get(each, "metadata")} for each in HEADINGS], f"{preview['import']['columns']}")
    first = dict(zip(HEADINGS, preview["import"]["preview"][0], strict=True))
    check(first["DISCREETS"] == "Off ;On" and first["IDEN_INGRID"] == "0007" and first["N1"] == "1", f"as it stands in the file: {first}")
    job = story.imported(book, XLSX, "casdu=150")
    check(job["state"] == "Completed" and story.counts(job) == {"rows": 4, "new": 4}, f"{job}")
    story.compare()
    for encoding, separator in (("cp1252", ";"), ("cp1252", "\t"), ("cp1252", ","), ("utf-8", ";"), ("utf-8-sig", ","), ("utf-16", "\t"),
                                ("utf-16-le", ";"), ("utf-16-be", ",")):
        octets = as_csv(separator).encode(encoding)
        for mode, expected in (("merge", "unchanged"), ("replace", "unchanged")):
            job = story.imported(octets, "text/csv", f"casdu=150&mode={mode}")
            check(story.counts(job) == {"rows": 4, expected: 4}, f"{encoding} {separator!r} is the same: {story.counts(job)} {job['import']['errors']}")
        story.service.ask("DELETE", "/api/v1/points/150/1001")
        job = story.imported(octets, "text/csv", "casdu=150")
        check(story.counts(job) == {"rows": 4, "new": 1, "unchanged": 3}, f"{encoding}: {story.counts(job)}")
        story.compare()
    for form, kind in (("csv", "text/csv"), ("xlsx", XLSX)):
        octets = story.service.ask("GET", f"/api/v1/exports/points?format={form}").body
        check(story.counts(story.imported(octets, kind, "mode=replace")) == {"rows": 4, "unchanged": 4}, f"{form}: what goes out changes nothing")
    check(story.imported(book, XLSX, "casdu=150&sheet=Notes")["problem"]["code"] == "invalid_columns", "a hidden sheet that is named")
    check(story.imported(book, XLSX, "casdu=150&sheet=None")["problem"]["detail"].endswith('there is no sheet "None"'), "a sheet that is not there")
    check(story.service.program.stop() == 0, "the service stops in good order")


if __name__ == "__main__":
    run_story(management_vendor_file)
