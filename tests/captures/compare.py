#!/usr/bin/python3
"""Compares `busbar decode --json` with an independent decoder's reading, line by line.

usage: BUSBAR_PROGRAM=PROGRAM compare.py FOLDER

Every NAME.pcap in FOLDER is held against NAME.strict.tsv.gz beside it or in FOLDER/expected. Columns of those tables:
frame apdu stream dir fmt u ns nr type sq n cot pn t oa ca obj ioa value q time raw; a line whose q begins with "!" is a
fault. Exit code 77: there is no such folder.
"""
import gzip
import json
import os
import pathlib
import subprocess
import sys

PORT = 2404
SAME = {"frame": "frame", "apdu": "apdu", "fmt": "format", "u": "function", "ns": "ns", "nr": "nr", "type": "type",
        "sq": "sq", "cot": "cot", "pn": "negative", "t": "test", "oa": "oa", "ca": "casdu", "ioa": "ioa",
        "time": "time_tag", "raw": "raw"}


def rows_of(table):
    with gzip.open(table, "rt", encoding="ascii") as text:
        columns = text.readline().rstrip("\n").split("\t")
        return [dict(zip(columns, line.rstrip("\n").split("\t"))) for line in text]


def lines_of(busbar, capture):
    run = subprocess.run([busbar, "decode", "--json", str(capture)], capture_output=True, check=True)
    return [json.loads(line) for line in run.stdout.splitlines()]


def text_of(value):
    """As the table writes it."""
    if value is None:
        return ""
    return str(int(value)) if isinstance(value, bool) else str(value)


def same_value(expected, value):
    """Numbers of the table have six digits; all of a float's bits are compared in `raw`."""
    if expected == "" or value is None:
        return expected == text_of(value)
    if expected == str(value):
        return True
    try:
        wanted, got = float(expected), float(value)
    except ValueError:
        return False
    return wanted == got or wanted != wanted and got != got or abs(wanted - got) <= 1e-5 * abs(wanted)


def differences(row, line):
    for column, member in SAME.items():
        if row[column] != text_of(line.get(member)):
            yield f"{member} is {text_of(line.get(member))!r}, not {row[column]!r}"
    if not same_value(row["value"], line.get("value")):
        yield f"value is {line.get('value')!r}, not {row['value']!r}"
    fault = row["q"].startswith("!")
    if fault != ("error" in line):
        yield f"error is {line.get('error')!r}, not {row['q']!r}"
    flags = set() if fault or not row["q"] else set(row["q"].split(","))
    if flags != set(line.get("quality", [])):
        yield f"quality is {line.get('quality')}, not {row['q']!r}"
    towards_station = line["dst"].endswith(f":{PORT}")
    if row["dir"] and (row["dir"] == "c") != towards_station:
        yield f"direction is {line['src']} > {line['dst']}, not {row['dir']!r}"


def compare(busbar, capture, table):
    rows, lines = rows_of(table), lines_of(busbar, capture)
    ends, objects, faults = {}, {}, []
    for number, (row, line) in enumerate(zip(rows, lines), 1):
        found = list(differences(row, line))
        apdu = row["stream"], row["frame"], row["apdu"], row["dir"]
        if row["obj"]:
            objects[apdu] = objects.get(apdu, -1) + 1
        if row["obj"] and objects[apdu] != int(row["obj"]):
            found.append(f"is object {objects[apdu]} of its APDU, not {row['obj']}")
        ends.setdefault(row["stream"], {line["src"], line["dst"]})
        if ends[row["stream"]] != {line["src"], line["dst"]}:
            found.append("is of another connection")
        faults += [f"{capture.name} line {number}: {what}" for what in found]
    if len(rows) != len(lines):
        faults.append(f"{capture.name}: {len(lines)} lines, not {len(rows)}")
    print(f"{capture.name}: {len(lines)} lines, {len(faults)} differences")
    print("\n".join(faults[:20]))
    return not faults


def main():
    busbar, folder = os.environ["BUSBAR_PROGRAM"], pathlib.Path(sys.argv[1])
    captures = sorted(folder.glob("*.pcap"))
    if not captures:
        print(f"skipped: there are no captures in {folder}")
        return 77
    good = True
    for capture in captures:
        table = capture.with_suffix(".strict.tsv.gz")
        if not table.exists():
            table = folder / "expected" / table.name
        good = compare(busbar, capture, table) and good
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
