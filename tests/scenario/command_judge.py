#!/usr/bin/python3
"""Judges what became of commands from what each end wrote down, knowing nothing of how the chain works.

usage: command_judge.py --rtu RTU_LOG --scada SCADA_LOG --entries ENTRIES --max-age SECONDS

A command is known by its value, which none shares with another. RTU_LOG and SCADA_LOG are the simulators' logs; ENTRIES has a
JSON line {"stream", "entry", "fields"} for each entry of the streams of commands and results. Exit code 1: a promise was
broken, and which.
"""
import argparse
import json
import sys
from collections import Counter, defaultdict
from datetime import datetime
from pathlib import Path

# From the entry in the stream to the line in the RTU's journal there are two processes that have to be scheduled.
TRANSIT = 0.5


def read(path):
    text = Path(path).read_text(errors="replace")
    return [json.loads(line) for line in text[:text.rfind("\n") + 1].splitlines()]


def seconds(text):
    return datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()


def value_of(line):
    """A parameter's value stands among LPC and POP."""
    return line["value"]["value"] if isinstance(line["value"], dict) else line["value"]


class Case:
    """Everything that is known of the commands, by value."""

    def __init__(self, rtu, scada, entries):
        self.given = [value_of(line) for line in scada if line["what"] == "command"]
        self.executed = defaultdict(list)
        for line in rtu:
            if line["what"] == "executed":
                self.executed[value_of(line)].append(seconds(line["at"]))
        self.answers = defaultdict(list)
        for line in scada:
            if line["what"] == "answer" and line["type"] in (51, 112) and line["cot"] != 10:
                self.answers[value_of(line)].append("refused" if line.get("negative") else "confirmed")
        self.written, self.value_of = defaultdict(list), {}
        for entry in entries:
            if entry["stream"] != "process:commands":
                continue
            value = json.loads(entry["fields"]["data"])["value"]
            self.value_of[entry["fields"]["id"]] = value
            self.written[value].append(int(entry["entry"].split("-")[0]) / 1000)
        self.stages = defaultdict(list)
        for entry in entries:
            if entry["stream"] == "process:command-results" and entry["fields"]["id"] in self.value_of:
                self.stages[self.value_of[entry["fields"]["id"]]].append(json.loads(entry["fields"]["data"])["stage"])

    def outcome(self, value):
        return self.answers[value][0] if self.answers[value] else "unknown"


def broken_promises(case, max_age):
    for value, count in Counter(case.given).items():
        if count > 1:
            yield f"{value} was given {count} times: the test is wrong"
    for value, times in case.executed.items():
        if len(times) > 1:
            yield f"{value} was executed {len(times)} times"
        # The age counts from the entry; one that somebody repeats is as new as its repetition.
        before = [written for written in case.written[value] if written <= times[0]]
        if not before:
            yield f"{value} was executed, and was not in the stream of commands"
        elif (late := times[0] - max(before)) > max_age + TRANSIT:
            yield f"{value} was executed {late:.2f} s after it was given"
    for value in case.given:
        done, answers, stages = bool(case.executed.get(value)), case.answers[value], case.stages[value]
        if len(answers) > 1:
            yield f"{value} was answered more than once: {answers}"
        if "confirmed" in answers and not done:
            yield f"{value} was confirmed, and the RTU did not execute it"
        if "refused" in answers and done:
            yield f"{value} was refused, and the RTU executed it"
        if "confirmed" in stages and not done:
            yield f"{value} is 'confirmed' in the results, and the RTU did not execute it"
        if "refused" in stages and done:
            yield f"{value} is 'refused' in the results, and the RTU executed it"
        if "confirmed" in stages and "refused" in stages:
            yield f"{value} is both in the results: {stages}"


def main():
    parser = argparse.ArgumentParser()
    for name in ("--rtu", "--scada", "--entries"):
        parser.add_argument(name, required=True)
    parser.add_argument("--max-age", type=float, required=True)
    options = parser.parse_args()
    case = Case(read(options.rtu), read(options.scada), read(options.entries))
    broken = list(broken_promises(case, options.max_age))
    for sentence in broken[:50]:
        print(sentence)
    outcomes = Counter(case.outcome(value) for value in case.given)
    silent = sum(1 for value in case.given if case.outcome(value) == "unknown" and case.executed.get(value))
    print(f"{len(case.given)} commands: {outcomes['confirmed']} confirmed, {outcomes['refused']} refused, "
          f"{outcomes['unknown']} unknown (of which {silent} were executed); {len(broken)} broken promises")
    sys.exit(1 if broken or not case.given else 0)


if __name__ == "__main__":
    main()
