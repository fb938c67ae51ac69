#!/usr/bin/python3
"""Every fault of a simulated meter at every step of a session, on many lines at a time. Each line has two meters, of which
only the first is faulty. Nobody helps, and yet: no simulator sees a violation; the faulty meter's values come back when the
fault is over; the other meter keeps the rate that the line leaves it, and all of it while the first one is off-scan. What is
judged is what the simulators wrote down, against an undisturbed line at the same time, and the points in the store.

usage: meter_faults.py [--lasting] [--only REGEX] [--seed N]
--lasting: also faults that are refusals last; after them the client asks again once a minute
"""
import argparse
import re
import sys
from concurrent.futures import ThreadPoolExecutor

from harness import Failure, check, received_at, run_story, wait_for
from meter_lines import ATTEMPTS, FAULTY, OTHER, TIMEOUT, VALUES, Line, Lines

RECONNECT, GAP = 1.2, 1.0  # seconds: with the settling; the longest pause within a frame
SLOW_MS = 2
LINE = 1e9  # the connection is lost to both meters; what demotion does for the other one then is seen on a line of its own

STEPS = ("status", "reset", "login", "login-poll", "values", "values-poll", "logout", "logout-poll")
# What one stroke can cost the line, in seconds.
FAULTS = {"deaf": TIMEOUT, "silence": TIMEOUT, "noise": 0, "echo": 0, "ff": 0, "checksum": TIMEOUT, "cut": GAP, "busy": 0,
          "nack": 0, "no-data": 0, "stale": 0, "refuse-login": 0, "refuse": 0, "lose-session": 0, "wrong-address": TIMEOUT,
          f"slow={SLOW_MS}": 120 * SLOW_MS / 1000, "late=250": TIMEOUT, "close": LINE}
UNANSWERED = ("deaf", "silence", "checksum", "cut", "wrong-address")
# Refusals: for a minute the meter is not asked again. Once only, they cost no more than a new session.
REFUSALS = {("busy", "values"), ("nack", "values"), ("nack", "values-poll"), ("refuse", "values"), ("lose-session", "login-poll"),
            ("lose-session", "values"), ("lose-session", "values-poll")}
DEAD = ("deaf", "cut", "close")  # on lines of their own, for all the time

LINES = 36
WINDOW = 12  # readings of the undisturbed meter, during which a fault lasts
RECOVERY = 50  # readings of the undisturbed meter, within which values are back: the demotion, a round, a connection
RECOVERY_FROM_REFUSAL = 350
SHARE = 0.75  # of the rate that the line leaves the other meter
DEMOTED_SHARE = 0.9


class Case:
    """One fault at one step, on one line."""

    def __init__(self, fault, step, lasting):
        self.fault, self.step = fault, step
        self.refusal = (fault, step) in REFUSALS
        self.once = self.refusal and not lasting
        self.name = fault.split("=")[0]

    def __str__(self):
        return f"{self.name}@{self.step}"

    def order(self):
        return f"fault {self.fault}@{self.step}/{FAULTY}" + (":first-1" if self.once else "")

    def judge_rate(self, line, begin, end, calm):
        """One stroke more: the first one may have begun before."""
        strokes = line.strokes(begin, end)
        left = max(0, 1 - (len(strokes) + 1) * FAULTS[self.fault] / (line.at(end) - line.at(begin)))
        undisturbed = calm.readings_between(OTHER, line.at(begin), line.at(end))
        least = SHARE * undisturbed * left - 1
        self.other = line.readings(OTHER, begin, end)
        check(self.other >= least, f"{self}: the other meter was read {self.other} times, not {least:.1f}; {undisturbed} undisturbed")

    def judge_turns(self, line, begin, end):
        """Between two attempts of the faulty meter that are no further apart than one costs, the other one has its turn."""
        strokes, cost = line.strokes(begin, end), FAULTS[self.fault]
        pairs = [(one, two) for one, two in zip(strokes, strokes[1:]) if line.at(two) - line.at(one) < 1.4 * cost]
        fair = sum(any(entry["what"] == "received" and entry["link"] == OTHER for entry in line.entries[one:two])
                   for one, two in pairs)
        check(len(pairs) < 3 or fair >= 0.6 * len(pairs), f"{self}: the other one had {fair} turns between {len(pairs)} attempts")

    def judge_repetition(self, line, begin, end):
        """What was not answered is repeated, frame count bit and all, or a new session begins."""
        if self.name not in UNANSWERED:
            return
        for stroke in line.strokes(begin, end):
            heard = line.entries[stroke - 1]
            after = next((entry for entry in line.seen()[stroke:] if entry["what"] == "received" and entry["link"] == FAULTY), None)
            check(not after or after["octets"] == heard["octets"] or after["function"] == "request status of link",
                  f"{self}: {heard['octets']} was not answered, and then came {after and after['octets']}")

    def judge_recovery(self, line, begin, calm):
        """How many readings an undisturbed meter had until the first of this one."""
        first = next(at for at, entry in enumerate(line.seen()[begin:], begin)
                     if entry["what"] == "sent" and entry.get("type") == VALUES and entry["link"] == FAULTY)
        moment = line.at(first)
        self.seconds = moment - line.at(begin)
        passed = calm.readings_between(OTHER, line.at(begin), moment)
        limit = RECOVERY_FROM_REFUSAL if self.refusal and not self.once else RECOVERY
        check(passed <= limit, f"{self}: it came back after {self.seconds:.1f} s, {passed} readings of an undisturbed meter")


