#!/usr/bin/python3
"""Judges a run by what the simulated RTUs and control rooms themselves have written: every event that an RTU raised is
in each control room's log, per object in the order raised once repeats are dropped.

usage: judge_events.py --rtu LOG... --room LOG...      the logs of one control room, joined by commas
Prints one line a control room; exit code 1 and what is missing or out of order if the promise is broken.
"""
import argparse
import json
import sys
from pathlib import Path


def lines(path):
    """The finished lines; a program that was killed may have left half a line, and its successor wrote on behind it."""
    for line in Path(path).read_text().splitlines():
        try:
            yield json.loads(line)
        except json.JSONDecodeError:
            if "}" in line and "{" in line[1:]:
                try:
                    yield json.loads(line[line.rindex('{"'):])
                except json.JSONDecodeError:
                    pass


def raised(logs):
    """{(casdu, ioa): numbers in the order raised}, and what the RTUs had to give up."""
    events, dropped = {}, 0
    for log in logs:
        for line in lines(log):
            if line["what"] == "event":
                events.setdefault((line["casdu"], line["ioa"]), []).append(line["number"])
            elif line["what"] == "dropped":
                dropped += 1
    return events, dropped


def arrived(logs):
    """{(casdu, ioa): first arrivals in their order}, and how many repeats there were. Several logs (programs that take
    the transfer from each other) are joined by time; within a millisecond nobody can tell."""
    objects = [line for log in logs for line in lines(log) if line["what"] == "object" and line["cot"] == 3]
    if len(logs) > 1:
        objects.sort(key=lambda line: (line["at"], line["value"]))
    first, repeats = {}, 0
    for line in objects:
        numbers = first.setdefault((line["casdu"], line["ioa"]), {})
        repeats += line["value"] in numbers
        numbers.setdefault(line["value"])
    return {address: list(numbers) for address, numbers in first.items()}, repeats


def judge(rtu_logs, room_logs):
    events, dropped = raised(rtu_logs)
    came, repeats = arrived(room_logs)
    total, lost, disordered = sum(map(len, events.values())), 0, 0
    faults = [f"the RTUs gave up {dropped} events"] if dropped else []
    for address, numbers in sorted(events.items()):
        expected = set(numbers)
        seen = [number for number in came.get(address, []) if number in expected]  # not the value from the start
        missing = sorted(expected - set(seen))
        wrong = [after for before, after in zip(seen, seen[1:]) if after < before]
        lost, disordered = lost + len(missing), disordered + len(wrong)
        if missing:
            faults.append(f"object {address}: {len(missing)} events never came: {missing[:5]} …")
        if wrong:
            faults.append(f"object {address}: {len(wrong)} events came after later ones: {wrong[:5]} …")
    return total, lost, disordered, repeats, faults


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--rtu", nargs="+", required=True)
    arguments.add_argument("--room", nargs="+", required=True)
    chosen = arguments.parse_args()
    broken = False
    for room in chosen.room:
        total, lost, disordered, repeats, faults = judge(chosen.rtu, room.split(","))
        print(f"{room}: {total} events raised, {lost} lost, {disordered} out of order, {repeats} repeated")
        for fault in faults[:10]:
            print(f"  {fault}")
        broken = broken or bool(faults) or total == 0
    sys.exit(1 if broken else 0)


if __name__ == "__main__":
    main()