def tell_all(lines, orders):
    places = [line.tell(order) for line, order in zip(lines, orders)]
    return [line.taken(place) for line, place in zip(lines, places)]


def order(struck, in_session):
    """A question that is refused once is one in a session that has worked."""
    struck = [(case, line) for case, line in struck if (case.once and "values" in case.step) == in_session]
    places = {line: len(line.seen()) for _, line in struck}
    if in_session:
        wait_for(lambda: all(line.readings(FAULTY, place) for line, place in places.items()), "the session has worked", 60)
    return dict(zip(places, tell_all(list(places), [case.order() for case, _ in struck])))


def run_round(lines, cases):
    """All cases at the same time, each on a line of its own."""
    struck = list(zip(cases, lines.faulty))
    ordered = order(struck, in_session=False)
    with ThreadPoolExecutor(len(struck) + 1) as pool:
        taken = list(pool.map(Line.take_and_leave, [lines.calm, *(line for _, line in struck)]))
    for took, case in zip(taken, [None, *cases]):
        check(took or (case and case.name in ("close", "noise")), f"another program gets the line: {case}")
    ordered.update(order(struck, in_session=True))
    begins = [len(line.seen()) - 1 for _, line in struck]
    calm_begin = len(lines.calm.seen())
    wait_for(lambda: lines.calm.readings(OTHER, calm_begin) >= WINDOW, "the undisturbed meter is read", 60)
    ends = tell_all(lines.faulty, ["no-faults"] * len(cases))
    moments = [line.entries[end]["at"] for (_, line), end in zip(struck, ends)]
    lasting = any(case.refusal and not case.once for case in cases)
    lines.wait_good([line for _, line in struck], moments, "values come back by themselves", 120 if lasting else 60)
    for (case, line), begin, end in zip(struck, begins, ends):
        case.strokes = len(line.strokes(ordered[line], end))
        check(case.strokes > 0, f"{case} has struck")
        for judge in (lambda: case.judge_rate(line, begin, end, lines.calm), lambda: case.judge_turns(line, begin, end),
                      lambda: case.judge_repetition(line, begin, end), lambda: case.judge_recovery(line, end, lines.calm)):
            try:
                judge()
            except Failure as failure:
                lines.failures.append(str(failure))


def begin_dead(lines):
    for fault, line in lines.dead.items():
        line.taken(line.tell(f"fault {fault}/{FAULTY}"))


def judge_dead(lines):
    """While a meter is off-scan, the other one is read as if it were alone."""
    print("a dead meter: how often it was asked, readings of the other one since, of an undisturbed one")
    for fault, line in lines.dead.items():
        strokes = line.strokes(0)
        check(0 < len(strokes) <= 2 * ATTEMPTS, f"{fault}: it was asked {len(strokes)} times, then left alone")
        moment = line.at(strokes[-1]) + RECONNECT + 0.5
        since = [next(at for at, entry in enumerate(each.seen()) if received_at(entry) > moment) for each in (line, lines.still)]
        others, undisturbed = line.readings(OTHER, since[0]), lines.still.readings(OTHER, since[1])
        print(f"  {fault:<6} {len(strokes):>3} {others:>5} {undisturbed:>5}")
        check(undisturbed >= WINDOW, f"there was time to see that: {undisturbed}")
        check(others >= DEMOTED_SHARE * undisturbed, f"{fault}: the other meter was read {others} times, {undisturbed} undisturbed")


def judge_shown(bench):
    """Its status is a few seconds old."""
    wait_for(lambda: bench.status("m")["devices_demoted"] == str(len(DEAD)), "the dead meters are shown")
    status = bench.status("m")
    for count in ("rounds_failed", "frames_unanswered", "bad_checksums", "octets_skipped"):
        check(int(status[count]) > 0, f"{count} is shown: {status[count]}")


def show(cases):
    print("strokes / readings of the other meter meanwhile / seconds until the value is back; 1x: struck once only")
    print(" " * 14 + "".join(f"{step:>16}" for step in STEPS))
    found = {(case.fault, case.step): case for case in cases}
    for fault in FAULTS:
        cells = [found.get((fault, step)) for step in STEPS]
        print(f"{fault:<14}" + "".join(f"{'':>16}" if not case else f"{'1x ' if case.once else ''}{case.strokes}/{case.other}/{case.seconds:.1f}".rjust(16)
                                       for case in cells))


def story(bench, chosen):
    bench.store()
    lines = Lines(bench, DEAD, LINES)
    cases = [Case(fault, step, chosen.lasting) for fault in FAULTS for step in STEPS]
    cases = [case for case in cases if re.search(chosen.only, str(case))]
    bench.random.shuffle(cases)
    cases.sort(key=lambda case: case.refusal and not case.once)  # those that take a minute wait together
    begin_dead(lines)
    for first in range(0, len(cases), LINES):
        run_round(lines, cases[first:first + LINES])
    show(cases)
    check(not lines.failures, "\n".join(lines.failures))
    judge_dead(lines)
    judge_shown(bench)
    check(lines.client.stop() == 0, "stops in good order")
    for line in lines.all:
        check(line.sim.stop() == 0, f"{line.name}: no violation of the protocol: {line.sim.lines()[-1:]}")


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--lasting", action="store_true")
    arguments.add_argument("--only", default="")
    arguments.add_argument("--seed", type=int)
    chosen = arguments.parse_args()
    sys.argv[1:] = [] if chosen.seed is None else [str(chosen.seed)]

    def meter_faults(bench):
        story(bench, chosen)

    run_story(meter_faults)
